// All targets of the tree as a list: of what and whom, until when, where each stands, and
// how it is divided.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeStanding } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { useUnit } from '../../metrics/useUnit';
import { PartAmount } from '../drawer/PartAmount';
import { standings } from '../model/attention';
import { nodeOf } from '../model/figures';
import { roundly } from '../model/reading';
import { partKey } from '../model/target';
import { standingOf, useNameOf, usePartName } from '../useWords';
import styles from './TreeTable.module.css';

interface TargetTableProps {
  answer: TreeAnswer;
  onSelect: (metric: string) => void;
}

export function TargetTable({ answer, onSelect }: TargetTableProps) {
  const { t } = useTranslation('tree');
  const all = standings(answer);
  if (all.length === 0) return null;
  return (
    <>
      <h2 className={styles.title}>{t('targets.title')}</h2>
      <table className={styles.table} aria-label={t('targets.title')}>
        <thead>
          <tr>
            <th scope="col">{t('targets.metric')}</th>
            <th scope="col">{t('targets.days')}</th>
            <th scope="col" data-number="">
              {t('targets.value')}
            </th>
            <th scope="col" data-number="">
              {t('targets.now')}
            </th>
            <th scope="col" data-number="">
              {t('targets.expected')}
            </th>
            <th scope="col">{t('targets.standing')}</th>
            <th scope="col">{t('targets.parts')}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((standing) => (
            <OneTarget key={`${standing.objective} ${standing.metric} ${standing.from} ${standing.to}`} standing={standing} answer={answer} onSelect={onSelect} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function OneTarget({ standing, answer, onSelect }: TargetTableProps & { standing: TreeStanding }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const nameOf = useNameOf();
  const partName = usePartName(answer);
  const { metric, objective, from, to, value, reads, current, expected, onTrack, state, parts, partsLeft } = standing;
  const node = nodeOf(answer, metric);
  const { show } = useUnit(node?.unit ?? '');
  const is = standingOf(onTrack, state);
  const starts = state === 'upcoming';
  return (
    <tr className={styles.metric}>
      <th scope="row">
        <button type="button" onClick={() => onSelect(metric)}>
          {nameOf(node ?? {}, metric)}
        </button>{' '}
        {objective !== '' && <small>{partName({ objective })}</small>}
      </th>
      <td data-label={t('targets.days')}>{t('parts.of', { from: format.date(from), to: format.date(to) })}</td>
      <td data-number="" data-named="" data-label={t('targets.value')}>
        {show(value).text}
        <small>{t(`reads.${reads}`)}</small>
      </td>
      <td data-number="" data-named="" data-label={t('targets.now')} data-unknown={!starts && current === null}>
        {!starts && show(roundly(current)).text}
      </td>
      <td data-number="" data-named="" data-label={t('targets.expected')} data-unknown={!starts && expected === null}>
        {!starts && show(roundly(expected)).text}
      </td>
      <td data-label={t('targets.standing')} data-is={is}>
        {t(`targets.is.${is}`)}
      </td>
      <td data-label={t('targets.parts')} className={styles.parts}>
        {parts.map((part) => (
          <span key={partKey(part)} className={styles.part}>
            {partName(part)} <PartAmount part={part} of={standing} answer={answer} />
          </span>
        ))}
        {partsLeft !== null && Math.abs(partsLeft) > Math.abs(value) * 1e-6 && <span className={styles.part}>{t(partsLeft > 0 ? 'parts.left' : 'parts.over', { value: show(Math.abs(partsLeft)).text })}</span>}
      </td>
    </tr>
  );
}
