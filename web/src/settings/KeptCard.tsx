// How long facts are kept. Before anything is saved it says what would go, since that is
// for good; whoever saves then has to say it twice.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, InputNumber, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { KeptFacts } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { ProblemNote } from '../ui/ProblemNote';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { keptQuery } from './queries';
import styles from './Settings.module.css';

type Unit = 'forever' | 'months' | 'days';
interface Keep {
  unit: Unit;
  number: number;
}

const units: Unit[] = ['forever', 'months', 'days'];
/** What the server takes, and what is offered first. */
const bounds = { months: { least: 2, most: 600, first: 25 }, days: { least: 30, most: 18250, first: 400 } };

function keepOf(text: string): Keep {
  const found = /^(\d+)(mo|d)$/.exec(text);
  return found ? { unit: found[2] === 'mo' ? 'months' : 'days', number: Number(found[1]) } : { unit: 'forever', number: 0 };
}

const textOf = ({ unit, number }: Keep) => (unit === 'forever' ? unit : `${number}${unit === 'months' ? 'mo' : 'd'}`);

export function KeptCard() {
  const { t } = useTranslation('settings');
  const { data, error, refetch } = useQuery(keptQuery(''));
  return (
    <Card title={t('kept.title')} className={styles.later}>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : data ? <Choice key={data.keep} kept={data} /> : <RowsSkeleton rows={2} />}
    </Card>
  );
}

function Choice({ kept }: { kept: KeptFacts }) {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const mayEdit = useMay('admin');
  const format = useFormat();
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const label = useId();
  const [keep, choose] = useState<Keep>(keepOf(kept.keep));
  const text = textOf(keep);
  const changed = text !== kept.keep;
  const { data: asked, error } = useQuery({ ...keptQuery(text), enabled: changed, placeholderData: keepPreviousData });
  const next = changed && asked?.next?.keep === text ? asked.next : undefined;

  const save = useMutation({
    mutationFn: () => api.put<KeptFacts>('/facts/kept', { keep: text, confirm: true }),
    onSuccess: async (now) => {
      client.setQueryData(keptQuery('').queryKey, now);
      void message.success(shell('saved'));
      await client.invalidateQueries(); // every number of a time that is gone is another one
    },
  });
  const would = next?.events ?? 0;
  const what = next?.from ? t('kept.would', { count: would, shown: format.full(would), from: format.date(next.from) }) : t('kept.wouldNone');
  const ask = () => {
    if (would === 0) return save.mutate();
    void modal.confirm({
      title: t('kept.sure', { count: would, shown: format.full(would) }),
      content: what,
      okText: t('kept.do', { count: would, shown: format.full(would) }),
      okButtonProps: { danger: true },
      icon: null,
      width: 520,
      onOk: () => save.mutateAsync(),
    });
  };
  const bound = keep.unit === 'forever' ? undefined : bounds[keep.unit];

  return (
    <>
      <p className={styles.small}>{kept.from ? t('kept.since', { count: kept.gone, shown: format.full(kept.gone), from: format.date(kept.from) }) : t('kept.all')}</p>
      <div className={styles.keep}>
        <span id={label}>{t('kept.label')}</span>
        {bound && (
          <InputNumber
            aria-labelledby={label}
            disabled={!mayEdit}
            min={bound.least}
            max={bound.most}
            precision={0}
            value={keep.number}
            onChange={(number) => choose({ ...keep, number: number ?? bound.least })}
          />
        )}
        <Select<Unit>
          aria-labelledby={label}
          disabled={!mayEdit}
          popupMatchSelectWidth={false}
          value={keep.unit}
          onChange={(unit) => choose({ unit, number: unit === 'forever' ? 0 : bounds[unit].first })}
          options={units.map((value) => ({ value, label: t(`kept.unit.${value}`) }))}
        />
        {mayEdit && (
          <Button type="primary" danger={would > 0} disabled={!next} loading={save.isPending} onClick={ask}>
            {shell('save')}
          </Button>
        )}
      </div>
      <p role="status" className={styles.would} data-goes={would > 0}>
        {next && what}
      </p>
      <ProblemNote error={save.error ?? error} />
      <p className={styles.small}>{mayEdit ? t('kept.means') : t('adminsOnly')}</p>
    </>
  );
}
