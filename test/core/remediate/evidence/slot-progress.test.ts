import { describe, expect, test } from 'vitest';
import { emptyPresenceRollup } from '../../../../lib/core/kpi/presence-rollup.ts';
import type { Roster } from '../../../../lib/core/model/roster.ts';
import { type PoolReports, slotProgressIn } from '../../../../lib/core/remediate/evidence/slot-progress.ts';

interface Reported {
  agent: string;
  /** Of four slots, on average. */
  busy: number;
  tasks: Record<string, number>;
  /** Seconds that a task of the type takes. */
  seconds?: Record<string, number>;
  /** Of the four samples and heartbeats of a minute. */
  arrived?: number;
  interval?: number;
}

/** One minute of a pool whose agents have four slots and report every quarter of a minute. */
function minuteOf(agents: readonly Reported[]): PoolReports {
  const presence = agents.map(({ agent, busy, arrived = 4 }) => {
    const rollup = emptyPresenceRollup(agent);
    const { counters } = rollup;
    counters.samples = arrived;
    counters.utilizationCount = arrived;
    counters.utilizationPpm = Math.round((arrived * busy * 1e6) / 4);
    counters.capacityMilli = arrived * 4_000;
    counters.beats = arrived;
    return { ...rollup, beat: { atMs: 0, state: 'busy' as const, intervalMs: 15_000, progress: null } };
  });
  const rows = agents.flatMap(({ agent, tasks, seconds = {} }) =>
    Object.entries(tasks).map(([taskType, n]) => ({
      agent,
      taskType,
      n,
      log: Math.log(1e6 * (seconds[taskType] ?? 10)),
    })),
  );
  return {
    presence,
    ended: rows.map(({ agent, taskType, n }) => ({ agent, taskType, n })),
    services: rows.map(({ agent, taskType, n, log }) => ({
      ...{ agent, taskType, service: { n, sum: n * log, squares: n * log * log } },
    })),
  };
}

const nobody: Roster = new Map();
const peers = ['b', 'c', 'd', 'e'].map((agent) => ({ agent, busy: 2, tasks: { answer: 12 } }));

describe('what slots that are busy get done', () => {
  test('is 1 for who ends as much in as much busy time, however much that is', () => {
    const progress = slotProgressIn([minuteOf([{ agent: 'a', busy: 1, tasks: { answer: 6 } }, ...peers])], nobody);
    expect(progress('a')).toMatchObject({ pace: expect.closeTo(1, 10), peers: 4, surprise: 0, busyMs: 60_000 });
    expect(progress('b')?.pace).toBeCloseTo(1, 10);
  });

  test('is nothing for who is busy and ends nothing, and after two minutes that is no chance', () => {
    const hung = minuteOf([{ agent: 'a', busy: 4, tasks: {} }, ...peers]);
    const [one, two] = [slotProgressIn([hung], nobody)('a'), slotProgressIn([hung, hung], nobody)('a')];
    // Of 24 tasks a minute, six in ten by nature: e^-14.4 that a Poisson process has none, if it were busy throughout. Of four samples that all
    // found it busy that is five in six, give or take 22 %; of eight, nine in ten, give or take 12 %.
    expect(one).toMatchObject({ pace: 0, ended: 0, expected: expect.closeTo(24, 10) });
    expect(one?.surprise).toBeCloseTo(14.4 * (1 - 2 * Math.sqrt(1 / 20)), 10);
    expect(two?.surprise).toBeCloseTo(28.8 * (1 - 2 * Math.sqrt(1 / 72)), 10);
  });

  test('surprises nobody of an agent that is slow by nature', () => {
    const progress = slotProgressIn([minuteOf([{ agent: 'a', busy: 4, tasks: { answer: 15 } }, ...peers])], nobody);
    expect(progress('a')).toMatchObject({ pace: expect.closeTo(0.625, 10), surprise: 0 });
  });

  test('is the same where half of the reports are missing, tasks and samples alike', () => {
    const half = { agent: 'a', busy: 2, tasks: { answer: 6 }, arrived: 2 };
    const minute = minuteOf([half, ...peers]);
    expect(slotProgressIn([minute, minute], nobody)('a')?.pace).toBeCloseTo(1, 10);
  });

  test('is not known of who sent fewer than four samples, and no such peer is a measure', () => {
    const [hung, seldom] = [{ agent: 'a', busy: 4, tasks: {}, arrived: 3 }, peers.map((it) => ({ ...it, arrived: 3 }))];
    expect(slotProgressIn([minuteOf([hung, ...peers])], nobody)('a')).toBeNull();
    expect(slotProgressIn([minuteOf([{ ...hung, arrived: 4 }, ...seldom])], nobody)('a')).toBeNull();
  });

  test('counts a task for as long as its type takes: who does the long ones ends few and is not slow', () => {
    const seconds = { answer: 10, research: 40 };
    const progress = slotProgressIn(
      [
        minuteOf([
          ...['a', 'f', 'g', 'h'].map((agent) => ({ agent, busy: 2, tasks: { research: 3 }, seconds })),
          ...peers.map((peer) => ({ ...peer, seconds })),
        ]),
      ],
      nobody,
    );
    expect(progress('a')?.pace).toBeCloseTo(1, 10);
  });

  test('is compared with who does the same: a type that all take long over is no fault of theirs', () => {
    const stuck = ['a', 'f', 'g', 'h'].map((agent) => ({ agent, busy: 4, tasks: { answer: 4, poison: 1 } }));
    const progress = slotProgressIn([minuteOf([...stuck, ...peers])], nobody);
    expect(progress('a')?.pace).toBeCloseTo(1, 10);
  });

  test('is not known where some report a type in another unit, and the types of others are no measure of it', () => {
    const [mixed, pure] = [
      { answer: 0.01, research: 40 },
      { answer: 10, research: 40 },
    ];
    const lookers = ['a', 'b', 'c', 'd'].map((agent) => ({ agent, busy: 2, tasks: { answer: 12 } }));
    const readers = ['f', 'g', 'h', 'i'].map((agent) => ({ agent, busy: 2, tasks: { research: 3 }, seconds: pure }));
    const minute = minuteOf([
      ...lookers.map((it, i) => ({ ...it, seconds: i < 2 ? mixed : pure })),
      ...readers,
      { agent: 'both', busy: 2, tasks: { answer: 6, research: 1 }, seconds: pure },
    ]);
    const progress = slotProgressIn([minute], nobody);
    expect(['a', 'd', 'both'].map(progress)).toEqual([null, null, null]);
    expect(progress('f')).toMatchObject({ pace: expect.closeTo(1, 10), peers: 3 });
  });

  test.each([
    { name: 'who was never heard of', agent: 'z' },
    { name: 'who sent no samples', agent: 'idle' },
  ])('is not known of $name', ({ agent }) => {
    const progress = slotProgressIn([minuteOf([{ agent: 'idle', busy: 0, tasks: {} }, ...peers])], nobody);
    expect(progress(agent)).toBeNull();
  });

  test('is not known among fewer than three peers', () => {
    const few = peers.slice(0, 2);
    expect(slotProgressIn([minuteOf([{ agent: 'a', busy: 4, tasks: {} }, ...few])], nobody)('a')).toBeNull();
  });
});
