// A metric on the canvas and in the list of a phone: its name, what it is now and how
// it moved, whether it is on its way, and what one has to know before one believes it.
import { useTranslation } from 'react-i18next';
import type { TreeNode } from '../../api/tree';
import { useFormat, useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { smallN } from '../../metrics/model';
import { useUnit } from '../../metrics/useUnit';
import { Change } from '../../ui/Change';
import { StatNumber } from '../../ui/StatNumber';
import { moveOfNode } from '../model/figures';
import { linesOf } from '../model/lines';
import { standingOf, useGuardrailWords, useList, useTargetWords } from '../useWords';
import styles from './Cards.module.css';

interface MetricCardProps {
  node: TreeNode;
  /** Of the star, of the constellation, or of neither. */
  rank: 'star' | 'input' | 'below';
  /** A part of the one above it: it needs less room. */
  slim: boolean;
}

export function MetricCard({ node, rank, slim }: MetricCardProps) {
  const list = useList();
  const locale = useLocale();
  const unit = useUnit(node.unit);
  const name = pick(node.name, locale);
  const value = node.value?.value ?? null;
  const move = moveOfNode(node);
  const lines = linesOf(node);
  const number = (
    <span className={styles.value} title={unit.show(value).full}>
      <b>
        <StatNumber value={value} show={unit.plain} />
      </b>
      {value !== null && unit.name && <small>{unit.name}</small>}
      {move && <Change value={move.value} unit={move.unit} good={node.good === 'neither' ? null : node.good} />}
    </span>
  );
  return (
    <div className={styles.metric} data-rank={rank} data-slim={slim} data-unknown={value === null} title={node.problem ?? undefined}>
      <div className={styles.top}>
        <span className={styles.name} lang={name.lang ?? undefined} title={name.text || node.metric}>
          {rank !== 'below' && <i aria-hidden="true">{rank === 'star' ? '★' : '✦'}</i>}
          {name.text || node.metric}
        </span>
        {slim && number}
      </div>
      {!slim && (
        <div className={styles.middle}>
          {number}
          <span className={styles.owner} title={list(node.owner)}>
            {list(node.owner)}
          </span>
        </div>
      )}
      {lines.standing && <Standing node={node} />}
      {lines.badges && <Badges node={node} />}
    </div>
  );
}

/** Its target and its guardrail in a line. */
function Standing({ node }: { node: TreeNode }) {
  const target = useTargetWords(node.unit);
  const guardrail = useGuardrailWords(node);
  const words = [
    node.target && { text: target(node.target), tone: { onTrack: 'better', behind: 'worse', unknown: 'none', upcoming: 'none' }[standingOf(node.target.onTrack, node.target.state)] },
    guardrail !== null && { text: guardrail, tone: node.guardrail?.broken ? 'worse' : 'none' },
  ].filter((one) => one !== null && one !== false);
  return (
    <p className={styles.standing} title={words.map(({ text }) => text).join(' · ')}>
      {words.map(({ text, tone }) => (
        <span key={text} data-tone={tone}>
          {text}
        </span>
      ))}
    </p>
  );
}

/** What is to be known before one believes it: vanity, trust, few people, a counter. */
export function Badges({ node }: { node: TreeNode }) {
  const { t } = useTranslation('tree');
  const { t: tests } = useTranslation('vanity');
  const format = useFormat();
  const list = useList();
  const { vanity, trust, roles, value } = node;
  const failed = [...new Set(vanity?.reasons.flatMap((reason) => reason.tests) ?? [])].map((test) => tests(`short.${test}`));
  const changed = trust.changed.map(({ id, version, by, at }) => t('trust.by', { id, version, by, at: format.date(at) }));
  return (
    <p className={styles.badges}>
      {vanity?.standing === 'vain' && (
        <span data-badge="vain" title={list(failed)}>
          {failed.length > 0 ? t('vanity.vainBy', { tests: failed.slice(0, 2).join(' · ') }) : t('vanity.vain')}
        </span>
      )}
      {trust.state === 'drifted' && (
        <span data-badge="drifted" title={changed.join('\n')}>
          {t('trust.drifted')}
        </span>
      )}
      {trust.state === 'proposed' && <span data-badge="proposed">{t('trust.proposed')}</span>}
      {roles.includes('counter') && <span data-badge="plain">{t('role.counter')}</span>}
      {value?.value != null && value.n < smallN && <span data-badge="few">{t('few', { n: format.full(value.n) })}</span>}
    </p>
  );
}
