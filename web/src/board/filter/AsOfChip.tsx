import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { Chip } from './Chip';
import styles from './FilterBar.module.css';

interface AsOfChipProps {
  /** A day, to its end, or an instant; absent: now. */
  asOf: string | undefined;
  /** What goes back to that day, in a sentence. */
  note: string;
  onTake: (day: string | undefined) => void;
}

/** The numbers as they were when a day ended. */
export function AsOfChip({ asOf, note, onTake }: AsOfChipProps) {
  const { t } = useTranslation('board');
  const format = useFormat();
  return (
    <Chip name={t('filter.day')} value={asOf ? format.date(asOf) : t('filter.now')} set={asOf !== undefined}>
      {(close) => (
        <>
          <p className={styles.note}>{note}</p>
          <DatePicker
            autoFocus
            value={asOf ? dayjs(asOf) : null}
            placeholder={t('filter.now')}
            aria-label={t('filter.day')}
            maxDate={dayjs()}
            onChange={(day) => {
              onTake(day ? day.format('YYYY-MM-DD') : undefined);
              close();
            }}
          />
        </>
      )}
    </Chip>
  );
}
