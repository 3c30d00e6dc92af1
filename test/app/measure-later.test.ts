import { beforeEach, describe, expect, test } from 'vitest';
import { measureLater } from '../../lib/app/measure-later.ts';
import { emptyFigures } from '../../lib/core/kpi/figures.ts';
import type { HistoryPoint } from '../../lib/core/kpi/history-point.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../lib/core/model/time.ts';
import type { Directive } from '../../lib/core/remediate/directive.ts';
import { directiveForMachines } from '../../lib/core/remediate/directive-wording.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { directiveOf } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const DAY_MS = DAY_MINUTES * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DONE = 20_000 * DAY_MS + 10 * HOUR_MS + 5 * MINUTE_MS;

let stores: Stores;
beforeEach(async () => {
  stores = storesInMemory(() => DONE);
  await history((hour) => (hour > 0 ? 850 : 1_000));
  await keep(tuned());
});

function tuned(more: Partial<Directive> = {}): Directive {
  return { ...directiveOf('tune', DONE), ...more } as Directive;
}

async function keep(directive: Directive) {
  await stores.directives.save('default', directive, [], true, 1);
  await stores.directives.acknowledge('default', directive.id, { applied: true, atMs: DONE, by: 'd', note: null });
}

/** Hours of the pool, around what was done at hour 0. */
async function history(msOf: (hour: number) => number) {
  const random = createRandom(3, 'hours');
  const first = Math.floor(DONE / HOUR_MS);
  const points = Array.from({ length: 14 * 24 }, (_, i): HistoryPoint => {
    const figures = emptyFigures();
    const ms = msOf(i - 6 * 24) + 10 * Math.log(random.logNormal(1, 1));
    Object.assign(figures.tasks.counters, { completed: 600, responseCount: 600, responseUs: Math.round(6e5 * ms) });
    return { scope: 'pool:workers', at: (first + i - 6 * 24) * 60, figures, metric: null };
  });
  for (const ofDay of Map.groupBy(points, ({ at }) => Math.floor(at / DAY_MINUTES)).values())
    await stores.metrics.write('default', 'hour', ofDay, 1);
}

/** At the first full hour after so many days. */
const later = (days: number, hours = 1) =>
  measureLater(stores, 'default', {
    atMs: Math.floor(DONE / HOUR_MS) * HOUR_MS + days * DAY_MS + hours * HOUR_MS,
    fence: 1,
  });

test('what lasts is measured again after one day and after seven, once each', async () => {
  expect(await later(0)).toEqual([]);
  expect(await later(1)).toHaveLength(1);
  expect(await later(1, 2)).toEqual([]);
  const [record] = (await later(7)) ?? [];
  expect(record?.directive.later).toMatchObject([
    { afterDays: 1, effect: { verdict: 'helped', unit: 'ms' } },
    { afterDays: 7, effect: { verdict: 'helped' } },
  ]);
  const stored = await stores.directives.find('default', tuned().id);
  expect(directiveForMachines(stored!, DONE + 8 * DAY_MS)).toMatchObject({
    later: [
      { afterDays: 1, state: 'measured', low: expect.any(Number), tasksSaved: expect.anything(), usdSaved: null },
      {},
    ],
  });
});

test('what waited for a person over a night is measured from when it came into force', async () => {
  const issuedMs = DONE - 12 * HOUR_MS;
  await keep({
    ...tuned({ issuedMs, inForceMs: DONE, mode: 'recommend' }),
    id: `${Math.floor(issuedMs / MINUTE_MS).toString(36)}-tune-2`,
  });
  expect((await later(1))?.map(({ directive }) => directive.issuedMs)).toContain(issuedMs);
  expect((await later(7))?.map(({ directive }) => directive.issuedMs)).toContain(issuedMs);
});

test('a run that was missed is made up for', async () => {
  expect(await later(1, 5)).toHaveLength(1);
});

test('what something else replaced is told, not measured', async () => {
  const next = { ...directiveOf('tune', DONE + 3 * HOUR_MS), summary: 'the next one' };
  await keep(next);
  const [record] = (await later(1)) ?? [];
  expect(record?.directive.later).toMatchObject([
    { effect: { verdict: 'unmeasurable', reason: `it was replaced after 3 h by ${next.id} (the next one)` } },
  ]);
});

test('agents that were lent replace no level', async () => {
  stores = storesInMemory(() => DONE);
  await history((hour) => (hour > 0 ? 850 : 1_000));
  const { expected } = tuned();
  const level = { ...directiveOf('scale', DONE, 'workers', { desired: 12, before: 10 }), expected };
  const pooling = { from: 'workers', to: 'others', agents: ['a'] };
  await keep(level);
  await keep({
    ...directiveOf('scale', DONE + 3 * HOUR_MS),
    params: { pool: 'others', pooling },
  } as Directive);
  expect((await later(1))?.map(({ directive: { id, later } }) => ({ id, later }))).toMatchObject([
    { id: level.id, later: [{ afterDays: 1, effect: { verdict: 'helped' } }] },
  ]);
});

describe('a setting that was in force for twelve minutes', () => {
  const endedBy = (by: string) =>
    keep(tuned({ ended: { how: 'expired', atMs: DONE + 12 * MINUTE_MS, why: 'the reason', by } }));

  test('is over, and not measured again', async () => {
    await endedBy('cause gone');
    const [record] = (await later(1)) ?? [];
    expect(record?.directive.later).toMatchObject([
      { effect: { verdict: 'unmeasurable', reason: 'it ended after 0.2 h: the reason' } },
    ]);
  });

  test('goes on where agents have adopted it, and is measured again', async () => {
    await endedBy('adopted');
    const [record] = (await later(1)) ?? [];
    expect(record?.directive.later).toMatchObject([{ effect: { verdict: 'helped' } }]);
  });
});

test.each([
  { what: 'ends with its lease', directive: directiveOf('route', DONE) },
  { what: 'was never in force', directive: tuned({ inForceMs: null }) },
])('what $what is not measured again', async ({ directive }) => {
  stores = storesInMemory(() => DONE);
  await keep(directive);
  expect(await later(1)).toEqual([]);
});

test('a run that another has overtaken writes nothing', async () => {
  await stores.directives.save('default', tuned(), [], true, 2);
  expect(await later(1)).toBeNull();
});
