import { describe, expect, test } from 'vitest';
import type { Controls, FleetPolicy, MinuteView } from '../../../lib/sim/engine/policy.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import type { Attempt } from '../../../lib/sim/engine/work.ts';
import { centralQueue } from '../../../lib/sim/policies/central-queue.ts';
import { dispatcher } from '../../../lib/sim/policies/dispatcher.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import type { FaultSpec, Scenario } from '../../../lib/sim/scenario/scenario.ts';
import {
  adjustable,
  chain,
  poisson,
  pool,
  START_MS,
  scenario,
  taskType,
  twoPools,
} from '../../fixtures/sim-scenarios.ts';

const at = (minute: number) => START_MS + minute * 60_000;

function start(of: Scenario = twoPools(), policy: FleetPolicy | (() => FleetPolicy) = powerOfTwo) {
  const attempts: Attempt[] = [];
  const ups: [string, number][] = [];
  const downs: [string, number, string][] = [];
  const simulation = new Simulation({
    scenario: of,
    seed: 4,
    policy,
    sinks: [
      {
        onAttemptEnded: (attempt) => attempts.push(attempt),
        onAgentUp: ({ id }, when) => ups.push([id, when / 60e6]),
        onAgentDown: ({ id }, when, why) => downs.push([id, when / 60e6, why]),
      },
    ],
  });
  /** Attempts queued from minute to minute. */
  const queued = (from: number, until: number, agent: string) =>
    attempts.filter((it) => it.queuedAt >= from * 60e6 && it.queuedAt < until * 60e6 && it.agent?.id === agent);
  const row = (name: string, minute: number) => {
    const found = simulation.result.pools.get(name)?.[minute];
    if (!found) throw new Error(`no minute ${minute} of ${name}`);
    return found;
  };
  return { simulation, controls: simulation.controls, attempts, ups, downs, queued, row };
}

describe('scaling', () => {
  test('what is ordered works after its provisioning, is paid from the order on, and has names of its own', () => {
    const { simulation, controls, ups, row } = start();
    simulation.runUntil(at(5));
    controls.scale('triage', 9);
    simulation.run();
    const added = ups.slice(16);
    expect(added.map(([id]) => id).sort()).toEqual(['triage-07', 'triage-08', 'triage-09']);
    for (const [, minute] of added) {
      expect(minute).toBeGreaterThan(5.5);
      expect(minute).toBeLessThan(12);
    }
    expect(row('triage', 4).agentHours).toBeCloseTo(6 / 60, 9);
    expect(row('triage', 5).agentHours).toBeCloseTo(9 / 60, 9);
    expect(row('triage', 5).agentCostUsd).toBeCloseTo(9 / 60, 9);
    // All of them know its one task type: what their two slots are paid for is paid from the order on as well.
    for (const minute of [4, 5]) {
      const { knowing, agentHours } = row('triage', minute);
      expect([...knowing.keys()]).toEqual(['sort']);
      expect(knowing.get('sort')?.slotHours).toBeCloseTo(2 * agentHours, 9);
    }
  });

  test('those that are too many finish their work, the newest first, and never below the minimum', () => {
    const { simulation, controls, downs, attempts } = start();
    simulation.runUntil(at(5));
    controls.scale('expert', 8);
    simulation.runUntil(at(20));
    expect(downs.map(([id, , why]) => [id, why]).sort()).toEqual([
      ['expert-09', 'stopped'],
      ['expert-10', 'stopped'],
    ]);
    for (const [id, stopped] of downs) {
      const own = attempts.filter(({ agent }) => agent?.id === id);
      expect(own.every(({ queuedAt }) => queuedAt <= 5 * 60e6)).toBe(true);
      expect(Math.max(...own.map(({ endedAt }) => endedAt ?? 0))).toBe(stopped * 60e6);
      expect(stopped).toBeGreaterThan(5);
    }
    controls.scale('expert', 0);
    simulation.run();
    expect(downs).toHaveLength(9);
  });

  test('an order that is taken back before it works costs until then', () => {
    const { simulation, controls, ups, row } = start();
    simulation.runUntil(at(5));
    controls.scale('triage', 7);
    simulation.runUntil(at(5.5));
    controls.scale('triage', 6);
    simulation.run();
    expect(ups).toHaveLength(16);
    expect(row('triage', 5).agentHours).toBeCloseTo(6.5 / 60, 9);
  });
});

