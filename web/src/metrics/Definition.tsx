// What was agreed: the metric in words, and how it is counted.
import { useTranslation } from 'react-i18next';
import type { Metric } from '../api/metric';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { Card } from '../ui/Card';
import { JsonView } from '../ui/JsonView';
import { Localized } from '../ui/Localized';
import { measureOf } from './model';
import styles from './Metrics.module.css';

export function Definition({ metric }: { metric: Metric }) {
  const { t } = useTranslation('metrics');
  const locale = useLocale();
  const measure = measureOf(metric);
  const { soWhat } = metric;
  return (
    <Card title={t('definition.title')} className={styles.card}>
      {metric.meaning && (
        <p className={styles.meaning}>
          <Localized text={metric.meaning} />
        </p>
      )}
      <dl className={styles.facts}>
        {measure && (
          <>
            <dt>{t('definition.measure')}</dt>
            <dd>
              {t(`measure.${measure}`)}
              {metric.cumulative === true && ` · ${t('definition.cumulative')}`}
            </dd>
          </>
        )}
        <dt>{t('definition.good')}</dt>
        <dd>{t(`good.${metric.good ?? 'up'}`)}</dd>
        <dt>{t('definition.level')}</dt>
        <dd>{t(`level.${metric.level ?? 0}`)}</dd>
        <dt>{t('definition.owner')}</dt>
        <dd>{metric.owner?.join(locale === 'en' ? ', ' : '、') || t('definition.nobody')}</dd>
        <dt>{t('definition.up')}</dt>
        <dd>{pick(soWhat?.up, locale).text || t('definition.unsaid')}</dd>
        <dt>{t('definition.down')}</dt>
        <dd>{pick(soWhat?.down, locale).text || t('definition.unsaid')}</dd>
      </dl>
      <details className={styles.twin}>
        <summary>{t('definition.written')}</summary>
        <JsonView value={metric} label={t('definition.written')} />
      </details>
    </Card>
  );
}
