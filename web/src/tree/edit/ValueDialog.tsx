// By what a customer has value: an event among those really seen, and how long after what
// a metric counts it still tells for that metric. What it would say of the star and its
// inputs is measured as one chooses.
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeQuestion } from '../../api/tree';
import { ApiError } from '../../api/client';
import { PatternEditor } from '../../board/binding/PatternEditor';
import { patternsOf, whenOf } from '../../board/binding/patterns';
import drawer from '../../board/drawer/Drawer.module.css';
import { SpanField } from '../../board/filter/WindowChoice';
import { useSettled } from '../../board/useMeasure';
import { same } from '../../drawing/same';
import { useFormat } from '../../format/useFormat';
import { useProblem } from '../../ui/States';
import { useReturnFocus } from '../../ui/useReturnFocus';
import { numberOf } from '../../vanity/model';
import type { TreeDefinition, ValueEvent } from '../model/definition';
import { faultsAt } from '../model/faults';
import { apply } from '../model/operation';
import { useEditing } from '../useEditing';
import { useTree } from '../useTree';
import { useNameOf } from '../useWords';
import styles from './Edit.module.css';

interface ValueDialogProps {
  filters: Omit<TreeQuestion, 'tree' | 'treeId' | 'version'>;
  onClose: () => void;
}

const usualSpan = '30d';
const restMillis = 700;

export function ValueDialog({ filters, onClose }: ValueDialogProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const stored = editing?.tree.value;
  const [pattern, change] = useState(() => patternsOf(stored && [stored])[0]);
  const [within, extend] = useState<string | undefined>(stored?.within ?? usualSpan);
  useReturnFocus();
  if (!editing || !pattern) return null;
  const { tree, perform } = editing;
  const chosen = typeof pattern.event === 'string' ? whenOf([pattern])?.[0] : undefined;
  const value = chosen && within !== undefined ? { ...chosen, within } : undefined;
  const keep = (next: ValueEvent | undefined) => {
    perform({ do: 'value', value: next });
    onClose();
  };
  return (
    <Modal
      open
      width={680}
      title={t('value.title')}
      onCancel={onClose}
      footer={
        <div className={styles.foot}>
          {stored && <Button onClick={() => keep(undefined)}>{t('value.none')}</Button>}
          <Button type="primary" disabled={!value} onClick={() => keep(value)}>
            {t('value.keep')}
          </Button>
        </div>
      }
    >
      <p className={styles.note}>{t('value.note')}</p>
      <PatternEditor pattern={pattern} onChange={change} />
      <div className={styles.within}>
        {t('value.within')}
        <SpanField value={within} onChange={extend} label={t('value.within')} />
      </div>
      {value && <Reached tree={tree} value={value} filters={filters} />}
    </Modal>
  );
}

/** How many of those whom the star and its inputs count would have value. */
function Reached({ tree, value, filters }: { tree: TreeDefinition; value: ValueEvent; filters: ValueDialogProps['filters'] }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const nameOf = useNameOf();
  const settled = useSettled(value, undefined, restMillis);
  const drawn = apply(tree, { do: 'value', value: settled }) ?? tree;
  const { data, error, isPlaceholderData } = useTree({ tree: drawn as unknown as NonNullable<TreeQuestion['tree']>, ...filters });
  const told = useProblem(error);
  if (error) {
    const faults = error instanceof ApiError ? faultsAt(error.problem.faults ?? [], 'value', true) : [];
    return (
      <p className={styles.fault} role="alert">
        {faults.length > 0 ? faults.join(' ') : told.title}
      </p>
    );
  }
  const nodes = (data?.nodes ?? []).filter(({ roles }) => roles.includes('star') || roles.includes('input'));
  return (
    <section className={styles.reached} data-late={!data || isPlaceholderData || !same(settled, value)} aria-live="polite" aria-busy={!data}>
      <h3>{t('value.reached')}</h3>
      <dl className={drawer.rows}>
        {nodes.map((node) => {
          const reached = numberOf(node.vanity?.tests.find(({ test }) => test === 'farFromValue')?.numbers ?? [], 'share');
          return (
            <div key={node.metric}>
              <dt>{nameOf(node, node.metric)}</dt>
              <dd data-unknown={reached === undefined}>
                {reached ? format.percent(reached.value) : t('unknown')} {reached && <small>{t('value.interval', { low: format.percent(reached.low ?? null), high: format.percent(reached.high ?? null), n: format.full(reached.n) })}</small>}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