describe('dispatch', () => {
  test('weights shift work, until they are set again', () => {
    const { simulation, controls, queued } = start();
    simulation.runUntil(at(5));
    controls.setWeights('triage', new Map([['triage-01', 0.1]]));
    simulation.runUntil(at(15));
    controls.setWeights('triage', new Map());
    simulation.run();
    const [before, light, after] = [
      queued(0, 5, 'triage-01').length / 5,
      queued(5, 15, 'triage-01').length / 10,
      queued(15, 30, 'triage-01').length / 15,
    ];
    expect(light).toBeLessThan(0.4 * before);
    expect(after).toBeGreaterThan(0.7 * before);
  });

  test('a dispatcher leaves work waiting rather than lead it back to an agent of little weight that is idle', () => {
    const busy = scenario({
      minutes: 30,
      pools: [pool({ pool: 'p', agents: 4, slots: 1 })],
      taskTypes: [taskType({ taskType: 't', pool: 'p', timeoutS: 100_000 })],
      arrivals: poisson(0.9 * 3 * 60),
    });
    const { simulation, controls, attempts, queued } = start(busy, dispatcher);
    controls.setWeights('p', new Map([['p-01', 0.05]]));
    simulation.run();
    const share = queued(0, 30, 'p-01').length / attempts.length;
    expect(attempts.length).toBeGreaterThan(4_000);
    expect(share).toBeGreaterThan(0.002);
    expect(share).toBeLessThan(0.04);
    expect(
      attempts.filter(({ queuedAt, startedAt }) => startedAt !== null && startedAt > queuedAt).length,
    ).toBeGreaterThan(attempts.length / 2);
  });

  test('of what a dispatcher holds for a pool its agents tell, each its part', () => {
    const crowd = scenario({
      minutes: 3,
      pools: [pool({ pool: 'p', agents: 4, slots: 1 })],
      taskTypes: [taskType({ taskType: 't', pool: 'p', timeoutS: 100_000 })],
      arrivals: poisson(3 * 4 * 60),
    });
    const told = new Map<string, number>();
    const sampled = new Simulation({
      ...{ scenario: crowd, seed: 4, policy: dispatcher },
      sinks: [{ onSampleDue: ({ id }, _when, queued) => told.set(id, queued) }],
    });
    sampled.runUntil(at(2.05));
    const waiting = sampled.result.pools.get('p')?.[1]?.queued ?? 0;
    const sum = [...told.values()].reduce((total, queued) => total + queued, 0);
    expect(told.size).toBe(4);
    expect(waiting).toBeGreaterThan(500);
    // Samples are up to 15 s older, and up to 3 s newer.
    expect(sum).toBeGreaterThan(0.8 * waiting);
    expect(sum).toBeLessThan(1.1 * waiting);
  });

  test('a dispatcher gives an agent that has crashed as many tasks as it has slots, and as many again when it has given them up', () => {
    const timeoutS = 120;
    const dead = scenario({
      minutes: 30,
      pools: [pool({ pool: 'p', agents: 6, slots: 3 })],
      taskTypes: [taskType({ taskType: 't', pool: 'p', timeoutS, retries: 0 })],
      arrivals: poisson(0.5 * 18 * 60),
      faults: [{ kind: 'crash', atMinute: 10, targets: { agents: ['p-02'] } }],
    });
    const { simulation, queued } = start(dead, dispatcher);
    simulation.run();
    const lost = queued(0, 30, 'p-02').filter(({ status }) => status === 'timeout');
    const slotMinutes = 3 * (30 - 10);
    expect(lost.length).toBeGreaterThan((0.8 * slotMinutes) / (timeoutS / 60));
    expect(lost.length).toBeLessThanOrEqual(3 + slotMinutes / (timeoutS / 60));
  });

  test.each([powerOfTwo, centralQueue, dispatcher])(
    'an ejected agent gets nothing, or its probes, until it is readmitted ($name)',
    (policy) => {
      const { simulation, controls, queued } = start(twoPools(), policy);
      simulation.runUntil(at(5));
      controls.eject('triage-01', 0);
      controls.eject('triage-02', 0.1);
      simulation.runUntil(at(20));
      controls.readmit('triage-01');
      simulation.run();
      const started = (agent: string, from: number, until: number) =>
        queued(0, 30, agent).filter(
          ({ startedAt }) => (startedAt ?? 0) >= from * 60e6 && (startedAt ?? 0) < until * 60e6,
        );
      // In its own queue there may still be some from before.
      expect(started('triage-01', 7, 20)).toHaveLength(0);
      expect(started('triage-02', 7, 20).length).toBeGreaterThan(0);
      expect(started('triage-02', 7, 20).length).toBeLessThan(0.5 * started('triage-03', 7, 20).length);
      expect(started('triage-01', 20, 30).length).toBeGreaterThan(20);
    },
  );

  test('with every agent ejected work waits, and goes on when they are back', () => {
    for (const policy of [powerOfTwo, centralQueue, dispatcher]) {
      const { simulation, controls, row } = start(twoPools(), policy);
      simulation.runUntil(at(5));
      for (let number = 1; number <= 6; number += 1) controls.eject(`triage-0${number}`, 0);
      simulation.runUntil(at(6));
      expect(row('triage', 5).arrived).toBeGreaterThan(40);
      for (let number = 1; number <= 6; number += 1) controls.readmit(`triage-0${number}`);
      simulation.run();
      expect(row('triage', 5).queued).toBeGreaterThan(30);
      expect(row('triage', 5).completed).toBe(row('triage', 5).arrived);
    }
  });

  test.each([powerOfTwo, centralQueue, dispatcher])(
    'failover sends what a pool has yet to begin elsewhere, and back ($name)',
    (policy) => {
      const { simulation, controls, attempts } = start(twoPools(), policy);
      simulation.runUntil(at(5));
      controls.failover('triage', 'expert');
      simulation.runUntil(at(10));
      controls.failover('triage', 'triage');
      simulation.run();
      const served = (from: number, until: number) =>
        new Set(
          attempts.flatMap(({ task, startedAt, agent }) =>
            task.type.pool === 'triage' && startedAt !== null && startedAt >= from * 60e6 && startedAt < until * 60e6
              ? agent?.pool
              : [],
          ),
        );
      expect([served(0, 5), served(5, 10), served(10, 30)]).toEqual([
        new Set(['triage']),
        new Set(['expert']),
        new Set(['triage']),
      ]);
    },
  );

  test('failover of one task type leaves the others where they are', () => {
    const { simulation, controls, attempts } = start();
    controls.failover('expert', 'triage', ['check']);
    simulation.run();
    const served = (taskType: string) =>
      new Set(attempts.filter(({ task }) => task.type.taskType === taskType).map(({ agent }) => agent?.pool));
    expect([served('check'), served('solve')]).toEqual([new Set(['triage']), new Set(['expert'])]);
  });

  test('failover takes from agents that have crashed what they were given and never began', () => {
    const { simulation, controls, attempts } = start(
      twoPools([{ kind: 'crash', targets: { pool: 'triage', share: 1 }, atMinute: 5 }]),
    );
    simulation.runUntil(at(6.5));
    controls.failover('triage', 'expert');
    simulation.runUntil(at(20));
    const lost = attempts.filter(({ task, queuedAt }) => task.type.pool === 'triage' && queuedAt > 5 * 60e6);
    expect(lost.length).toBeGreaterThan(100);
    expect(new Set(lost.map(({ agent }) => agent?.pool))).toEqual(new Set(['expert']));
  });
});

