// The verdicts on vanity in short: which numbers only flatter, and by which tests.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../api/tree';
import { useFormat } from '../format/useFormat';
import { Localized } from '../ui/Localized';
import { Tile } from './Tile';
import { TreeLink } from './TreeLink';
import type { OneTree } from './useCockpit';
import { useOwners } from './useOwners';
import styles from './Cockpit.module.css';

const most = 3;

export function VanityTile({ id, tree }: { id: string; tree: OneTree }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const { answer } = tree;
  const count = (of: 'vain' | 'sound' | 'unknown') => (answer?.nodes ?? []).filter(({ vanity }) => vanity?.standing === of).length;
  return (
    <Tile
      title={t('vanity.title')}
      extra={answer && t('asOf', { when: format.dateTime(answer.asOf) })}
      loading={!answer}
      error={tree.error}
      retry={tree.retry}
      rows={5}
      late={tree.late}
    >
      {answer && <p className={styles.small}>{t('vanity.count', { vain: count('vain'), sound: count('sound'), unknown: count('unknown') })}</p>}
      {answer && <Verdicts id={id} answer={answer} />}
    </Tile>
  );
}

function Verdicts({ id, answer }: { id: string; answer: TreeAnswer }) {
  const { t } = useTranslation('cockpit');
  const vain = answer.nodes.filter(({ vanity }) => vanity?.judgement === 'vain');
  if (vain.length === 0) return <p className={styles.small}>{t('vanity.none')}</p>;
  return (
    <>
      <ul className={styles.rows}>
        {vain.slice(0, most).map((node) => (
          <Vain key={node.metric} id={id} node={node} />
        ))}
      </ul>
      {vain.length > most && (
        <p className={styles.more}>
          <TreeLink tree={id} view="table">
            {t('vanity.more', { count: vain.length - most })} →
          </TreeLink>
        </p>
      )}
    </>
  );
}

function Vain({ id, node }: { id: string; node: TreeNode }) {
  const { t } = useTranslation('cockpit');
  const { t: vanity } = useTranslation('vanity');
  const format = useFormat();
  const owners = useOwners();
  const verdict = node.vanity;
  const tests = [...new Set((verdict?.reasons ?? []).flatMap((reason) => reason.tests))];
  const words = [tests.map((test) => vanity(`short.${test}`)).join(t('and')), node.value && `n = ${format.full(node.value.n)}`, owners(node.owner)].filter(Boolean).join(' · ');
  return (
    <li>
      <div>
        <TreeLink tree={id} metric={node.metric}>
          <Localized text={node.name} fallback={node.metric} />
        </TreeLink>
        {verdict?.override ? (
          <span className={styles.signed} title={verdict.override.why}>
            {t('vanity.signed', { by: verdict.override.by })}
          </span>
        ) : (
          <b className={styles.alarm}>{t('vanity.vain')}</b>
        )}
      </div>
      <small className={styles.oneLine} title={words}>
        {words}
      </small>
    </li>
  );
}
