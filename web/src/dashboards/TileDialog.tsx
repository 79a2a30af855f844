// What a tile shows: anything that the ledger has, or a text. For a new tile and for
// one that is there.
import { Input, InputNumber, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grain, Metric } from '../api/metric';
import { useDefinitions } from '../cockpit/useCockpit';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { grains } from '../metrics/model';
import { useKeys } from '../metrics/useKeys';
import { withText } from '../retention/model';
import { useReturnFocus } from '../ui/useReturnFocus';
import { showing, shownBy, shows, tileKinds, type Contents, type Tile, type TileKind } from './model';
import styles from './Dashboards.module.css';

interface TileDialogProps {
  /** Absent: a new one. */
  tile?: Tile;
  onDone: (contents: Contents) => void;
  onClose: () => void;
}

const kindOf: Partial<Record<TileKind, string>> = { metric: 'Metric', journey: 'Journey', tree: 'Tree', retention: 'Retention' };

export function TileDialog({ tile, onDone, onClose }: TileDialogProps) {
  const { t } = useTranslation('dashboards');
  useReturnFocus();
  const locale = useLocale();
  const { all } = useDefinitions();
  const [contents, set] = useState<Contents>(tile ?? { kind: 'metric' });
  const { kind } = contents;
  const of = kindOf[kind];
  const choices = all
    .filter((each) => each.kind === of)
    .map(({ id, body }) => ({ value: id, label: pick(body.name, locale).text || id }))
    .toSorted((a, b) => a.label.localeCompare(b.label, locale));
  const id = shownBy({ id: '', x: 0, y: 0, w: 1, h: 1, ...contents })?.id ?? '';
  const metric = all.find((each) => each.kind === 'Metric' && each.id === contents.metric)?.body as Metric | undefined;
  const ready = kind === 'text' ? pick(contents.text, locale).text.trim() !== '' : id !== '';
  const ways = shows[kind];
  return (
    <Modal
      open
      title={t(tile ? 'tile.edit' : 'tile.add')}
      okText={t(tile ? 'tile.take' : 'tile.do')}
      okButtonProps={{ disabled: !ready }}
      onOk={() => onDone(contents)}
      onCancel={onClose}
    >
      <div className={styles.form}>
        {!tile && (
          <div className={styles.field}>
            {t('tile.kind')}
            <Segmented<TileKind> block aria-label={t('tile.kind')} value={kind} options={tileKinds.map((value) => ({ value, label: t(`kind.${value}`) }))} onChange={(value) => set({ kind: value })} />
          </div>
        )}
        {kind === 'text' ? (
          <label>
            {t('tile.text')}
            <Input.TextArea
              autoFocus
              rows={8}
              maxLength={20_000}
              value={pick(contents.text, locale).text}
              onChange={(event) => set({ ...contents, text: withText(contents.text, locale, event.target.value) ?? '' })}
            />
            <span className={styles.hint}>{t('tile.textHint')}</span>
          </label>
        ) : (
          <label>
            {t(`tile.which.${kind}`)}
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={t(`tile.which.${kind}`)}
              value={id || undefined}
              options={choices}
              notFoundContent={t('tile.none')}
              onChange={(chosen: string) => set({ ...contents, ...showing(kind, chosen), breakdown: undefined })}
            />
          </label>
        )}
        {ways && (
          <div className={styles.field}>
            {t('tile.show')}
            <Segmented
              aria-label={t('tile.show')}
              value={contents.show ?? ways[0] ?? ''}
              options={ways.map((value) => ({ value, label: t(`show.${value}`) }))}
              onChange={(show) => set({ ...contents, show, ...(show === 'number' && { breakdown: undefined }) })}
            />
          </div>
        )}
        {kind === 'metric' && metric && <MetricFields metric={metric} contents={contents} onChange={set} />}
      </div>
    </Modal>
  );
}

function MetricFields({ metric, contents, onChange }: { metric: Metric; contents: Contents; onChange: (contents: Contents) => void }) {
  const { t } = useTranslation('dashboards');
  const { t: metrics } = useTranslation('metrics');
  const keys = useKeys(metric);
  return (
    <>
      <label>
        {metrics('choose.grain')}
        <Select<Grain>
          allowClear
          aria-label={metrics('choose.grain')}
          value={contents.grain}
          placeholder={metrics(`grain.${metric.grain ?? 'week'}`)}
          options={grains.map((value) => ({ value, label: metrics(`grain.${value}`) }))}
          onChange={(grain: Grain | undefined) => onChange({ ...contents, grain })}
        />
      </label>
      <label>
        {t('tile.periods')}
        <InputNumber aria-label={t('tile.periods')} min={1} max={500} value={contents.periods ?? null} placeholder={metrics('choose.usual')} onChange={(periods) => onChange({ ...contents, periods: periods ?? undefined })} />
      </label>
      {contents.show !== 'number' && metric.retention === undefined && (
        <label>
          {metrics('choose.by')}
          <Select
            allowClear
            showSearch
            aria-label={metrics('choose.by')}
            value={contents.breakdown}
            placeholder={metrics('choose.whole')}
            options={keys}
            onChange={(breakdown: string | undefined) => onChange({ ...contents, breakdown })}
          />
        </label>
      )}
    </>
  );
}
