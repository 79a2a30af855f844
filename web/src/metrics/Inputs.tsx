// What a formula is made of, each with its own number; it opens to them.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { MetricInput } from '../api/metric';
import { Card } from '../ui/Card';
import { latestOf } from './model';
import { Sparkline } from './Sparkline';
import { useMetricName } from './useMetricName';
import { usePeriod } from './usePeriod';
import { useUnit } from './useUnit';
import styles from './Metrics.module.css';

export function Inputs({ inputs, formula, grain }: { inputs: MetricInput[]; formula: string; grain: string }) {
  const { t } = useTranslation('metrics');
  return (
    <Card title={t('inputs.title')} extra={<code>{formula}</code>} className={styles.card}>
      <ul className={styles.inputs}>
        {inputs.map((input) => (
          <Input key={input.definition.id} input={input} grain={grain} />
        ))}
      </ul>
    </Card>
  );
}

function Input({ input, grain }: { input: MetricInput; grain: string }) {
  const name = useMetricName();
  const unit = useUnit(input.unit);
  const period = usePeriod(grain);
  const latest = latestOf(input.periods);
  return (
    <li className={styles.input}>
      <Link to="/metric/$id" params={{ id: input.definition.id }} search={{}}>
        {name(input.definition.id)}
      </Link>
      <b title={unit.show(latest?.point.value ?? null).full}>{unit.show(latest?.point.value ?? null).text}</b>
      {latest && <small>{period(latest.point.from)}</small>}
      <Sparkline points={input.periods} />
    </li>
  );
}
