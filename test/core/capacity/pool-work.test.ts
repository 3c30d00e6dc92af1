import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrivalCvOf, measurePool, mixedWork, rosterByPool } from '../../../lib/core/capacity/pool-work.ts';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';
import { addDuration } from '../../../lib/core/kpi/latency-sketch.ts';
import type { RosterEntry } from '../../../lib/core/model/roster.ts';
import { createRandom } from '../../../lib/sim/random.ts';

describe('an hour of history of a pool', () => {
  const hour = emptyFigures();
  Object.assign(hour.tasks.counters, { completed: 110, failed: 6, timeout: 2, rejected: 2 });
  for (const durationUs of [1_000_000, 3_000_000]) {
    for (let i = 0; i < 59; i += 1) addDuration(hour.tasks.service, durationUs);
  }
  Object.assign(hour.tasks.counters, { serviceCount: 118, serviceUs: 236_000_000 });
  // Two agents with 4 slots each, one of which came half an hour later.
  Object.assign(hour.use, {
    thereMinutes: 90,
    capacityMinutes: 90,
    capacitySlotUs: 90 * 4 * 60e6,
    busySlotUs: 90 * 60e6,
  });
  Object.assign(hour.use, { expectedMinutes: 90, liveMinutes: 81 });

  test('tells arrivals, time at work and its CV, slots, utilization and availability', () => {
    expect(measurePool(hour, 60)).toEqual({
      ...{ arrivalsPerMin: 2, n: 118, serviceMs: 2_000, serviceCv: expect.closeTo(0.5, 2) },
      ...{ utilization: 0.25, agents: 1.5, slots: 6, availability: 0.9 },
    });
  });

  test('takes tasks that took no time by the clock to have taken the least that it tells', () => {
    const instant = emptyFigures();
    Object.assign(instant.tasks.counters, { completed: 5, serviceCount: 5, serviceUs: 0 });
    expect(measurePool(instant, 60)).toMatchObject({ n: 5, serviceMs: 0.001 });
  });

  test('tells nothing of what was not reported', () => {
    expect(measurePool(emptyFigures(), 60)).toEqual({
      ...{ arrivalsPerMin: 0, n: 0, serviceMs: null, serviceCv: null },
      ...{ utilization: null, agents: 0, slots: null, availability: null },
    });
  });
});

describe('the CV of arrivals from their counts', () => {
  const random = createRandom(3, 'counts');
  const poisson = (rate: number) => {
    let [count, left] = [0, rate];
    for (left -= random.exponential(1); left > 0; left -= random.exponential(1)) count += 1;
    return count;
  };

  test('of Poisson arrivals is 1, though the rate rises to the threefold', () => {
    const counts = Array.from({ length: 600 }, (_, i) => poisson(10 + i / 30));
    expect(arrivalCvOf(counts)).toBeGreaterThan(0.93);
    expect(arrivalCvOf(counts)).toBeLessThan(1.07);
  });

  test('of arrivals by fours is 2', () => {
    const counts = Array.from({ length: 600 }, () => 4 * poisson(5));
    expect(arrivalCvOf(counts)).toBeGreaterThan(1.85);
    expect(arrivalCvOf(counts)).toBeLessThan(2.15);
  });

  test('is not known from a few', () => {
    expect(arrivalCvOf(new Array(19).fill(50))).toBeNull();
    expect(arrivalCvOf(new Array(60).fill(1))).toBeNull();
    expect(arrivalCvOf(new Array(60).fill(2))).toBe(0);
  });
});

describe('work of several kinds together', () => {
  test('half of 1 s and half of 3 s, always the same: 2 s with CV ½, by hand', () => {
    const of = (serviceMs: number) => ({ perMin: 5, serviceMs, serviceCv: 0 });
    expect(mixedWork([of(1_000), of(3_000)])).toEqual({ serviceMs: 2_000, serviceCv: 0.5 });
  });

  test('of one kind is that kind, in whatever parts', () => {
    const positive = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, (one, other, cv) => {
        const mixed = mixedWork([one, other].map((perMin) => ({ perMin, serviceMs: 700, serviceCv: cv })));
        expect(mixed?.serviceMs).toBeCloseTo(700, 6);
        expect(mixed?.serviceCv).toBeCloseTo(cv, 6);
      }),
    );
  });

  test('of nothing is not known', () => {
    expect(mixedWork([])).toBeNull();
    expect(mixedWork([{ perMin: 0, serviceMs: 1, serviceCv: 1 }])).toBeNull();
  });
});

test('the roster says which agents a pool has, with how many slots, and who knows what', () => {
  const entry = (agent: string, told: object | null): RosterEntry => ({
    ...{ agent, firstSeenMs: 0, lastSeenMs: 0, firstBeatMs: null, lastBeat: null, describedBy: null },
    description: told && { type: 'agent', agent, pool: 'writers', ...told },
  });
  const pools = rosterByPool([
    entry('a', { capacity: 2, skills: { draft: 0.9, edit: 0 } }),
    entry('b', { capacity: 4, skills: { edit: 1, draft: 0.2 } }),
    entry('c', {}),
    { ...entry('gone', { capacity: 9 }), forgottenMs: 5 },
    entry('d', null),
  ]);
  expect(pools).toEqual(
    new Map([
      [
        'writers',
        {
          ...{ agents: ['a', 'b', 'c'], slotsPerAgent: 3 },
          skilled: new Map([
            ['draft', ['a', 'b']],
            ['edit', ['b']],
          ]),
        },
      ],
      ['default', { agents: ['d'], slotsPerAgent: null, skilled: new Map() }],
    ]),
  );
});
