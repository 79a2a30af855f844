// What all tiles are true of: the tree, how many periods of what length, of whom, and
// as of when. Everything in it is in the URL.
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Grain } from '../api/metric';
import type { Revision } from '../api/types';
import { AsOfChip } from '../board/filter/AsOfChip';
import { SegmentChip } from '../board/filter/SegmentChoice';
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
      <SegmentChip segment={address.segment} onTake={(segment) => go({ segment })} />
      <AsOfChip asOf={address.asOf} note={t('filter.asOfNote')} onTake={(asOf) => go({ asOf })} />
      <span className={styles.hint}>{t('filter.hint')}</span>
    </div>
  );
}
