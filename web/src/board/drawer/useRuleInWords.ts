import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/types';
import { keyName } from '../model/where';
import { useSpanName } from '../filter/WindowChoice';

/** The counting rule of an answer in words: "latest entry, 180-day window, one event one stage". */
export function useRuleInWords(): (answer: Answer) => string {
  const { t } = useTranslation('board');
  const spanName = useSpanName();
  return ({ rule }) => {
    const subject = rule.subject === 'person' || rule.subject === 'account' ? t(`rule.subject.${rule.subject}`) : t('rule.subject.key', { key: keyName(rule.subject) });
    return [
      subject,
      t(`rule.entry.${rule.entry}`),
      rule.window === 'none' ? t('rule.noWindow') : t('rule.window', { span: spanName(rule.window) }),
      t(`rule.order.${rule.order}`),
      t('rule.once'),
      t(`rule.excluded.${rule.excluded}`),
    ].join(t('rule.and'));
  };
}
