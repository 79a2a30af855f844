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
  /** What a sort is called, how many there are, and who one is; as on the board where it is not said. */
  sortName?: (sort: Sort) => string;
  totalOf?: (total: number) => string;
  nameOf?: (row: Row) => ReactNode;
  columns: Column<Row>[];
  tableClass?: string | undefined;
  /** Above the list: which of them are meant. */
  before?: ReactNode;
  onClose: () => void;
}

export function PeopleDialog<Row extends { id: string; name: string | null }, Sort extends string>(props: PeopleDialogProps<Row, Sort>) {
  const { title, path, question, sorts, firstSort, columns, tableClass = '', onClose } = props;
  const { t } = useTranslation('board');
  const format = useFormat();
  const sortName = props.sortName ?? ((value: Sort) => t(`people.sorts.${value}`));
  const totalOf = props.totalOf ?? ((total: number) => t('people.total', { count: total, shown: format.full(total) }));
  const nameOf = props.nameOf ?? ((row: Row) => <CustomerLink id={row.id} name={row.name} />);
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
      {props.before}
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
          options={sorts.map((value) => ({ value, label: sortName(value) }))}
        />
        {data && <b className={styles.total}>{totalOf(data.total)}</b>}
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
          <table className={`${styles.table} ${tableClass}`}>
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
                    {nameOf(person)}
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
