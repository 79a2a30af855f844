// A measure in a cell: its name, its last settled number and how that moved. It
// opens to the metric.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TreeNode } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { goodness } from '../../metrics/model';
import { usePeriod } from '../../metrics/usePeriod';
import { useUnit } from '../../metrics/useUnit';
import { Change } from '../../ui/Change';
import { Localized } from '../../ui/Localized';
import { knownOf, moveOfNode } from '../model/figures';
import styles from './Matrix.module.css';

export function MeasureChip({ metric, node, grain }: { metric: string; node: TreeNode | undefined; grain: string }) {
  const { t } = useTranslation('star');
  const format = useFormat();
  const unit = useUnit(node?.unit ?? '');
  const period = usePeriod(grain);
  const move = node && moveOfNode(node);
  const value = node ? knownOf(node) : null;
  return (
    <Link
      to="/metric/$id"
      params={{ id: metric }}
      search={{}}
      className={styles.chip}
      data-unknown={value === null}
      title={value ? `${unit.show(value.value).full} · ${period(value.from)} · n = ${format.full(value.n)}` : (node?.problem ?? t('unknown'))}
    >
      <span>
        <Localized text={node?.name} fallback={metric} />
      </span>
      <b>{value ? unit.plain(value.value) : t('unknown')}</b>
      {move && <Change value={move.value} unit={move.unit} good={goodness(node.good)} />}
    </Link>
  );
}
