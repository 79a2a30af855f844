// A tree on a dashboard: its star, its constellation, or which objective acts on which
// stage of the journey.
import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import type { TreeAnswer } from '../api/tree';
import { InputsTile } from '../cockpit/InputsTile';
import { StarTile } from '../cockpit/StarTile';
import { Tile as Frame } from '../cockpit/Tile';
import { TreeLink } from '../cockpit/TreeLink';
import { useDefinitions, useOneTree, type Definitions, type TreeBody } from '../cockpit/useCockpit';
import { useScope } from '../board/filter/useScope';
import { useFormat } from '../format/useFormat';
import { useUnit } from '../metrics/useUnit';
import { Localized } from '../ui/Localized';
import { showOf, type Tile } from './model';
import styles from './Dashboards.module.css';

export function TreeTile({ tile }: { tile: Tile }) {
  const { t } = useTranslation('dashboards');
  const definitions = useDefinitions();
  const revision = definitions.trees.find(({ id }) => id === tile.tree);
  if (revision) return <OfTree revision={revision} definitions={definitions} show={showOf(tile)} />;
  return (
    <Frame title={tile.tree} loading={definitions.pending} error={definitions.error} retry={definitions.retry}>
      <p className={styles.gone}>{t('gone')}</p>
    </Frame>
  );
}

function OfTree({ revision, definitions, show }: { revision: Revision<TreeBody>; definitions: Definitions; show: string }) {
  const { t } = useTranslation('dashboards');
  const format = useFormat();
  const tree = useOneTree(revision, definitions.all, useScope());
  if (show === 'star') return <StarTile tree={tree} />;
  if (show === 'constellation') return <InputsTile tree={tree} />;
  return (
    <Frame
      title={
        <TreeLink tree={revision.id} view="matrix">
          <Localized text={revision.body.name} fallback={revision.id} /> · {t('show.matrix')}
        </TreeLink>
      }
      extra={tree.answer && t('asOf', { when: format.dateTime(tree.answer.asOf) })}
      loading={!tree.answer}
      error={tree.error}
      retry={tree.retry}
      late={tree.late}
    >
      {tree.answer && <Matrices id={revision.id} answer={tree.answer} />}
    </Frame>
  );
}

function Matrices({ id, answer }: { id: string; answer: TreeAnswer }) {
  const { t } = useTranslation('dashboards');
  if (answer.matrix.length === 0) return <p className={styles.gone}>{t('noMatrix')}</p>;
  return answer.matrix.map((matrix) => (
    // A region that scrolls has to be reachable without a mouse.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div key={matrix.journey} className={styles.scroll} tabIndex={0} role="region" aria-label={t('show.matrix')}>
      <table className={styles.matrix}>
        <caption>
          <Localized text={matrix.name} fallback={matrix.journey} />
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('objective')}</th>
            {matrix.stages.map((stage) => (
              <th key={stage.id} scope="col">
                <Localized text={stage.name} fallback={stage.id} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <tr key={row.objective}>
              <th scope="row">
                <Localized text={answer.objectives.find((each) => each.id === row.objective)?.name} fallback={row.objective} />
              </th>
              {row.cells.map((cell) => (
                <td key={cell.stage} data-empty={cell.empty}>
                  {cell.metrics.map((metric) => (
                    <Measure key={metric} id={id} answer={answer} metric={metric} />
                  ))}
                  {cell.empty && cell.strategies.length > 0 && t('unmeasured')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ));
}

function Measure({ id, answer, metric }: { id: string; answer: TreeAnswer; metric: string }) {
  const node = answer.nodes.find((each) => each.metric === metric);
  const unit = useUnit(node?.unit ?? '');
  return (
    <span className={styles.measure}>
      <TreeLink tree={id} metric={metric}>
        <Localized text={node?.name} fallback={metric} />
      </TreeLink>
      <b>{unit.plain(node?.value?.value ?? null)}</b>
    </span>
  );
}
