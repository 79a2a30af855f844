// Around what the paths are: the stages, how many events, and which of a
// customer's times count. All of it is in the address.
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { boundStages, mostSteps, occurrences, type Anchored, type PathChoice } from '../model/paths';
import { useBoard } from '../useBoard';
import styles from './FlowView.module.css';

export function PathControls({ choice, at }: { choice: PathChoice; at: Anchored }) {
  const { t } = useTranslation('paths');
  const { journey, nameOf, go } = useBoard();
  if (at.kind === 'transitions') return null;
  const change = (part: Partial<PathChoice>) => go({ path: { ...choice, ...part } });
  const stages = boundStages(journey).map((stage) => ({ value: stage.id, label: nameOf(stage) }));
  return (
    <div className={styles.controls}>
      <label>
        <span>{t(`control.anchor.${at.kind}`)}</span>
        <Select value={at.anchor?.id} aria-label={t(`control.anchor.${at.kind}`)} options={stages} popupMatchSelectWidth={false} onChange={(anchor) => change({ anchor })} />
      </label>
      {at.kind === 'between' && (
        <label>
          <span>{t('control.until')}</span>
          <Select value={at.until?.id} aria-label={t('control.until')} options={stages} popupMatchSelectWidth={false} onChange={(until) => change({ until })} />
        </label>
      )}
      <label>
        <span>{t('control.steps')}</span>
        <Select
          value={at.steps}
          aria-label={t('control.steps')}
          options={Array.from({ length: mostSteps }, (_, i) => ({ value: i + 1, label: t('control.step', { count: i + 1 }) }))}
          popupMatchSelectWidth={false}
          onChange={(steps) => change({ steps })}
        />
      </label>
      <label>
        <span>{t('control.which')}</span>
        <Select
          value={at.which}
          aria-label={t('control.which')}
          options={occurrences.map((value) => ({ value, label: t(`which.${value}`) }))}
          popupMatchSelectWidth={false}
          onChange={(which) => change({ which })}
        />
      </label>
    </div>
  );
}
