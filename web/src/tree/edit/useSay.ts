// What an operation does to the tree, in words.
import { useTranslation } from 'react-i18next';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import type { Part } from '../model/definition';
import { findObjective, findStrategy, type Operation } from '../model/operation';
import { partOfKey, type TargetSpot } from '../model/target';
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
  const target = ({ metric: id, from, to }: TargetSpot) => ({ metric: metric(id), from, to });
  const partName = (part: Part) => (part.metric === undefined ? objective(part.objective ?? '') : metric(part.metric));
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
      case 'value':
        return operation.value ? t('said.value', { event: operation.value.event ?? '' }) : t('said.noValue');
      case 'role':
        return t('said.role', { metric: metric(operation.metric), strategy: strategy(operation.strategy), role: t(`measureRole.${operation.role}`) });
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
      case 'addTarget':
        return t('said.addTarget', { metric: metric(operation.target.metric), from: operation.target.from, to: operation.target.to });
      case 'editTarget':
        return t('said.editTarget', target(operation.target));
      case 'moveTarget':
        return operation.objective === undefined ? t('said.targetToTree', target(operation.target)) : t('said.targetToObjective', { ...target(operation.target), objective: objective(operation.objective) });
      case 'deleteTarget':
        return t('said.deleteTarget', target(operation.target));
      case 'part':
        return t('said.part', { ...target(operation.target), part: partName(operation.part) });
      case 'unpart':
        return t('said.unpart', { ...target(operation.target), part: partName(partOfKey(operation.of)) });
      case 'unpartAll':
        return t('said.unpartAll', { metric: metric(operation.of) });
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
