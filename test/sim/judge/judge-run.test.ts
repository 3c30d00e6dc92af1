import { describe, expect, test } from 'vitest';
import type { PoolMinuteResult, SimResult } from '../../../lib/sim/engine/sim-result.ts';
import { MINUTE_US } from '../../../lib/sim/engine/sim-time.ts';
import { judgeRun } from '../../../lib/sim/judge/judge-run.ts';
import { poolSpec, scenarioWith, taskTypeSpec } from '../../fixtures/scenario.ts';

const scenario = scenarioWith({
  ...{ minutes: 62, warmUpMinutes: 10 },
  pools: [poolSpec('p'), poolSpec('q')],
  taskTypes: [taskTypeSpec('t', 'p', { timeoutS: 60, retries: 1 })],
});

function row(arrived: number, attained: number, more: Partial<PoolMinuteResult> = {}): PoolMinuteResult {
  return {
    ...{ arrived, attained, completed: attained, failed: arrived - attained, timedOut: 0, rejected: 0 },
    ...{ responseMs: [], retries: 0, endedAttempts: arrived, tokenCostUsd: 0.5, agentHours: 0.1, agentCostUsd: 0.2 },
    ...{ busySlotHours: 0, queued: 0, running: 0 },
    ...more,
  };
}

/** Ten tasks a minute in pool p; while the fault is in force so many are attained. */
function resultWith(attained: (minute: number) => number, actions: SimResult['actions'] = []): SimResult {
  const window = { index: 0, from: 20 * MINUTE_US, until: 30 * MINUTE_US, agents: ['p-01'], progress: () => 0 };
  return {
    ...{ scenario: 'test', seed: 1, policy: 'test', workflows: [], actions },
    pools: new Map([
      ['p', Array.from({ length: 62 }, (_, minute) => row(10, attained(minute), { responseMs: [1_000, 2_000] }))],
      ['q', Array.from({ length: 62 }, () => row(0, 0))],
    ]),
    faults: [
      { ...window, spec: { kind: 'slow', atMinute: 20, minutes: 10, targets: { agents: ['p-01'] }, factor: 4 } },
    ],
  };
}

describe('judging a run', () => {
  test('counts what came after the warm-up and had the time to end', () => {
    // Minutes 10 to 59: 50 × 10 tasks, of which 10 minutes lost 6 each.
    const verdict = judgeRun(
      resultWith((minute) => (minute >= 20 && minute < 30 ? 4 : 10)),
      scenario,
    );
    expect(verdict.attainment).toBeCloseTo(440 / 500, 12);
    expect(verdict.unserved).toBe(60);
    expect(verdict.responseMs).toEqual({ p50: 1_000, p95: 2_000, p99: 2_000 });
    // Paid for all the time, in both pools.
    expect(verdict.agentHours).toBeCloseTo(12.4, 9);
    expect(verdict.agentCostUsd).toBeCloseTo(24.8, 9);
    expect(
      judgeRun(
        resultWith(() => 10),
        scenario,
        'q',
      ).attainment,
    ).toBeNull();
  });

  test('says how long a fault was felt: until the first of three good minutes in a row', () => {
    const felt = (attained: (minute: number) => number) => judgeRun(resultWith(attained), scenario).faults[0];
    expect(felt(() => 10)).toEqual({ kind: 'slow', index: 0, attainment: 1, minutesToMitigate: 0 });
    // Bad in minutes 20 to 23 and 25.
    expect(felt((minute) => (minute < 24 || minute === 25 ? 5 : 10))).toMatchObject({ minutesToMitigate: 6 });
    expect(felt(() => 9)).toMatchObject({ attainment: 0.9, minutesToMitigate: null });
  });

  test('tells ejections of agents that no fault concerned, then or shortly before', () => {
    const eject = (agent: string, minute: number, amount = 0) =>
      ({ action: 'eject', at: minute * MINUTE_US, minute, pool: 'p', agent, amount }) as const;
    const actions = [
      eject('p-01', 22),
      eject('p-02', 22),
      eject('p-01', 34),
      eject('p-01', 40),
      eject('p-03', 50, 0.7),
    ];
    const verdict = judgeRun(
      resultWith(() => 10, actions),
      scenario,
    );
    expect(verdict.actions.eject).toBe(5);
    // p-02, and p-01 ten minutes after its fault; letting most of the work through is no ejection.
    expect(verdict.falseEjections).toBe(2);
  });
});