describe('lending', () => {
  test.each([powerOfTwo, centralQueue, dispatcher])(
    'agents that are lent begin tasks of the other pool only, stay in their own, and come back ($name)',
    (policy) => {
      const { simulation, controls, attempts, row } = start(adjustable(twoPools()), policy);
      simulation.runUntil(at(5));
      controls.lend('triage', 'expert', ['triage-01', 'triage-02']);
      controls.lend('triage', 'expert', ['triage-02']);
      simulation.runUntil(at(15));
      controls.giveBack('triage', 'expert', ['triage-01', 'triage-03']);
      simulation.run();
      const begun = (agent: string, from: number, until: number) =>
        attempts.filter(
          (it) => it.agent?.id === agent && (it.startedAt ?? 0) >= from * 60e6 && (it.startedAt ?? 0) < until * 60e6,
        );
      const poolsOf = (of: readonly Attempt[]) => [...new Set(of.map(({ task }) => task.type.pool))].sort();
      // In its own queue there may still be some of before.
      expect(begun('triage-01', 7, 15).length).toBeGreaterThan(5);
      expect(poolsOf(begun('triage-01', 7, 15))).toEqual(['expert']);
      expect(poolsOf(begun('triage-01', 17, 30))).toEqual(['triage']);
      expect(poolsOf(begun('triage-02', 17, 30))).toEqual(['expert']);
      expect(poolsOf(begun('triage-03', 0, 30))).toEqual(['triage']);
      expect(row('triage', 8).agentHours).toBeCloseTo(6 / 60, 9);
      expect(row('expert', 8).agentHours).toBeCloseTo(10 / 60, 9);
      expect(simulation.result.actions.map(({ action, agent }) => [action, agent])).toEqual([
        ['lend', 'triage-01'],
        ['lend', 'triage-02'],
        ['give_back', 'triage-01'],
      ]);
    },
  );

  test('an agent on loan that is restarted is still on loan, and one that stops is gone from both pools', () => {
    const { simulation, controls, attempts } = start(adjustable(twoPools()));
    controls.lend('triage', 'expert', ['triage-01', 'triage-06']);
    simulation.runUntil(at(5));
    controls.restart('triage-01', true);
    controls.scale('triage', 5);
    simulation.run();
    const begun = attempts.filter(({ agent, startedAt }) => agent?.pool === 'triage' && (startedAt ?? 0) > 12 * 60e6);
    const of = (agent: string) => new Set(begun.filter((it) => it.agent?.id === agent).map((it) => it.task.type.pool));
    expect([of('triage-01'), of('triage-06')]).toEqual([new Set(['expert']), new Set()]);
    expect(() => controls.giveBack('triage', 'expert', ['triage-06'])).toThrow('no agent "triage-06"');
  });
});

