// Binds a step to what customers really did: choose among seen events, narrow
// them by their properties, say how often; the number answers while one chooses.
import { PlusOutlined } from '@ant-design/icons';
import { Button, InputNumber, Modal, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Step } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { StatNumber } from '../../ui/StatNumber';
import { useProblem } from '../../ui/States';
import { SpanField } from '../filter/WindowChoice';
import { stepAnswer } from '../model/figures';
import { apply, findStep, type Spot } from '../model/operation';
import { questionOf } from '../model/question';
import { useBoard } from '../useBoard';
import { useMeasure, useSettled } from '../useMeasure';
import { PatternEditor } from './PatternEditor';
import { emptyPattern, patternsOf, whenOf, type EditedPattern } from './patterns';
import styles from './Binding.module.css';

interface BindingDialogProps {
  spot: Required<Spot>;
  onClose: () => void;
}

export function BindingDialog({ spot, onClose }: BindingDialogProps) {
  const { t } = useTranslation('board');
  const { journey, perform, nameOf } = useBoard();
  const step = findStep(journey, spot);
  const [patterns, setPatterns] = useState<EditedPattern[]>(() => patternsOf(step?.when));
  const [times, setTimes] = useState(step?.times ?? 1);
  const [within, setWithin] = useState(step?.within);
  const [firstEver, setFirstEver] = useState<Step['firstEver']>(step?.firstEver);

  const bound = useMemo<Partial<Step>>(() => {
    const when = whenOf(patterns);
    return {
      when,
      times: when && times > 1 ? times : undefined,
      within: when && times > 1 ? within : undefined,
      firstEver: when && firstEver ? firstEver : undefined,
    };
  }, [patterns, times, within, firstEver]);
  if (!step) return null;

  const keep = () => {
    perform({ do: 'editStep', ...spot, patch: bound });
    onClose();
  };
  const unbind = () => {
    perform({ do: 'editStep', ...spot, patch: { when: undefined, times: undefined, within: undefined, firstEver: undefined } });
    onClose();
  };
  return (
    <Modal
      open
      width={760}
      title={t('bind.title', { step: nameOf(step) })}
      onCancel={onClose}
      footer={
        <div className={styles.foot}>
          <Preview spot={spot} bound={bound} />
          {(step.when?.length ?? 0) > 0 && <Button onClick={unbind}>{t('bind.unbind')}</Button>}
          <Button type="primary" disabled={!bound.when} onClick={keep}>
            {t('bind.keep')}
          </Button>
        </div>
      }
    >
      <p className={styles.note}>{t('bind.note')}</p>
      <ol className={styles.patterns}>
        {patterns.map((pattern, i) => (
          <li key={pattern.key}>
            {i > 0 && <p className={styles.or}>{t('bind.or')}</p>}
            <PatternEditor
              pattern={pattern}
              onChange={(next) => setPatterns(patterns.with(i, next))}
              onRemove={patterns.length > 1 ? () => setPatterns(patterns.toSpliced(i, 1)) : undefined}
            />
          </li>
        ))}
      </ol>
      <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => setPatterns([...patterns, emptyPattern()])}>
        {t('bind.addPattern')}
      </Button>
      <div className={styles.rules}>
        <label>
          {t('bind.times')}
          <InputNumber min={1} max={10_000} precision={0} value={times} onChange={(next) => setTimes(next ?? 1)} aria-label={t('bind.times')} />
        </label>
        {times > 1 && (
          <label>
            {t('bind.within')}
            <SpanField value={within} onChange={setWithin} label={t('bind.within')} />
          </label>
        )}
        <label>
          {t('bind.firstEver')}
          <Segmented<string>
            size="small"
            value={firstEver === true ? 'match' : firstEver === 'name' ? 'name' : 'no'}
            onChange={(choice) => setFirstEver(choice === 'match' ? true : choice === 'name' ? 'name' : undefined)}
            options={(['no', 'match', 'name'] as const).map((value) => ({ value, label: t(`bind.first.${value}`) }))}
          />
        </label>
      </div>
    </Modal>
  );
}

/** The number the step would have, as soon as the hand rests. */
function Preview({ spot, bound }: { spot: Required<Spot>; bound: Partial<Step> }) {
  const { t } = useTranslation('board');
  const { journey, revision, draft, address } = useBoard();
  const format = useFormat();
  const settled = useSettled(bound);
  const question = useMemo(() => {
    const drawn = settled.when && apply(journey, { do: 'editStep', ...spot, patch: settled });
    const asked = drawn ? questionOf({ ...revision, body: draft.base, version: draft.version }, drawn, address) : null;
    if (!asked) return null;
    const { breakdown: _, attribution: __, ...rest } = asked;
    return rest;
  }, [settled, journey, spot, revision, draft.base, draft.version, address]);
  const { answer, error, late } = useMeasure(question);
  const told = useProblem(error);
  const figures = stepAnswer(answer, spot.stage, spot.step);
  return (
    <div className={styles.preview} data-late={late} aria-live="polite">
      {error ? (
        <span className={styles.fault}>{told.title}</span>
      ) : question === null ? (
        <span>{t('bind.choose')}</span>
      ) : (
        <>
          <b>
            <StatNumber value={figures?.reached ?? null} />
          </b>
          {figures?.ofPrevious?.rate != null && <span>{t('bind.rate', { rate: format.percent(figures.ofPrevious.rate), interval: format.interval(figures.ofPrevious), n: format.full(figures.ofPrevious.n) })}</span>}
          {figures?.events !== undefined && <span>{t('bind.events', { shown: format.count(figures.events).text })}</span>}
        </>
      )}
    </div>
  );
}
