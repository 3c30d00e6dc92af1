import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Arrival } from '../../lib/sim/arrival.ts';
import { azureLlm2023 } from '../../lib/sim/azure-llm-2023.ts';
import { demoFleet } from '../../lib/sim/demo-fleet.ts';
import { drawArrivals } from '../../lib/sim/draw-arrivals.ts';
import type { Fault } from '../../lib/sim/fault.ts';
import { type Flush, simulateFleet, TASK_TIMEOUT_MS } from '../../lib/sim/fleet.ts';
import type { IngestEvent, IngestTask } from '../../lib/sim/ingest-event.ts';

const FROM = Date.parse(azureLlm2023.from);
const MINUTE = 60_000;
const hour = drawArrivals(azureLlm2023, 1);
const tenMinutes = hour.filter(({ atMs }) => atMs < FROM + 10 * MINUTE);

const run = (arrivals: readonly Arrival[], faults: readonly Fault[] = [], seed = 1) => [
  ...simulateFleet({ arrivals, pools: demoFleet, dispatch: 'p2c', faults, seed, flushMs: 15_000 }),
];
const eventsOf = (flushes: readonly Flush[]) => flushes.flatMap(({ events }) => events);
const tasksOf = (flushes: readonly Flush[]) => eventsOf(flushes).filter((event) => event.type === 'task');
const heartbeatsOf = (flushes: readonly Flush[]) => eventsOf(flushes).filter((event) => event.type === 'heartbeat');
const timeOf = (event: IngestEvent) => {
  if (event.type === 'agent') return null;
  return event.type === 'task' ? event.endedAt : event.at;
};
const quantile = (values: number[], q: number) =>
  [...values].sort((one, other) => one - other)[Math.ceil(q * values.length) - 1] ?? Number.NaN;
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const serviceMs = ({ startedAt, endedAt }: IngestTask) => (startedAt === undefined ? [] : [endedAt - startedAt]);

const slotsOf = (agent = '') => demoFleet.find(({ pool }) => agent.startsWith(pool))?.slots ?? Number.NaN;

const calm = run(hour);

/** Every arrival has one last attempt; before it come only timeouts, numbered from 1. */
function expectConservation(arrivals: readonly Arrival[], flushes: readonly Flush[]): void {
  const attempts = Map.groupBy(tasksOf(flushes), ({ task }) => task);
  expect(attempts.size).toBe(arrivals.length);
  for (const [task, own] of attempts) {
    const inOrder = own.sort((one, other) => (one.attempt ?? 0) - (other.attempt ?? 0));
    expect(
      inOrder.map(({ attempt }) => attempt),
      task,
    ).toEqual(own.length === 1 ? [1] : [1, 2]);
    if (own.length === 1) expect(inOrder[0]?.status, task).not.toBe('timeout');
    else expect([inOrder[0]?.status, inOrder[0]?.agent === inOrder[1]?.agent], task).toEqual(['timeout', false]);
  }
}

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant('death' as const),
    agent: fc.constantFrom('code-01', 'code-02', 'conv-01', 'conv-02'),
    atMs: fc.integer({ min: FROM - MINUTE, max: FROM + 4 * MINUTE }),
  }),
  fc.record({
    kind: fc.constant('slow' as const),
    agent: fc.constantFrom('code-01', 'code-03', 'conv-01', 'conv-03'),
    fromMs: fc.integer({ min: FROM, max: FROM + 4 * MINUTE }),
    factor: fc.double({ min: 0.5, max: 30, noNaN: true }),
  }),
);
const anyArrivals = fc.array(
  fc.record({
    atMs: fc.integer({ min: FROM, max: FROM + MINUTE }),
    service: fc.constantFrom('code' as const, 'conv' as const),
    inputTokens: fc.integer({ min: 1, max: 8_000 }),
    outputTokens: fc.integer({ min: 1, max: 2_000 }),
  }),
  { minLength: 1, maxLength: 300, size: 'max' },
);