test('tasks that start on a rung take so much shorter, and are worth so much less', () => {
  const { simulation, controls, attempts } = start(adjustable(twoPools()));
  simulation.runUntil(at(10));
  controls.rung('expert', 'short');
  simulation.runUntil(at(20));
  controls.rung('expert', null);
  simulation.run();
  const solved = (from: number, until: number) =>
    attempts.filter(
      ({ task, status, startedAt }) =>
        task.type.taskType === 'solve' &&
        status === 'completed' &&
        (startedAt ?? 0) >= from * 60e6 &&
        (startedAt ?? 0) < until * 60e6,
    );
  const serviceS = (of: readonly Attempt[]) => mean(of.map((it) => ((it.endedAt ?? 0) - (it.startedAt ?? 0)) / 1e6));
  const quality = (of: readonly Attempt[]) => mean(of.map((it) => it.quality ?? Number.NaN));
  const [full, short, after] = [solved(0, 10), solved(10, 20), solved(20, 29)];
  expect(serviceS(short) / serviceS(full)).toBeGreaterThan(0.42);
  expect(serviceS(short) / serviceS(full)).toBeLessThan(0.58);
  expect(serviceS(after) / serviceS(full)).toBeGreaterThan(0.85);
  expect(quality(full) - quality(short)).toBeCloseTo(0.2, 1);
});

