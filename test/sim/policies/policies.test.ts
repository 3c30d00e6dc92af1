import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentMinuteExport, AgentView, Controls, MinuteView } from '../../../lib/sim/engine/policy.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import { judgeRun } from '../../../lib/sim/judge/judge-run.ts';
import type { Controller } from '../../../lib/sim/policies/controller.ts';
import { envoyEjection, successThreshold } from '../../../lib/sim/policies/envoy-ejection.ts';
import { fixedRunbook } from '../../../lib/sim/policies/fixed-runbook.ts';
import { minuteWeights } from '../../../lib/sim/policies/minute-weights.ts';
import { outlierEjection } from '../../../lib/sim/policies/outlier-ejection.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import { reactiveAutoscaler } from '../../../lib/sim/policies/reactive-autoscaler.ts';
import { policies } from '../../../lib/sim/policies/registry.ts';
import { roundRobin } from '../../../lib/sim/policies/round-robin.ts';
import { squareRootStaffing } from '../../../lib/sim/policies/square-root-staffing.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import type { FaultSpec } from '../../../lib/sim/scenario/scenario.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../../fixtures/scenario.ts';

const agents = (count: number) => Array.from({ length: count }, (_, i) => `p-${i + 1}`);
const views = (loads: readonly number[]): AgentView[] =>
  loads.map((outstanding, i) => ({ id: `p-${i + 1}`, slots: 4, outstanding, hasFreeSlot: true }));

function exported(agent: string, given: Partial<AgentMinuteExport> = {}): AgentMinuteExport {
  return {
    ...{ agent, pool: 'p', completed: 20, failed: 0, timedOut: 0, serviceMs: 12_000, responseMs: 13_000 },
    ...{ busySlots: 2.5, slots: 4, queued: 0, isHeard: true },
    ...given,
  };
}

/** Plays minutes to a controller, and notes what it does in each. @param lateOf minutes by which an agent's export of a minute comes late */
function play(
  controller: Controller,
  minutes: readonly AgentMinuteExport[][],
  lateOf: (agent: string, minute: number) => number = () => 0,
) {
  const ordered = minutes[0]?.length ?? 0;
  const done: string[][] = [];
  let size = ordered;
  for (const [minute, its] of minutes.entries()) {
    const actions: string[] = [];
    const controls: Controls = {
      setWeights: (_, weights) => actions.push(...[...weights].map(([id, weight]) => `${id} ${weight.toFixed(2)}`)),
      eject: (agent, share) => actions.push(`eject ${agent} ${share}`),
      readmit: (agent) => actions.push(`readmit ${agent}`),
      scale: (_, desired) => {
        if (desired !== size) actions.push(`scale ${desired}`);
        size = desired;
      },
      restart: (agent) => actions.push(`restart ${agent}`),
      ...{ admit: () => {}, shed: () => {}, rung: () => {}, failover: () => {}, lend: () => {}, giveBack: () => {} },
      ...{ tune: () => {}, breakModel: () => {} },
    };
    const view: MinuteView = {
      ...{ minute, nowMs: 0, exports: arrivedIn(minutes, minute, lateOf) },
      pools: [{ pool: 'p', agents: its.map(({ agent }) => agent), ordered: size, min: 1, max: 100, slots: 4 }],
    };
    controller.atMinute(view, controls);
    done.push(actions);
  }
  return done;
}

function arrivedIn(
  minutes: readonly AgentMinuteExport[][],
  now: number,
  lateOf: (agent: string, minute: number) => number,
): Map<number, AgentMinuteExport[]> {
  const arrived = minutes.map((its, of) => its.filter(({ agent }) => of + lateOf(agent, of) === now));
  return new Map([...arrived.entries()].filter(([, its]) => its.length > 0));
}

const minute = (given: (agent: string) => Partial<AgentMinuteExport> = () => ({}), count = 10) =>
  agents(count).map((agent) => exported(agent, given(agent)));

