import { describe, expect, test } from 'vitest';
import { type FaultWindow, faultWindows } from '../../../lib/sim/engine/fault-window.ts';
import type { ControlAction, PoolMinuteResult, SimResult } from '../../../lib/sim/engine/sim-result.ts';
import { MINUTE_US } from '../../../lib/sim/engine/sim-time.ts';
import { controlSteps } from '../../../lib/sim/judge/control-steps.ts';
import { faultReach } from '../../../lib/sim/judge/fault-reach.ts';
import { judgeActions } from '../../../lib/sim/judge/judge-actions.ts';
import { judgeResponse } from '../../../lib/sim/judge/judge-response.ts';
import type { FaultSpec, Scenario } from '../../../lib/sim/scenario/scenario.ts';
import { MINUTES, minuteOf, judgedScenario as scenarioOf } from '../../fixtures/judged-runs.ts';

function act(minute: number, action: ControlAction['action'], about: Partial<ControlAction> = {}): ControlAction {
  return { at: minute * MINUTE_US, minute, action, pool: 'writers', ...about };
}

/** @param met agents of each fault in turn */
function judged(
  of: Scenario,
  actions: ControlAction[],
  { met = [], rows = () => ({}) }: { met?: string[][]; rows?: (minute: number) => Partial<PoolMinuteResult> } = {},
) {
  return judgeActions(resultOf(of, actions, met, rows), of);
}

function resultOf(
  of: Scenario,
  actions: ControlAction[],
  met: string[][] = [],
  rows: (minute: number) => Partial<PoolMinuteResult> = () => ({}),
): SimResult {
  const faults: FaultWindow[] = faultWindows(of);
  for (const [i, fault] of faults.entries()) fault.agents = met[i] ?? [];
  const its = Array.from({ length: MINUTES }, (_, minute) => minuteOf(rows(minute)));
  const pools = new Map([
    ['writers', its],
    ['checkers', its.map(() => minuteOf())],
  ]);
  return { scenario: 'test', seed: 1, policy: 'none', pools, workflows: [], faults, actions };
}

const slow: FaultSpec = { kind: 'slow', atMinute: 20, minutes: 10, targets: { agents: ['writers-03'] }, factor: 4 };
const silent: FaultSpec = {
  ...{ kind: 'telemetry', atMinute: 20, minutes: 10, how: 'missing', share: 1 },
  targets: { agents: ['writers-03'] },
};

describe('what controls did', () => {
  const steps = (...actions: ControlAction[]) =>
    controlSteps(resultOf(scenarioOf(), actions), scenarioOf()).map(({ knob, direction, agent }) =>
      [knob, direction, agent ?? ''].join(' ').trim(),
    );

  test('an agent is out with a weight of 0.2, whatever the others have, and back when it is no longer named', () => {
    const weights = { 'writers-01': 0.2, 'writers-02': 1.5 };
    expect(
      steps(
        act(1, 'set_weights', { weights }),
        act(2, 'set_weights', { weights: { ...weights, 'writers-01': 0.1 } }),
        act(3, 'set_weights', { weights: {} }),
      ),
    ).toEqual(['dispatch less writers-01', 'dispatch more writers-01']);
  });

  test('a weight that falls by less than a fifth is no step, one that falls by more is', () => {
    expect(steps(act(1, 'set_weights', { weights: { 'writers-01': 0.85 } }))).toEqual([]);
    expect(steps(act(1, 'set_weights', { weights: { 'writers-01': 0.8 } }))).toEqual(['weight less writers-01']);
  });

  test('an agent that is ejected while its weight is low goes out once, and is back when both are over', () => {
    expect(
      steps(
        act(1, 'set_weights', { weights: { 'writers-01': 0.05 } }),
        act(2, 'eject', { agent: 'writers-01', amount: 0 }),
        act(3, 'set_weights', { weights: {} }),
        act(4, 'readmit', { agent: 'writers-01' }),
      ),
    ).toEqual(['dispatch less writers-01', 'dispatch more writers-01']);
  });

  test('scaling is from the number at the start, within the bounds of the pool; the same number again is no step', () => {
    expect(
      steps(
        act(1, 'scale', { amount: 10 }),
        act(2, 'scale', { amount: 25 }),
        act(3, 'scale', { amount: 20 }),
        act(4, 'scale', { amount: 12 }),
      ),
    ).toEqual(['scale more', 'scale less']);
  });

  test('a smaller admitted share takes work away, a failover to the pool itself is its end', () => {
    expect(
      steps(
        act(1, 'admit', { amount: 0.7 }),
        act(2, 'admit', { amount: 0.7 }),
        act(3, 'admit', { amount: 1 }),
        act(4, 'failover', { to: 'checkers' }),
        act(5, 'failover', { to: 'writers' }),
      ),
    ).toEqual(['admit less', 'admit more', 'failover less', 'failover more']);
  });
});