test('shedding turns away all that is of less importance, until it ends', () => {
  const { simulation, controls, attempts } = start();
  simulation.runUntil(at(5));
  controls.admit('expert', 0.2);
  controls.shed('expert', 'high');
  simulation.runUntil(at(15));
  controls.shed('expert', null);
  simulation.run();
  const rejected = (taskType: string, from: number, until: number) => {
    const came = attempts.filter(
      ({ task, number }) =>
        task.type.taskType === taskType &&
        number === 1 &&
        task.arrivedAt >= from * 60e6 &&
        task.arrivedAt < until * 60e6,
    );
    return mean(came.map(({ status }) => (status === 'rejected' ? 1 : 0)));
  };
  // Of low priority is check, of high priority solve.
  expect([rejected('check', 5, 15), rejected('solve', 5, 15)]).toEqual([1, 0]);
  expect([rejected('check', 15, 30), rejected('solve', 15, 30)]).toEqual([0, 0]);
});

describe('tuning', () => {
  /** Most is done at 5: with sigma 0.1 and kappa 0.036, sqrt(0.9 / 0.036). */
  const crowded = (concurrency: number, timeoutS = 60) =>
    scenario({
      minutes: 30,
      pools: [
        pool({
          ...{ pool: 'p', agents: 4, slots: concurrency, contention: { sigma: 0.1, kappa: 0.036, concurrency } },
        }),
      ],
      taskTypes: [taskType({ taskType: 't', pool: 'p', service: { kind: 'exponential', meanS: 10 }, timeoutS })],
      workflows: [chain('t')],
      arrivals: poisson(200),
    });

  test.each([
    { concurrency: 1, perAgentMinute: 6 },
    { concurrency: 5, perAgentMinute: 30 / (1 + 0.4 + 0.72) },
    { concurrency: 16, perAgentMinute: 96 / (1 + 1.5 + 8.64) },
  ])('at a concurrency of $concurrency agents do $perAgentMinute tasks a minute', ({ concurrency, perAgentMinute }) => {
    const { simulation, controls, attempts } = start(crowded(8, 3_600), centralQueue);
    controls.tune({ pool: 'p' }, { concurrency });
    simulation.run();
    const ended = attempts.filter(({ endedAt }) => (endedAt ?? 0) > 10 * 60e6).length;
    expect(ended / (20 * 4) / perAgentMinute).toBeGreaterThan(0.9);
    expect(ended / (20 * 4) / perAgentMinute).toBeLessThan(1.1);
  });

  test('what is tuned down finishes what it has, and a new agent is tuned as its pool', () => {
    const { simulation, controls, ups } = start(crowded(8), centralQueue);
    simulation.runUntil(at(5));
    controls.tune({ pool: 'p' }, { concurrency: 2 });
    controls.tune({ agent: 'p-03' }, { concurrency: 3 });
    controls.scale('p', 5);
    simulation.runUntil(at(15));
    expect(ups).toHaveLength(5);
    const slots = simulation.truth.agents('p').map((agent) => agent.slots);
    expect(slots).toEqual([2, 2, 3, 2, 2]);
    expect(simulation.result.pools.get('p')?.[13]?.running).toBe(11);
    controls.tune({ agent: 'p-03' }, { concurrency: null });
    controls.tune({ pool: 'p' }, { concurrency: null });
    expect(simulation.truth.agents('p').map((agent) => agent.slots)).toEqual([8, 8, 8, 8, 8]);
  });

  test('a time limit holds for attempts that are queued after it was set', () => {
    const { simulation, controls, attempts } = start(crowded(8));
    simulation.runUntil(at(5));
    controls.tune({ pool: 'p' }, { timeoutMs: 20_000 });
    simulation.runUntil(at(15));
    controls.tune({ pool: 'p' }, { timeoutMs: null });
    simulation.run();
    const longestS = (from: number, until: number) =>
      Math.max(
        ...attempts
          .filter(({ queuedAt }) => queuedAt >= from * 60e6 && queuedAt < until * 60e6)
          .map(({ queuedAt, endedAt }) => ((endedAt ?? 0) - queuedAt) / 1e6),
      );
    expect([longestS(0, 5), longestS(5, 15), longestS(15, 29)]).toEqual([60, 20, 60]);
  });
});

