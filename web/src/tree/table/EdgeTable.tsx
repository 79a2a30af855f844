// The lines of the tree as a list: what is computed, and what is believed with what the
// numbers say to it.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { Localized } from '../../ui/Localized';
import { correlation, operatorOf, useInfluenceWords, useNameOf } from '../useWords';
import styles from './TreeTable.module.css';

export function EdgeTable({ answer, onSelect }: { answer: TreeAnswer; onSelect: (metric: string) => void }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const nameOf = useNameOf();
  const words = useInfluenceWords(answer.grain);
  if (answer.edges.length === 0) return null;
  const end = (id: string) => {
    const node = answer.nodes.find(({ metric }) => metric === id);
    return (
      <button type="button" onClick={() => onSelect(id)}>
        {node ? nameOf(node, id) : id}
      </button>
    );
  };
  return (
    <>
      <h2 className={styles.title}>{t('edges.title')}</h2>
      <table className={styles.table} aria-label={t('edges.title')}>
        <thead>
          <tr>
            <th scope="col">{t('edges.from')}</th>
            <th scope="col">{t('edges.to')}</th>
            <th scope="col">{t('edges.how')}</th>
            <th scope="col" data-number="">
              r
            </th>
            <th scope="col" data-number="">
              n
            </th>
            <th scope="col">{t('edges.verdict')}</th>
            <th scope="col">{t('edges.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {answer.edges.map((edge) => {
            const { influence } = edge;
            const told = influence && words(influence);
            return (
              <tr key={`${edge.kind} ${edge.from} ${edge.to}`} className={styles.metric}>
                <th scope="row">{end(edge.from)}</th>
                <td data-label={t('edges.to')}>{end(edge.to)}</td>
                <td data-label={t('edges.how')}>{told ? told.belief : `${operatorOf(edge)} ${t('edges.computed')}`}</td>
                <td data-number="" data-label="r" data-unknown={influence !== undefined && influence.strength === null}>
                  {influence && (influence.strength === null ? t('unknown') : correlation(influence.strength))}
                </td>
                <td data-number="" data-label="n">
                  {influence && format.full(influence.n)}
                </td>
                <td data-verdict={influence?.verdict} data-label={t('edges.verdict')}>
                  {told?.verdict}
                </td>
                <td data-label={t('edges.reason')}>{influence && <Localized text={influence.reason} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
