import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TreeObjective } from '../api/tree';
import { searchOf } from '../board/model/address';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';

type StepTold = TreeObjective['strategies'][number]['steps'][number];

/**
 * The steps that a strategy acts on, each leading to it on its board, unless they are
 * plain words inside something that is pressed itself; one that is not there any more
 * says so.
 */
export function StepLinks({ steps, tabIndex, plain = false }: { steps: StepTold[]; tabIndex?: number; plain?: boolean }) {
  const { t } = useTranslation('tree');
  const locale = useLocale();
  const word = (text: StepTold['stageName'], id: string) => pick(text, locale).text || id;
  return steps.map(({ journey, journeyName, stage, stageName, step, stepName, isThere }) => {
    const name = step ? word(stepName, step) : word(stageName, stage);
    const whole = `${word(journeyName, journey)} › ${word(stageName, stage)}${step ? ` › ${name}` : ''}`;
    const key = `${journey}/${stage}/${step ?? ''}`;
    if (!isThere) {
      return (
        <span key={key} title={t('canvas.noStep', { step: whole })}>
          {name} ?
        </span>
      );
    }
    if (plain) {
      return (
        <span key={key} title={whole}>
          {name}
        </span>
      );
    }
    const at = { stage, ...(step && { step }) };
    return (
      <Link key={key} to="/journeys/$id" params={{ id: journey }} search={searchOf({ view: 'board', compare: true, edit: false, at })} title={whole} tabIndex={tabIndex}>
        {name}
      </Link>
    );
  });
}
