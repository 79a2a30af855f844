import { describe, expect, it } from 'vitest';
import { align, folded } from './lines';

describe('two texts side by side', () => {
  it('keep both texts whole: each side read down is the text it came from', () => {
    const left = 'a\nb\nc\nd';
    const right = 'a\nx\nc\ny\nd\ne';
    const pairs = align(left, right);
    expect(pairs.flatMap((pair) => pair.left ?? []).join('\n')).toBe(left);
    expect(pairs.flatMap((pair) => pair.right ?? []).join('\n')).toBe(right);
  });

  it('put a changed line opposite what it became, and added and removed ones opposite nothing', () => {
    expect(align('a\nb\nc', 'a\nx\nc\nd').map((pair) => pair.kind)).toEqual(['same', 'changed', 'same', 'added']);
    expect(align('a\nb', 'a')).toEqual([
      { left: 'a', right: 'a', kind: 'same' },
      { left: 'b', right: null, kind: 'removed' },
    ]);
  });

  it('fold away what stayed the same, and say how much', () => {
    const same = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const rows = folded(align(same.join('\n'), [...same.slice(0, 19), 'other'].join('\n')), 2);
    expect(rows[0]).toEqual({ skipped: 17 });
    expect(rows).toHaveLength(4);
  });

  it('fold to one line when nothing changed', () => {
    expect(folded(align('a\nb', 'a\nb'))).toEqual([{ skipped: 2 }]);
  });
});
