import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../cockpit/useCockpit';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { showOf, shownBy, type Step, type Tile } from './model';

/** What a tile is called: what it shows; of a text, its first words. */
export function useTileName(): (tile: Tile) => string {
  const { t } = useTranslation('dashboards');
  const locale = useLocale();
  const { all } = useDefinitions();
  return (tile) => {
    const of = shownBy(tile);
    const name = of && (pick(all.find(({ kind, id }) => kind === of.kind && id === of.id)?.body.name, locale).text || of.id);
    if (name) return tile.kind === 'tree' ? `${name} · ${t(`show.${showOf(tile)}`)}` : name;
    const words = pick(tile.text, locale)
      .text.replace(/[#*_>`[\]]/g, '')
      .trim()
      .split('\n')[0];
    return words ? words.slice(0, 24) : t('kind.text');
  };
}

/** What was done to the dashboard, in words. */
export function useStepWords(): (step: Step) => string {
  const { t } = useTranslation('dashboards');
  const nameOf = useTileName();
  return (step) => ('tile' in step ? t(`reason.${step.what}`, { name: nameOf(step.tile) }) : t(`reason.${step.what}`));
}
