import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityAtObjective, headroom } from '../../../lib/core/capacity/capacity-at-objective.ts';
import type { CapacityObjective } from '../../../lib/core/capacity/capacity-objective.ts';
import { requiredAgents, requiredByStep } from '../../../lib/core/capacity/required-agents.ts';
import { markovian } from '../../../lib/core/queueing/variability.ts';
import { waitsOf } from '../../../lib/core/queueing/wait-distribution.ts';

const work = { serviceMs: 180_000, serviceCv: 1, arrivalCv: 1 };
const supply = { slotsPerAgent: 1, availability: 1, spareAgents: 0 };
const fewWait: CapacityObjective = { kind: 'wait-share', waitShare: 0.2 };
const HOUR_MS = 3_600_000;

function agentsFor(...of: Parameters<typeof requiredAgents>): number {
  const required = requiredAgents(...of);
  if (required.status !== 'met') throw new Error(required.because);
  return required.agents;
}

describe('agents for a load', () => {
  test('of 10 erlangs where one in five may wait: 14 slots, which is 7 agents of two, and one to spare', () => {
    const required = requiredAgents(10, work, { slotsPerAgent: 2, availability: 1, spareAgents: 1 }, fewWait);
    expect(required).toMatchObject({ status: 'met', agents: 8, slots: 14, waitShare: expect.closeTo(0.1741, 4) });
    expect(required).toMatchObject({ meanWaitMs: expect.closeTo(7_835, -1), utilization: expect.closeTo(10 / 14, 6) });
  });

  test('says in words what it comes from', () => {
    const required = requiredAgents(
      ...([10, { ...work, serviceCv: 2 }, { slotsPerAgent: 2, availability: 0.98, spareAgents: 1 }, fewWait] as const),
    );
    expect(required.status === 'met' && required.words).toEqual([
      '3.33 tasks a minute of 180 s each keep 10 slots at work on average (the offered load).',
      expect.stringMatching(
        /^So that at most 20 % of the tasks wait, it takes 14 slots: 17 % of the tasks wait, and all together /,
      ),
      expect.stringMatching(
        /^By the square-root rule 14 = 10 \+ 1.26 × √10: for twice the load it would take 25.7 slots, not 28.$/,
      ),
      expect.stringMatching(/^Work is less even than Erlang's formula has it .*: waits are .* times as long.$/),
      'With 2 slots an agent, of which 98 % are there at any time, that is 8 agents, and 1 to spare.',
    ]);
  });

  test('agents that are not always there need others', () => {
    expect(agentsFor(10, work, { ...supply, availability: 0.9 }, fewWait)).toBe(Math.ceil(14 / 0.9));
  });

  test('nothing to do takes only those to spare', () => {
    expect(agentsFor(0, work, { ...supply, spareAgents: 1 }, fewWait)).toBe(1);
  });

  test('a limit on waiting and working together leaves less to wait: 90 % within 414 s of exponential 180 s is all work', () => {
    // P(S ≤ t) = 0.9 at t = 180 s × ln 10 = 414 s; as log-normal with the same mean and CV at 383 s.
    const within = (slaMs: number): CapacityObjective => ({ kind: 'response-within', slaMs, share: 0.9 });
    expect(requiredAgents(10, work, supply, within(300_000))).toEqual({
      status: 'infeasible',
      because: expect.stringMatching(
        /^even without any wait only 8[0-9.]+ % of the tasks take no longer than their limit of 300 s/,
      ),
    });
    const [tight, loose] = [agentsFor(10, work, supply, within(420_000)), agentsFor(10, work, supply, within(900_000))];
    expect(tight).toBeGreaterThan(loose);
    expect(loose).toBeGreaterThanOrEqual(11);
  });

  test('uneven service takes more agents for the same wait', () => {
    const within: CapacityObjective = { kind: 'wait-within', longestWaitMs: 120_000, share: 0.95 };
    expect(agentsFor(10, { ...work, serviceCv: 3 }, supply, within)).toBeGreaterThan(
      agentsFor(10, work, supply, within),
    );
  });
});

test('what gives up after a while is not served as asked: with little patience more is needed, and told', () => {
  const within: CapacityObjective = { kind: 'wait-within', longestWaitMs: 60_000, share: 0.95 };
  const impatient = requiredAgents(10, { ...work, patienceMs: 180_000 }, supply, within);
  const waits = (servers: number) =>
    waitsOf({ servers, offeredLoad: 10, meanService: 180, variability: markovian, patience: 180 }).servedWithin(60);
  expect(impatient.status === 'met' && waits(impatient.slots)).toBeGreaterThanOrEqual(0.95);
  expect(impatient.status === 'met' && waits(impatient.slots - 1)).toBeLessThan(0.95);
  expect(impatient.status === 'met' && impatient.words.join()).toContain('given up after 180 s on average');
  const slots = impatient.status === 'met' ? impatient.slots : 0;
  const capacityOf = (count: number) => {
    const capacity = capacityAtObjective(count, { ...work, patienceMs: 180_000 }, supply, within);
    return capacity.status === 'known' ? (capacity.perMin / 60_000) * work.serviceMs : 0;
  };
  expect(capacityOf(slots)).toBeGreaterThanOrEqual(10);
  expect(capacityOf(slots - 1)).toBeLessThan(10);
});

describe('agents by the hour', () => {
  const forecast = {
    ...{ startMs: 0, stepMs: HOUR_MS, mean: [2, 4, 2] },
    quantiles: new Map([[0.9, [3, 6, 3]]]),
  };

  test('are for the quantile that is planned for, and hours after a peak still work it off', () => {
    const steps = requiredByStep(forecast, 0.9, {
      work: { ...work, serviceMs: HOUR_MS / 2 },
      supply,
      objective: fewWait,
    });
    const loads = steps.map(({ required }) => (required.status === 'met' ? required.offeredLoad : 0));
    expect(steps.map(({ at, perMin }) => [at, Math.round(perMin)])).toEqual([
      [0, 3],
      [HOUR_MS, 6],
      [2 * HOUR_MS, 3],
    ]);
    // Half-hour tasks: 90 at work, then towards 180 and back.
    expect(loads[0]).toBeCloseTo(90, 6);
    expect(loads[1]).toBeGreaterThan(160);
    expect(loads[1]).toBeLessThan(180);
    expect(loads[2]).toBeCloseTo(loads[1] as number, 6);
  });

  test('short tasks follow their hour', () => {
    const steps = requiredByStep(forecast, 0.9, { work: { ...work, serviceMs: 1_000 }, supply, objective: fewWait });
    const [first, , third] = steps.map(({ required }) => (required.status === 'met' ? required.agents : 0));
    expect(steps[1]?.required).toMatchObject({ offeredLoad: expect.closeTo(0.1, 6) });
    expect(first).toBe(agentsFor(0.05, { ...work, serviceMs: 1_000 }, supply, fewWait));
    expect(third).toBe(agentsFor(0.1, { ...work, serviceMs: 1_000 }, supply, fewWait));
  });
});

describe('capacity at the objective', () => {
  test('is the inverse: so much fits, and hardly more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        fc.constantFrom<CapacityObjective>(
          fewWait,
          { kind: 'wait-within', longestWaitMs: 30_000, share: 0.9 },
          { kind: 'response-within', slaMs: 1_800_000, share: 0.9 },
        ),
        (agents, slotsPerAgent, serviceCv, objective) => {
          const of = [{ ...work, serviceCv }, { slotsPerAgent, availability: 1, spareAgents: 1 }, objective] as const;
          const capacity = capacityAtObjective(agents, ...of);
          if (capacity.status === 'none') throw new Error(capacity.because);
          const load = (capacity.perMin / 60_000) * work.serviceMs;
          if (load < 1e-3) return;
          expect(agentsFor(load * 0.9999, ...of)).toBeLessThanOrEqual(agents);
          expect(agentsFor(load * 1.001, ...of)).toBeGreaterThan(agents);
        },
      ),
    );
  });

  test('without a slot beside those to spare there is none', () => {
    const spare = { ...supply, spareAgents: 2 };
    expect(capacityAtObjective(2, work, spare, fewWait)).toMatchObject({
      status: 'none',
      because: expect.stringContaining('no slot is left'),
    });
  });

  test('headroom is what is left of it at the most that is to come', () => {
    const forecast = { startMs: 0, stepMs: HOUR_MS, mean: [2, 4, 2], quantiles: new Map([[0.95, [3, 6, 3]]]) };
    expect(headroom(forecast, 8)).toEqual({ perMin: 2, share: 0.25, at: HOUR_MS, forecastPerMin: 6 });
    expect(headroom(forecast, 5)?.perMin).toBe(-1);
    expect(headroom({ ...forecast, mean: [] }, 5)).toBeNull();
  });
});

