// What people believe to move a metric, and what they believe it to move. The other way
// to draw one is from card to card.
import { Button, Input, Select } from 'antd';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../board/drawer/Drawer';
import type { Influence } from '../model/definition';
import { written } from '../model/operation';
import { useEditing } from '../useEditing';
import { useNameOf } from '../useWords';
import { Field, MetricSelect, TextField, useFaults } from './fields';
import styles from './Edit.module.css';

const mostLag = 8;

export function InfluenceFields({ metric }: { metric: string }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  if (!editing) return null;
  const { tree, perform } = editing;
  const influences = (tree.influences ?? []).filter(({ from, to }) => from === metric || to === metric);
  const already = (end: 'from' | 'to') => [metric, ...influences.filter((one) => one[end === 'from' ? 'to' : 'from'] === metric).map((one) => one[end])];
  return (
    <Section title={t('edit.influences')}>
      <ul className={styles.items}>
        {influences.map((influence) => (
          <li key={`${influence.from} ${influence.to}`}>
            <OneInfluence influence={influence} />
          </li>
        ))}
      </ul>
      <div className={styles.adding}>
        <MetricSelect label={t('edit.addMoves')} except={already('to')} onChoose={(to) => perform({ do: 'influence', influence: { from: metric, to, sign: '+' } })} />
        <MetricSelect label={t('edit.addMovedBy')} except={already('from')} onChoose={(from) => perform({ do: 'influence', influence: { from, to: metric, sign: '+' } })} />
      </div>
    </Section>
  );
}

function OneInfluence({ influence }: { influence: Influence }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = useNameOf();
  const path = `influences[${editing?.tree.influences?.indexOf(influence)}]`;
  const ends = [useFaults(path), useFaults(`${path}.from`), useFaults(`${path}.to`)];
  if (!editing) return null;
  const { metrics, perform } = editing;
  const name = (id: string) => nameOf(metrics.find((one) => one.id === id) ?? {}, id);
  const write = (change: Partial<Influence>) => perform({ do: 'influence', influence: written(influence, change) });
  return (
    <>
      <p className={styles.itemName}>
        {name(influence.from)} → {name(influence.to)}
      </p>
      {ends.map(({ told }, at) => (
        <Fragment key={at}>{told}</Fragment>
      ))}
      <div className={styles.pair}>
        <Field label={t('edit.sign')} path={`${path}.sign`}>
          {(wiring) => <Select {...wiring} value={influence.sign} aria-label={t('edit.sign')} options={[{ value: '+' as const, label: t('edit.rises') }, { value: '-' as const, label: t('edit.falls') }]} onChange={(sign) => write({ sign })} />}
        </Field>
        <Field label={t('edit.lag')} path={`${path}.lag`}>
          {(wiring) => (
            <Select
              {...wiring}
              value={influence.lag ?? -1}
              aria-label={t('edit.lag')}
              options={[{ value: -1, label: t('influence.noLag') }, ...Array.from({ length: mostLag + 1 }, (_, lag) => ({ value: lag, label: lag === 0 ? t('influence.atOnce') : t('edit.periods', { count: lag }) }))]}
              onChange={(lag) => write({ lag: lag < 0 ? undefined : lag })}
            />
          )}
        </Field>
      </div>
      <TextField label={t('edges.reason')} path={`${path}.reason`} text={influence.reason} onWrite={(reason) => write({ reason })} />
      <Field label={t('edit.experiment')} path={`${path}.experiment`}>
        {(wiring) => (
          <Input
            {...wiring}
            key={influence.experiment}
            defaultValue={influence.experiment}
            aria-label={t('edit.experiment')}
            placeholder={t('edit.noExperiment')}
            onBlur={({ target }) => {
              const experiment = target.value.trim() || undefined;
              if (experiment !== influence.experiment) write({ experiment });
            }}
          />
        )}
      </Field>
      <Button size="small" onClick={() => perform({ do: 'uninfluence', from: influence.from, to: influence.to })}>
        {t('edit.removeInfluence')}
      </Button>
    </>
  );
}
