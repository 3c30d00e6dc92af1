import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginningOf } from '../../../lib/core/model/beginning-of.ts';

test('the beginning of a text of whole characters has none that is cut in two, and is as long as it may be but for one unit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 12 }), (text, most) => {
      const beginning = beginningOf(text, most);
      expect(text.startsWith(beginning)).toBe(true);
      expect(beginning.isWellFormed()).toBe(true);
      expect(beginning.length).toBeLessThanOrEqual(most);
      expect(beginning.length).toBeGreaterThanOrEqual(Math.min(text.length, most - 1));
    }),
  );
  expect(beginningOf('a😀', 2)).toBe('a');
  expect(beginningOf('a😀', 3)).toBe('a😀');
});
