// Signing another judgement: it becomes a waiver in a new revision of the tree,
// with who signed it and when. What was computed stays beside it. If somebody saved
// the tree in the meantime, the person sees what theirs would be put on top of.
import { useQueryClient } from '@tanstack/react-query';
import { App, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, overtakenBy, pathOf } from '../api/client';
import type { TreeVerdict } from '../api/tree';
import type { Revision, Session } from '../api/types';
import { dayOf } from '../board/model/period';
import { StoredChanges } from '../ledger/StoredChanges';
import { OvertakenModal } from '../ui/OvertakenModal';
import { ReasonModal } from '../ui/ReasonModal';
import { ToldChanges } from '../ui/ToldChanges';
import { signed, type TreeBody, type Waiver } from './model';
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
  const [overtaken, setOvertaken] = useState<{ theirs: Revision<TreeBody>; waiver: Waiver } | null>(null);
  const [reason, keepReason] = useState('');

  const hold = (next: Revision<TreeBody>) => client.setQueryData(['definitions', 'Tree', next.id], next);
  const sign = async (why: string) => {
    const session = client.getQueryData<Session>(['session']);
    const at = dayOf(new Date(), session?.workspace.timezone ?? 'UTC');
    const waiver: Waiver = { metric: verdict.metric, verdict: judgement, by: session?.member.name ?? '', at, reason: why };
    try {
      const next = await api.put<Revision<TreeBody>>(`/definitions${pathOf('Tree', revision.id)}`, { body: signed(revision.body, waiver), reason: why }, { ifMatch: revision.version });
      hold(next);
      void client.invalidateQueries({ queryKey: ['measure', 'tree'] });
      void client.invalidateQueries({ queryKey: ['definitions', 'trees'] });
      void message.success(t('override.done', { version: next.version }));
    } catch (error) {
      const theirs = overtakenBy<TreeBody>(error);
      if (theirs) setOvertaken({ theirs, waiver });
      throw error; // keeps the dialog open, or leaves it to the one that asks
    }
  };

  if (overtaken) {
    const { theirs, waiver } = overtaken;
    return (
      <OvertakenModal
        theirs={theirs}
        sides={{
          theirs: <StoredChanges kind="Tree" id={theirs.id} from={revision.version} to={theirs.version} />,
          mine: <ToldChanges changes={[{ told: t('override.mine', { judgement: t(`judgement.${waiver.verdict}`), reason: waiver.reason }) }]} />,
        }}
        onMine={() => {
          hold(theirs);
          keepReason(waiver.reason);
          setOvertaken(null);
        }}
        onTheirs={() => {
          hold(theirs);
          onClose();
        }}
        onClose={onClose}
      />
    );
  }
  return (
    <ReasonModal title={t('override.title', { name })} okText={t('override.sign')} proposed={reason} onOk={sign} onClose={onClose} width={560}>
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
