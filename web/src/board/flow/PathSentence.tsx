// What most people do, in words, with the way to them.
import { Button } from 'antd';
import { Trans, useTranslation } from 'react-i18next';
import type { PathsAnswer } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { Sentence } from '../../ui/Sentence';
import { mostFrequent, type Anchored } from '../model/paths';
import type { Chosen } from './graph';
import type { NodeNames } from './useNodeNames';

interface PathSentenceProps {
  answer: PathsAnswer;
  at: Anchored;
  names: NodeNames;
  onChoose?: (chosen: Chosen) => void;
}

export function PathSentence({ answer, at, names, onChoose }: PathSentenceProps) {
  const { t } = useTranslation('paths');
  const format = useFormat();
  const found = mostFrequent(answer);
  if (!found) return null;
  const { link, from, to } = found;
  const other = at.kind === 'before' ? from : to;
  const key = other.kind === 'until' ? 'betweenStraight' : other.kind === 'ended' || other.kind === 'began' ? `${at.kind}Nothing` : at.kind;
  const perCustomer = at.kind !== 'transitions' && at.which !== 'every';
  const values = {
    anchor: at.anchor ? names.of({ ...from, kind: 'anchor' }) : '',
    until: at.until ? names.of({ ...to, kind: 'until' }) : '',
    event: names.of(other),
    from: names.of(from),
    to: names.of(to),
    times: format.full(link.paths),
    customers: format.full(link.customers),
    of: format.full(found.of),
    share: format.percent(found.share),
    arrived: format.full(answer.customers),
    anchored: format.full(answer.anchored ?? 0),
    reach: format.percent(answer.anchored ? answer.customers / answer.anchored : null),
    time: format.duration(link.medianSeconds),
  };
  const say = (which: string) => (
    <Trans t={t} i18nKey={`sentence.${which}`} values={values} components={{ b: <b /> }} shouldUnescape tOptions={{ interpolation: { escapeValue: true } }} />
  );
  return (
    <Sentence
      action={
        onChoose && (
          <Button type="link" style={{ paddingInline: 0 }} onClick={() => onChoose({ link: [link.from, link.to] })}>
            {t('sentence.evidence')} →
          </Button>
        )
      }
    >
      {at.kind === 'between' && <span>{say('arrived')}</span>}
      <span>{say(key)}</span>
      <span>{at.kind === 'transitions' ? say('countTransitions') : say(perCustomer ? 'count' : 'countEvery')}</span>
      {link.medianSeconds !== null && <span>{say('wait')}</span>}
    </Sentence>
  );
}
