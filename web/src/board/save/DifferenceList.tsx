import { useTranslation } from 'react-i18next';
import { useWords } from '../../ui/ChangedValue';
import type { Difference } from '../model/difference';
import told from '../../ui/ToldChanges.module.css';
import styles from './Save.module.css';

interface DifferenceListProps {
  changes: Difference[];
  /** Keys that the other side changed too. */
  marked?: Set<string>;
}

/** What a drawing changes, part by part, in words. */
export function DifferenceList({ changes, marked }: DifferenceListProps) {
  const { t } = useTranslation('board');
  const { t: shell } = useTranslation('shell');
  const words = useWords();
  const fieldOf = (change: Difference): string => change.key.split('#')[1] ?? '';
  const field = (change: Difference): string => {
    const name = fieldOf(change);
    return name === '' || name === 'place' ? '' : t(`field.${name}`, { defaultValue: name });
  };
  return (
    <ul className={told.changes}>
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
                  {change.from !== undefined && <del>{words(change.from, fieldOf(change))}</del>}
                  {change.to !== undefined && <ins>{words(change.to, fieldOf(change))}</ins>}
                </span>
              )}
            </span>
            {marked?.has(change.key) && <em>{shell('overtaken.is.both')}</em>}
          </li>
        );
      })}
    </ul>
  );
}
