import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBoard } from '../useBoard';
import styles from './FilterBar.module.css';

const usual = ['1d', '7d', '14d', '30d', '90d', '180d', '365d', 'none'];

/** A span of the format in words: 180 天; "none" is no limit. */
export function useSpanName(): (span: string) => string {
  const { t } = useTranslation('board');
  return (span) => {
    const match = /^([\d.]+)([smhdw])$/.exec(span);
    return match ? t(`span.${match[2]}`, { count: Number(match[1]) }) : t('span.none');
  };
}

/** Another window than the journey's own, to look and not to keep. */
export function WindowChoice({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('board');
  const { address, go, journey } = useBoard();
  const spanName = useSpanName();
  const own = journey.window ?? '14d';
  const [span, setSpan] = useState(address.window ?? own);
  const take = (window: string) => {
    go({ window: window === own ? undefined : window });
    onDone();
  };
  return (
    <>
      <p className={styles.note}>{t('window.note', { own: spanName(own) })}</p>
      <div className={styles.row}>
        {[...new Set([own, ...usual])].map((each) => (
          <Button key={each} size="small" type={each === (address.window ?? own) ? 'primary' : 'default'} onClick={() => take(each)}>
            {spanName(each)}
          </Button>
        ))}
      </div>
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault();
          take(span);
        }}
      >
        <SpanField value={span} onChange={(next) => setSpan(next ?? own)} label={t('filter.window')} />
        <Button htmlType="submit" type="primary">
          {t('filter.apply')}
        </Button>
      </form>
    </>
  );
}

const units = ['m', 'h', 'd', 'w'] as const;

interface SpanFieldProps {
  value: string | undefined;
  onChange: (span: string | undefined) => void;
  label: string;
}

/** A number and a unit. */
export function SpanField({ value, onChange, label }: SpanFieldProps) {
  const { t } = useTranslation('board');
  const match = /^([\d.]+)([smhdw])$/.exec(value ?? '');
  const amount = match ? Number(match[1]) : null;
  const unit = match?.[2] ?? 'd';
  return (
    <span style={{ display: 'inline-flex', gap: 6 }}>
      <InputNumber min={1} precision={0} value={amount} aria-label={label} style={{ width: 80 }} onChange={(next) => onChange(next === null ? undefined : `${next}${unit}`)} />
      <Select
        value={unit}
        aria-label={`${label}: ${t('span.unit')}`}
        style={{ width: 92 }}
        options={(unit === 's' ? ['s', ...units] : [...units]).map((each) => ({ value: each, label: t(`span.units.${each}`) }))}
        onChange={(next) => amount !== null && onChange(`${amount}${next}`)}
      />
    </span>
  );
}