describe('controls beyond those of the baselines', () => {
  // Their fields are not those of every control.
  const other = (minute: number, action: string, about: Record<string, unknown> = {}) =>
    ({ ...act(minute, 'admit'), ...about, action }) as unknown as ControlAction;
  const told = (...actions: ControlAction[]) =>
    judged(scenarioOf([slow]), actions, { met: [['writers-03']] }).map(
      ({ knob, direction, pool, isJudged, isFalse }) =>
        `${knob} ${direction} ${pool}${isJudged ? (isFalse ? ': false' : ': right') : ''}`,
    );

  test('what sheds or degrades is judged when it begins, by its pool', () => {
    expect(
      told(
        ...[
          other(22, 'shed', { step: 'high' }),
          other(23, 'shed', { step: 'high' }),
          other(24, 'shed', { step: null }),
        ],
        ...[
          other(22, 'rung', { pool: 'checkers', step: 'short' }),
          other(24, 'rung', { pool: 'checkers', step: null }),
        ],
      ),
    ).toEqual([
      ...['shed less writers: right', 'shed more writers', 'rung less checkers: false', 'rung more checkers'],
    ]);
  });

  test('agents that are lent together are one step, of the pool that gets them', () => {
    const lent = (minute: number, action: string, to: string) =>
      ['checkers-01', 'checkers-02'].map((agent) => other(minute, action, { pool: 'checkers', agent, to }));
    expect(told(...lent(22, 'lend', 'writers'), ...lent(26, 'give_back', 'writers'))).toEqual([
      ...['lend more writers: right', 'lend less writers'],
    ]);
    expect(told(...lent(40, 'lend', 'writers'))).toEqual(['lend more writers: false']);
  });

  test('tuning needs no fault, breaking off a model does', () => {
    expect(
      told(
        ...[
          other(40, 'tune', { settings: { concurrency: 2 } }),
          other(41, 'tune', { settings: { concurrency: null } }),
        ],
        ...[
          other(40, 'break_model', { model: 'm', amount: 0 }),
          other(41, 'break_model', { model: 'm', amount: 0.05 }),
        ],
        other(42, 'break_model', { model: 'm' }),
      ),
    ).toEqual([
      ...['tune less writers', 'tune more writers', 'break_model less writers: false', 'break_model more writers'],
    ]);
  });
});

