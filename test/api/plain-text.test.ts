import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../lib/api/plain-text.ts';

describe('text that everything can hold', () => {
  test('what is plain stays as it is, with tabs, lines and every script', () => {
    const text = 'a\tb\r\nc, ünïcödé, 漢字, 🚚';
    expect(plainText(text)).toBe(text);
  });

  test('control characters and halves of pairs become the replacement character', () => {
    expect(plainText('\u001b[31mred\u0000\ud800x\udc00\ufffe')).toBe('\ufffd[31mred\ufffd\ufffdx\ufffd\ufffd');
  });

  test('of any text the length stays, it can be encoded, and what is plain once is plain', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.integer({ min: 0, max: 0xffff })), (text, units) => {
        const given = text + String.fromCharCode(...units);
        const plain = plainText(given);
        expect(plain).toHaveLength(given.length);
        expect(decodeURIComponent(encodeURIComponent(plain))).toBe(plain);
        expect(plainText(plain)).toBe(plain);
      }),
    );
  });
});