describe('placing work', () => {
  test('in turns gives every agent as much, and one of twice the weight twice as much', () => {
    const policy = roundRobin();
    const random = createRandom(1, 'turns');
    const counts = [0, 0, 0];
    for (let i = 0; i < 400; i++) {
      const index = policy.place(views([0, 0, 0]), (at) => (at === 0 ? 2 : 1), random, 'p');
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(counts).toEqual([200, 100, 100]);
  });

  test('by two choices never picks the most loaded of all, and in proportion to the weights where loads are equal', () => {
    const policy = powerOfTwo;
    const random = createRandom(1, 'choices');
    const counts = [0, 0, 0];
    for (let i = 0; i < 3_000; i++) {
      expect(policy.place(views([9, 1, 1]), () => 1, random, 'p')).not.toBe(0);
      const index = policy.place(views([1, 1, 1]), (at) => (at === 0 ? 2 : 1), random, 'p');
      counts[index] = (counts[index] ?? 0) + 1;
    }
    // Of equal loads the first drawn: half of the draws.
    expect((counts[0] ?? 0) / 3_000).toBeCloseTo(0.5, 1);
  });

  test('by two choices goes by work per slot, not by work', () => {
    const [small, large] = views([2, 4]).map((view, index) => ({ ...view, slots: index === 0 ? 1 : 4 }));
    if (!small || !large) throw new Error('two views were asked for');
    for (let seed = 0; seed < 20; seed++) {
      expect(powerOfTwo.place([small, large], () => 1, createRandom(seed, 'slots'), 'p')).toBe(1);
    }
  });

  test('picks a candidate, whatever the weights', () => {
    const weights = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(weights, fc.integer(), (given, seed) => {
        for (const policy of [roundRobin(), powerOfTwo]) {
          const random = createRandom(seed, 'place');
          const index = policy.place(views(given.map(() => 0)), (at) => given[at] ?? 1, random, 'p');
          expect(given[index]).toBeDefined();
        }
      }),
    );
  });
});

describe('the reactive autoscaler', () => {
  test('goes for its target: 10 agents at 93 % need 15 for 62 %', () => {
    expect(play(reactiveAutoscaler(0.62), [minute(() => ({ busySlots: 3.72 }))])).toEqual([['scale 15']]);
  });

  test('leaves it at that within 10 %', () => {
    expect(play(reactiveAutoscaler(0.62), [minute(() => ({ busySlots: 2.7 }))])).toEqual([[]]);
  });

  test('goes down to the highest wish of five minutes only', () => {
    const idle = minute(() => ({ busySlots: 1.24 }));
    const done = play(reactiveAutoscaler(0.62), [
      minute(() => ({ busySlots: 2.48 })),
      ...Array.from({ length: 6 }, () => idle),
    ]);
    expect(done).toEqual([[], [], [], [], [], ['scale 5'], []]);
  });
});

describe('square-root staffing', () => {
  test('has (R + β √R) × headroom slots: 50 erlangs need 22 agents of 4', () => {
    // (50 + 1.74 × 7.071) × 1.4 ÷ 4 = 21.8
    const done = play(squareRootStaffing({ beta: 1.74, headroom: 1.4 }), [minute(() => ({ busySlots: 2.5 }), 20)]);
    expect(done).toEqual([['scale 22']]);
  });

  test('goes down by a tenth a minute', () => {
    const idle = minute(() => ({ busySlots: 0.1 }), 20);
    expect(play(squareRootStaffing({ beta: 1.74, headroom: 1.4 }), [idle])).toEqual([['scale 18']]);
  });
});

describe('weights by the minute', () => {
  test('give an agent that takes five times as long about a fifth of the work, and grow back by doubling', () => {
    const slow = minute((agent) => (agent === 'p-3' ? { serviceMs: 60_000, completed: 20 } : {}));
    const done = play(minuteWeights(), [slow, slow, minute(), minute(), minute(), minute()]);
    const own = done.map((actions) => Number(actions.find((it) => it.startsWith('p-3'))?.split(' ')[1]));
    expect(own[1]).toBeLessThan(0.35);
    expect(own[5]).toBeGreaterThan(0.9);
    for (let i = 1; i < own.length; i++) expect(own[i]).toBeLessThanOrEqual(2 * (own[i - 1] ?? 0) + 0.01);
  });
});