describe('a false action', () => {
  test.each([
    { name: 'an ejection of the agent that is slow', minute: 22, agent: 'writers-03', expected: false },
    { name: 'one five minutes after it has recovered', minute: 35, agent: 'writers-03', expected: false },
    { name: 'one six minutes after', minute: 36, agent: 'writers-03', expected: true },
    { name: 'one before it became slow', minute: 19, agent: 'writers-03', expected: true },
    { name: 'one of its neighbour', minute: 22, agent: 'writers-04', expected: true },
  ])('$name: $expected', ({ minute, agent, expected }) => {
    const action = act(minute, 'eject', { agent, amount: 0 });
    expect(judged(scenarioOf([slow]), [action], { met: [['writers-03']] })).toMatchObject([{ isFalse: expected }]);
  });

  test('who is well and only reports nothing is not to be restarted', () => {
    const action = act(22, 'restart', { agent: 'writers-03', amount: 0 });
    const [verdict] = judged(scenarioOf([silent]), [action], { met: [['writers-03']] });
    expect(verdict).toMatchObject({ isFalse: true, isDuringFault: false });
  });

  test('shedding and failover are for the pool that a fault concerns, of its own, of an agent, or of a dependency', () => {
    const actions = [
      ...[act(22, 'admit', { amount: 0.5 }), act(22, 'failover', { to: 'checkers' })],
      ...[act(22, 'admit', { pool: 'checkers', amount: 0.5 })],
    ];
    const slowTool: FaultSpec = { kind: 'dependency_slow', atMinute: 20, minutes: 10, pools: ['writers'], factor: 2 };
    for (const of of [scenarioOf([slow]), scenarioOf([slowTool])]) {
      const met = of.faults[0]?.kind === 'slow' ? [['writers-03']] : [];
      expect(judged(of, actions, { met }).map(({ isFalse }) => isFalse)).toEqual([false, false, true]);
    }
  });

  test('nobody in particular is to blame for what a whole pool depends on', () => {
    const slowTool: FaultSpec = { kind: 'dependency_slow', atMinute: 20, minutes: 10, pools: ['writers'], factor: 2 };
    const action = act(22, 'eject', { agent: 'writers-03', amount: 0 });
    expect(judged(scenarioOf([slowTool]), [action])).toMatchObject([{ isFalse: true }]);
  });

  test('to take an agent that crashed with its leak away is right until the end', () => {
    const leak: FaultSpec = {
      ...{ kind: 'leak', atMinute: 10, minutes: 10, factorAtEnd: 2, memoryAtEnd: 1 },
      targets: { agents: ['writers-03'] },
    };
    const action = act(50, 'restart', { agent: 'writers-03' });
    expect(judged(scenarioOf([leak]), [action], { met: [['writers-03']] })).toMatchObject([{ isFalse: false }]);
  });

  test.each([
    { name: 'half of the slots are at work, and stay so', busy: () => 5, expected: true },
    { name: 'six of ten are at work', busy: () => 6, expected: false },
    {
      name: 'they will be within a quarter of an hour',
      busy: (minute: number) => (minute < 30 ? 5 : 7),
      expected: false,
    },
    { name: 'they will be later', busy: (minute: number) => (minute < 38 ? 5 : 7), expected: true },
  ])('more agents while $name: $expected', ({ busy, expected }) => {
    const action = act(22, 'scale', { amount: 12 });
    const rows = (minute: number) => ({ busySlotHours: busy(minute) / 60 });
    expect(judged(scenarioOf(), [action], { rows })).toMatchObject([{ isFalse: expected }]);
  });

  test.each([
    { name: 'those who know one of the task types are at work', busySlotHours: 0.6 * 4, expected: false },
    {
      name: 'those who know one of the task types have as much time as the others',
      busySlotHours: 0.5 * 4,
      expected: true,
    },
  ])('more agents while half of the slots are at work, and $name: $expected', ({ busySlotHours, expected }) => {
    const knowing = new Map([
      ['article', { slotHours: 10, busySlotHours: 5 }],
      ['essay', { slotHours: 4, busySlotHours }],
    ]);
    const rows = () => ({ busySlotHours: 5 / 60, knowing });
    expect(judged(scenarioOf(), [act(22, 'scale', { amount: 12 })], { rows })).toMatchObject([{ isFalse: expected }]);
  });

  test('more agents are right for a pool with a fault, however few are at work', () => {
    const action = act(22, 'scale', { amount: 12 });
    expect(judged(scenarioOf([slow]), [action], { met: [['writers-03']] })).toMatchObject([{ isFalse: false }]);
  });

  test.each([
    { name: 'three minutes in a row are missed after it', missed: [30, 31, 32], expected: true },
    { name: 'two are', missed: [30, 31, 33], expected: false },
    { name: 'they were before it already', missed: [15, 16, 17, 30, 31, 32], expected: false },
    { name: 'they are later than a quarter of an hour', missed: [36, 37, 38], expected: false },
  ])('fewer agents when $name: $expected', ({ missed, expected }) => {
    const action = act(22, 'scale', { amount: 8 });
    const rows = (minute: number) => ({ attained: missed.includes(minute) ? 94 : 95 });
    expect(judged(scenarioOf(), [action], { rows })).toMatchObject([{ isFalse: expected }]);
  });

  test('of fewer agents before a fault that nobody could know nothing is said', () => {
    const action = act(18, 'scale', { amount: 8 });
    const rows = (minute: number) => ({ attained: minute >= 20 && minute < 30 ? 50 : 100 });
    expect(judged(scenarioOf([slow]), [action], { met: [['writers-03']], rows })).toMatchObject([{ isFalse: false }]);
  });
});

describe('a harmful action', () => {
  const harmful = (of: Scenario, rows: (minute: number) => Partial<PoolMinuteResult>) =>
    judged(of, [act(30, 'restart', { agent: 'writers-01' })], { rows }).map(({ isHarmful }) => isHarmful);

  test.each([
    { after: 94, expected: true },
    { after: 95, expected: false },
  ])('is one after which $after instead of 100 of a hundred are attained: $expected', ({ after, expected }) => {
    expect(harmful(scenarioOf(), (minute) => ({ attained: minute < 30 ? 100 : after }))).toEqual([expected]);
  });

  test('is not told from chance where little comes', () => {
    // Nine of ten instead of ten of ten, thirty of them: 10 points, with a standard error of 5.5.
    const few = (minute: number) => ({ arrived: 3, attained: minute >= 30 && minute < 33 ? 2 : 3 });
    expect(harmful(scenarioOf(), few)).toEqual([false]);
  });

  test('is not what a fault does that begins within the ten minutes after it', () => {
    const later: FaultSpec = { ...slow, atMinute: 32 };
    expect(harmful(scenarioOf([later]), (minute) => ({ attained: minute < 32 ? 100 : 50 }))).toEqual([false]);
  });

  test('is measured by the minutes since the onset that it answers', () => {
    const before: FaultSpec = { ...slow, atMinute: 26, minutes: 30 };
    expect(harmful(scenarioOf([before]), (minute) => ({ attained: minute < 26 ? 100 : 60 }))).toEqual([false]);
    expect(harmful(scenarioOf([before]), (minute) => ({ attained: minute < 30 ? 60 : 50 }))).toEqual([true]);
  });
});

