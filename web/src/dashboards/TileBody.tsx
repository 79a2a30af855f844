// What a tile shows, by its kind.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { journeyQuestion } from '../cockpit/address';
import { JourneyTile } from '../cockpit/JourneyTile';
import { Skeleton } from '../cockpit/Tile';
import { useToday } from '../cockpit/useCockpit';
import { useScope } from '../board/filter/useScope';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { Card } from '../ui/Card';
import { MetricTile } from './MetricTile';
import { showOf, type Tile } from './model';
import { RetentionTile } from './RetentionTile';
import { TreeTile } from './TreeTile';
import styles from './Dashboards.module.css';

const Markdown = lazy(() => import('./Markdown'));

export function TileBody({ tile }: { tile: Tile }) {
  const scope = useScope();
  const today = useToday();
  switch (tile.kind) {
    case 'metric':
      return <MetricTile tile={tile} />;
    case 'journey':
      return <JourneyTile question={{ ...journeyQuestion(tile.journey ?? '', scope, 'week', today), journeyId: tile.journey ?? '' }} table={showOf(tile) === 'table'} />;
    case 'tree':
      return <TreeTile tile={tile} />;
    case 'retention':
      return <RetentionTile tile={tile} />;
    case 'text':
      return <TextTile tile={tile} />;
  }
}

function TextTile({ tile }: { tile: Tile }) {
  const { t } = useTranslation('dashboards');
  const { text, lang } = pick(tile.text, useLocale());
  return (
    <Card className={styles.text}>
      <div lang={lang ?? undefined}>
        {text.trim() === '' ? <p className={styles.gone}>{t('emptyText')}</p> : <Suspense fallback={<Skeleton rows={3} />}><Markdown>{text}</Markdown></Suspense>}
      </div>
    </Card>
  );
}
