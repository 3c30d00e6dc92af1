import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeKey, rowsOfAll } from '../../lib/mcp/rows-of-all.ts';
import { fittingStep } from '../../lib/mcp/tools/query-kpi.ts';

test('pages of at most 25 rows have every item once, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 120 }), fc.integer({ min: 1, max: 25 }), (items, limit) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = rowsOfAll(items, (_, place) => placeKey(place), {
          ...{ limit: String(limit) },
          ...(cursor !== undefined && { cursor }),
        });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(items);
    }),
  );
});

test.each([
  [5, '1m'],
  [24, '1m'],
  [60, '5m'],
  [24 * 60, '60m'],
  [7 * 24 * 60, '720m'],
  [90 * 24 * 60, `${4 * 1440}m`],
])('%i minutes are told in steps of %s', (minutes, step) => {
  expect(fittingStep(minutes * 60_000)).toBe(step);
});

test('a period never has more steps than rows, also where both of its ends lie within one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 * 1440 }), (minutes) => {
      const step = Number.parseInt(fittingStep(minutes * 60_000), 10);
      expect(Math.ceil(minutes / step) + 1).toBeLessThanOrEqual(25);
    }),
  );
});
