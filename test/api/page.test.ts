import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertsAnswer, readAlertsRequest } from '../../lib/api/alerts-endpoint.ts';
import { directivesAnswer } from '../../lib/api/directives-endpoint.ts';
import { metricsAnswer } from '../../lib/api/metrics-endpoint.ts';
import { pageOf } from '../../lib/api/page.ts';
import { poolsAnswer } from '../../lib/api/pools-endpoint.ts';
import { cursorField } from '../../lib/api/query-parameters.ts';
import { emptyFigures } from '../../lib/core/kpi/figures.ts';
import { emptyMetricRollup } from '../../lib/core/kpi/metric-rollup.ts';
import { inWindow } from '../../lib/core/kpi/scope-figures.ts';
import { firingAlert } from '../fixtures/alert.ts';
import { directiveRecord, routeDirective } from '../fixtures/directive.ts';

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

const ids = fc.stringMatching(/^[A-Za-z0-9._:/@-]{1,40}$/);

test.each(['ascending', 'descending'] as const)(
  'page by page, %s, what is there throughout comes once, whatever is added and removed between the pages',
  (order) => {
    const life = fc.record({ key: ids, comes: fc.nat({ max: 6 }), stays: fc.integer({ min: 1, max: 30 }) });
    const lives = fc.uniqueArray(life, { selector: ({ key }) => key, maxLength: 30 });
    const limits = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lives, limits, (all, sizes) => {
        const met: string[] = [];
        let pages = 0;
        let after: string | undefined;
        do {
          const there = all.filter(({ comes, stays }) => comes <= pages && pages < comes + stays);
          const inOrder = there.map(({ key }) => key).sort((a, b) => (a < b === (order === 'ascending') ? -1 : 1));
          const limit = sizes[pages % sizes.length];
          const { items, next } = pageOf(inOrder, (key) => key, { after, limit, order });
          met.push(...items);
          pages += 1;
          after = next === null ? undefined : cursorField.read(next, 'cursor');
        } while (after !== undefined);
        expect(new Set(met).size).toBe(met.length);
        const throughout = all.filter(({ comes, stays }) => comes === 0 && stays >= pages).map(({ key }) => key);
        expect(throughout.filter((key) => !met.includes(key))).toEqual([]);
      }),
    );
  },
);

describe('every list that is read page by page', () => {
  const at = (n: number) => 1_772_445_600_000 + n * 60_000;
  const window = { from: 29_540_760, to: 29_540_775 };
  const figures = inWindow(emptyFigures(), window);
  const state = { state: 'idle', sinceMs: at(0), why: '' } as const;
  const numbers = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 25 });
  const name = (n: number) => `x-${n}`;

  /** Each page of one list, of so many items. */
  const lists: Record<string, (items: number[], page: { limit: number; cursor: string | undefined }) => Page> = {
    pools: (items, page) => {
      const pools = [...items].sort((a, b) => (name(a) < name(b) ? -1 : 1));
      const reports = pools.map((n) => ({ pool: name(n), present: [], state, figures }));
      const { pools: answered, next } = poolsAnswer(reports, () => ({ settings: {}, origins: {} }), {
        ...window,
        ...page,
      }) as unknown as {
        pools: { pool: string }[];
        next: string | null;
      };
      return { ids: answered.map(({ pool }) => pool), next };
    },
    alerts: (items, page) => {
      // Several of one moment.
      const alerts = items.map((n) => firingAlert({ id: name(n), detectedMs: at(n % 7) }));
      const all = { state: undefined, severity: undefined, pool: undefined, from: undefined, to: undefined };
      const request = readAlertsRequest({ ...all, ...page }, at(99));
      return idsIn(alertsAnswer(alerts, request), 'alerts');
    },
    directives: (items, page) => {
      const records = items.map((n) => directiveRecord(routeDirective(at(n % 7), { id: name(n) })));
      return idsIn(directivesAnswer({ version: 1, records }, page, at(99)), 'directives');
    },
    metrics: (items, page) => {
      const of = { pool: '', unit: '', kind: 'gauge', direction: 'none' } as const;
      const metrics = items.map((n) => emptyMetricRollup({ ...of, name: name(n % 9), agent: name(n) }));
      const request = { ...window, name: undefined, agent: undefined, ...page };
      const { metrics: answered, next } = metricsAnswer(metrics, request) as unknown as {
        metrics: { agent: string }[];
        next: string | null;
      };
      return { ids: answered.map(({ agent }) => agent), next };
    },
  };

  test.each(Object.entries(lists))('gives each item once, for any limit: %s', (_name, pageAt) => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 30 }), (items, limit) => {
        const met: string[] = [];
        let cursor: string | undefined;
        do {
          const { ids: page, next } = pageAt(items, { limit, cursor });
          expect(page.length).toBeLessThanOrEqual(limit);
          met.push(...page);
          cursor = next === null ? undefined : cursorField.read(next, 'cursor');
        } while (cursor !== undefined);
        expect(met.sort()).toEqual(items.map(name).sort());
      }),
    );
  });

  test('all directives are answered where no limit is given: orchestrators take what is not listed for over', () => {
    const records = Array.from({ length: 150 }, (_, n) => directiveRecord(routeDirective(at(0), { id: name(n) })));
    const { directives, next } = directivesAnswer(
      { version: 1, records },
      { limit: undefined, cursor: undefined },
      at(9),
    );
    expect({ listed: (directives as unknown[]).length, next }).toEqual({ listed: 150, next: null });
  });

  interface Page {
    ids: string[];
    next: string | null;
  }
  function idsIn(answer: Record<string, unknown>, list: string): Page {
    const items = answer[list] as { id: string }[];
    return { ids: items.map(({ id }) => id), next: answer['next'] as string | null };
  }
});