test.each([
  ['no availability', () => requiredAgents(1, work, { ...supply, availability: 0 }, fewWait)],
  ['half an agent to spare', () => requiredAgents(1, work, { ...supply, spareAgents: 0.5 }, fewWait)],
  ['a share of one', () => requiredAgents(1, work, supply, { kind: 'wait-share', waitShare: 1 })],
  ['no limit', () => requiredAgents(1, work, supply, { kind: 'response-within', slaMs: 0, share: 0.9 })],
  ['a negative load', () => requiredAgents(-1, work, supply, fewWait)],
  ['half an agent', () => capacityAtObjective(1.5, work, supply, fewWait)],
])('%s is refused', (_name, compute) => {
  expect(compute).toThrow(RangeError);
});

test('any load can be served by some number of agents, however uneven it comes, and more load never by fewer', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 200, noNaN: true }),
      fc.double({ min: 1, max: 1.5, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (load, more, serviceCv, arrivalCv) => {
        const [few, many] = [load, load * more].map((offered) =>
          requiredAgents(
            offered,
            { serviceMs: 3_000, serviceCv, arrivalCv },
            { slotsPerAgent: 4, availability: 1, spareAgents: 1 },
            { kind: 'wait-share', waitShare: 0.2 },
          ),
        );
        expect(few?.status).toBe('met');
        expect(many?.status === 'met' && few?.status === 'met' && many.agents >= few.agents).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
