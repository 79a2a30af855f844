// What an operation does to the tree, in words.
import { useTranslation } from 'react-i18next';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { findObjective, findStrategy, type Operation } from '../model/operation';
import { useEditing } from '../useEditing';
import { useNameOf } from '../useWords';

export function useSay(): (operation: Operation) => string {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = useNameOf();
  const locale = useLocale();
  const metric = (id: string) => nameOf(editing?.metrics.find((one) => one.id === id) ?? {}, id);
  const objective = (id: string) => nameOf((editing && (findObjective(editing.tree, id) ?? findObjective(editing.base, id))) ?? {}, id);
  const strategy = (id: string) => nameOf((editing && (findStrategy(editing.tree, id) ?? findStrategy(editing.base, id))) ?? {}, id);
  return (operation) => {
    switch (operation.do) {
      case 'edit':
        return t('said.edit');
      case 'list':
        return t(operation.isIn ? 'said.hang' : 'said.unhang', { metric: metric(operation.metric), list: t(`role.${operation.list === 'constellation' ? 'input' : operation.list === 'counters' ? 'counter' : operation.list === 'outcomes' ? 'outcome' : 'spend'}`) });
      case 'guard':
        return t('said.guard', { metric: metric(operation.guardrail.metric) });
      case 'unguard':
        return t('said.unguard', { metric: metric(operation.metric) });
      case 'measure':
        return t(operation.isIn ? 'said.measure' : 'said.unmeasure', { metric: metric(operation.metric), strategy: strategy(operation.strategy) });
      case 'addObjective':
        return t('said.addObjective', { objective: pick(operation.objective.name, locale).text });
      case 'editObjective':
        return t('said.editObjective', { objective: objective(operation.objective) });
      case 'moveObjective':
        return t('said.moveObjective', { objective: objective(operation.objective), place: operation.to + 1 });
      case 'deleteObjective':
        return t('said.deleteObjective', { objective: objective(operation.objective) });
      case 'addStrategy':
        return t('said.addStrategy', { strategy: pick(operation.strategy.name, locale).text, objective: objective(operation.objective) });
      case 'editStrategy':
        return t('said.editStrategy', { strategy: strategy(operation.strategy) });
      case 'moveStrategy':
        return t('said.moveStrategy', { strategy: strategy(operation.strategy), objective: objective(operation.objective), place: operation.to + 1 });
      case 'deleteStrategy':
        return t('said.deleteStrategy', { strategy: strategy(operation.strategy) });
      case 'influence':
        return t('said.influence', { from: metric(operation.influence.from), to: metric(operation.influence.to) });
      case 'uninfluence':
        return t('said.uninfluence', { from: metric(operation.from), to: metric(operation.to) });
      case 'target':
        return t('said.target', { metric: metric(operation.target.metric), from: operation.target.from, to: operation.target.to });
      case 'untarget':
        return t('said.untarget', { metric: metric(operation.metric), from: operation.from });
      case 'succeed':
        return t('said.succeed', { metric: metric(operation.star.metric), since: operation.star.since ?? '' });
      case 'life':
        return t('said.life', { metric: metric(operation.star) });
      case 'checklist':
        return t('said.checklist', { metric: metric(operation.star), question: t(`question.${operation.question}`) });
      case 'place':
        return t('said.place', { metric: metric(operation.metric) });
    }
  };
}
