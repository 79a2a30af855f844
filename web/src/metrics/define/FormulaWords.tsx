// A formula read back: names instead of ids, each with its unit, and the unit of
// what comes out.
import { useTranslation } from 'react-i18next';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { tokens } from './model/formula';
import { useDefine } from './useDefine';
import { useUnitName } from './useUnitName';
import styles from './Define.module.css';

const signs: Record<string, string> = { '*': '×', '/': '÷', '-': '−' };

export function FormulaWords({ formula }: { formula: string }) {
  const { t } = useTranslation('define');
  const { metrics, numbers } = useDefine();
  const locale = useLocale();
  const unitName = useUnitName();
  const words = tokens(formula).filter(({ kind }) => kind !== 'space');
  if (!words.some(({ kind }) => kind === 'metric')) return null;
  const { answer, late } = numbers;
  return (
    <p className={styles.words} aria-live="polite">
      <span className={styles.hint}>{t('formula.reads')}</span>
      {words.map(({ kind, text }, i) => {
        const metric = kind === 'metric' ? metrics.find(({ id }) => id === text) : undefined;
        if (!metric) return <span key={i}>{signs[text] ?? text}</span>;
        const name = pick(metric.name, locale);
        return (
          <span key={i} className={styles.term}>
            <b lang={name.lang ?? undefined}>{name.text || text}</b>
            <small>{unitName(metric.unit ?? '')}</small>
          </span>
        );
      })}
      {answer && !late && (
        <span className={styles.term}>
          ＝ <small>{unitName(answer.unit)}</small>
        </span>
      )}
    </p>
  );
}
