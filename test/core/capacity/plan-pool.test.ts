import { describe, expect, test } from 'vitest';
import { type PoolPlanInput, planPool } from '../../../lib/core/capacity/plan-pool.ts';
import { emptyFigures, type Figures } from '../../../lib/core/kpi/figures.ts';
import { addDuration } from '../../../lib/core/kpi/latency-sketch.ts';

const HOUR_MS = 3_600_000;

/** An hour of 60 tasks, half of 30 s and half of 90 s, by two agents of two slots, live for 57 of 60 minutes each. */
function hour(): Figures {
  const figures = emptyFigures();
  for (let i = 0; i < 60; i += 1) addDuration(figures.tasks.service, i % 2 === 0 ? 30_000_000 : 90_000_000);
  Object.assign(figures.tasks.counters, { completed: 60, serviceCount: 60, serviceUs: 60 * 60_000_000 });
  Object.assign(figures.use, {
    thereMinutes: 120,
    capacityMinutes: 120,
    capacitySlotUs: 240 * 60e6,
    busySlotUs: 60 * 60e6,
  });
  Object.assign(figures.use, { expectedMinutes: 120, liveMinutes: 114 });
  return figures;
}

const input: PoolPlanInput = {
  ...{
    pool: 'writers',
    history: [hour(), hour()],
    historyMinutes: 120,
    arrivalCv: null,
    agents: 3,
    slotsPerAgent: null,
  },
  ...{ objective: { kind: 'wait-share', waitShare: 0.2 }, spareAgents: 1, nowMs: 0 },
  lead: { medianMs: 120_000, sigma: 0.3 },
  forecast: {
    ...{ startMs: HOUR_MS, stepMs: HOUR_MS, mean: [1, 2, 4] },
    quantiles: new Map([
      [0.1, [0.8, 1.6, 3.2]],
      [0.5, [1, 2, 4]],
      [0.9, [1.2, 2.4, 4.8]],
    ]),
  },
};

describe('the plan of a pool, from its history', () => {
  const plan = planPool(input);
  if (plan.status !== 'planned') throw new Error(plan.because);

  test('says how many agents each hour needs', () => {
    expect(plan.measures).toMatchObject({
      serviceMs: 60_000,
      serviceCv: expect.closeTo(0.5, 2),
      slots: 4,
      availability: 0.95,
    });
    const needed = plan.steps.map(({ required }) =>
      required.status === 'met' ? [required.slots, required.agents] : null,
    );
    // 1.2, 2.4 and 4.8 erlangs where one in five may wait: 3, 5 and 8 slots (Erlang C: 0.1412, 0.1135, 0.1395; with one
    // slot less 0.4500, 0.2870, 0.2783), which is 2, 3 and 5 agents of two slots 95 % of the time, and one.
    expect(needed).toEqual([
      [3, 3],
      [5, 4],
      [8, 6],
    ]);
  });

  test('says what it carries, what is left of that, and when that is not enough', () => {
    // Two of three agents with 3.8 slots at any time: 3 of them, and 20 % wait at 1.393 erlangs.
    expect(plan.capacity).toMatchObject({ status: 'known', slots: 3, perMin: expect.closeTo(1.3929, 4) });
    expect(plan.headroom?.perMin).toBeLessThan(-3);
    expect(plan.saturation?.atMs).toBeGreaterThan(1.5 * HOUR_MS);
    expect(plan.saturation?.atMs).toBeLessThan(2.5 * HOUR_MS);
  });

  test('says by when to order which', () => {
    expect(plan.orders.map(({ agents, neededAtMs, isLate }) => [agents, neededAtMs, isLate])).toEqual([
      [4, 2 * HOUR_MS, false],
      [6, 3 * HOUR_MS, false],
    ]);
    // 120 s × exp(0.3 × 1.645) and five minutes.
    expect(plan.orders[0]?.orderByMs).toBeCloseTo(2 * HOUR_MS - 196_550 - 300_000, -2);
  });
});

test('without enough tasks, or slots, there is no plan but a reason', () => {
  expect(planPool({ ...input, history: [hour()] })).toEqual({
    ...{ status: 'unknown', pool: 'writers' },
    because: 'of 60 tasks it is known how long they were worked on; it takes 100',
  });
  const slotless = [hour(), hour()].map((figures) => ({
    ...figures,
    use: { ...figures.use, capacityMinutes: 0, capacitySlotUs: 0 },
  }));
  expect(planPool({ ...input, history: slotless })).toMatchObject({
    because: expect.stringContaining('its slots are not known'),
  });
  expect(planPool({ ...input, history: slotless, slotsPerAgent: 2 })).toMatchObject({ status: 'planned' });
});
