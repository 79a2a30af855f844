// Where the number comes from: which definition, who approved it and why, the
// rule in words, the facts, and the way to the people.
import { Link } from '@tanstack/react-router';
import { App } from 'antd';
import { Trans, useTranslation } from 'react-i18next';
import { queryOf } from '../../api/client';
import { useFormat } from '../../format/useFormat';
import { copyText } from '../../ui/CopyButton';
import { figuresAt } from '../model/figures';
import { searchOf } from '../model/address';
import type { Spot } from '../model/operation';
import { useBoard } from '../useBoard';
import { Section } from './Drawer';
import { useRuleInWords } from './useRuleInWords';
import styles from './Drawer.module.css';

export function TraceSection({ spot, bound }: { spot: Spot; bound: boolean }) {
  const { t } = useTranslation('board');
  const { answer, revision, draft, dirty, address, open } = useBoard();
  const format = useFormat();
  const { message } = App.useApp();
  const rule = useRuleInWords();
  const figures = figuresAt(answer, spot);
  const bold = { b: <b /> };

  const share = async () => {
    const asOf = address.asOf ?? answer?.asOf;
    const query = queryOf(searchOf({ ...address, edit: false, at: spot, ...(asOf && { asOf }) }));
    await copyText(`${window.location.origin}${window.location.pathname}${query}`);
    void message.success(t('header.shared'));
  };
  return (
    <Section title={t('trace.title')}>
      <div className={styles.trace}>
        <p>
          <Trans t={t} i18nKey={dirty ? 'trace.draft' : 'trace.definition'} values={{ version: draft.version }} components={bold} />{' · '}
          <Link to="/ledger/$kind/$id" params={{ kind: 'Journey', id: revision.id }} search={{}}>
            {t('trace.history')}
          </Link>
        </p>
        <p>
          {revision.status === 'approved' && revision.approvedBy
            ? t('trace.approved', { name: revision.approvedBy, date: format.date(revision.approvedAt) })
            : t('trace.proposed', { name: revision.author })}
          {revision.reason && ` · ${t('trace.reason', { reason: revision.reason })}`}
        </p>
        {answer && (
          <>
            <p>{rule(answer)}</p>
            <p>
              <Trans t={t} i18nKey="trace.facts" values={{ through: format.full(answer.facts.through), events: format.count(answer.facts.events).text }} components={bold} />
            </p>
            <p>
              {t('trace.asOf', { when: format.dateTime(answer.asOf) })} · {answer.timezone}
            </p>
          </>
        )}
      </div>
      <div className={styles.links}>
        {bound && figures?.reached != null && (
          <button type="button" className={styles.link} onClick={() => open({ kind: 'customers', ...spot, state: 'reached' })}>
            {t('trace.open', { count: figures.reached, shown: format.full(figures.reached) })}
          </button>
        )}
        <button type="button" className={styles.link} onClick={() => open({ kind: 'formula', spot })}>
          {t('trace.formula')}
        </button>
        <button type="button" className={styles.link} onClick={() => void share()}>
          {t('trace.copy')}
        </button>
      </div>
    </Section>
  );
}
