import { describe, expect, test } from 'vitest';
import { type FaultWindow, faultWindows } from '../../../lib/sim/engine/fault-window.ts';
import type { ControlAction, PoolMinuteResult, SimResult } from '../../../lib/sim/engine/sim-result.ts';
import { MINUTE_US } from '../../../lib/sim/engine/sim-time.ts';
import { judgedMinutes, judgeRun } from '../../../lib/sim/judge/judge-run.ts';
import { sumUpRuns } from '../../../lib/sim/judge/sum-up-runs.ts';
import type { FaultSpec, Scenario } from '../../../lib/sim/scenario/scenario.ts';
import { chain, poisson, pool, scenario, taskType } from '../../fixtures/sim-scenarios.ts';

// Every figure below is counted by hand: minutes of ten tasks each.

function minuteOf(attained: number, about: Partial<PoolMinuteResult> = {}): PoolMinuteResult {
  return {
    ...{ arrived: 10, attained, completed: 10, failed: 0, timedOut: 0, rejected: 0, responseMs: [] },
    ...{
      retries: 0,
      endedAttempts: 10,
      tokenCostUsd: 0.5,
      agentHours: 0.25,
      agentCostUsd: 0.25,
      busySlotHours: 0,
      knowing: new Map(),
    },
    ...{ queued: 0, running: 0 },
    ...about,
  };
}

/** A task may take three minutes: 60 s, and twice again; its workflow is attained within those. */
function scenarioOf(minutes: number, about: Partial<Scenario> = {}): Scenario {
  const taskTypes = [taskType({ taskType: 'draft', pool: 'writers', timeoutS: 60, retries: 2 })];
  const workflows = [{ ...chain('draft'), slaS: 180 }];
  return scenario({
    pools: [pool({ pool: 'writers' })],
    taskTypes,
    workflows,
    arrivals: poisson(10),
    minutes,
    ...about,
  });
}

function resultOf(of: Scenario, pools: Record<string, PoolMinuteResult[]>, about: Partial<SimResult> = {}): SimResult {
  return {
    ...{ scenario: 'test', seed: 1, policy: 'none', pools: new Map(Object.entries(pools)), workflows: [] },
    ...{ faults: faultWindows(of), actions: [] },
    ...about,
  };
}

test('what came in the warm-up, or so late that it had no time to end, is not judged, but paid for', () => {
  const of = scenarioOf(8, { warmUpMinutes: 2 });
  expect(judgedMinutes(of)).toEqual({ from: 2, to: 5 });
  const rows = [0, 0, 10, 9, 8, 0, 0, 0].map((attained) => minuteOf(attained, { completed: attained }));
  const workflows = rows.map(({ arrived, completed, attained }) => ({ arrived, completed, attained: attained - 1 }));
  const verdict = judgeRun(resultOf(of, { writers: rows }, { workflows }), of);
  expect(verdict.attainment).toBeCloseTo(27 / 30, 12);
  expect(verdict.workflowAttainment).toBeCloseTo(24 / 30, 12);
  expect(verdict.unserved).toBe(3);
  expect(verdict).toMatchObject({ agentHours: 2, agentCostUsd: 2, tokenCostUsd: 4 });
});

test('percentiles are values of the ranks that their share rounds up to', () => {
  const of = scenarioOf(5);
  const responseMs = Array.from({ length: 200 }, (_, i) => 200 - i);
  const verdict = judgeRun(resultOf(of, { writers: [minuteOf(10, { responseMs })] }), of);
  expect(verdict.responseMs).toEqual({ p50: 100, p95: 190, p99: 198 });
});

test('pools are judged together or one by one', () => {
  const of = scenarioOf(5);
  const eject = { at: 0, minute: 0, action: 'eject', agent: 'a', amount: 0 } as const;
  const actions: ControlAction[] = [
    { ...eject, pool: 'writers' },
    { at: 0, minute: 0, action: 'scale', pool: 'verifiers', amount: 3 },
  ];
  const pools = { writers: [minuteOf(10)], verifiers: [minuteOf(5), minuteOf(7)] };
  const result = resultOf(of, pools, { actions });
  expect(judgeRun(result, of).attainment).toBeCloseTo(22 / 30, 12);
  expect(judgeRun(result, of).actions).toMatchObject({ eject: 1, scale: 1, restart: 0 });
  const own = judgeRun(result, of, 'verifiers');
  expect(own).toMatchObject({ attainment: 0.6, workflowAttainment: null, agentHours: 0.5 });
  expect(own.actions).toMatchObject({ eject: 0, scale: 1 });
});

