import { describe, expect, it } from 'vitest';
import { tokens } from './JsonView';

describe('the tokens of JSON', () => {
  const text = JSON.stringify({ 'a "key"': 'a: b', n: -1.5e3, yes: true, none: null, list: ['x', 2] }, null, 2);

  it('put together are the text', () => {
    expect(
      tokens(text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text);
  });

  it('tell keys from strings, and strings from numbers and words', () => {
    const kinds = tokens(text).filter((token) => token.kind);
    expect(kinds.map((token) => token.kind)).toEqual(['key', 'string', 'key', 'number', 'key', 'word', 'key', 'word', 'key', 'string', 'number']);
  });
});