describe('ejection of outliers', () => {
  const failing = (ill: readonly string[]) =>
    minute((agent) => (ill.includes(agent) ? { completed: 2, failed: 18, serviceMs: 12_000 } : {}));

  test('takes an agent that fails out for a minute, and lets it come back slowly', () => {
    const done = play(outlierEjection(0.3), [failing(['p-4']), ...Array.from({ length: 7 }, () => minute())]);
    expect(done[0]).toEqual(['eject p-4 0.01']);
    // Its failures are in the look-back for two minutes more.
    expect(done.flat().filter((it) => it.startsWith('eject p-4')).length).toBeGreaterThan(2);
    expect(done.flat()).toContain('eject p-4 0.1');
    expect(done.at(-1)).toContain('readmit p-4');
  });

  test('takes no more than a share out at once, but one always', () => {
    const all = agents(10).slice(0, 4);
    expect(play(outlierEjection(0.3), [failing(all)])[0]).toHaveLength(3);
    expect(play(outlierEjection(0.05), [failing(['p-1'])])[0]).toHaveLength(1);
  });

  test('takes out who is four times as slow for two minutes, who is stuck, and who is not heard of', () => {
    const slow = minute((agent) => (agent === 'p-2' ? { serviceMs: 60_000 } : {}));
    expect(play(outlierEjection(0.3), [slow, slow])).toEqual([[], ['eject p-2 0.01']]);
    const stuck = minute((agent) =>
      agent === 'p-2' ? { completed: 0, serviceMs: null, busySlots: 4, queued: 3 } : {},
    );
    expect(play(outlierEjection(0.3), [stuck])[0]).toEqual(['eject p-2 0.01']);
    const silent = minute((agent) => (agent === 'p-2' ? { isHeard: false, completed: 0, serviceMs: null } : {}));
    expect(play(outlierEjection(0.3), [silent])[0]).toEqual(['eject p-2 0']);
  });
});

describe("Envoy's ejection", () => {
  // The example in the comments of Envoy's outlier detection.
  test('has its threshold 1.9 standard deviations below the mean: 52 % of one at 50 and four at 100', () => {
    expect(successThreshold([50, 100, 100, 100, 100])).toBeCloseTo(52, 9);
    expect(successThreshold([50, 100, 100, 100])).toBeNull();
  });

  test('does not see two of five that are equally bad', () => {
    expect(successThreshold([50, 50, 100, 100, 100])).toBeCloseTo(33.46, 2);
  });

  test('takes an agent out that only fails, for a minute at first and longer each time, and one at most of ten', () => {
    const failing = minute((agent) => (agent === 'p-1' || agent === 'p-2' ? { completed: 0, failed: 9 } : {}));
    const done = play(
      envoyEjection(),
      Array.from({ length: 6 }, () => failing),
    );
    expect(done[0]).toEqual(['eject p-1 0']);
    // Out for a minute twice, then for two.
    expect(done.map((actions) => actions.filter((it) => it === 'eject p-1 0').length)).toEqual([1, 1, 1, 0, 1, 0]);
    expect(done.flat().filter((it) => it.startsWith('eject p-2'))).toEqual([]);
    const busy = { completed: 200, failed: 0 };
    const below = minute((agent) => (agent === 'p-3' ? { completed: 100, failed: 100 } : busy));
    expect(play(envoyEjection(), [below])).toEqual([['eject p-3 0']]);
  });
});

describe('where telemetry is up to two minutes late', () => {
  /** Of half of the agents. */
  const late = (agent: string) => 2 * (Number(agent.slice(2)) % 2);
  const lately = (controller: Controller, given: Partial<AgentMinuteExport>) =>
    play(
      controller,
      Array.from({ length: 6 }, () => minute(() => given)),
      late,
    );

  test('nobody is ejected for it', () => {
    expect(lately(outlierEjection(0.3), {}).flat()).toEqual([]);
  });

  test('the autoscaler goes by what it knows last of each agent', () => {
    // 10 agents at 93 % need 15; nobody is taken for idle because a minute has not come yet.
    expect(lately(reactiveAutoscaler(0.62), { busySlots: 3.72 }).flat()).toContain('scale 15');
  });

  test('those whose queue is known stand for the others in square-root staffing', () => {
    const staffing = { beta: 1.74, headroom: 1.4 };
    const [whole, partly] = [() => 0, late].map((lateOf) =>
      play(
        squareRootStaffing(staffing),
        [...Array(4)].map(() => minute(() => ({ queued: 12 }))),
        lateOf,
      ).at(-1),
    );
    expect(partly).toEqual(whole);
  });
});

