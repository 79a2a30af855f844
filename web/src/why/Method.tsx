// How a move was divided: each step of the formula with its method, in words, and
// what the causes were judged by.
import { useTranslation } from 'react-i18next';
import type { Explanation } from '../api/tree';
import { useFormat } from '../format/useFormat';
import { CauseTold } from './Told';
import { stepsOf } from './model';
import styles from './Why.module.css';

/** Causes with how much they explain and how surprising that is. */
export function Causes({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const { causes, noise } = explanation;
  if (causes.length === 0) {
    const inside = noise.verdict === 'inside-noise' || noise.verdict === 'noise-unknown';
    return inside ? <p className={styles.small}>{t(`causes.${noise.verdict}`)}</p> : null;
  }
  return (
    <div className={styles.causes}>
      <h3>{t('causes.title')}</h3>
      <ol>
        {causes.map((cause) => (
          <li key={cause.dimension}>
            <CauseTold cause={cause} unit={explanation.unit} />
            {cause.surprise !== null && (
              <small>
                {' '}
                {t('causes.surprise', { shown: cause.surprise < 0.005 ? `< ${format.full(0.01)}` : format.full(cause.surprise), size: t(cause.surprise < 0.01 ? 'causes.little' : cause.surprise < 0.1 ? 'causes.some' : 'causes.much') })}
              </small>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

export function Method({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('why');
  const steps = stepsOf(explanation);
  const used = [...new Set(steps.map(({ method }) => method))];
  const overValues = explanation.dimensions.some(({ segments }) => segments.length > 0);
  const isRate = explanation.dimensions.some(({ mix }) => mix !== null);
  return (
    <details className={styles.method}>
      <summary>{t('method.open')}</summary>
      {steps.length > 0 && (
        <ul>
          {steps.map((step, i) => (
            <li key={i}>
              <code>{step.text}</code> {t(`method.${step.method}.name`)}
            </li>
          ))}
        </ul>
      )}
      {used.map((method) => (
        <p key={method}>
          <b>{t(`method.${method}.name`)}</b> {t(`method.${method}.means`)}
        </p>
      ))}
      {overValues && <p>{t(isRate ? 'method.overRate' : 'method.overSum')}</p>}
      <p>{t('method.noise')}</p>
      {explanation.causes.length > 0 && <p>{t('method.causes')}</p>}
    </details>
  );
}
