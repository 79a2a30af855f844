// The table twin of the paths' diagram, and the list that stands for both on a
// phone. Names open who passed there, numbers who went from one to the other.
import { useTranslation } from 'react-i18next';
import type { PathLink, PathNode, PathsAnswer } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { inOrder } from '../model/paths';
import type { Chosen } from './graph';
import type { NodeNames } from './useNodeNames';
import styles from './FlowView.module.css';

interface PathRowsProps {
  answer: PathsAnswer;
  names: NodeNames;
  onChoose?: (chosen: Chosen) => void;
}

/** Where a customer may count several times, times and customers are two numbers. */
const severalTimes = (answer: PathsAnswer) => answer.rule.occurrence === null || answer.rule.occurrence === 'every';

const shareOf = (link: PathLink, from: PathNode | undefined) => (from && from.paths > 0 ? link.paths / from.paths : null);

export function PathTable({ answer, names, onChoose }: PathRowsProps) {
  const { t } = useTranslation('paths');
  const format = useFormat();
  const several = severalTimes(answer);
  return (
    <section className={styles.card}>
      <table className={styles.table}>
        <caption>{t('table.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('table.from')}</th>
            <th scope="col">{t('table.to')}</th>
            {several && <th scope="col">{t('table.times')}</th>}
            <th scope="col">{t('table.customers')}</th>
            <th scope="col">{t('table.share')}</th>
            <th scope="col">{t('table.median')}</th>
          </tr>
        </thead>
        <tbody>
          {inOrder(answer).map((link) => (
            <tr key={`${link.from}>${link.to}`}>
              <td>
                <NodeName id={link.from} names={names} onChoose={onChoose} />
              </td>
              <td>
                <NodeName id={link.to} names={names} onChoose={onChoose} />
              </td>
              {several && <td title={format.full(link.paths)}>{format.count(link.paths).text}</td>}
              <td title={format.full(link.customers)}>
                <Count link={link} names={names} onChoose={onChoose} />
              </td>
              <td>{format.percent(shareOf(link, names.node(link.from)))}</td>
              {/* Before the first thing and after the last there is no time. */}
              <td>{link.medianSeconds === null ? '—' : format.duration(link.medianSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function PathList({ answer, names, onChoose }: PathRowsProps) {
  const { t } = useTranslation('paths');
  const format = useFormat();
  const several = severalTimes(answer);
  return (
    <ol className={styles.list} aria-label={t('table.title')}>
      {inOrder(answer).map((link) => (
        <li key={`${link.from}>${link.to}`} className={styles.card}>
          <p>
            <NodeName id={link.from} names={names} onChoose={onChoose} /> <span aria-hidden="true">→</span> <NodeName id={link.to} names={names} onChoose={onChoose} />
          </p>
          <p className={styles.figures}>
            <b>
              <Count link={link} names={names} onChoose={onChoose} />
            </b>
            <span>{t('list.people', { count: link.customers })}</span>
            {several && <span>{t('list.times', { count: link.paths, shown: format.count(link.paths).text })}</span>}
            <span>{format.percent(shareOf(link, names.node(link.from)))}</span>
            {link.medianSeconds !== null && <span>{format.duration(link.medianSeconds)}</span>}
          </p>
        </li>
      ))}
    </ol>
  );
}

interface PartProps {
  names: NodeNames;
  onChoose?: (chosen: Chosen) => void;
}

function NodeName({ id, names, onChoose }: PartProps & { id: string }) {
  const node = names.node(id);
  const text = (
    <>
      {names.place(node) && <small className={styles.place}>{names.place(node)} </small>}
      <span className={node?.kind === 'event' ? styles.event : undefined}>{names.of(node)}</span>
    </>
  );
  if (!onChoose) return text;
  return (
    <button type="button" className={styles.open} onClick={() => onChoose({ node: id })}>
      {text}
    </button>
  );
}

function Count({ link, names, onChoose }: PartProps & { link: PathLink }) {
  const format = useFormat();
  const shown = format.count(link.customers).text;
  if (!onChoose) return shown;
  const chosen: Chosen = { link: [link.from, link.to] };
  return (
    <button type="button" className={styles.open} aria-label={`${names.title(chosen)}: ${format.full(link.customers)}`} onClick={() => onChoose(chosen)}>
      {shown}
    </button>
  );
}
