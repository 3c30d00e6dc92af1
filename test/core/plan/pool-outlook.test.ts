import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PoolMeasures } from '../../../lib/core/capacity/pool-work.ts';
import type { WorkloadForecast } from '../../../lib/core/capacity/workload-forecast.ts';
import { usualObjective } from '../../../lib/core/plan/plan-objectives.ts';
import { outlookOf, poolOutlook } from '../../../lib/core/plan/pool-outlook.ts';

const HOUR_MS = 3_600_000;
const measures: PoolMeasures = {
  ...{ arrivalsPerMin: 20, n: 1_000, serviceMs: 30_000, serviceCv: 1, utilization: 0.5 },
  ...{ agents: 8, slots: 16, availability: 1, objective: usualObjective, knownHours: 48 },
};
/** Mean by hour, and what comes nine times in ten at most: a fifth more. */
const forecast = (...mean: number[]): WorkloadForecast => ({
  ...{ startMs: 0, stepMs: HOUR_MS, mean },
  quantiles: new Map([
    [0.1, mean.map((value) => 0.8 * value)],
    [0.5, mean],
    [0.9, mean.map((value) => 1.2 * value)],
  ]),
});
const usual = { objective: usualObjective, knownHours: 48, slotsEach: null };
const now = {
  ...{ pool: 'p', agents: 8, tasksPerMin: 20, serviceMs: 30_000, serviceCv: 1, arrivalCv: 1 },
  ...{ slotsPerAgent: 2, availability: 1 },
  ...{ objective: usualObjective, knownHours: 48 },
};

describe('a pool', () => {
  test.each([
    {
      name: 'whose tasks never told when they started',
      day: { ...measures, serviceMs: null },
      because: /when it started/,
    },
    { name: 'whose agents do not tell their capacity', day: { ...measures, slots: null }, because: /capacity/ },
    { name: 'without agents', day: { ...measures, agents: 0 }, because: /capacity/ },
  ])('$name has no outlook, and says why', ({ day, because }) => {
    const at = { day, now: { ...day, slots: day.slots }, arrivalCv: null };
    expect(poolOutlook('p', { ...at, ...usual }, forecast(20), 0)).toMatchObject({
      ...{ status: 'unknown', pool: 'p', because: expect.stringMatching(because) },
    });
  });

  test('without a forecast has none either', () => {
    expect(poolOutlook('p', { day: measures, now: measures, arrivalCv: 1, ...usual }, null, 0)).toMatchObject({
      ...{ status: 'unknown', because: expect.stringMatching(/forecast/) },
    });
  });

  test('has what was measured of the day and is there now', () => {
    const small = { ...measures, agents: 6, slots: 12, arrivalsPerMin: 15 };
    const outlook = poolOutlook('p', { day: measures, now: small, arrivalCv: null, ...usual }, forecast(20), 0);
    expect(outlook).toEqual(outlookOf({ ...now, agents: 6, tasksPerMin: 15 }, forecast(20), 0));
  });

  test('has as many slots an agent as they declare, though one of six is out of sight and none of its slots is told of', () => {
    const out = { ...measures, agents: 6, slots: 10, arrivalsPerMin: 20, availability: 5 / 6 };
    const at = { day: { ...measures, availability: 5 / 6 }, now: out, arrivalCv: 1 };
    const declared = poolOutlook('p', { ...at, ...usual, slotsEach: 2 }, forecast(20), 0);
    expect(declared).toEqual(outlookOf({ ...now, agents: 6, availability: 5 / 6 }, forecast(20), 0));
    // 17 slots of 2 × 5/6 are 11 agents; of 10/6 × 5/6, which has who is out count twice, 13; and one to spare.
    expect(declared).toMatchObject({ required: [{ agents: 12 }] });
    expect(poolOutlook('p', { ...at, ...usual }, forecast(20), 0)).toMatchObject({ required: [{ agents: 14 }] });
  });
});