test('nothing came: there is no attainment, and no percentile', () => {
  const of = scenarioOf(5);
  const empty = { writers: [minuteOf(0, { arrived: 0, completed: 0 })] };
  const verdict = judgeRun(resultOf(of, empty), of);
  expect(verdict).toMatchObject({ attainment: null, workflowAttainment: null, responseMs: null, unserved: 0 });
});

describe('a fault is mitigated at the first of three minutes in a row of 95 % or more:', () => {
  const fault: FaultSpec = { kind: 'dependency_slow', atMinute: 2, minutes: 4, pools: ['writers'], factor: 2 };
  // Two pools of ten tasks: 19 of 20 are 95 %.
  const judge = (attained: readonly number[], minutes = attained.length + 3) => {
    const of = scenarioOf(minutes, { faults: [fault] });
    const writers = attained.map((count) => minuteOf(count));
    const verifiers = attained.map(() => minuteOf(10));
    return judgeRun(resultOf(of, { writers, verifiers }), of).faults[0];
  };

  test.each([
    { name: 'from the start', attained: [10, 10, 9, 9, 9, 9, 10], expected: 0 },
    { name: 'two do not suffice', attained: [10, 10, 5, 9, 9, 8, 9, 9, 9], expected: 4 },
    { name: 'the minutes before the onset do not count', attained: [10, 10, 0, 9, 9, 9], expected: 1 },
    { name: 'never, as far as it is judged', attained: [10, 10, 5, 9, 9], expected: null },
  ])('$name', ({ attained, expected }) => {
    expect(judge(attained)?.minutesToMitigate).toBe(expected);
  });

  test('how long it was watched is told, 45 minutes at most', () => {
    expect(judge([10, 10, 0, 0, 0])).toMatchObject({ minutesToMitigate: null, watchedMinutes: 3 });
    const long = Array.from({ length: 60 }, (_, minute) => (minute < 47 ? 0 : 10));
    expect(judge(long)).toMatchObject({ minutesToMitigate: null, watchedMinutes: 45 });
    expect(judge([10])).toMatchObject({ attainment: null, minutesToMitigate: null, watchedMinutes: 0 });
  });

  test('harm that comes late is told in minutes', () => {
    expect(judge([10, 10, 10, 10, 10, 0, 0])).toMatchObject({ minutesToMitigate: 0, minutesBelow: 1 });
  });

  test('its attainment is that of the minutes in which it was in force', () => {
    // 2, 4, 6 and 8 of ten in the one pool, all in the other.
    expect(judge([0, 0, 2, 4, 6, 8, 0, 0])?.attainment).toBeCloseTo((20 + 40) / 80, 12);
  });

  test('a minute in which nothing came does not break the row', () => {
    const of = scenarioOf(10, { faults: [fault] });
    const writers = [10, 10, 5, 10, 0, 10, 10].map((n, minute) => minuteOf(n, minute === 4 ? { arrived: 0 } : {}));
    expect(judgeRun(resultOf(of, { writers }), of).faults[0]?.minutesToMitigate).toBe(1);
  });
});

test('an ejection is false unless a fault concerned the agent then, or up to five minutes before', () => {
  const of = scenarioOf(30, {
    faults: [{ kind: 'slow', atMinute: 5, minutes: 5, targets: { agents: ['writers-01'] }, factor: 4 }],
  });
  const faults: FaultWindow[] = faultWindows(of).map((window) => ({ ...window, agents: ['writers-01'] }));
  const ejectAt = (minute: number, agent: string, amount = 0): ControlAction => ({
    ...{ at: minute * MINUTE_US, minute, action: 'eject', pool: 'writers', agent, amount },
  });
  const falseOf = (action: ControlAction) =>
    judgeRun(resultOf(of, { writers: [] }, { faults, actions: [action] }), of).falseEjections;
  expect(falseOf(ejectAt(4, 'writers-01'))).toBe(1);
  expect(falseOf(ejectAt(5, 'writers-01'))).toBe(0);
  expect(falseOf(ejectAt(15, 'writers-01'))).toBe(0);
  expect(falseOf(ejectAt(16, 'writers-01'))).toBe(1);
  expect(falseOf(ejectAt(6, 'writers-02'))).toBe(1);
  // With more than a probe it is still at work.
  expect(falseOf(ejectAt(6, 'writers-02', 0.5))).toBe(0);
});

