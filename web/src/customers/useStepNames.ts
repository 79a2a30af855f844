import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { journeyQuery } from './queries';

/** useStepNames says "簽約 · 簽下合約" for a stage's and a step's id; the ids themselves until the journey is read. */
export function useStepNames(journey: string | undefined): (stage: string, step: string | null) => string {
  const locale = useLocale();
  const { data } = useQuery(journeyQuery(journey));
  return useCallback(
    (stageId, stepId) => {
      const stage = data?.body.stages.find((one) => one.id === stageId);
      const step = stage?.steps.find((one) => one.id === stepId);
      const names = [pick(stage?.name, locale).text || stageId, stepId === null ? '' : pick(step?.name, locale).text || stepId];
      return names.filter((name, i) => name !== '' && names.indexOf(name) === i).join(' · ');
    },
    [data, locale],
  );
}
