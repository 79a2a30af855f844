// The sentence a tree opens with: where its star stands, how it moved, whether it is on
// its way to its target, and which guardrails are broken.
import { Trans, useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../api/tree';
import { useFormat } from '../format/useFormat';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { Sentence } from '../ui/Sentence';
import { guardrailsOf, moveOfNode, starOf } from './model/figures';
import { standingOf, useList, useNameOf } from './useWords';
import { roundly } from './model/reading';
import styles from './Tree.module.css';

interface TreeSentenceProps {
  answer: TreeAnswer;
  onOpenStar: () => void;
}

export function TreeSentence({ answer, onOpenStar }: TreeSentenceProps) {
  const { t } = useTranslation('tree');
  const star = starOf(answer);
  if (!star) return <Sentence tone="calm">{t('sentence.noStar')}</Sentence>;
  return (
    <Sentence
      tone={star.value?.value == null ? 'calm' : 'finding'}
      action={
        <button type="button" className={styles.more} onClick={onOpenStar}>
          {t('sentence.open')} →
        </button>
      }
    >
      <Star star={star} answer={answer} /> <Guardrails answer={answer} />
    </Sentence>
  );
}

function Star({ star, answer }: { star: TreeNode; answer: TreeAnswer }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const nameOf = useNameOf();
  const unit = useUnit(star.unit);
  const period = usePeriod(answer.grain);
  const { value, target } = star;
  const name = nameOf(star, star.metric);
  if (value?.value == null) return <Trans t={t} i18nKey="sentence.unknown" values={{ name, why: star.problem ?? '' }} components={{ b: <b /> }} />;
  const move = moveOfNode(star);
  const change = move && format.change(move.value, move.unit);
  return (
    <>
      <Trans
        t={t}
        i18nKey="sentence.star"
        values={{ name, period: period(value.from), value: unit.show(value.value).text, n: format.full(value.n), asOf: format.dateTime(answer.asOf) }}
        components={{ b: <b /> }}
      />
      {value.low !== null && value.high !== null && <> {t('sentence.interval', { low: unit.plain(value.low), high: unit.plain(value.high) })}</>}{' '}
      {change && (change.direction === 'flat' ? t('sentence.still') : t('sentence.moved', { change: change.text, is: t(`sentence.is.${star.change?.is ?? 'neither'}`) }))}{' '}
      {target && t(`sentence.target.${standingOf(target.onTrack, target.state)}`, { value: unit.show(target.value).text, to: format.date(target.to), expected: unit.show(roundly(target.expected)).text })}
    </>
  );
}

function Guardrails({ answer }: { answer: TreeAnswer }) {
  const { t } = useTranslation('tree');
  const nameOf = useNameOf();
  const list = useList();
  const { all, broken } = guardrailsOf(answer);
  if (all.length === 0) return null;
  if (broken.length === 0) return t('sentence.guarded', { count: all.length });
  return <b className={styles.broken}>{t('sentence.broken', { count: broken.length, names: list(broken.map((node) => nameOf(node, node.metric))) })}</b>;
}
