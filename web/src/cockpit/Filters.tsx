// What all tiles are true of: the tree, how many periods of what length, of whom, and
// as of when. Everything in it is in the URL.
import { Button, DatePicker, Popover, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grain } from '../api/metric';
import type { Revision, Where } from '../api/types';
import bar from '../board/filter/FilterBar.module.css';
import { useTraits } from '../board/filter/SegmentChoice';
import { WhereEditor } from '../board/filter/WhereEditor';
import { keyName, rowCode, rowsOf, whereOf } from '../board/model/where';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { grains } from '../metrics/model';
import { periodChoices, type Address } from './address';
import type { TreeBody } from './useCockpit';
import styles from './Cockpit.module.css';

interface FiltersProps {
  trees: Revision<TreeBody>[];
  tree: string;
  grain: Grain;
  address: Address;
  go: (change: Partial<Address>) => void;
}

export function Filters({ trees, tree, grain, address, go }: FiltersProps) {
  const { t } = useTranslation('cockpit');
  const { t: metrics } = useTranslation('metrics');
  const locale = useLocale();
  return (
    <div className={styles.filters} role="toolbar" aria-label={t('filter.title')}>
      {trees.length > 1 && (
        <Select
          size="small"
          aria-label={t('filter.tree')}
          value={tree}
          options={trees.map(({ id, body }) => ({ value: id, label: pick(body.name, locale).text || id }))}
          onChange={(id) => go({ tree: id === trees[0]?.id ? undefined : id, journey: undefined })}
          popupMatchSelectWidth={false}
        />
      )}
      <Select<number>
        size="small"
        aria-label={t('filter.periods')}
        value={address.periods ?? 0}
        options={[{ value: 0, label: t('filter.usual') }, ...[...new Set([...periodChoices, ...(address.periods ? [address.periods] : [])])].toSorted((a, b) => a - b).map((count) => ({ value: count, label: t('filter.last', { count }) }))]}
        onChange={(count) => go({ periods: count === 0 ? undefined : count })}
        popupMatchSelectWidth={false}
      />
      <Select<Grain>
        size="small"
        aria-label={metrics('choose.grain')}
        value={grain}
        options={grains.map((value) => ({ value, label: t(`filter.grain.${value}`) }))}
        onChange={(value) => go({ grain: value })}
        popupMatchSelectWidth={false}
      />
      <Segment {...(address.segment && { segment: address.segment })} onChange={(segment) => go({ segment })} />
      <DatePicker
        size="small"
        className={styles.asOf}
        aria-label={t('filter.asOf')}
        placeholder={t('filter.now')}
        value={address.asOf ? dayjs(address.asOf) : null}
        onChange={(day) => go({ asOf: day ? day.format('YYYY-MM-DD') : undefined })}
      />
      <span className={styles.hint}>{t('filter.hint')}</span>
    </div>
  );
}

/** Only events for which it holds. */
function Segment({ segment, onChange }: { segment?: Where; onChange: (segment: Where | undefined) => void }) {
  const { t } = useTranslation('board');
  const [open, setOpen] = useState(false);
  const words = rowsOf(segment).map((row) => rowCode({ ...row, key: keyName(row.key) })).join(' · ');
  const take = (next: Where | undefined) => {
    onChange(next);
    setOpen(false);
  };
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomLeft" destroyOnHidden content={<SegmentChoice segment={segment} onDone={take} />}>
      <button type="button" className={bar.chip} data-set={words !== ''} aria-expanded={open} title={words}>
        <i>{t('filter.segment')}</i>
        <span>{words || t('filter.everyone')}</span>
      </button>
    </Popover>
  );
}

function SegmentChoice({ segment, onDone }: { segment: Where | undefined; onDone: (segment: Where | undefined) => void }) {
  const { t } = useTranslation('board');
  const traits = useTraits();
  const [rows, setRows] = useState(() => rowsOf(segment));
  return (
    <div className={bar.choices}>
      <p className={bar.note}>{t('filter.segmentNote')}</p>
      <WhereEditor rows={rows} onChange={setRows} properties={traits} />
      <div className={bar.end}>
        <Button onClick={() => onDone(undefined)}>{t('filter.everyone')}</Button>
        <Button type="primary" onClick={() => onDone(whereOf(rows))}>
          {t('filter.apply')}
        </Button>
      </div>
    </div>
  );
}
