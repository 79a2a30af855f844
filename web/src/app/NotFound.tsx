import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../ui/States';

export function NotFound() {
  const { t } = useTranslation('shell');
  return (
    <EmptyState title={t('notFound.title')} action={<Link to="/journeys">{t('notFound.home')}</Link>}>
      {t('notFound.hint')}
    </EmptyState>
  );
}
