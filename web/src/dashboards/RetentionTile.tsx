// A table of who comes back, on a dashboard.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Retention } from '../api/types';
import { Tile as Frame } from '../cockpit/Tile';
import { useDefinitions } from '../cockpit/useCockpit';
import { useOwners } from '../cockpit/useOwners';
import { useScope } from '../board/filter/useScope';
import { searchOfScope } from '../board/model/scope';
import { useFormat } from '../format/useFormat';
import { Triangle } from '../retention/Triangle';
import { useRetention } from '../retention/useRetention';
import { Localized } from '../ui/Localized';
import type { Tile } from './model';
import styles from './Dashboards.module.css';

export function RetentionTile({ tile }: { tile: Tile }) {
  const { t } = useTranslation('dashboards');
  const owners = useOwners();
  const format = useFormat();
  const { all } = useDefinitions();
  const scope = useScope();
  const id = tile.table ?? '';
  const table = all.find((each) => each.kind === 'Retention' && each.id === id)?.body as Retention | undefined;
  const { answer, error, late, retry } = useRetention({ retentionId: id, ...scope });
  return (
    <Frame
      title={
        <Link to="/journeys/retention/$id" params={{ id }} search={searchOfScope(scope)}>
          <Localized text={table?.name} fallback={id} />
        </Link>
      }
      extra={answer && [owners(table?.owner ?? []), `n = ${format.full(answer.rows.reduce((sum, row) => sum + (row.counts[0] ?? 0), 0))}`, t('asOf', { when: format.dateTime(answer.asOf) })].join(' · ')}
      loading={!answer}
      error={error}
      retry={retry}
      rows={6}
    >
      {answer && (
        <div className={styles.scroll}>
          <Triangle answer={answer} late={late} />
        </div>
      )}
    </Frame>
  );
}
