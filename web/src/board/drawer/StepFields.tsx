// The fields of a step that are not drawn on the board: what it means, who owns
// it, what we believe of it, what it costs.
import { Button, Input, InputNumber, Select, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Stage, Step } from '../../api/types';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { signed } from '../canvas/StepStrip';
import { renamed } from '../model/naming';
import type { StepPatch } from '../model/operation';
import { useBoard } from '../useBoard';
import { Section } from './Drawer';
import styles from './Drawer.module.css';

export function StepFields({ stage, step }: { stage: Stage; step: Step }) {
  const { t } = useTranslation('board');
  const { perform } = useBoard();
  const locale = useLocale();
  const edit = (patch: StepPatch) => perform({ do: 'editStep', stage: stage.id, step: step.id, patch });
  const cost = step.cost;
  return (
    <Section title={t('field.title')}>
      <div className={styles.fields}>
        <label>
          {t('field.meaning')}
          <Input.TextArea
            key={pick(step.meaning, locale).text}
            defaultValue={pick(step.meaning, locale).text}
            autoSize={{ minRows: 2, maxRows: 6 }}
            onBlur={(event) => edit({ meaning: renamed(step.meaning, locale, event.target.value) })}
          />
        </label>
        <label>
          {t('field.owner')}
          <Select mode="tags" value={step.owner ?? []} open={false} suffixIcon={null} aria-label={t('field.owner')} onChange={(owner: string[]) => edit({ owner: owner.length > 0 ? owner : undefined })} />
        </label>
        <label>
          {t('field.channel')}
          <Input key={step.channel} defaultValue={step.channel} onBlur={(event) => edit({ channel: event.target.value.trim() || undefined })} />
        </label>
        <label>
          {t('field.belief')} {step.belief ? signed(step.belief.feeling) : t('unknown')}
          <span className={styles.pair}>
            <Slider
              style={{ flex: 1 }}
              min={-2}
              max={2}
              step={0.5}
              key={step.belief?.feeling}
              defaultValue={step.belief?.feeling ?? 0}
              ariaLabelForHandle={t('field.belief')}
              onChangeComplete={(feeling) => edit({ belief: { ...step.belief, feeling } })}
            />
            <Button size="small" disabled={!step.belief} onClick={() => edit({ belief: undefined })}>
              {t('field.clear')}
            </Button>
          </span>
        </label>
        {step.belief && (
          <label>
            {t('field.beliefNote')}
            <Input
              key={step.belief.note}
              defaultValue={step.belief.note}
              onBlur={(event) => step.belief && edit({ belief: { feeling: step.belief.feeling, ...(event.target.value.trim() && { note: event.target.value.trim() }) } })}
            />
          </label>
        )}
        <label>
          {t('field.cost')}
          <span className={styles.pair}>
            <InputNumber
              min={0}
              value={cost?.perTouch ?? null}
              aria-label={t('field.cost')}
              onChange={(perTouch) => edit({ cost: perTouch === null ? undefined : { perTouch, currency: cost?.currency ?? 'TWD' } })}
            />
            <Input
              key={cost?.currency}
              style={{ width: 80 }}
              maxLength={3}
              disabled={!cost}
              defaultValue={cost?.currency ?? 'TWD'}
              aria-label={t('field.currency')}
              onBlur={(event) => cost && /^[A-Za-z]{3}$/.test(event.target.value) && edit({ cost: { ...cost, currency: event.target.value.toUpperCase() } })}
            />
          </span>
        </label>
      </div>
    </Section>
  );
}
