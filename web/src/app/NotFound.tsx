import { useTranslation } from 'react-i18next';
import { LinkButton } from '../ui/Links';
import { EmptyState } from '../ui/States';

export function NotFound() {
  const { t } = useTranslation('shell');
  return (
    <EmptyState title={t('notFound.title')} action={<LinkButton to="/journeys">{t('notFound.home')}</LinkButton>}>
      {t('notFound.hint')}
    </EmptyState>
  );
}
