import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { JsonView } from '../../ui/JsonView';
import { findStage, findStep, type Spot } from '../model/operation';
import { stageBefore } from '../model/figures';
import { useBoard } from '../useBoard';
import { useRuleInWords } from './useRuleInWords';
import styles from './FormulaDialog.module.css';

/** How the number is computed: the rule in words, what the step counts, and the question that was asked. */
export function FormulaDialog({ spot, onClose }: { spot: Spot; onClose: () => void }) {
  const { t } = useTranslation('board');
  const { journey, answer, question, nameOf } = useBoard();
  const rule = useRuleInWords();
  const stage = findStage(journey, spot.stage);
  const part = findStep(journey, spot) ?? stage;
  if (!stage || !part) return null;
  const previous = stageBefore(journey, stage.id, answer);
  return (
    <Modal open footer={null} width={680} title={t('formula.title', { name: nameOf(part) })} onCancel={onClose}>
      <ul className={styles.words}>
        {answer && <li>{rule(answer)}</li>}
        <li>{t(`formula.pass.${stage.pass ?? 'any'}`, { stage: nameOf(stage) })}</li>
        <li>{previous ? t('formula.rate', { previous: nameOf(previous) }) : t('formula.first')}</li>
        <li>{t('formula.interval')}</li>
        {(journey.exclude?.length ?? 0) > 0 && <li>{t('formula.exclusions', { count: journey.exclude?.length ?? 0 })}</li>}
      </ul>
      <h3 className={styles.head}>{t('formula.definition')}</h3>
      <JsonView value={part} label={t('formula.definition')} />
      <h3 className={styles.head}>{t('formula.question')}</h3>
      <JsonView value={question} label={t('formula.question')} />
      {answer && <p className={styles.hash}>{answer.definition.hash}</p>}
    </Modal>
  );
}
