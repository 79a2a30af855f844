// The customers behind a number, by the code that counted them: the total is
// the number. Each leads to their timeline.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Input, Modal, Pagination, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { CustomersPage, CustomersRequest } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { ErrorState, RowsSkeleton } from '../../ui/States';
import { findStage, findStep } from '../model/operation';
import { useBoard } from '../useBoard';
import { useSettled } from '../useMeasure';
import { CustomerLink } from './CustomerLink';
import { peopleQuestion, type State } from './people';
import styles from './CustomersDialog.module.css';

const pageSize = 50;
const sorts: NonNullable<CustomersRequest['sort']>[] = ['newest', 'oldest', 'longest', 'shortest', 'value'];

interface CustomersDialogProps {
  stage: string;
  step?: string;
  state: State;
  onClose: () => void;
}

export function CustomersDialog({ stage, step, state, onClose }: CustomersDialogProps) {
  const { t } = useTranslation('board');
  const { question, journey, nameOf } = useBoard();
  const format = useFormat();
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState<NonNullable<CustomersRequest['sort']>>(state === 'pending' || state === 'left' ? 'longest' : 'newest');
  const [search, setSearch] = useState('');
  const searched = useSettled(search.trim());
  const asked = question && {
    ...peopleQuestion(question, stage, step, state),
    sort,
    offset: (page - 1) * pageSize,
    limit: pageSize,
    ...(searched && { search: searched }),
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['measure', 'customers', asked],
    queryFn: ({ signal }) => api.post<CustomersPage>('/measure/customers', asked, { signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
  });
  const part = (step !== undefined && findStep(journey, { stage, step })) || findStage(journey, stage);
  const title = t(`people.${state}`, { name: part ? nameOf(part) : stage });
  return (
    <Modal open footer={null} width={860} onCancel={onClose} title={title}>
      <div className={styles.tools}>
        <Input.Search
          allowClear
          value={search}
          placeholder={t('people.search')}
          aria-label={t('people.search')}
          onChange={(event) => {
            setSearch(event.target.value);
            setPage(1);
          }}
        />
        <Select
          value={sort}
          aria-label={t('people.sort')}
          onChange={(next) => {
            setSort(next);
            setPage(1);
          }}
          options={sorts.map((value) => ({ value, label: t(`people.sorts.${value}`) }))}
        />
        {data && <b className={styles.total}>{t('people.total', { count: data.total, shown: format.full(data.total) })}</b>}
      </div>
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !data ? (
        <RowsSkeleton rows={5} />
      ) : data.items.length === 0 ? (
        <p>{t('people.nobody')}</p>
      ) : (
        // A region that scrolls has to be reachable without a mouse.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={title}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('people.name')}</th>
                <th scope="col">{t('people.entry')}</th>
                <th scope="col">{t(state === 'reached' ? 'people.at' : 'people.atBefore')}</th>
                <th scope="col">{t(`people.seconds.${state}`)}</th>
                <th scope="col">{t('people.value')}</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((person) => (
                <tr key={person.id}>
                  <td>
                    <CustomerLink id={person.id} name={person.name} />
                    {person.name && <small>{person.id}</small>}
                  </td>
                  <td>{format.dateTime(person.entryAt)}</td>
                  <td>{format.dateTime(person.at)}</td>
                  <td>{format.duration(person.seconds)}</td>
                  <td>{format.moneyList(person.value, 'total')}</td>
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
