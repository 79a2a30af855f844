// Trees to begin from, by what a company lives of: the star, the inputs, and the events
// that have to be sent for them.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { TreeStarter } from '../../api/tree';
import type { LocalizedText } from '../../api/types';
import { useMay } from '../../app/permission';
import { Card } from '../../ui/Card';
import { Localized } from '../../ui/Localized';
import { Sentence } from '../../ui/Sentence';
import { ErrorState, RowsSkeleton } from '../../ui/States';
import { BeginDialog } from './BeginDialog';
import { treeOf } from './starter';
import styles from './Starters.module.css';

export function Starters({ isFirst }: { isFirst: boolean }) {
  const { t } = useTranslation('tree');
  const mayEdit = useMay('editor');
  const [chosen, choose] = useState<TreeStarter | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['trees', 'starters'],
    queryFn: ({ signal }) => api.get<{ items: TreeStarter[] }>('/trees/starters', undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Sentence tone={isFirst ? 'finding' : 'calm'}>{t(isFirst ? 'start.empty' : 'start.another')}</Sentence>
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !data ? (
        <RowsSkeleton rows={5} />
      ) : (
        <ul className={styles.starters}>
          {data.items.map((starter) => (
            <li key={starter.model}>
              <Starter starter={starter} {...(mayEdit && { onBegin: () => choose(starter) })} />
            </li>
          ))}
        </ul>
      )}
      {!mayEdit && <p className={styles.note}>{t('start.askEditor')}</p>}
      {chosen && <BeginDialog starter={chosen} onClose={() => choose(null)} />}
    </>
  );
}

function Starter({ starter, onBegin }: { starter: TreeStarter; onBegin?: () => void }) {
  const { t } = useTranslation('tree');
  const tree = treeOf(starter);
  const name = (id: string | undefined) => <Localized text={starter.definitions.find((one) => one.kind === 'Metric' && one.id === id)?.body.name as LocalizedText | undefined} fallback={id ?? ''} />;
  return (
    <Card className={styles.starter}>
      <h3>
        <Localized text={starter.name} />
      </h3>
      <p>
        <Localized text={starter.explanation} />
      </p>
      <dl>
        <dt>★ {t('role.star')}</dt>
        <dd>
          <b>{name(tree.stars.at(-1)?.metric)}</b>
        </dd>
        <dt>✦ {t('start.inputs')}</dt>
        <dd>
          <ul className={styles.names}>
            {(tree.constellation ?? []).map((id) => (
              <li key={id}>{name(id)}</li>
            ))}
          </ul>
        </dd>
        <dt>{t('start.events')}</dt>
        <dd>
          <ul className={styles.names}>
            {starter.events.map((event) => (
              <li key={event}>
                <code>{event}</code>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
      {onBegin && (
        <Button type="primary" onClick={onBegin}>
          {t('start.begin')}
        </Button>
      )}
    </Card>
  );
}
