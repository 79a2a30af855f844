// How a table counts: what may be edited is a control, and for who may not edit
// the same is said in words.
import { EditOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Segmented, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pattern, Retention, RetentionPeriod } from '../api/types';
import { PatternDialog } from './PatternDialog';
import styles from './Retention.module.css';

const periods: RetentionPeriod[] = ['hour', 'day', 'week', 'month'];
const maxIntervals = 192;
const maxOccurrences = 100;

interface RulesProps {
  draft: Retention;
  onChange: (change: Partial<Retention>) => void;
  mayEdit: boolean;
  from: string | undefined;
  onFrom: (from: string | undefined) => void;
}

export function Rules({ draft, onChange: edit, mayEdit, from, onFrom }: RulesProps) {
  const { t } = useTranslation('retention');
  const { t: ledger } = useTranslation('ledger');
  const [choosing, choose] = useState<'start' | 'return' | null>(null);
  const subject = draft.subject ?? 'person';
  const byKey = subject !== 'person' && subject !== 'account';
  return (
    <div className={styles.rules}>
      <fieldset disabled={!mayEdit}>
        <legend className="visually-hidden">{t('rules.title')}</legend>
        {(['start', 'return'] as const).map((which) => (
          <div key={which} className={styles.event}>
            <span id={`rules-${which}`}>{t(`rules.${which}`)}</span>
            <button type="button" className={styles.pattern} aria-describedby={`rules-${which}`} onClick={() => choose(which)}>
              <PatternName pattern={draft[which]} />
              {mayEdit && <EditOutlined aria-hidden />}
            </button>
          </div>
        ))}
        <label>
          {t('rules.subject')}
          <Select
            disabled={!mayEdit}
            value={byKey ? 'key' : subject}
            aria-label={t('rules.subject')}
            onChange={(value) => edit({ subject: value === 'key' ? 'properties.session' : value })}
            options={(['person', 'account', 'key'] as const).map((value) => ({ value, label: t(`rules.subjects.${value}`) }))}
          />
        </label>
        {byKey && (
          <label>
            {t('rules.key')}
            <Input disabled={!mayEdit} value={subject} spellCheck={false} onChange={(event) => edit({ subject: event.target.value || 'properties.' })} />
          </label>
        )}
        <div className={styles.field}>
          <span>{t('rules.period')}</span>
          <Segmented<RetentionPeriod>
            disabled={!mayEdit}
            aria-label={t('rules.period')}
            value={draft.period}
            onChange={(period) => edit({ period })}
            options={periods.map((value) => ({ value, label: ledger(`value.period.${value}`) }))}
          />
        </div>
        {draft.period === 'week' && (
          <div className={styles.field}>
            <span>{t('rules.weekStart')}</span>
            <Segmented<'monday' | 'sunday'>
              disabled={!mayEdit}
              aria-label={t('rules.weekStart')}
              value={draft.weekStart ?? 'monday'}
              onChange={(weekStart) => edit({ weekStart })}
              options={(['monday', 'sunday'] as const).map((value) => ({ value, label: ledger(`value.weekStart.${value}`) }))}
            />
          </div>
        )}
        {draft.period === 'day' && (
          <div className={styles.field}>
            <span>{t('rules.mode')}</span>
            <Segmented<'calendar' | 'rolling24h'>
              disabled={!mayEdit}
              aria-label={t('rules.mode')}
              value={draft.mode ?? 'calendar'}
              onChange={(mode) => edit({ mode })}
              options={(['calendar', 'rolling24h'] as const).map((value) => ({ value, label: t(`rules.modes.${value}`) }))}
            />
          </div>
        )}
        <label>
          {t('rules.intervals')}
          <InputNumber
            disabled={!mayEdit}
            min={1}
            max={maxIntervals}
            precision={0}
            value={draft.intervals}
            aria-label={t('rules.intervals')}
            onChange={(intervals) => intervals && edit({ intervals })}
          />
        </label>
        <label>
          {t('rules.times')}
          <InputNumber
            disabled={!mayEdit}
            min={1}
            max={maxOccurrences}
            precision={0}
            value={draft.minOccurrences ?? 1}
            aria-label={t('rules.times')}
            onChange={(minOccurrences) => minOccurrences && edit({ minOccurrences })}
          />
        </label>
        <label className={styles.switch}>
          {t('rules.cumulative')}
          <Switch disabled={!mayEdit} checked={draft.cumulative ?? false} aria-label={t('rules.cumulative')} title={t('rules.cumulativeMeans')} onChange={(cumulative) => edit({ cumulative })} />
        </label>
      </fieldset>
      <div className={styles.from}>
        <label>
          {t('rules.from')}
          <Input type="date" value={from ?? ''} aria-label={t('rules.from')} onChange={(event) => onFrom(event.target.value || undefined)} />
        </label>
        <Button type={from ? 'default' : 'primary'} ghost={!from} aria-pressed={!from} onClick={() => onFrom(undefined)}>
          {t('rules.newest')}
        </Button>
      </div>
      {choosing && <PatternDialog which={choosing} pattern={draft[choosing]} onKeep={(pattern) => edit({ [choosing]: pattern })} onClose={() => choose(null)} />}
    </div>
  );
}

/** An event, and how many conditions narrow it. */
function PatternName({ pattern }: { pattern: Pattern }) {
  const { t } = useTranslation('retention');
  const conditions = Object.keys(pattern.where ?? {});
  return (
    <span className={styles.patternName} title={conditions.length > 0 ? JSON.stringify(pattern.where) : undefined}>
      <code>{pattern.event ?? t('rules.anyEvent')}</code>
      {conditions.length > 0 && <small>{t('rules.conditions', { count: conditions.length })}</small>}
    </span>
  );
}