describe('models', () => {
  const failing: FaultSpec = { kind: 'model_errors', model: 'large', share: 0.9, atMinute: 5, minutes: 20 };
  const called = (attempts: readonly Attempt[], from: number, until: number) => {
    const calls = attempts.filter(
      ({ startedAt, fate }) => (startedAt ?? 0) >= from * 60e6 && (startedAt ?? 0) < until * 60e6 && fate?.model,
    );
    const share = (of: (attempt: Attempt) => boolean) => mean(calls.map((it) => (of(it) ? 1 : 0)));
    return { small: share((it) => it.fate?.model?.model === 'small'), failed: share((it) => it.status === 'failed') };
  };

  test('calls of a model that is broken off go to the next, but for the probes', () => {
    const { simulation, controls, attempts } = start(adjustable(twoPools([failing])));
    simulation.runUntil(at(10));
    controls.breakModel('large', 0.1);
    simulation.runUntil(at(20));
    controls.breakModel('large', null);
    simulation.run();
    expect(called(attempts, 0, 5)).toEqual({ small: 0, failed: expect.closeTo(0.02, 1) });
    expect(called(attempts, 5, 10).failed).toBeGreaterThan(0.8);
    expect(called(attempts, 10, 20).small).toBeCloseTo(0.9, 1);
    expect(called(attempts, 10, 20).failed).toBeLessThan(0.2);
    expect(called(attempts, 20, 25).small).toBe(0);
  });

  test('a model that is tuned to is called, by all or by one, at its price and as well as it can', () => {
    const { simulation, controls, attempts } = start(adjustable(twoPools()));
    controls.tune({ agent: 'expert-01' }, { model: 'small' });
    simulation.runUntil(at(10));
    controls.tune({ pool: 'expert' }, { model: 'small' });
    simulation.run();
    const early = attempts.filter(({ startedAt, fate }) => fate?.model && (startedAt ?? 0) < 10 * 60e6);
    expect(new Set(early.filter((it) => it.fate?.model?.model === 'small').map(({ agent }) => agent?.id))).toEqual(
      new Set(['expert-01']),
    );
    expect(called(attempts, 10, 30).small).toBe(1);
    const done = attempts.filter(({ status, task }) => status === 'completed' && task.type.taskType === 'solve');
    const by = (model: string) => done.filter(({ fate }) => fate?.model?.model === model);
    expect(mean(by('large').map(({ quality }) => quality ?? 0))).toBeCloseTo(0.9, 1);
    expect(mean(by('small').map(({ quality }) => quality ?? 0))).toBeCloseTo(0.6, 1);
    for (const { costUsd, tokens } of by('small')) {
      expect(costUsd).toBeCloseTo((0.2 * (tokens.input + 4 * tokens.output)) / 1e6, 8);
    }
  });
});

test('admission turns away such a share at once, the least important first', () => {
  const { simulation, controls, attempts, row } = start();
  simulation.runUntil(at(5));
  // Half of the pool's tasks are of low priority (check), half of high (solve).
  controls.admit('expert', 0.7);
  simulation.run();
  const rejected = attempts.filter(({ status }) => status === 'rejected');
  expect(new Set(rejected.map(({ task }) => task.type.taskType))).toEqual(new Set(['check']));
  expect(rejected.every(({ queuedAt, endedAt, agent }) => queuedAt === endedAt && agent === null)).toBe(true);
  const minutes = Array.from({ length: 24 }, (_, index) => row('expert', index + 5));
  const sum = (figure: 'rejected' | 'arrived') => minutes.reduce((total, it) => total + it[figure], 0);
  expect(sum('rejected') / sum('arrived')).toBeGreaterThan(0.25);
  expect(sum('rejected') / sum('arrived')).toBeLessThan(0.35);
});

