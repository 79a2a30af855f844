// What the parts of a target come to beside the whole, and what is left of it.
import { useTranslation } from 'react-i18next';
import { useUnit } from '../../metrics/useUnit';
import styles from './NodeDrawer.module.css';

interface PartsSumProps {
  whole: number;
  sum: number | null; // null: they come to nothing that is known
  unit: string;
}

/** Less of the whole than this share is the rounding of what was typed. */
const nothing = 1e-6;

export function PartsSum({ whole, sum, unit }: PartsSumProps) {
  const { t } = useTranslation('tree');
  const { show } = useUnit(unit);
  if (sum === null) return <output className={styles.sum}>{t('parts.unknown')}</output>;
  const left = whole - sum;
  const is = Math.abs(left) <= Math.abs(whole) * nothing ? 'even' : left > 0 ? 'left' : 'over';
  const filled = whole === 0 ? 0 : Math.max(0, Math.min(1, sum / whole));
  return (
    <output className={styles.sum} data-is={is}>
      <i aria-hidden="true">
        <b style={{ width: `${filled * 100}%` }} />
      </i>
      <span>{t('parts.sum', { sum: show(sum).text, whole: show(whole).text })}</span>
      <strong>{t(`parts.${is}`, { value: show(Math.abs(left)).text })}</strong>
    </output>
  );
}
