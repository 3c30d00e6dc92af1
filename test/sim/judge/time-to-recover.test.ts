import { expect, test } from 'vitest';
import { faultWindows } from '../../../lib/sim/engine/fault-window.ts';
import { MINUTE_US } from '../../../lib/sim/engine/sim-time.ts';
import { concerns, faultReach } from '../../../lib/sim/judge/fault-reach.ts';
import { minutesToRecover } from '../../../lib/sim/judge/time-to-recover.ts';
import type { FaultSpec } from '../../../lib/sim/scenario/scenario.ts';
import { minuteOf, judgedScenario as scenarioOf } from '../../fixtures/judged-runs.ts';

const time = { atMinute: 20, minutes: 10, targets: { agents: ['writers-03'] } };
const slow: FaultSpec = { ...time, kind: 'slow', factor: 4 };

/** @param attained of a hundred tasks a minute, by pool and minute; all of them where nothing is said */
function recovered(attained: Record<string, Record<number, number>>, { arrived = 100, fault = slow } = {}) {
  const scenario = scenarioOf([fault]);
  const [window] = faultWindows(scenario);
  if (!window) throw new Error('the scenario has a fault');
  window.agents = ['writers-03'];
  const pools = new Map(
    ['writers', 'checkers'].map((pool) => {
      const rows = Array.from({ length: scenario.minutes }, (_, minute) =>
        minuteOf({ arrived, attained: attained[pool]?.[minute] ?? arrived }),
      );
      return [pool, rows] as const;
    }),
  );
  const result = { scenario: 'test', seed: 1, policy: 'none', pools, workflows: [], faults: [window], actions: [] };
  return minutesToRecover(window, faultReach(window, scenario), result, scenario);
}

test('a fault that no pool that it concerns felt takes no time, whatever others felt', () => {
  expect(recovered({})).toBe(0);
  expect(recovered({ checkers: { 22: 50, 23: 50 } })).toBe(0);
  expect(recovered({ writers: { 19: 50, 36: 50 } })).toBe(0);
});

test('is over with the first of three good minutes in a row, from the first bad one on', () => {
  expect(recovered({ writers: { 25: 94, 26: 80 } })).toBe(2);
  expect(recovered({ writers: { 25: 94, 28: 94 } })).toBe(4);
  expect(recovered({ writers: { 34: 60 } })).toBe(1);
});

test('is not over where the run ends before, or three quarters of an hour do', () => {
  const bad = Object.fromEntries(Array.from({ length: 60 }, (_, minute) => [minute, 50]));
  expect(recovered({ writers: bad })).toBeNull();
});

test('one task of few that is late is no minute lost', () => {
  expect(recovered({ writers: { 25: 7 } }, { arrived: 8 })).toBe(0);
  expect(recovered({ writers: { 25: 6 } }, { arrived: 8 })).toBe(1);
});

test('of several pools the one that took longest counts', () => {
  const load: FaultSpec = { kind: 'load_spike', atMinute: 20, minutes: 10, factor: 2 };
  expect(recovered({ writers: { 21: 50 }, checkers: { 24: 50, 25: 50, 26: 50 } }, { fault: load })).toBe(3);
});

test('an agent is concerned by what ends in a crash until it was restarted, and shortly after', () => {
  const leak: FaultSpec = { ...time, kind: 'leak', factorAtEnd: 4, memoryAtEnd: 1 };
  const scenario = scenarioOf([leak]);
  const [window] = faultWindows(scenario);
  if (!window) throw new Error('the scenario has a fault');
  window.agents = ['writers-03', 'writers-04'];
  const at = (minute: number) => minute * MINUTE_US;
  const restart = { action: 'restart', pool: 'writers', agent: 'writers-03' } as const;
  const restarts = [25, 40].map((minute) => ({ ...restart, at: at(minute), minute }));
  const reach = faultReach(window, scenario, restarts);
  expect(['writers-03', 'writers-04'].map((agent) => concerns(reach, agent, at(30)))).toEqual([true, true]);
  expect(['writers-03', 'writers-04'].map((agent) => concerns(reach, agent, at(31)))).toEqual([false, true]);
});
