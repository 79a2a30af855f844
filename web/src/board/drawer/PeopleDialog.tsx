// A list of customers by the code that counted them: the total is the number.
// Each leads to their timeline.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Input, Modal, Pagination, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useFormat } from '../../format/useFormat';
import { ErrorState, RowsSkeleton } from '../../ui/States';
import { useSettled } from '../useMeasure';
import { CustomerLink } from './CustomerLink';
import styles from './CustomersDialog.module.css';

const pageSize = 50;

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  spare?: boolean; // not shown on a phone
}

interface PeopleDialogProps<Row, Sort extends string> {
  title: string;
  /** The route, and the question as it was counted; null while there is none. */
  path: string;
  question: object | null;
  sorts: readonly Sort[];
  firstSort: Sort;
  columns: Column<Row>[];
  onClose: () => void;
}

export function PeopleDialog<Row extends { id: string; name: string | null }, Sort extends string>({ title, path, question, sorts, firstSort, columns, onClose }: PeopleDialogProps<Row, Sort>) {
  const { t } = useTranslation('board');
  const format = useFormat();
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState(firstSort);
  const [search, setSearch] = useState('');
  const searched = useSettled(search.trim());
  const asked = question && { ...question, sort, offset: (page - 1) * pageSize, limit: pageSize, ...(searched && { search: searched }) };
  const { data, error, refetch } = useQuery({
    queryKey: ['measure', 'customers', path, asked],
    queryFn: ({ signal }) => api.post<{ total: number; items: Row[] }>(path, asked, { signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
  });
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
                {columns.map((column) => (
                  <th key={column.title} scope="col" className={column.spare ? styles.spare : undefined}>
                    {column.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.items.map((person) => (
                <tr key={person.id}>
                  <td>
                    <CustomerLink id={person.id} name={person.name} />
                    {person.name && <small>{person.id}</small>}
                  </td>
                  {columns.map((column) => (
                    <td key={column.title} className={column.spare ? styles.spare : undefined}>
                      {column.cell(person)}
                    </td>
                  ))}
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
