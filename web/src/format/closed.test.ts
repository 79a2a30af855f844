import { describe, expect, it } from 'vitest';
import { closed } from './closed';

const close = (text: string) => closed.process(text, '', {}, undefined);

describe('a number and its counter', () => {
  it('stand together after 萬 and 億', () => {
    expect(close('1.2 萬 位客戶裡只有 <b>3,825 位</b>')).toBe('1.2 萬位客戶裡只有 <b>3,825 位</b>');
    expect(close('停留 不到 1 秒')).toBe('停留不到 1 秒');
    expect(close('<b>3.2 亿</b> 笔事件')).toBe('<b>3.2 亿</b>笔事件');
  });

  it('and what people wrote stays as they wrote it', () => {
    for (const text of ['伊藤 大輔', '百萬 年薪', '1.2 萬 · 3 步', '12K customers']) expect(close(text)).toBe(text);
  });
});
