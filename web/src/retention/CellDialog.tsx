// The customers behind a count, by the walk that counted them: the total is the
// count. Each leads to their timeline.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Input, Modal, Pagination, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { CellPage, CellRequest, RetentionAnswer, RetentionRequest } from '../api/types';
import styles from '../board/drawer/CustomersDialog.module.css';
import { useSettled } from '../board/useMeasure';
import { customerSearch } from '../customers/question';
import { useFormat } from '../format/useFormat';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { useReturnFocus } from '../ui/useReturnFocus';
import type { Place } from './model';
import { useNames } from './useNames';
import own from './Retention.module.css';

const pageSize = 50;
const sorts: NonNullable<CellRequest['sort']>[] = ['newest', 'oldest', 'most'];

interface CellDialogProps {
  question: RetentionRequest;
  answer: RetentionAnswer;
  place: Place;
  onClose: () => void;
}

export function CellDialog({ question, answer, place, onClose }: CellDialogProps) {
  const { t } = useTranslation('retention');
  const { t: board } = useTranslation('board');
  useReturnFocus();
  const format = useFormat();
  const names = useNames(answer.rule);
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState<NonNullable<CellRequest['sort']>>('newest');
  const [search, setSearch] = useState('');
  const searched = useSettled(search.trim());
  const asked: CellRequest = { ...question, ...place, sort, offset: (page - 1) * pageSize, limit: pageSize, ...(searched && { search: searched }) };
  const { data, error, refetch } = useQuery({
    queryKey: ['measure', 'retention-customers', asked],
    queryFn: ({ signal }) => api.post<CellPage>('/measure/retention-customers', asked, { signal }),
    placeholderData: keepPreviousData,
  });
  const cohort = answer.rows[place.row];
  const subject = answer.rule.subject;
  const cohortName = cohort ? names.cohort(cohort) : '';
  const title =
    place.interval === 0
      ? t('people.started', { cohort: cohortName })
      : t(answer.rule.cumulative ? 'people.backFrom' : 'people.back', { cohort: cohortName, later: names.later(place.interval) });
  return (
    <Modal open footer={null} width={860} onCancel={onClose} title={title}>
      <div className={styles.tools}>
        <Input.Search
          allowClear
          value={search}
          placeholder={board('people.search')}
          aria-label={board('people.search')}
          onChange={(event) => {
            setSearch(event.target.value);
            setPage(1);
          }}
        />
        <Select
          value={sort}
          aria-label={board('people.sort')}
          onChange={(next) => {
            setSort(next);
            setPage(1);
          }}
          options={sorts.filter((value) => value !== 'most' || place.interval > 0).map((value) => ({ value, label: t(`people.sorts.${value}`) }))}
        />
        {data && <b className={styles.total}>{names.customers(data.total)}</b>}
      </div>
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !data ? (
        <RowsSkeleton rows={5} />
      ) : data.items.length === 0 ? (
        <p>{board('people.nobody')}</p>
      ) : (
        // A region that scrolls has to be reachable without a mouse.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={title}>
          <table className={place.interval === 0 ? `${styles.table} ${own.cohort}` : styles.table}>
            <thead>
              <tr>
                <th scope="col">{board('people.name')}</th>
                <th scope="col">{t('people.startedAt')}</th>
                {place.interval > 0 && <th scope="col">{t('people.returnedAt')}</th>}
                {place.interval > 0 && <th scope="col">{t('people.returns')}</th>}
              </tr>
            </thead>
            <tbody>
              {data.items.map((customer) => (
                <tr key={customer.id}>
                  <td>
                    {subject === 'person' || subject === 'account' ? (
                      <Link to="/customers/$id" params={{ id: customer.id }} search={customerSearch(subject)} title={customer.id}>
                        {customer.name ?? customer.id}
                      </Link>
                    ) : (
                      customer.id
                    )}
                    {customer.name && <small>{customer.id}</small>}
                  </td>
                  <td>{format.dateTime(customer.startedAt)}</td>
                  {place.interval > 0 && <td>{format.dateTime(customer.returnedAt)}</td>}
                  {place.interval > 0 && <td>{customer.returns === null ? '' : format.full(customer.returns)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data && data.total > pageSize && (
        <Pagination className={styles.pages} current={page} pageSize={pageSize} total={data.total} onChange={setPage} showSizeChanger={false} />
      )}
    </Modal>
  );
}
