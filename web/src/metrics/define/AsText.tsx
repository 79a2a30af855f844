// The whole definition as text, as it stands in files. What is written here is what
// the form shows, as soon as it can be read. A chunk of its own, for its YAML.
import { Input, Segmented, type GetRef } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Metric } from '../../api/metric';
import { lineOf, metricOf, textOf, type TextFault, type TextForm } from './model/yaml';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

interface AsTextProps {
  onMetric: (metric: Metric) => void;
  /** Whether what stands here can be read. */
  onReadable: (readable: boolean) => void;
}

export default function AsText({ onMetric, onReadable }: AsTextProps) {
  const { t } = useTranslation('define');
  const { metric, numbers } = useDefine();
  const [form, setForm] = useState<TextForm>('yaml');
  const [text, setText] = useState(() => textOf(metric, 'yaml'));
  const [unreadable, setUnreadable] = useState<TextFault | null>(null);
  const input = useRef<GetRef<typeof Input.TextArea>>(null);

  const write = (next: string) => {
    setText(next);
    const read = metricOf(next);
    const wrong = 'fault' in read ? (read.fault ?? { line: 1, message: t('asText.noMapping') }) : null;
    setUnreadable(wrong);
    onReadable(wrong === null);
    if ('metric' in read) onMetric(read.metric);
  };
  const turn = (next: TextForm) => {
    setForm(next);
    if (!unreadable) setText(textOf(metric, next));
  };
  const faults = unreadable ? [unreadable] : numbers.faults.map(({ path = '', message }) => ({ line: lineOf(text, path), message }));
  const go = (line: number) => {
    const lines = text.split('\n');
    const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const area = input.current?.resizableTextArea?.textArea;
    area?.focus();
    area?.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
  };
  return (
    <div className={styles.asText}>
      <div className={styles.asTextHead}>
        <p className={styles.hint}>{t('asText.note')}</p>
        <Segmented<TextForm> size="small" value={form} options={[{ value: 'yaml', label: 'YAML' }, { value: 'json', label: 'JSON' }]} onChange={turn} aria-label={t('asText.form')} />
      </div>
      <Input.TextArea
        ref={input}
        className={styles.source}
        autoSize={{ minRows: 18 }}
        spellCheck={false}
        value={text}
        aria-label={t('asText.label')}
        aria-invalid={faults.length > 0 || undefined}
        onChange={(event) => write(event.target.value)}
      />
      {faults.length > 0 && (
        <ul className={styles.faults} role="status">
          {faults.map(({ line, message }, i) => (
            <li key={i}>
              <button type="button" className={styles.link} onClick={() => go(line)}>
                {t('asText.line', { line })}
              </button>{' '}
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
