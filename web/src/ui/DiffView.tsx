// A difference of two revisions: in words, one sentence a change, and side by side.
import { useTranslation } from 'react-i18next';
import type { Change, Difference } from '../api/types';
import { ChangedValue } from './ChangedValue';
import { fieldName } from './fields';
import { align, folded } from './lines';
import styles from './DiffView.module.css';

const marks: Record<Change['op'], string> = { added: '+', removed: '−', changed: '~', moved: '↕' };

/** Every change as a line a colleague can read: where, and from what to what. */
export function ChangesInWords({ changes }: { changes: Change[] }) {
  const { t } = useTranslation('ledger');
  if (changes.length === 0) return <p className={styles.none}>{t('diff.none')}</p>;
  return (
    <ul className={styles.changes}>
      {changes.map((change) => (
        <li key={`${change.op} ${change.path}`} data-op={change.op}>
          <span className={styles.mark} aria-hidden="true">
            {marks[change.op]}
          </span>
          <div>
            <b>{where(change, t)}</b> <span className={styles.op}>{t(`diff.op.${change.op}`)}</span>
            {change.op !== 'moved' && <Values change={change} />}
            {change.op === 'moved' && (
              <span>
                {' '}
                <ChangedValue change={change} side="from" /> → <ChangedValue change={change} side="to" />
              </span>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Values({ change }: { change: Change }) {
  if (change.op === 'changed') {
    return (
      <span>
        {' '}
        <del>
          <ChangedValue change={change} side="from" />
        </del>{' '}
        →{' '}
        <ins>
          <ChangedValue change={change} side="to" />
        </ins>
      </span>
    );
  }
  return (
    <span>
      {' '}
      {change.op === 'added' ? (
        <ins>
          <ChangedValue change={change} side="to" />
        </ins>
      ) : (
        <del>
          <ChangedValue change={change} side="from" />
        </del>
      )}
    </span>
  );
}

/** where names the place: people's own names as they are, fields of the format in the reader's words. */
function where(change: Change, t: (key: string) => string): string {
  const segments = new Set(change.path.split(/[.[\]]+/));
  return change.label.map((part) => (segments.has(part) ? fieldName(part, t) : part)).join(' › ');
}

/** Both bodies, changed lines opposite each other, what stayed the same folded away. */
export function SideBySide({ difference }: { difference: Difference }) {
  const { t } = useTranslation('ledger');
  const { t: shell } = useTranslation('shell');
  const rows = folded(align(print(difference.from.body), print(difference.to.body)));
  return (
    // A region that scrolls has to be reachable without a mouse.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('diff.sideBySide')}>
      <table className={styles.sides}>
        <thead>
          <tr>
            <th scope="col">{shell('version', { version: difference.from.version })}</th>
            <th scope="col">{shell('version', { version: difference.to.version })}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) =>
            'skipped' in row ? (
              <tr key={i} className={styles.skipped}>
                <td colSpan={2}>{t('diff.same', { count: row.skipped })}</td>
              </tr>
            ) : (
              <tr key={i} data-kind={row.kind}>
                <td>{row.left}</td>
                <td>{row.right}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

function print(body: unknown): string {
  return JSON.stringify(body, null, 2) ?? '';
}
