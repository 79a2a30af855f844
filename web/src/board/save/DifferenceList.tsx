import { useTranslation } from 'react-i18next';
import { pick } from '../../i18n/localized';
import type { LocalizedText } from '../../api/types';
import { useLocale } from '../../format/useFormat';
import type { Difference } from '../model/difference';
import styles from './Save.module.css';

interface DifferenceListProps {
  changes: Difference[];
  /** Keys that the other side changed too. */
  marked?: Set<string>;
}

/** What a drawing changes, part by part, in words. */
export function DifferenceList({ changes, marked }: DifferenceListProps) {
  const { t } = useTranslation('board');
  const locale = useLocale();
  const field = (change: Difference): string => {
    const name = change.key.split('#')[1] ?? '';
    return name === '' || name === 'place' ? '' : t(`field.${name}`, { defaultValue: name });
  };
  const shown = (value: unknown): string => {
    if (typeof value === 'string') return value;
    if (isNames(value)) return pick(value, locale).text;
    return JSON.stringify(value);
  };
  return (
    <ul className={styles.changes}>
      {changes.map((change) => {
        const own = field(change);
        const path = (own ? change.label.slice(0, -1) : change.label).join(' › ');
        return (
          <li key={change.key + change.op} data-marked={marked?.has(change.key) ?? false}>
            <span className={styles.op}>{t(`op_of.${change.op}`)}</span>
            <span>
              {path}
              {own && <> {path && '· '}{own}</>}
              {change.op === 'moved' && <> {t(typeof change.from === 'number' ? 'save.place' : 'save.stages', { from: change.from as number, to: change.to as number })}</>}
              {own !== '' && (
                <span className={styles.values}>
                  {change.from !== undefined && <del>{shown(change.from)}</del>}
                  {change.to !== undefined && <ins>{shown(change.to)}</ins>}
                </span>
              )}
            </span>
            {marked?.has(change.key) && <em>{t('conflict.both')}</em>}
          </li>
        );
      })}
    </ul>
  );
}

function isNames(value: unknown): value is LocalizedText {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && ('zh-Hant' in value || 'zh-Hans' in value || 'en' in value);
}