describe('a reversal', () => {
  test.each([
    { minute: 40, expected: true },
    { minute: 41, expected: false },
  ])('is the opposite within half an hour: at minute $minute after minute 10 $expected', ({ minute, expected }) => {
    const verdicts = judged(scenarioOf(), [act(10, 'scale', { amount: 12 }), act(minute, 'scale', { amount: 11 })]);
    expect(verdicts.map(({ isReversal }) => isReversal)).toEqual([false, expected]);
  });

  test('is not the same again, nor the opposite elsewhere', () => {
    const actions = [act(10, 'scale', { amount: 12 }), act(11, 'scale', { amount: 13 })];
    const elsewhere = act(12, 'scale', { pool: 'checkers', amount: 9 });
    expect(judged(scenarioOf(), [...actions, elsewhere]).some(({ isReversal }) => isReversal)).toBe(false);
  });
});

describe('the answer to a fault', () => {
  const of = scenarioOf([slow]);
  const reachOf = () => {
    const [window] = resultOf(of, [], [['writers-03']]).faults;
    return faultReach(window as FaultWindow, of);
  };
  const told = (minute: number, scope: Record<string, string>, kind = 'performance_degradation') => ({
    ...{ at: minute * MINUTE_US, kind, scope },
  });

  test('is noticed by the first alert about the agent or its pool while it lasts', () => {
    const alerts = [
      ...[told(19, { agent: 'writers-03' }), told(21, { agent: 'writers-04' }), told(22, { pool: 'checkers' })],
      ...[told(23, { pool: 'writers' }, 'optimization_suggestion'), told(24, { pool: 'writers' })],
      told(25, { agent: 'writers-03', pool: 'writers' }),
    ];
    expect(judgeResponse(reachOf(), [], alerts, of)).toEqual({ minutesToDetect: 4, minutesToAct: null });
    expect(judgeResponse(reachOf(), [], alerts.slice(0, 4), of).minutesToDetect).toBeNull();
  });

  test('is the first step about it that takes work away or adds agents', () => {
    const actions = [
      ...[act(21, 'scale', { amount: 9 }), act(22, 'restart', { agent: 'writers-04' })],
      ...[act(23, 'set_weights', { weights: { 'writers-03': 0.5 } }), act(24, 'scale', { amount: 12 })],
    ];
    const stepsOf = (some: ControlAction[]) => controlSteps(resultOf(of, some), of);
    expect(judgeResponse(reachOf(), stepsOf(actions), [], of).minutesToAct).toBe(3);
    expect(judgeResponse(reachOf(), stepsOf(actions.toSpliced(2, 1)), [], of).minutesToAct).toBe(4);
    expect(judgeResponse(reachOf(), stepsOf(actions.slice(0, 2)), [], of).minutesToAct).toBeNull();
  });
});

test('work that is done again concerns all pools of its workflows, load concerns all, a harmless deploy nobody', () => {
  const reach = (spec: FaultSpec) => {
    const of = scenarioOf([spec]);
    return faultReach(faultWindows(of)[0] as FaultWindow, of);
  };
  const time = { atMinute: 20, minutes: 10 };
  expect([...reach({ ...time, kind: 'verification_failure', taskType: 'check', share: 0.3 }).pools]).toEqual([
    ...['writers', 'checkers'],
  ]);
  expect([...reach({ ...time, kind: 'poison_type', taskType: 'check', share: 0.3, factor: 4 }).pools]).toEqual([
    'checkers',
  ]);
  expect(reach({ ...time, kind: 'load_spike', factor: 2 }).pools.size).toBe(2);
  const deploy = { ...time, kind: 'deploy', pool: 'writers', version: '2', announced: true } as const;
  expect(reach({ ...deploy, factor: 1.03, failureShare: 0 }).isBenign).toBe(true);
  expect(reach({ ...deploy, factor: 1.5, failureShare: 0 }).isBenign).toBe(false);
  expect(reach({ ...time, kind: 'planned_load', factor: 2 }).isBenign).toBe(true);
});