describe('the fixed runbook', () => {
  test('restarts an agent above 20 % errors once in ten minutes, and adds a fifth to a pool above 85 %', () => {
    const ill = minute((agent) => (agent === 'p-1' ? { failed: 10 } : {}));
    const done = play(
      fixedRunbook(),
      Array.from({ length: 11 }, () => ill),
    );
    expect(done.map((actions) => actions.length)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(play(fixedRunbook(), [minute(() => ({ busySlots: 3.6 }))])).toEqual([['scale 12']]);
  });
});

test('two choices beat turns where two of ten agents are slow, and the oracle is at least as good', () => {
  const scenario = scenarioWith({
    ...{ minutes: 90, warmUpMinutes: 5, arrivals: poisson(120) },
    pools: [poolSpec('writers', { agents: 10, slots: 4, speedSpread: 0.25 })],
    taskTypes: [
      taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 12, cv: 1 }, timeoutS: 120, retries: 1 }),
    ],
    faults: [{ kind: 'slow', atMinute: 20, minutes: 60, targets: { pool: 'writers', count: 2 }, factor: 8 }],
  });
  const attainment = (name: string) => {
    const policy = policies[name];
    if (!policy) throw new Error(`there is no policy ${name}`);
    return judgeRun(new Simulation({ scenario, seed: 3, policy }).run(), scenario).attainment ?? 0;
  };
  const [turns, choices, best] = ['round-robin', 'power-of-two', 'oracle'].map(attainment);
  expect(choices).toBeGreaterThan((turns ?? 1) + 0.03);
  expect(best).toBeGreaterThan((choices ?? 1) - 0.002);
});

describe('the oracle', () => {
  const desk = (faults: FaultSpec[]) =>
    scenarioWith({
      ...{ minutes: 60, warmUpMinutes: 5, arrivals: poisson(150) },
      pools: [poolSpec('desk', { agents: 12, slots: 4, max: 24, speedSpread: 0.25, skillDensity: 0.4 })],
      taskTypes: ['lookup', 'answer', 'research'].map((name) =>
        taskTypeSpec(name, 'desk', { service: { kind: 'lognormal', meanS: 12, cv: 1 }, timeoutS: 120, retries: 1 }),
      ),
      workflows: ['lookup', 'answer', 'research'].map((name) => ({
        ...{ workflowType: name, weight: 1, slaS: 60, steps: [step(name, name)] },
      })),
      faults,
    });
  const run = (name: string, faults: FaultSpec[]) => {
    const policy = policies[name];
    if (!policy) throw new Error(`there is no policy ${name}`);
    const result = new Simulation({ scenario: desk(faults), seed: 3, policy }).run();
    return { result, verdict: judgeRun(result, desk(faults)) };
  };
  const during = { atMinute: 20, minutes: 20 };
  const faults: [string, FaultSpec[]][] = [
    ['without a fault', []],
    [
      'agents that fail at once',
      [{ ...during, kind: 'fail_fast', targets: { pool: 'desk', count: 3 }, share: 0.9, afterMs: 200 }],
    ],
    ['agents that hang', [{ ...during, kind: 'hang', targets: { pool: 'desk', count: 3 } }]],
    ['a poisoned type', [{ ...during, kind: 'poison_type', taskType: 'research', share: 0.3, factor: 4 }]],
    ['work sent on', [{ ...during, kind: 'ping_pong', taskTypes: ['lookup', 'research'], share: 0.5 }]],
    ['work sent back', [{ ...during, kind: 'verification_failure', taskType: 'answer', share: 0.5 }]],
    ['more than can be done', [{ ...during, kind: 'load_spike', factor: 4 }]],
  ];
  test.each(faults)('attains at least as much as two choices and as one queue: %s', (_name, given) => {
    const [own, choices, queue] = ['oracle', 'power-of-two', 'central-queue'].map((name) => run(name, given).verdict);
    expect(own?.attainment).toBeGreaterThan((choices?.attainment ?? 1) - 0.001);
    expect(own?.attainment).toBeGreaterThan((queue?.attainment ?? 1) - 0.001);
    expect(own?.falseEjections).toBe(0);
  });

  test('has what it needs there when it is needed, no longer than that, and pays for it', () => {
    const { result } = run('oracle', [{ ...during, kind: 'planned_load', factor: 2 }]);
    const agents = (result.pools.get('desk') ?? []).map(({ agentHours }) => 60 * agentHours);
    expect(agents[10]).toBeLessThan(12);
    expect(agents[19]).toBeGreaterThan(15);
    expect(agents[55]).toBeLessThan(12);
  });

  test('sheds only while more comes than can be done', () => {
    const { result } = run('oracle', [{ ...during, kind: 'load_spike', factor: 4 }]);
    const rejected = (result.pools.get('desk') ?? []).flatMap((row, minute) => (row.rejected > 0 ? minute : []));
    expect(rejected.length).toBeGreaterThan(5);
    expect(rejected[0]).toBeGreaterThan(19);
    expect(rejected.at(-1)).toBeLessThan(42);
  });
});
