// The North Star: where it stands, why it is the star, what keeps it honest, who
// ruled before it, and what moves and what must not suffer.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer } from '../api/tree';
import { EmptyState } from '../ui/States';
import { Checklist } from './star/Checklist';
import { Constellation } from './star/Constellation';
import { Guards } from './star/Guards';
import { LifeCycle } from './star/LifeCycle';
import { StarCourse } from './star/StarCourse';
import { StarSentence } from './star/StarSentence';
import { Succession } from './star/Succession';
import { rulingOf } from './star/model';
import { nodeOf } from './model/figures';
import styles from './star/Star.module.css';

export function StarView({ answer }: { answer: TreeAnswer }) {
  const { t } = useTranslation('star');
  const reign = rulingOf(answer);
  const node = reign && nodeOf(answer, reign.metric);
  if (!reign || !node) return <EmptyState title={t('none.title')}>{t('none.hint')}</EmptyState>;
  return (
    <>
      <StarSentence answer={answer} reign={reign} node={node} />
      <div className={styles.columns}>
        <StarCourse answer={answer} node={node} />
        <LifeCycle answer={answer} reign={reign} node={node} />
      </div>
      <Constellation answer={answer} />
      <Checklist answer={answer} reign={reign} node={node} />
      <div className={styles.columns}>
        <Succession answer={answer} />
        <Guards answer={answer} />
      </div>
    </>
  );
}
