// Saving a table makes a revision with a reason. If somebody else saved in the
// meantime, the person decides whose stands.
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, api, pathOf } from '../api/client';
import type { Retention, Revision } from '../api/types';
import { useFormat } from '../format/useFormat';
import { useWords } from '../ui/ChangedValue';
import { fieldName } from '../ui/fields';
import { ReasonModal } from '../ui/ReasonModal';
import { changesOf } from './model';
import styles from './Retention.module.css';

interface SaveDialogProps {
  revision: Revision<Retention>;
  draft: Retention;
  onSaved: (revision: Revision<Retention>) => void;
  /** What stands now, and whether the draft is kept on top of it. */
  onTheirs: (theirs: Revision<Retention>, keepMine: boolean) => void;
  onClose: () => void;
}

export function SaveDialog({ revision, draft, onSaved, onTheirs, onClose }: SaveDialogProps) {
  const { t } = useTranslation('retention');
  const client = useQueryClient();
  const { message } = App.useApp();
  const format = useFormat();
  const [theirs, setTheirs] = useState<Revision<Retention> | null>(null);
  const save = async (reason: string) => {
    try {
      const next = await api.put<Revision<Retention>>(`/definitions${pathOf('Retention', revision.id)}`, { body: draft, reason }, { ifMatch: revision.version });
      onSaved(next);
      void message.success(t('save.done', { version: next.version }));
      void client.invalidateQueries({ queryKey: ['journeys'] });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || !error.problem.current) throw error;
      setTheirs(error.problem.current as Revision<Retention>);
      throw error; // keeps this dialog under the one that asks
    }
  };
  if (theirs) {
    const decide = (keepMine: boolean) => {
      onTheirs(theirs, keepMine);
      onClose();
    };
    return (
      <Modal
        open
        title={t('conflict.title', { author: theirs.author, version: theirs.version })}
        onCancel={onClose}
        footer={
          <>
            <Button onClick={() => decide(false)}>{t('conflict.theirs')}</Button>
            <Button type="primary" onClick={() => decide(true)}>
              {t('conflict.mine')}
            </Button>
          </>
        }
      >
        <p>{t('conflict.note', { when: format.dateTime(theirs.at), reason: theirs.reason })}</p>
        <Changes base={revision.body} draft={theirs.body} />
      </Modal>
    );
  }
  return (
    <ReasonModal title={t('save.title')} okText={t('save.do')} onOk={save} onClose={onClose} width={560}>
      <Changes base={revision.body} draft={draft} />
    </ReasonModal>
  );
}

function Changes({ base, draft }: { base: Retention; draft: Retention }) {
  const { t: ledger } = useTranslation('ledger');
  const words = useWords();
  return (
    <ul className={styles.changes}>
      {changesOf(base, draft).map(({ field, from, to }) => (
        <li key={field}>
          <span>{fieldName(field, ledger)}</span>
          {from !== undefined && <del>{words(from, field)}</del>}
          {to !== undefined && <ins>{words(to, field)}</ins>}
        </li>
      ))}
    </ul>
  );
}