describe('a fleet under any faults', () => {
  test('law: each arrival ends in exactly one final outcome, within two time limits', () => {
    fc.assert(
      fc.property(anyArrivals, fc.array(anyFault, { maxLength: 4 }), fc.integer(), (arrivals, faults, seed) => {
        const flushes = run(arrivals, faults, seed);
        expectConservation(arrivals, flushes);
        for (const { queuedAt = 0, endedAt } of tasksOf(flushes)) {
          expect(endedAt - queuedAt).toBeLessThanOrEqual(TASK_TIMEOUT_MS + 0.001);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('law: a flush holds only what happened before it and since the last one of its host', () => {
    fc.assert(
      fc.property(anyArrivals, fc.array(anyFault, { maxLength: 4 }), fc.integer(), (arrivals, faults, seed) => {
        const last = new Map<string, number>();
        let previousMs = 0;
        for (const { atMs, host, events } of run(arrivals, faults, seed)) {
          expect(atMs).toBeGreaterThanOrEqual(previousMs);
          previousMs = atMs;
          const times = events.flatMap((event) => timeOf(event) ?? []);
          expect(times).toEqual([...times].sort((one, other) => one - other));
          expect(times.every((time) => time < atMs && time >= (last.get(host) ?? 0))).toBe(true);
          last.set(host, atMs);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('law: no agent ever runs more tasks than it has slots', () => {
    fc.assert(
      fc.property(anyArrivals, fc.array(anyFault, { maxLength: 4 }), fc.integer(), (arrivals, faults, seed) => {
        for (const [agent, own] of Map.groupBy(tasksOf(run(arrivals, faults, seed)), (task) => task.agent)) {
          const slots = slotsOf(agent);
          const steps = own
            .flatMap(({ startedAt, endedAt }) =>
              startedAt === undefined
                ? []
                : [
                    [startedAt, 1],
                    [endedAt, -1],
                  ],
            )
            .sort(([at = 0, step = 0], [otherAt = 0, otherStep = 0]) => at - otherAt || step - otherStep);
          let running = 0;
          for (const [, step = 0] of steps) {
            running += step;
            expect(running).toBeLessThanOrEqual(slots);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('an hour without faults', () => {
  test('is repeated byte for byte by the same seed, and not by another', () => {
    expect(JSON.stringify(run(tenMinutes))).toBe(JSON.stringify(run([...tenMinutes].reverse())));
    expect(JSON.stringify(run(tenMinutes, [], 2))).not.toBe(JSON.stringify(run(tenMinutes)));
  });

  test('loses nothing', () => expectConservation(hour, calm));

  test.each([
    { pool: 'code', low: 0.125, high: 0.155 }, // 0.14 by the offered load, see demoFleet
    { pool: 'conv', low: 0.46, high: 0.53 }, // 0.49
  ])('$pool is used as the offered load says, in samples and in run time', ({ pool, low, high }) => {
    const shares = eventsOf(calm).flatMap((event) =>
      event.type === 'sample' && event.agent.startsWith(pool) ? (event.active ?? 0) / (event.capacity ?? 0) : [],
    );
    const runMs = tasksOf(calm)
      .filter(({ agent }) => agent?.startsWith(pool))
      .flatMap(serviceMs);
    const slots = 10 * slotsOf(pool);
    for (const utilization of [mean(shares), (mean(runMs) * runMs.length) / (slots * 60 * MINUTE)]) {
      expect(utilization).toBeGreaterThan(low);
      expect(utilization).toBeLessThan(high);
    }
  });

  test.each(['code', 'conv'])('%s: no agent has a median service time above 1.5 times that of its pool', (pool) => {
    const tasks = tasksOf(calm).filter(({ agent }) => agent?.startsWith(pool));
    const ofPool = quantile(tasks.flatMap(serviceMs), 0.5);
    for (const [agent, own] of Map.groupBy(tasks, (task) => task.agent)) {
      expect(quantile(own.flatMap(serviceMs), 0.5) / ofPool, agent).toBeLessThan(1.5);
    }
  });

  test('about one task in two hundred fails, and says why', () => {
    const failed = tasksOf(calm).filter(({ status }) => status === 'failed');
    expect(failed.length / hour.length).toBeGreaterThan(0.0035);
    expect(failed.length / hour.length).toBeLessThan(0.0065);
    expect(failed.every(({ error }) => error?.type && error.message)).toBe(true);
  });

  test('quality is 0.9 in the mean, ratings are whole numbers from 1 to 5', () => {
    const quality = tasksOf(calm).flatMap((task) => task.quality ?? []);
    expect(quality.length).toBeGreaterThan(1_000);
    expect(mean(quality)).toBeCloseTo(0.9, 2);
    const ratings = new Set(tasksOf(calm).flatMap((task) => task.csat ?? []));
    expect([...ratings].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('every agent is announced once, first of all in the first flush of its host', () => {
    const firsts = new Map([...calm].reverse().map((flush) => [flush.host, flush]));
    const announced = [...firsts.values()].flatMap(({ events }) => events.filter(({ type }) => type === 'agent'));
    expect(announced.map(({ agent }) => agent).sort()).toEqual(demoFleet.flatMap(({ agents }) => agents).sort());
    expect(eventsOf(calm).filter(({ type }) => type === 'agent')).toHaveLength(20);
    expect(calm.slice(0, 4).map(({ events }) => events.slice(0, 5).map(({ type }) => type))).toEqual(
      new Array(4).fill(new Array(5).fill('agent')),
    );
  });

  test('each agent says once that it stops, when the last task has ended', () => {
    const lastEnd = Math.max(...tasksOf(calm).map(({ endedAt }) => endedAt));
    const goodbyes = heartbeatsOf(calm).filter(({ state }) => state === 'stopped');
    expect(goodbyes.map(({ at }) => at)).toEqual(goodbyes.map(() => lastEnd));
    expect(new Set(goodbyes.map(({ agent }) => agent)).size).toBe(20);
  });

  test('until then each beats every 15 s from the first minute on, with progress that never falls', () => {
    const beats = heartbeatsOf(calm).filter(({ state }) => state !== 'stopped');
    for (const [agent, own] of Map.groupBy(beats, (beat) => beat.agent)) {
      expect(own[0]?.at, agent).toBeLessThan(FROM + 15_000);
      own.slice(1).forEach((beat, index) => {
        expect(beat.at - (own[index]?.at ?? 0)).toBeCloseTo(15_000, 2);
        expect(beat.progress).toBeGreaterThanOrEqual(own[index]?.progress ?? 0);
      });
    }
  });

  test('money is whole billionths of a dollar, times are whole microseconds', () => {
    for (const { costUsd = 0, queuedAt = 0, endedAt } of tasksOf(calm)) {
      expect(Math.round(costUsd * 1e9) / 1e9).toBe(costUsd);
      expect([queuedAt, endedAt].map((at) => Math.round(at * 1e3) / 1e3)).toEqual([queuedAt, endedAt]);
    }
  });
});

describe('a slow agent', () => {
  const [onset, end] = [FROM + 3 * MINUTE, FROM + 6 * MINUTE];
  const before = tasksOf(run(tenMinutes));
  const after = tasksOf(run(tenMinutes, [{ kind: 'slow', agent: 'conv-03', fromMs: onset, untilMs: end, factor: 4 }]));
  const started = (tasks: IngestTask[], from: number, to: number) =>
    tasks.filter(({ agent, startedAt = 0 }) => agent === 'conv-03' && startedAt >= from && startedAt < to);

  test('is as before with every task started before the onset', () => {
    const early = (tasks: IngestTask[]) => tasks.filter(({ startedAt = 0 }) => startedAt < onset);
    const byTask = (tasks: IngestTask[]) => new Map(early(tasks).map((task) => [task.task, task]));
    expect(byTask(after)).toEqual(byTask(before));
  });

  test('takes four times as long for tasks started while it is slow, and gets fewer of them', () => {
    const ratio = (from: number, to: number) => {
      const calmMs = new Map(before.map((task) => [task.task, task]));
      const slow = started(after, from, to).filter(({ status }) => status === 'completed');
      return mean(
        slow.flatMap((task) => {
          const same = calmMs.get(task.task);
          return same?.status === 'completed' ? (serviceMs(task)[0] ?? 0) / (serviceMs(same)[0] ?? 1) : [];
        }),
      );
    };
    // The same task ran elsewhere in the calm run, on an agent up to 20 % faster or slower.
    expect(ratio(onset, end)).toBeGreaterThan(3.2);
    expect(ratio(onset, end)).toBeLessThan(4.8);
    expect(ratio(end, Number.POSITIVE_INFINITY)).toBeLessThan(1.2);
    expect(started(after, onset, end).length).toBeLessThan(0.7 * started(before, onset, end).length);
  });
});

describe('an agent that dies', () => {
  const atMs = FROM + 4 * MINUTE;
  const calmEvents = eventsOf(run(tenMinutes));
  const flushes = run(tenMinutes, [{ kind: 'death', agent: 'conv-07', atMs }]);
  const events = eventsOf(flushes);
  const said = (list: IngestEvent[]) =>
    list.filter((event) => event.agent === 'conv-07' && !(event.type === 'task' && event.status === 'timeout'));

  test('has said everything until then, and nothing afterwards', () => {
    const until = said(calmEvents).filter((event) => (timeOf(event) ?? 0) < atMs);
    expect(said(events)).toEqual(until);
    expect(until.length).toBeGreaterThan(50);
  });

  test('leaves the tasks that it held and still gets to the dispatcher, whose time limit ends them', () => {
    const timeouts = tasksOf(flushes).filter(({ status }) => status === 'timeout');
    expect(timeouts.length).toBeGreaterThan(4);
    for (const { agent, queuedAt = 0, startedAt = 0, endedAt, error } of timeouts) {
      expect([agent, error?.type]).toEqual(['conv-07', 'timeout']);
      expect(endedAt - queuedAt).toBeCloseTo(TASK_TIMEOUT_MS, 2);
      expect(startedAt).toBeLessThan(atMs);
    }
    expect(flushes.filter(({ host }) => host === 'dispatcher').flatMap((flush) => flush.events)).toEqual(timeouts);
    expectConservation(tenMinutes, flushes);
  });

  test('does not silence the others', () => {
    const beats = (list: IngestEvent[], agent: string) =>
      list.filter((event) => event.type === 'heartbeat' && event.agent === agent && event.at < FROM + 9 * MINUTE)
        .length;
    for (const agent of ['conv-06', 'conv-08', 'code-01']) expect(beats(events, agent)).toBe(beats(calmEvents, agent));
  });

  test('counts no revenue for an attempt that is tried again', () => {
    const retried = new Set(
      tasksOf(flushes)
        .filter(({ attempt }) => attempt === 2)
        .map(({ task }) => task),
    );
    const paid = tasksOf(flushes).filter(({ task, revenueUsd }) => retried.has(task) && revenueUsd !== undefined);
    expect(paid).toHaveLength(retried.size);
    expect(paid.every(({ attempt }) => attempt === 2)).toBe(true);
  });
});

describe('a run', () => {
  test('without arrivals has no flushes', () => expect(run([])).toEqual([]));

  test.each([
    { name: 'a service without a pool', change: { pools: demoFleet.filter(({ service }) => service === 'conv') } },
    {
      name: 'a fault of an unknown agent',
      change: { faults: [{ kind: 'death', agent: 'conv-11', atMs: 0 } as const] },
    },
    { name: 'no time between flushes', change: { flushMs: 0 } },
    {
      name: 'a slow-down by nothing',
      change: { faults: [{ kind: 'slow', agent: 'conv-01', fromMs: 0, factor: 0 } as const] },
    },
    { name: 'a pool without slots', change: { pools: demoFleet.map((pool) => ({ ...pool, slots: 0 })) } },
  ])('with $name is refused', ({ change }) => {
    const base = {
      arrivals: tenMinutes,
      pools: demoFleet,
      dispatch: 'p2c',
      faults: [],
      seed: 1,
      flushMs: 15_000,
    } as const;
    expect(() => simulateFleet({ ...base, ...change }).next()).toThrow(RangeError);
  });
});
