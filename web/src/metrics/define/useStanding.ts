import { useTranslation } from 'react-i18next';
import { useProblem } from '../../ui/States';
import { useDefine } from './useDefine';

export interface Standing {
  kind: 'missing' | 'faults' | 'failed';
  text: string;
}

/** Why the number is not that of the draft: what has still to be chosen, what is wrong, what failed; null where it is. */
export function useStanding(): Standing | null {
  const { t } = useTranslation('define');
  const { numbers } = useDefine();
  const told = useProblem(numbers.error);
  if (numbers.missing.length > 0) {
    const kinds = [...new Set(numbers.missing.map((path) => path.split('.').at(-1) || 'measure'))];
    return { kind: 'missing', text: t('preview.missing', { what: kinds.map((kind) => t(`missing.${kind}`)).join(t('preview.and')) }) };
  }
  if (!numbers.error) return null;
  if (numbers.faults.length > 0) return { kind: 'faults', text: t('preview.faults', { count: numbers.faults.length }) };
  return { kind: 'failed', text: [told.title, told.detail].filter(Boolean).join(' ') };
}
