import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf } from '../../lib/api/page.ts';
import { cursorField } from '../../lib/api/query-parameters.ts';

test.each(['ascending', 'descending'] as const)('page by page, %s, every item comes once and in order', (order) => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9._:/@-]{1,40}$/), { maxLength: 30 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 10 }), (unordered, limit) => {
      const inOrder = [...unordered].sort((a, b) => (a < b === (order === 'ascending') ? -1 : 1));
      const met: string[] = [];
      let after: string | undefined;
      do {
        const { items, next } = pageOf(inOrder, (key) => key, { after, limit, order });
        expect(items.length).toBeLessThanOrEqual(limit);
        met.push(...items);
        after = next === null ? undefined : cursorField.read(next, 'cursor');
      } while (after !== undefined);
      expect(met).toEqual(inOrder);
    }),
  );
});

test('a page has 100 items unless said', () => {
  const items = Array.from({ length: 101 }, (_, i) => String(i).padStart(3, '0'));
  const { items: page, next } = pageOf(items, (key) => key, { after: undefined, limit: undefined });
  expect(page).toEqual(items.slice(0, 100));
  expect(next).not.toBeNull();
});
