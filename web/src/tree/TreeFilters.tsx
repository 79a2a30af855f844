// The filter bar: as of which day, in which periods, of whom, and the views. Everything
// in it is in the URL.
import { SearchOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer } from '../api/tree';
import type { Grain } from '../api/metric';
import { usePhone } from '../app/preferences';
import { AsOfChip } from '../board/filter/AsOfChip';
import { Chip } from '../board/filter/Chip';
import bar from '../board/filter/FilterBar.module.css';
import { SegmentChip } from '../board/filter/SegmentChoice';
import { useLate } from '../board/useMeasure';
import { useFormat } from '../format/useFormat';
import { grains } from '../metrics/model';
import { views, type Address, type View } from './model/address';

interface TreeFiltersProps {
  address: Address;
  go: (change: Partial<Address>) => void;
  answer: TreeAnswer | undefined;
  late: boolean;
  onFind: () => void;
}

export function TreeFilters({ address, go, answer, late, onFind }: TreeFiltersProps) {
  const { t } = useTranslation('tree');
  const { t: metrics } = useTranslation('metrics');
  const format = useFormat();
  const isLate = useLate(late);
  const grain = address.grain ?? answer?.grain;
  const phone = usePhone();
  const shown = views.filter((view) => !phone || view !== 'table'); // there the tree is a list already
  return (
    <div className={bar.bar} role="toolbar" aria-label={t('filter.title')}>
      <div className={bar.chips}>
        <AsOfChip asOf={address.asOf} note={t('filter.asOfNote')} onTake={(asOf) => go({ asOf })} />
        <Chip name={t('filter.grain')} value={grain ? metrics(`grain.${grain}`) : '…'} set={address.grain !== undefined}>
          {(close) => (
            <>
              <p className={bar.note}>{t('filter.grainNote')}</p>
              <Segmented<Grain | 'usual'>
                aria-label={t('filter.grain')}
                value={address.grain ?? 'usual'}
                options={[{ value: 'usual' as const, label: t('filter.usual') }, ...grains.map((value) => ({ value, label: metrics(`grain.${value}`) }))]}
                onChange={(chosen) => {
                  go({ grain: chosen === 'usual' ? undefined : chosen });
                  close();
                }}
              />
            </>
          )}
        </Chip>
        <SegmentChip segment={address.segment} onTake={(segment) => go({ segment })} />
        <Button size="small" icon={<SearchOutlined aria-hidden />} onClick={onFind}>
          {t('filter.find')}
        </Button>
        <span className={bar.asOf} role="status">
          {isLate
            ? t('filter.measuring')
            : answer && t('filter.facts', { asOf: format.dateTime(answer.asOf), events: format.count(answer.facts.events).text, customers: format.count(answer.facts.customers).text })}
        </span>
      </div>
      {shown.length > 1 && (
        <Segmented<View>
          className={bar.views}
          size="small"
          value={phone && address.view === 'table' ? 'tree' : address.view}
          aria-label={t('view.title')}
          options={shown.map((value) => ({ value, label: t(`view.${value}`) }))}
          onChange={(view) => go({ view })}
        />
      )}
    </div>
  );
}
