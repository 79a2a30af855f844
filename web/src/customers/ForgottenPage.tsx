// What a customer's page is once they are forgotten: how much went, and the way back.
import { useEffect, useId, useRef } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { Forgotten } from '../api/types';
import { useFormat } from '../format/useFormat';
import { BackLink, LinkButton } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { EmptyState } from '../ui/States';

export function ForgottenPage({ gone }: { gone: Forgotten }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const told = useId();
  const back = useRef<HTMLAnchorElement>(null);
  useEffect(() => back.current?.focus(), []); // what had the focus went with the page
  const many = (what: keyof Forgotten) => t(`forget.gone.${what}`, { count: gone[what], shown: format.full(gone[what]) });
  return (
    <>
      <PageHeader before={<BackLink to="/customers" label={t('back')} />} title={t('title')} />
      <PageBody>
        <EmptyState
          title={t('forget.gone.title')}
          action={
            <LinkButton ref={back} to="/customers" aria-describedby={told}>
              {t('back')}
            </LinkButton>
          }
        >
          <span id={told}>
            <Trans
              t={t}
              i18nKey="forget.gone.went"
              values={{ messages: many('messages'), ids: many('ids'), quarantined: many('quarantined') }}
              components={{ b: <b /> }}
            />
          </span>
        </EmptyState>
      </PageBody>
    </>
  );
}
