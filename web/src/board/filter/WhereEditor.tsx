// Rows of key, operator and value that must all hold, built from what is really
// there: sample properties with their values and counts.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { AutoComplete, Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Op, PropertySummary, Scalar } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { operators, typed, type Row } from '../model/where';
import styles from './WhereEditor.module.css';

interface WhereEditorProps {
  rows: Row[];
  onChange: (rows: Row[]) => void;
  properties: PropertySummary[];
}

export function WhereEditor({ rows, onChange, properties }: WhereEditorProps) {
  const { t } = useTranslation('board');
  return (
    <div className={styles.rows}>
      {rows.map((row, i) => (
        <WhereRow
          key={i}
          row={row}
          properties={properties}
          onChange={(next) => onChange(rows.with(i, next))}
          onRemove={() => onChange(rows.toSpliced(i, 1))}
        />
      ))}
      <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => onChange([...rows, { key: '', op: 'eq', values: [''] }])}>
        {t('where.add')}
      </Button>
    </div>
  );
}

interface WhereRowProps {
  row: Row;
  properties: PropertySummary[];
  onChange: (row: Row) => void;
  onRemove: () => void;
}

function WhereRow({ row, properties, onChange, onRemove }: WhereRowProps) {
  const { t } = useTranslation('board');
  const property = properties.find((each) => each.key === row.key);
  const keys: Choice[] = properties.map((each) => ({ value: each.key, label: each.key, count: each.count }));
  const changeOp = (op: Op) => {
    if (op === 'exists') return onChange({ ...row, op, values: [true] });
    const many = op === 'in' || op === 'notIn';
    const values = row.op === 'exists' ? [''] : row.values;
    onChange({ ...row, op, values: many ? values.filter((value) => value !== '') : [values[0] ?? ''] });
  };
  return (
    <div className={styles.row}>
      <Select
        showSearch
        value={row.key || undefined}
        placeholder={t('where.key')}
        aria-label={t('where.key')}
        options={row.key && !property ? [...keys, { value: row.key, label: row.key, count: null }] : keys}
        optionRender={counted}
        onChange={(key: string) => onChange({ ...row, key, values: row.op === 'exists' ? row.values : row.op === 'in' || row.op === 'notIn' ? [] : [''] })}
      />
      <Select value={row.op} aria-label={t('where.op')} options={operators.map((op) => ({ value: op, label: t(`op.${op}`) }))} onChange={changeOp} />
      <ValueField row={row} property={property} onChange={(values) => onChange({ ...row, values })} />
      <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('where.remove')} onClick={onRemove} />
    </div>
  );
}

interface Choice {
  value: string;
  label: string;
  count: number | null;
}

function Counted({ label, count }: Choice) {
  const format = useFormat();
  return (
    <span className={styles.option}>
      <span>{label}</span>
      {count !== null && <small>{format.count(count).text}</small>}
    </span>
  );
}

/** An option of a list with how often it was seen. */
function counted(option: { data: Choice }) {
  return <Counted {...option.data} />;
}

interface ValueFieldProps {
  row: Row;
  property: PropertySummary | undefined;
  onChange: (values: Scalar[]) => void;
}

function ValueField({ row, property, onChange }: ValueFieldProps) {
  const { t } = useTranslation('board');
  const type = property?.type ?? 'string';
  const samples: Choice[] = (property?.values ?? [])
    .filter((each) => each.value !== null)
    .map((each) => ({ value: String(each.value), label: String(each.value), count: each.count }));
  if (row.op === 'exists') {
    return (
      <Select
        value={row.values[0] === false ? 'no' : 'yes'}
        aria-label={t('where.value')}
        options={[
          { value: 'yes', label: t('where.present') },
          { value: 'no', label: t('where.absent') },
        ]}
        onChange={(choice) => onChange([choice === 'yes'])}
      />
    );
  }
  if (row.op === 'in' || row.op === 'notIn') {
    return (
      <Select
        mode="tags"
        value={row.values.map(String)}
        placeholder={t('where.values')}
        aria-label={t('where.values')}
        options={samples}
        optionRender={counted}
        onChange={(inputs: string[]) => onChange(inputs.map((input) => typed(input, type)))}
      />
    );
  }
  const only = row.values[0];
  return (
    <AutoComplete
      value={only === null || only === undefined ? '' : String(only)}
      placeholder={t('where.value')}
      aria-label={t('where.value')}
      options={samples}
      optionRender={counted}
      filterOption={(input, option) => (option?.label ?? '').toLowerCase().includes(input.toLowerCase())}
      onChange={(input: string) => onChange([typed(input, type)])}
    />
  );
}