describe('restart', () => {
  const hang: FaultSpec = { kind: 'hang', targets: { agents: ['expert-02'] }, atMinute: 3 };

  test('heals what a restart heals, and breaks off what the agent held', () => {
    const { simulation, controls, downs, attempts, queued } = start(twoPools([hang]));
    simulation.runUntil(at(8));
    expect(simulation.truth.isHealthy('expert-02')).toBe(false);
    controls.restart('expert-02', false);
    simulation.run();
    expect(simulation.truth.isHealthy('expert-02')).toBe(true);
    expect(downs).toEqual([['expert-02', 8, 'restarting']]);
    const broken = attempts.filter(({ error }) => error?.type === 'agent_restarted');
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.every(({ endedAt }) => endedAt === 8 * 60e6)).toBe(true);
    expect(queued(12, 29, 'expert-02').filter(({ status }) => status === 'completed').length).toBeGreaterThan(50);
  });

  test('with drain it finishes what it has before', () => {
    const { simulation, controls, downs, attempts } = start();
    simulation.runUntil(at(8));
    controls.restart('expert-02', true);
    simulation.run();
    const [down] = downs;
    expect(down?.[1]).toBeGreaterThan(8);
    expect(attempts.filter(({ error }) => error?.type === 'agent_restarted')).toEqual([]);
  });

  test('does not heal what is slow by itself', () => {
    const { simulation, controls } = start(
      twoPools([{ kind: 'slow', targets: { agents: ['expert-02'] }, factor: 5, atMinute: 3 }]),
    );
    simulation.runUntil(at(8));
    controls.restart('expert-02', false);
    simulation.run();
    expect(simulation.truth.isHealthy('expert-02')).toBe(false);
  });
});

describe('an agent that is on its way out', () => {
  test('is not brought back by a restart: it stops at once, and what it held is broken off', () => {
    const { simulation, controls, downs, ups, attempts, row } = start();
    simulation.runUntil(at(5));
    controls.scale('expert', 9);
    controls.restart('expert-10', true);
    expect(downs).toEqual([]);
    controls.restart('expert-10', false);
    simulation.run();
    expect(downs).toEqual([['expert-10', 5, 'stopped']]);
    expect(ups).toHaveLength(16);
    const broken = attempts.filter(({ error }) => error?.type === 'agent_restarted');
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.every(({ agent, endedAt }) => agent?.id === 'expert-10' && endedAt === 5 * 60e6)).toBe(true);
    expect(row('expert', 8).agentHours).toBeCloseTo(9 / 60, 9);
  });
});

test('an agent that was ordered before a zone was lost does not come up in it', () => {
  const zones: [string, number][] = [];
  const simulation = new Simulation({
    scenario: twoPools([{ kind: 'zone_loss', zone: 0, atMinute: 5, minutes: 20 }]),
    seed: 4,
    policy: powerOfTwo,
    sinks: [{ onAgentUp: ({ id, zone }) => zones.push([id, zone]) }],
  });
  simulation.runUntil(at(4.9));
  // Zones of three go round: triage-07 would be in the first.
  simulation.controls.scale('triage', 7);
  simulation.runUntil(at(20));
  expect(zones.slice(16)).toEqual([['triage-07', 1]]);
});

describe('retries', () => {
  const failing = (failureShare: number) =>
    scenario({
      minutes: 30,
      pools: [pool({ pool: 'p', agents: 20 })],
      taskTypes: [taskType({ taskType: 't', pool: 'p', retries: 2, failureShare })],
      workflows: [chain('t')],
      arrivals: poisson(300),
    });

  test('repair rare failures', () => {
    const { simulation, attempts, row } = start(failing(0.05));
    simulation.run();
    expect(attempts.some(({ number }) => number === 3)).toBe(true);
    const failed = Array.from({ length: 30 }, (_, minute) => row('p', minute).failed).reduce((a, b) => a + b);
    expect(failed / attempts.length).toBeLessThan(0.002);
  });

  test('add a fifth to the requests at most', () => {
    const { simulation, row } = start(failing(0.9));
    simulation.run();
    const minutes = Array.from({ length: 28 }, (_, index) => row('p', index + 2));
    const sum = (figure: 'retries' | 'arrived') => minutes.reduce((total, it) => total + it[figure], 0);
    expect(sum('retries') / sum('arrived')).toBeGreaterThan(0.18);
    expect(sum('retries') / sum('arrived')).toBeLessThanOrEqual(0.205);
  });
});

