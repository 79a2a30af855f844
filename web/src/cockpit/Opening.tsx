// The sentence that the cockpit opens with: where the star stands, what its target
// says to that, and what holds it back.
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { distanceOf, holdsBack, moveOfReading, roundly, type Reading } from '../tree/model/reading';
import { Sentence } from '../ui/Sentence';
import { TreeLink } from './TreeLink';
import type { OneTree } from './useCockpit';
import styles from './Cockpit.module.css';

export function Opening({ id, tree }: { id: string; tree: OneTree }) {
  const { t } = useTranslation('cockpit');
  const { star, inputs, answer } = tree;
  if (!star) {
    return (
      <Sentence tone="calm">{t(tree.error ? 'opening.failed' : 'opening.measuring')}</Sentence>
    );
  }
  const known = inputs.filter((each) => each !== undefined);
  // Not before all are known: the worst of some is not the worst.
  const back = known.length === inputs.length && answer && !tree.late ? holdsBack(known) : null;
  return (
    <Sentence
      action={
        <TreeLink tree={id} metric={back?.id ?? star.id}>
          {t('opening.evidence')} →
        </TreeLink>
      }
    >
      <Star reading={star} grain={tree.grain} />
      {answer && !tree.late && (back ? <Back reading={back} /> : inputs.length > 0 && known.length === inputs.length ? t('opening.nothingBack') : null)}
    </Sentence>
  );
}

function Star({ reading, grain }: { reading: Reading; grain: string }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const locale = useLocale();
  const unit = useUnit(reading.unit);
  const period = usePeriod(grain);
  const { now: point, target } = reading;
  const name = pick(reading.name, locale);
  const components = { name: <b lang={name.lang ?? undefined} />, b: <b /> };
  const title = name.text || reading.id;
  if (point?.value == null) return <Trans t={t} i18nKey="opening.unknown" values={{ name: title }} components={components} />;
  const move = moveOfReading(reading);
  return (
    <>
      <Trans t={t} i18nKey="opening.star" values={{ name: title, period: period(point.from), value: unit.show(point.value).text }} components={components} />
      {move && t(move.value === 0 ? 'opening.same' : 'opening.moved', { change: format.change(move.value, move.unit).text })}
      {target?.current != null && target.expected !== null && target.onTrack !== null && (
        <Trans
          t={t}
          i18nKey={target.onTrack ? 'opening.onTrack' : 'opening.behind'}
          values={{ target: unit.show(target.value).text, day: format.date(target.to), expected: unit.plain(roundly(target.expected)) }}
          components={components}
        />
      )}
      {t('opening.stop')}
    </>
  );
}

function Back({ reading }: { reading: Reading }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const locale = useLocale();
  const unit = useUnit(reading.unit);
  const off = distanceOf(reading);
  const name = pick(reading.name, locale);
  if (!off) return null;
  return (
    <Trans
      t={t}
      i18nKey={off.from === 'target' ? 'opening.backTarget' : 'opening.backUsual'}
      values={{ name: name.text || reading.id, is: unit.show(off.is).text, should: unit.plain(roundly(off.should)), by: format.change(off.by, off.unit).text }}
      components={{ name: <Link to="/metric/$id" params={{ id: reading.id }} search={{}} className={styles.strong} lang={name.lang ?? undefined} />, b: <b /> }}
    />
  );
}
