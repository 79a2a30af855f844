import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isDay, presetOf, presetPeriod, presets } from '../model/period';
import { useBoard } from '../useBoard';
import styles from './FilterBar.module.css';

/** Presets, or any two days; both ends belong to the period. */
export function PeriodChoice({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('board');
  const { address, go, today } = useBoard();
  const [from, setFrom] = useState(address.from ?? '');
  const [to, setTo] = useState(address.to ?? '');
  const chosen = presetOf(address, today);
  const upsideDown = isDay(from) && isDay(to) && from > to;
  const take = (period: { from?: string; to?: string }) => {
    go({ from: period.from, to: period.to });
    onDone();
  };
  return (
    <>
      <div className={styles.row}>
        {presets.map((preset) => (
          <Button key={preset} size="small" type={preset === chosen ? 'primary' : 'default'} onClick={() => take(presetPeriod(preset, today))}>
            {t(`period.${preset}`)}
          </Button>
        ))}
      </div>
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault();
          if (!upsideDown) take({ from: isDay(from) ? from : undefined, to: isDay(to) ? to : undefined });
        }}
      >
        <label>
          {t('period.from')}
          <Input type="date" value={from} max={to || undefined} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label>
          {t('period.to')}
          <Input type="date" value={to} min={from || undefined} onChange={(event) => setTo(event.target.value)} />
        </label>
        <Button type="primary" htmlType="submit" disabled={upsideDown}>
          {t('filter.apply')}
        </Button>
      </form>
      {upsideDown && (
        <p className={styles.note} role="alert">
          {t('period.upsideDown')}
        </p>
      )}
    </>
  );
}
