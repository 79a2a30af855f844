import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode, TreeReign } from '../../api/tree';
import { useFormat, useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { usePeriod } from '../../metrics/usePeriod';
import { useUnit } from '../../metrics/useUnit';
import { Sentence } from '../../ui/Sentence';
import { knownOf, moveOfNode } from '../model/figures';
import { roundly } from '../model/reading';

/** Where the star stands: its last settled number, how that moved, and its target. */
export function StarSentence({ answer, reign, node }: { answer: TreeAnswer; reign: TreeReign; node: TreeNode }) {
  const { t } = useTranslation('star');
  const locale = useLocale();
  const format = useFormat();
  const unit = useUnit(node.unit);
  const period = usePeriod(answer.grain);
  const name = pick(node.name, locale);
  const { target } = node;
  const value = knownOf(node);
  const move = moveOfNode(node);
  const gap = locale === 'en' ? ' ' : '';
  const words = { name: name.text || node.metric, place: answer.stars.indexOf(reign) + 1, asOf: format.dateTime(answer.asOf) };
  const tags = { name: <b lang={name.lang ?? undefined} />, b: <b /> };
  const say = (key: string, more: Record<string, string | number> = {}) => <Trans t={t} i18nKey={key} values={{ ...words, ...more }} components={tags} shouldUnescape tOptions={{ interpolation: { escapeValue: true } }} />;
  return (
    <Sentence
      tone={value ? 'finding' : 'calm'}
      action={
        <Link to="/metric/$id" params={{ id: node.metric }} search={{ grain: answer.grain }}>
          {t('sentence.open')} →
        </Link>
      }
    >
      {value ? say('sentence.value', { period: period(value.from), value: unit.show(value.value).text, n: format.full(value.n) }) : say('sentence.unknown')}
      {move && (
        <>
          {gap}
          {t('sentence.move', { change: format.change(move.value, move.unit).text })}
        </>
      )}
      {target && (
        <>
          {gap}
          {say(`sentence.target.${target.onTrack === null ? 'unknown' : target.onTrack ? 'on' : 'off'}`, {
            target: unit.show(target.value).text,
            to: format.date(target.to),
            expected: target.expected === null ? '' : unit.show(roundly(target.expected)).text,
            current: target.current === null ? '' : unit.show(target.current).text,
          })}
        </>
      )}
    </Sentence>
  );
}
