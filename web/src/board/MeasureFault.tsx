import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';
import { useProblem } from '../ui/States';

/** Why there are no newer numbers, with every fault of the drawing; those shown stay the last ones known. */
export function MeasureFault({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation('board');
  const told = useProblem(error);
  const faults = error instanceof ApiError ? (error.problem.faults ?? []) : [];
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 12 }}
      title={t('state.notMeasured', { why: told.title })}
      description={
        <>
          {told.detail && <p>{told.detail}</p>}
          {faults.length > 0 && (
            <ul>
              {faults.map((fault) => (
                <li key={`${fault.path}${fault.message}`}>
                  {fault.path && <code>{fault.path}</code>} {fault.message}
                </li>
              ))}
            </ul>
          )}
        </>
      }
      action={<Button onClick={retry}>{t('state.retry')}</Button>}
    />
  );
}