describe('what a pool will need', () => {
  // 24 a minute of 30 s are 12 erlangs, 48 are 24. At most one in five waits with 17 slots of 12 erlangs and 30 of 24, by
  // Erlang C (0.127 and 0.173; with one less 0.205 and 0.242): 9 and 15 agents of two slots, and one to spare.
  const outlook = outlookOf(now, forecast(20, 40), -10 * HOUR_MS);

  test('is told by hour, of what comes nine times in ten at most', () => {
    expect(outlook.required).toEqual([
      { at: 0, perMin: 24, slots: 17, agents: 10 },
      { at: HOUR_MS, perMin: 48, slots: 30, agents: 16 },
    ]);
    expect(outlook.peak).toMatchObject({ at: HOUR_MS, perMin: 48, agents: 16 });
  });

  test('is ordered ahead of each hour that needs more, five minutes and the time to start before', () => {
    expect(outlook.orders.map(({ agents, neededAtMs }) => [agents, neededAtMs])).toEqual([
      [10, 0],
      [16, HOUR_MS],
    ]);
    for (const { neededAtMs, orderByMs, isLate } of outlook.orders) {
      expect(neededAtMs - orderByMs).toBeGreaterThan(300_000);
      expect(isLate).toBe(false);
    }
    expect(outlookOf(now, forecast(20), 0).orders).toMatchObject([{ agents: 10, isLate: true }]);
    expect(outlookOf({ ...now, agents: 16 }, forecast(20, 40), 0).orders).toEqual([]);
  });

  test('is more than it has from the hour on that brings more than its capacity', () => {
    expect(outlook.capacityPerMin).toBeGreaterThan(20);
    expect(outlook.capacityPerMin).toBeLessThan(24);
    expect(outlook.headroom?.perMin).toBeLessThan(0);
    expect(outlook.saturation?.atMs).toBeGreaterThan(0);
    expect(outlook.saturation?.atMs).toBeLessThan(1.5 * HOUR_MS);
  });

  test('never is less for more work, and with all of it there one in five waits at most', () => {
    const perMin = fc.array(fc.double({ min: 0.1, max: 200, noNaN: true }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(perMin, fc.double({ min: 1, max: 3, noNaN: true }), (mean, times) => {
        const more = outlookOf(now, forecast(...mean.map((value) => value * times)), 0).required;
        for (const [hour, { agents, perMin: planned }] of outlookOf(now, forecast(...mean), 0).required.entries()) {
          expect(more[hour]?.agents).toBeGreaterThanOrEqual(agents as number);
          const carried = outlookOf({ ...now, agents: agents as number }, forecast(1), 0).capacityPerMin as number;
          expect(carried).toBeGreaterThanOrEqual(planned * (1 - 1e-5));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('is known where all comes and goes like clockwork', () => {
    const { required, capacityPerMin } = outlookOf({ ...now, serviceCv: 0, arrivalCv: 0 }, forecast(20), 0);
    // 12 erlangs need 13 slots: 7 agents, and one to spare.
    expect(required[0]?.agents).toBe(8);
    expect(capacityPerMin).toBeGreaterThan(24);
  });
});

test('bursts do not count as work that is uneven without bound, and an objective that nobody can keep gives way to the usual one', () => {
  const uneven = poolOutlook('p', { day: measures, now: measures, arrivalCv: 15, ...usual }, forecast(20), 0);
  const bounded = poolOutlook('p', { day: measures, now: measures, arrivalCv: 2, ...usual }, forecast(20), 0);
  expect(uneven).toEqual(bounded);
  const hopeless = { ...usual, objective: { kind: 'response-within', slaMs: 100, share: 0.99 } as const };
  expect(poolOutlook('p', { day: measures, now: measures, arrivalCv: 1, ...hopeless }, forecast(20), 0)).toMatchObject({
    objective: usualObjective,
  });
});
