// Why a metric moved, in one sentence, with the way to the waterfall: for any
// screen that shows the metric.
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Sentence } from '../ui/Sentence';
import { useProblem } from '../ui/States';
import { ApiError } from '../api/client';
import { Told } from './Told';
import type { WhyOptions } from './model';
import { useWhy } from './useWhy';

interface WhySentenceProps extends WhyOptions {
  metric: string;
  /** The way to the waterfall; without it that is the metric's page. */
  onOpen?: () => void;
}

export function WhySentence({ metric, onOpen, ...options }: WhySentenceProps) {
  const { t } = useTranslation('why');
  const { data, error, refetch } = useWhy(metric, options);
  if (error) return <NotTold error={error} retry={() => void refetch()} />;
  if (!data) return <Sentence tone="calm">{t('asking')}</Sentence>;
  const way = onOpen ? (
    <Button type="link" style={{ paddingInline: 0 }} onClick={onOpen}>
      {t('open')} ↓
    </Button>
  ) : (
    <Link to="/metric/$id" params={{ id: metric }} search={{ grain: data.grain, before: data.before.from, after: data.after.from }} hash="why">
      {t('open')} →
    </Link>
  );
  const calm = data.change === null || data.noise.verdict === 'inside-noise' || data.noise.verdict === 'unmoved';
  return (
    <Sentence tone={calm ? 'calm' : 'finding'} action={way}>
      <Told explanation={data} {...(options.segment && { segment: options.segment })} />
    </Sentence>
  );
}

/** Why nothing could be told, in the server's words, and a way to try again where that may help. */
export function NotTold({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation('shell');
  const told = useProblem(error);
  const faults = error instanceof ApiError ? (error.problem.faults ?? []) : [];
  const asked = error instanceof ApiError && error.problem.kind === 'invalid';
  return (
    <div role="alert">
      <Sentence
        tone="calm"
        action={
          !asked && (
            <Button type="link" style={{ paddingInline: 0 }} onClick={retry}>
              {t('states.error.retry')}
            </Button>
          )
        }
      >
        {faults.length > 0 ? faults.map((fault) => fault.message).join(' ') : `${told.title} ${told.detail ?? ''}`}
      </Sentence>
    </div>
  );
}
