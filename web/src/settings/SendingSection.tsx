// How to send events: the clients people already use, pointed at this server.
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Segmented } from 'antd';
import { useId, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useMay } from '../app/permission';
import { eventNamesQuery } from '../customers/queries';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { CopyButton } from '../ui/CopyButton';
import { Sentence } from '../ui/Sentence';
import { NewKeyModal } from './NewKeyModal';
import { snippets } from './snippets';
import styles from './Settings.module.css';

export function SendingSection() {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const mayMakeKeys = useMay('admin');
  const field = useId();
  const [writeKey, setWriteKey] = useState('');
  const [making, setMaking] = useState(false);
  const all = snippets(window.location.origin, writeKey.trim() || 'WRITE_KEY');
  const [name, setName] = useState(all[0]?.name ?? '');
  const snippet = all.find((one) => one.name === name) ?? all[0];
  if (!snippet) return null;
  return (
    <>
      <Arrived />
      <Card title={t('sending.title')} extra={t('sending.protocol')}>
        <p className={styles.lead}>{t('sending.lead')}</p>
        <div className={styles.keyRow}>
          <label htmlFor={field}>{t('sending.key')}</label>
          <Input id={field} value={writeKey} spellCheck={false} autoComplete="off" placeholder={t('sending.keyPlaceholder')} onChange={(event) => setWriteKey(event.target.value)} />
          {mayMakeKeys && <Button onClick={() => setMaking(true)}>{t('keys.new.open')}</Button>}
        </div>
        <div className={styles.tabs}>
          <Segmented<string> aria-label={t('sending.client')} value={snippet.name} options={all.map((one) => one.name)} onChange={setName} />
        </div>
        {snippet.install && <Code text={snippet.install} label={t('sending.install')} copy={shell('copy')} />}
        <Code text={snippet.code} label={snippet.name} copy={shell('copy')} />
        <p className={styles.small}>{t('sending.safe')}</p>
      </Card>
      {making && <NewKeyModal onClose={() => setMaking(false)} />}
    </>
  );
}

/** What has arrived so far; the proof that sending works. */
function Arrived() {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const { data } = useQuery(eventNamesQuery);
  if (!data) return null;
  const total = data.items.reduce((sum, one) => sum + one.count, 0);
  const last = data.items.map((one) => one.last).toSorted().at(-1);
  if (total === 0 || !last) return <Sentence>{t('sending.nothing')}</Sentence>;
  return (
    <Sentence tone="calm">
      <Trans
        t={t}
        i18nKey="sending.arrived"
        count={total}
        values={{ total: format.full(total), kinds: format.full(data.items.length), at: format.dateTime(last) }}
        components={{ b: <b /> }}
      />
    </Sentence>
  );
}

function Code({ text, label, copy }: { text: string; label: string; copy: string }) {
  return (
    <div className={styles.code}>
      <CopyButton text={text} label={copy} className={styles.copy} />
      {/* A region that scrolls has to be reachable without a mouse. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </div>
  );
}
