// A move told in words: how far, against what, out of which parts, and whether it
// is anything out of the ordinary. Inside the noise no cause is named.
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { Explanation } from '../api/tree';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { smallN } from '../metrics/model';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { useRowName } from '../metrics/useRowName';
import { Move } from './Move';
import { byFormula, leadingPart, piecesOf, type Cause } from './model';
import { useMove } from './useMove';
import { useKeyName, usePieceName } from './usePieceName';
import { useWhy } from './useWhy';

interface ToldProps {
  explanation: Explanation;
  /** Only events for which it holds; asked for again one level down. */
  segment?: Parameters<typeof useWhy>[1]['segment'];
}

const mostNamed = 3;

export function Told({ explanation, segment }: ToldProps) {
  const { t } = useTranslation('why');
  const locale = useLocale();
  const format = useFormat();
  const unit = useUnit(explanation.unit);
  const period = usePeriod(explanation.grain);
  const move = useMove(explanation.unit);
  const name = pick(explanation.name, locale);
  const { before, after, change, noise, good } = explanation;
  const words = {
    name: name.text || explanation.definition.id,
    period: period(after.from),
    than: period(before.from),
    before: unit.show(before.value).text,
    after: unit.show(after.value).text,
    n: format.full(after.n),
    was: format.full(before.n),
    change: change === null ? '' : move.arrow(change),
    asOf: format.dateTime(explanation.asOf),
  };
  const gap = locale === 'en' ? ' ' : ''; // between sentences
  const tags = { name: <b lang={name.lang ?? undefined} />, move: <Move value={change ?? 0} unit={explanation.unit} good={good} /> };
  const say = (key: string, more: Record<string, string | number> = {}) => <Trans t={t} i18nKey={key} values={{ ...words, ...more }} components={tags} shouldUnescape tOptions={{ interpolation: { escapeValue: true } }} />;
  if (change === null) {
    const which = before.value === null && after.value === null ? 'both' : before.value === null ? 'before' : 'after';
    return (
      <>
        {say(`sentence.unknown.${which}`)}
        {gap}
        <Missing explanation={explanation} />
      </>
    );
  }
  if (noise.verdict === 'unmoved' || change === 0) return say('sentence.unmoved');
  const n = Math.min(before.n, after.n);
  const few = n < smallN && (
    <>
      {gap}
      {t('sentence.few', { n: format.full(n) })}
    </>
  );
  const bound = noise.bound === null ? '' : move.size(noise.bound);
  if (noise.verdict === 'inside-noise') {
    return (
      <>
        {say('sentence.moved')}
        {few}
        {gap}
        {t('sentence.inside', { bound, n: noise.n })}
      </>
    );
  }
  return (
    <>
      {say('sentence.moved')}
      {few}
      {gap}
      <Parts explanation={explanation} />
      {explanation.parts.length > 0 && gap}
      {noise.verdict === 'outside-noise' ? t('sentence.outside', { bound, n: noise.n }) : t('sentence.noiseUnknown')}
      {explanation.causes[0] && (
        <>
          {gap}
          <CauseTold cause={explanation.causes[0]} unit={explanation.unit} />
        </>
      )}
      {noise.verdict === 'outside-noise' && explanation.parts.length > 0 && <Deeper explanation={explanation} {...(segment && { segment })} />}
    </>
  );
}

/** The parts of a formula, the largest first. */
function Parts({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('why');
  const move = useMove(explanation.unit);
  const nameOf = usePieceName();
  const pieces = piecesOf(explanation, byFormula).toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change));
  if (pieces.length === 0) return <Missing explanation={explanation} />;
  const named = pieces.slice(0, mostNamed).map((piece, i) => t(i === 0 ? 'sentence.firstPart' : 'sentence.part', { name: nameOf(piece), change: move.short(piece.change) }));
  const left = pieces.slice(mostNamed);
  if (left.length > 0) named.push(t('sentence.left', { count: left.length, change: move.short(left.reduce((sum, piece) => sum + piece.change, 0)) }));
  return <>{t('sentence.parts', { parts: named.join(t('comma')) })}</>;
}

/** What keeps a formula from being divided. */
function Missing({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('why');
  const first = explanation.missing[0];
  if (!first) return null;
  const when = first.before && first.after ? 'both' : first.before ? 'before' : 'after';
  return <>{t(`missing.${first.why}`, { operand: first.operand, when: t(`missing.when.${when}`) })}</>;
}

/** The few values of a dimension that explain most. */
export function CauseTold({ cause, unit }: { cause: Cause; unit: string }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const move = useMove(unit);
  const keyName = useKeyName();
  const rowName = useRowName();
  const values = cause.values.toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change)).map(({ value, others, change }) => t('sentence.part', { name: others ? t('piece.others') : rowName(value), change: move.short(change) }));
  return <>{t('sentence.cause', { dimension: keyName(cause.dimension), values: values.join(t('comma')), power: format.percent(cause.power, 0) })}</>;
}

/** One level down: what moved the part that contributed most, over the channel. Silent where nothing stands out there. */
function Deeper({ explanation, segment }: ToldProps) {
  const { t } = useTranslation('why');
  const locale = useLocale();
  const part = leadingPart(explanation.parts);
  const { data } = useWhy(
    part?.metric ?? '',
    { asOf: explanation.asOf, grain: explanation.grain, before: explanation.before.from, after: explanation.after.from, ...(segment && { segment }) },
    part !== null,
  );
  const cause = data?.causes[0];
  const rowName = useRowName();
  const keyName = useKeyName();
  const move = useMove(data?.unit ?? '');
  const value = cause?.values.reduce((most, each) => (Math.abs(each.change) > Math.abs(most.change) ? each : most));
  if (!part || !data || !cause || !value) return null;
  const say: ReactNode = (
    <Trans
      t={t}
      i18nKey="sentence.deeper"
      values={{ metric: pick(part.name, locale).text || part.metric, dimension: keyName(cause.dimension), value: value.others ? t('piece.others') : rowName(value.value), change: move.short(value.change) }}
      components={{ b: <b /> }}
      shouldUnescape
      tOptions={{ interpolation: { escapeValue: true } }}
    />
  );
  return (
    <>
      {locale === 'en' ? ' ' : ''}
      {say}
    </>
  );
}
