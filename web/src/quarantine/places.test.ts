import { describe, expect, it } from 'vitest';
import { placesOf } from './places';

describe('the detail of a refused message', () => {
  it('is read part by part, a value as what was written', () => {
    expect(placesOf(String.raw`file: "may, june.csv", line: 12, field: "timestamp", value: "\"115/11/22 下午 3:20\""`)).toEqual([
      { name: 'file', text: 'may, june.csv' },
      { name: 'line', text: '12' },
      { name: 'field', text: 'timestamp' },
      { name: 'value', text: '115/11/22 下午 3:20' },
    ]);
    expect(placesOf(String.raw`field: "userId", value: "[\"c-1\",\"web-1\"]"`)?.[1]).toEqual({ name: 'value', text: '["c-1","web-1"]' });
    expect(placesOf('size: 40140')).toEqual([{ name: 'size', text: '40140' }]);
  });

  it('that is cut off in the middle of a text is shown as far as it goes', () => {
    expect(placesOf(String.raw`value: "\"a long te…"`)).toEqual([{ name: 'value', text: '"a long te…' }]);
  });

  it('that says something else is left as it is', () => {
    for (const detail of ['', 'no idea', 'field: userId', 'reason: "x"', 'field: "a" value: "b"']) expect(placesOf(detail)).toBeNull();
  });
});