describe('what a policy sees', () => {
  function watch(about: Partial<Scenario['telemetry']>) {
    const views: { minute: number; exported: Map<number, number> }[] = [];
    const totals = { completed: 0, busy: 0 };
    const watching: FleetPolicy = {
      ...powerOfTwo,
      atMinute: ({ minute, exports }: MinuteView) => {
        views.push({ minute, exported: new Map([...exports].map(([of, rows]) => [of, rows.length])) });
        for (const row of [...exports.values()].flat()) {
          totals.completed += row.completed;
          totals.busy += row.busySlots / 60;
        }
      },
    };
    const base = twoPools();
    const { simulation } = start({ ...base, telemetry: { ...base.telemetry, ...about } }, watching);
    const result = simulation.run();
    const rows = [...result.pools.values()].flat();
    return { views, totals, rows };
  }

  test('with perfect telemetry: each minute at its end, and all of it', () => {
    const { views, totals, rows } = watch({});
    expect(views.map(({ minute, exported }) => [minute, [...exported]])).toEqual(
      Array.from({ length: 30 }, (_, minute) => [minute, [[minute, 16]]]),
    );
    expect(totals.completed).toBe(rows.reduce((sum, { completed }) => sum + completed, 0));
    expect(totals.busy).toBeCloseTo(
      rows.reduce((sum, { busySlotHours }) => sum + busySlotHours, 0),
      9,
    );
  });

  test('with rough telemetry: up to two minutes late, some never', () => {
    const { views } = watch({ delayMinutes: 2, lossShare: 0.1 });
    const ages = views.flatMap(({ minute, exported }) => [...exported.keys()].map((of) => minute - of));
    expect(new Set(ages)).toEqual(new Set([0, 1, 2]));
    const came = views.reduce((sum, { exported }) => sum + [...exported.values()].reduce((a, b) => a + b, 0), 0);
    expect(came).toBeGreaterThan(0.8 * 30 * 16);
    expect(came).toBeLessThan(0.93 * 30 * 16);
  });

  test('what it did is in the log', () => {
    const acting: FleetPolicy = {
      ...powerOfTwo,
      atMinute: ({ minute }: MinuteView, controls: Controls) => {
        if (minute === 4) controls.scale('triage', 8);
        if (minute === 6) controls.eject('expert-01', 0.05);
      },
    };
    const { simulation } = start(twoPools(), acting);
    expect(simulation.run().actions).toEqual([
      { at: 5 * 60e6, minute: 5, action: 'scale', pool: 'triage', amount: 8 },
      { at: 7 * 60e6, minute: 7, action: 'eject', pool: 'expert', agent: 'expert-01', amount: 0.05 },
    ]);
  });

  test('an oracle is told the truth', () => {
    const told: boolean[] = [];
    new Simulation({
      scenario: twoPools([{ kind: 'slow', targets: { agents: ['expert-02'] }, factor: 5, atMinute: 3 }]),
      seed: 1,
      policy: (truth) => ({ ...powerOfTwo, atMinute: () => told.push(truth.isHealthy('expert-02')) }),
    }).run();
    // Minute 2 ends when the fault begins, and before it.
    expect(told.slice(0, 5)).toEqual([true, true, true, false, false]);
  });
});

test.each([
  ['an unknown pool', (controls: Controls) => controls.scale('nowhere', 3)],
  ['an unknown agent', (controls: Controls) => controls.eject('nobody', 0)],
  ['a weight of nothing', (controls: Controls) => controls.setWeights('triage', new Map([['triage-01', 0]]))],
  ['an admission of more than all', (controls: Controls) => controls.admit('triage', 1.1)],
  ['a loan that the scenario does not know', (controls: Controls) => controls.lend('expert', 'triage', ['expert-01'])],
  ['a loan of a stranger', (controls: Controls) => controls.lend('triage', 'expert', ['expert-01'])],
  ['a rung of no ladder', (controls: Controls) => controls.rung('triage', 'tiny')],
  ['tuning what has no contention', (controls: Controls) => controls.tune({ pool: 'triage' }, { concurrency: 3 })],
  ['a model of another pool', (controls: Controls) => controls.tune({ pool: 'triage' }, { model: 'small' })],
  ['an unknown model', (controls: Controls) => controls.breakModel('huge', 0)],
])('%s is refused', (_name, act) => {
  expect(() => act(start(adjustable(twoPools())).controls)).toThrow(RangeError);
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
