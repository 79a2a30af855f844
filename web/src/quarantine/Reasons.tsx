import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { QuarantinePage } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { useResolve } from './useResolve';
import styles from './Quarantine.module.css';

interface ReasonsProps {
  reasons: QuarantinePage['reasons'];
  chosen: string | undefined;
  onChoose: (reason: string | undefined) => void;
  /** Whether these are open and the reader may replay and discard them. */
  actions: boolean;
}

/** Why events were refused, with counts; choosing one shows its events and what can be done with all of them. */
export function Reasons({ reasons, chosen, onChoose, actions }: ReasonsProps) {
  const { t } = useTranslation('quarantine');
  const format = useFormat();
  const { modal } = App.useApp();
  const { replay, discard, problem, failed } = useResolve();
  const most = Math.max(1, ...reasons.map((one) => one.count));
  const one = reasons.find((reason) => reason.reason === chosen);
  const total = reasons.reduce((sum, reason) => sum + reason.count, 0);

  const confirmDiscard = (reason: string, count: number) =>
    void modal.confirm({
      title: t('discard.title', { count }),
      content: t('discard.means'),
      okText: t('discard.do'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => discard.mutateAsync({ reason }).then(() => onChoose(undefined)),
    });

  return (
    <Card title={t('reasons')} className={styles.reasons}>
      <ul>
        <li>
          <button type="button" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>
            <span>{t('all')}</span>
            <b>{format.count(total).text}</b>
          </button>
        </li>
        {reasons.map((reason) => (
          <li key={reason.reason}>
            <button type="button" aria-pressed={reason.reason === chosen} onClick={() => onChoose(reason.reason)}>
              <span>{reason.title}</span>
              <b title={format.full(reason.count)}>{format.count(reason.count).text}</b>
              <i style={{ width: `${(reason.count / most) * 100}%` }} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {actions && one && (
        <div className={styles.actions}>
          <Button type="primary" loading={replay.isPending} onClick={() => replay.mutate({ reason: one.reason })}>
            {t('replay.all', { count: one.count, shown: format.full(one.count) })}
          </Button>
          <Button danger onClick={() => confirmDiscard(one.reason, one.count)}>
            {t('discard.all')}
          </Button>
          {failed && (
            <p role="alert" className={styles.failed}>
              <b>{problem.title}</b> {problem.detail}
            </p>
          )}
        </div>
      )}
    </Card>
  );
}
