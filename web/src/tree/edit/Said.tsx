import { useTranslation } from 'react-i18next';
import type { Draft } from '../model/draft';
import { useSay } from './useSay';

/** What was done last, for those who do not see the canvas. */
export function Said({ draft }: { draft: Draft }) {
  const { t } = useTranslation('tree');
  const say = useSay();
  const last = draft.done.at(-1)?.operations.at(-1);
  const taken = draft.undone.at(-1)?.at(-1);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-label={t('said.title')}>
      {taken ? t('said.undone', { what: say(taken) }) : last && say(last)}
    </div>
  );
}
