// One refused event: why, what came, and a way to mend it and play it again.
import { Button, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QuarantineEntry } from '../api/types';
import { useFormat } from '../format/useFormat';
import { JsonView } from '../ui/JsonView';
import { Detail } from './Detail';
import { useResolve } from './useResolve';
import styles from './Quarantine.module.css';

interface EntryDrawerProps {
  entry: QuarantineEntry;
  mayEdit: boolean;
  onClose: () => void;
}

export function EntryDrawer({ entry, mayEdit, onClose }: EntryDrawerProps) {
  const { t } = useTranslation('quarantine');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const [draft, setDraft] = useState<string | null>(null); // null: reading, not mending
  const { replay, discard, problem, failed } = useResolve();
  const broken = draft === null ? null : faultOf(draft);
  const open = entry.status === 'open'; // what was decided on stays readable, and stays decided

  return (
    <Drawer
      open
      onClose={onClose}
      size="large"
      title={entry.title}
      footer={
        mayEdit &&
        open && (
          <div className={styles.foot}>
            {draft === null ? (
              <>
                <Button type="primary" onClick={() => setDraft(textOf(entry.raw))}>
                  {t('edit.open')}
                </Button>
                <Button loading={replay.isPending} onClick={() => replay.mutate({ ids: [entry.id] }, { onSuccess: onClose })}>
                  {t('replay.one')}
                </Button>
                <Button danger loading={discard.isPending} onClick={() => discard.mutate({ ids: [entry.id] }, { onSuccess: onClose })}>
                  {t('discard.one')}
                </Button>
              </>
            ) : (
              <>
                <Button
                  type="primary"
                  disabled={broken !== null}
                  loading={replay.isPending}
                  onClick={() =>
                    replay.mutate(
                      { id: entry.id, message: JSON.parse(draft) as unknown },
                      { onSuccess: (receipt) => receipt.quarantined === 0 && onClose() },
                    )
                  }
                >
                  {t('edit.do')}
                </Button>
                <Button onClick={() => setDraft(null)}>{shell('cancel')}</Button>
              </>
            )}
          </div>
        )
      }
    >
      <Detail detail={entry.detail} />
      <p className={styles.small}>
        {t('came', { source: entry.source, at: format.dateTime(entry.receivedAt) })}
        {entry.resolvedBy && <> · {t(`resolved.${entry.status}`, { who: entry.resolvedBy, at: format.dateTime(entry.resolvedAt) })}</>}
      </p>
      {failed && (
        <p role="alert" className={styles.failed}>
          <b>{problem.title}</b> {problem.detail}
        </p>
      )}
      {draft === null ? (
        <JsonView value={entry.raw} label={t('raw')} />
      ) : (
        <>
          <Input.TextArea
            className={styles.editor}
            aria-label={t('edit.label')}
            aria-invalid={broken !== null}
            autoFocus
            spellCheck={false}
            autoSize={{ minRows: 12, maxRows: 28 }}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
          <p className={broken ? styles.failed : styles.small} role="status">
            {broken ? t('edit.broken', { fault: broken }) : t('edit.hint')}
          </p>
        </>
      )}
    </Drawer>
  );
}

/** What came, to be mended: broken JSON is kept as the text it was. */
function textOf(raw: unknown): string {
  return typeof raw === 'string' ? raw : JSON.stringify(raw, null, 2);
}

/** What is wrong with a text as a JSON object; null when nothing is. */
export function faultOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : '{ … }';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
