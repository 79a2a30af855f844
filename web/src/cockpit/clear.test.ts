import { describe, expect, it } from 'vitest';
import { clearOf } from './clear';

describe('words beside what is drawn', () => {
  it('stand at the foot where it is free', () => {
    expect(clearOf([])).toBe(94);
    expect(clearOf([12, 30, 60])).toBe(94);
  });

  it('stand above a line that is low', () => {
    expect(clearOf([92, 88, 84, 12, 0])).toBe(50);
  });

  it('stand where there is most room where nothing is free', () => {
    expect(clearOf([90, 80, 60, 40, 25])).toBe(50);
  });
});
