import type { PostProcessorModule } from 'i18next';

/**
 * Closes the gap that a shortened number leaves before its counter: a text says
 * "{{shown}} 位", which is right for "842 位", and "1.2 萬 位" becomes "1.2 萬位".
 * And the one before "不到 1 秒", which stands where a digit was expected.
 */
export const closed: PostProcessorModule = {
  type: 'postProcessor',
  name: 'closed',
  process: (text: string) => (typeof text === 'string' ? text.replace(/(\d\s?[萬億万亿](?:<\/\w+>)?) (?=(?:<\w+>)?\p{Script=Han})/gu, '$1').replace(/(\p{Script=Han}) (?=不到 \d)/gu, '$1') : text),
};
