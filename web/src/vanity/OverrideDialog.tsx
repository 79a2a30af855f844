// Signing another judgement: it becomes a waiver in a new revision of the tree,
// with who signed it and when. What was computed stays beside it. If somebody saved
// the tree in the meantime, the person sees what theirs would be put on top of.
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, api, pathOf } from '../api/client';
import type { TreeVerdict } from '../api/tree';
import type { Revision, Session } from '../api/types';
import { dayOf } from '../board/model/period';
import { useFormat } from '../format/useFormat';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonModal } from '../ui/ReasonModal';
import { signed, waiversOf, type TreeBody, type Waiver } from './model';
import { VerdictBadge } from './VerdictBadge';
import styles from './Vanity.module.css';

interface OverrideDialogProps {
  revision: Revision<TreeBody>;
  verdict: TreeVerdict;
  name: string;
  onClose: () => void;
}

export function OverrideDialog({ revision, verdict, name, onClose }: OverrideDialogProps) {
  const { t } = useTranslation('vanity');
  const client = useQueryClient();
  const { message } = App.useApp();
  const [judgement, judge] = useState<Waiver['verdict']>(verdict.standing === 'vain' ? 'sound' : 'vain');
  const [conflict, setConflict] = useState<{ theirs: Revision<TreeBody>; waiver: Waiver } | null>(null);

  const write = async (onto: Revision<TreeBody>, waiver: Waiver) => {
    try {
      const next = await api.put<Revision<TreeBody>>(`/definitions${pathOf('Tree', onto.id)}`, { body: signed(onto.body, waiver), reason: waiver.reason }, { ifMatch: onto.version });
      client.setQueryData(['definitions', 'Tree', next.id], next);
      void client.invalidateQueries({ queryKey: ['measure', 'tree'] });
      void client.invalidateQueries({ queryKey: ['definitions', 'trees'] });
      void message.success(t('override.done', { version: next.version }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 409 && error.problem.current) setConflict({ theirs: error.problem.current as Revision<TreeBody>, waiver });
      throw error; // keeps the dialog open, or leaves it under the one that asks
    }
  };
  const sign = (reason: string) => {
    const session = client.getQueryData<Session>(['session']);
    const at = dayOf(new Date(), session?.workspace.timezone ?? 'UTC');
    return write(revision, { metric: verdict.metric, verdict: judgement, by: session?.member.name ?? '', at, reason });
  };

  if (conflict) return <Conflict {...conflict} onWrite={write} onClose={onClose} />;
  return (
    <ReasonModal title={t('override.title', { name })} okText={t('override.sign')} onOk={sign} onClose={onClose} width={560}>
      <p className={styles.told}>
        {t('override.computed')} <VerdictBadge verdict={{ judgement: verdict.judgement, standing: verdict.judgement }} />
      </p>
      <p>{t('override.note')}</p>
      <Segmented
        className={styles.choice}
        aria-label={t('override.judgement')}
        value={judgement}
        options={(['sound', 'vain'] as const).map((value) => ({ value, label: t(`judgement.${value}`) }))}
        onChange={judge}
      />
    </ReasonModal>
  );
}

interface ConflictProps {
  theirs: Revision<TreeBody>;
  waiver: Waiver;
  onWrite: (onto: Revision<TreeBody>, waiver: Waiver) => Promise<void>;
  onClose: () => void;
}

/** Somebody saved the tree: a signature takes nothing away from theirs, but whoever signs should know of it. */
function Conflict({ theirs, waiver, onWrite, onClose }: ConflictProps) {
  const { t } = useTranslation('vanity');
  const { t: shell } = useTranslation('shell');
  const client = useQueryClient();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const newest = waiversOf(theirs, waiver.metric)[0];
  const onTop = async () => {
    setBusy(true);
    setError(null);
    try {
      await onWrite(theirs, waiver);
      onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const leave = () => {
    client.setQueryData(['definitions', 'Tree', theirs.id], theirs);
    onClose();
  };
  return (
    <Modal
      open
      title={t('conflict.title', { author: theirs.author, version: theirs.version })}
      onCancel={leave}
      footer={
        <>
          <Button onClick={leave}>{shell('cancel')}</Button>
          <Button type="primary" loading={busy} onClick={() => void onTop()}>
            {t('conflict.onTop')}
          </Button>
        </>
      }
    >
      <p>{t('conflict.note', { when: format.dateTime(theirs.at), reason: theirs.reason })}</p>
      {newest && <p>{t('conflict.newest', { by: newest.by, at: format.date(newest.at), judgement: t(`judgement.${newest.verdict}`), reason: newest.reason })}</p>}
      <p>{t('conflict.mine', { judgement: t(`judgement.${waiver.verdict}`), reason: waiver.reason })}</p>
      {error !== null && <ProblemNote error={error} />}
    </Modal>
  );
}
