import { useTranslation } from 'react-i18next';
import { CopyButton } from './CopyButton';
import styles from './JsonView.module.css';

/** JSON to read and to copy, coloured by kind of value; long ones scroll, also by keyboard. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const { t } = useTranslation('shell');
  const text = JSON.stringify(value, null, 2) ?? 'null';
  return (
    <div className={styles.box}>
      <CopyButton text={text} label={t('copy')} className={styles.copy} />
      {/* A region that scrolls has to be reachable without a mouse. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.json} tabIndex={0} role="region" aria-label={label}>
        {tokens(text).map((token, i) => (
          <span key={i} className={token.kind ? styles[token.kind] : undefined}>
            {token.text}
          </span>
        ))}
      </pre>
    </div>
  );
}

interface Token {
  text: string;
  kind?: 'key' | 'string' | 'number' | 'word';
}

/** tokens cuts printed JSON into keys, strings, numbers, words and what is between. */
export function tokens(json: string): Token[] {
  const out: Token[] = [];
  const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;
  let end = 0;
  for (const match of json.matchAll(pattern)) {
    if (match.index > end) out.push({ text: json.slice(end, match.index) });
    const [whole, string, colon, number] = match;
    if (string !== undefined && colon !== undefined) {
      out.push({ text: string, kind: 'key' }, { text: colon });
    } else {
      out.push({ text: whole, kind: string !== undefined ? 'string' : number !== undefined ? 'number' : 'word' });
    }
    end = match.index + whole.length;
  }
  if (end < json.length) out.push({ text: json.slice(end) });
  return out;
}