test('an agent whose telemetry alone is at fault is well: its ejection is false', () => {
  const targets = { agents: ['writers-01'] };
  const of = scenarioOf(30, {
    faults: [{ kind: 'telemetry', how: 'missing', atMinute: 5, minutes: 5, targets, share: 1 }],
  });
  const faults: FaultWindow[] = faultWindows(of).map((window) => ({ ...window, agents: targets.agents }));
  const actions: ControlAction[] = [
    { at: 6 * MINUTE_US, minute: 6, action: 'eject', pool: 'writers', agent: 'writers-01', amount: 0 },
  ];
  expect(judgeRun(resultOf(of, { writers: [] }, { faults, actions }), of).falseEjections).toBe(1);
});

test('an agent of which a weight takes nearly all its work counts as taken out, once until it has more again', () => {
  const of = scenarioOf(30);
  const weigh = (minute: number, weights: Record<string, number>): ControlAction => ({
    ...{ at: minute * MINUTE_US, minute, action: 'set_weights', pool: 'writers', weights },
  });
  const falseOf = (actions: ControlAction[]) => judgeRun(resultOf(of, { writers: [] }, { actions }), of).falseEjections;
  const out = { 'writers-01': 0.05, 'writers-02': 1.4, 'writers-03': 1.55 };
  expect(falseOf([weigh(3, { ...out, 'writers-01': 0.2 })])).toBe(0);
  expect(falseOf([weigh(3, out), weigh(4, out), weigh(5, out)])).toBe(1);
  expect(falseOf([weigh(3, out), weigh(4, {}), weigh(5, out)])).toBe(2);
  // Weights are relative: of a twentieth each, nobody has less than the others.
  expect(falseOf([weigh(3, { 'writers-01': 0.05, 'writers-02': 0.05 })])).toBe(0);
});

test('a workflow that began too late to be attained before the end is not judged', () => {
  // Tasks have three minutes to end, workflows of several steps five to be attained: minutes 0 to 4 of 10 are judged.
  const of = scenarioOf(10, { workflows: [{ ...chain('draft', 'draft'), slaS: 300 }] });
  const workflows = Array.from({ length: 10 }, (_, minute) => ({
    ...{ arrived: 10, completed: minute < 5 ? 9 : 4, attained: minute < 5 ? 9 : 4 },
  }));
  expect(judgeRun(resultOf(of, { writers: [minuteOf(10)] }, { workflows }), of).workflowAttainment).toBeCloseTo(
    0.9,
    12,
  );
});

describe('over several seeds', () => {
  const of = scenarioOf(11, {
    faults: [{ kind: 'dependency_slow', atMinute: 2, minutes: 4, pools: ['writers'], factor: 2 }],
  });
  const verdict = (attained: readonly number[], p50: number) => {
    const writers = attained.map((count) => minuteOf(count, { responseMs: [p50] }));
    const action: ControlAction = { at: 0, minute: 0, action: 'scale', pool: 'writers', amount: 3 };
    return judgeRun(resultOf(of, { writers }, { actions: [action] }), of);
  };
  const quick = verdict([10, 10, 0, 10, 10, 10, 10, 10], 100);
  const slow = verdict([10, 10, 0, 0, 0, 10, 10, 10], 200);
  const never = verdict([10, 10, 0, 0, 0, 0, 0, 0], 600);

  test('figures are means, and minutes to mitigate the median', () => {
    const summary = sumUpRuns([never, quick, slow]);
    expect(summary.attainment).toBeCloseTo((20 + 70 + 50) / 240, 12);
    expect(summary).toMatchObject({ seeds: 3, worstAttainment: 0.25, actions: 1, falseEjections: 0 });
    expect(summary.responseMs).toEqual({ p50: 300, p95: 300, p99: 300 });
    expect(summary.faults).toEqual([
      {
        kind: 'dependency_slow',
        index: 0,
        attainment: expect.closeTo((30 + 10 + 0) / 120, 12),
        minutesToMitigate: 3,
        watchedMinutes: 6,
        minutesBelow: (1 + 3 + 4) / 3,
      },
    ]);
  });

  test('when half of them never are, the median is never', () => {
    expect(sumUpRuns([never, quick]).faults[0]?.minutesToMitigate).toBeNull();
    expect(sumUpRuns([never, quick, quick]).faults[0]?.minutesToMitigate).toBe(1);
  });

  test('without a run there is nothing to say', () => {
    expect(() => sumUpRuns([])).toThrow(RangeError);
  });
});
