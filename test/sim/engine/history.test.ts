import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FactSink } from '../../../lib/sim/engine/facts.ts';
import type { FleetAgent } from '../../../lib/sim/engine/fleet-agent.ts';
import type { Controls, FleetPolicy } from '../../../lib/sim/engine/policy.ts';
import { openTasks, type PoolMinuteResult, type SimResult } from '../../../lib/sim/engine/sim-result.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import type { Attempt, Task } from '../../../lib/sim/engine/work.ts';
import { centralQueue } from '../../../lib/sim/policies/central-queue.ts';
import { dispatcher } from '../../../lib/sim/policies/dispatcher.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import type { FaultSpec, Scenario } from '../../../lib/sim/scenario/scenario.ts';
import { type Flush, Telemetry } from '../../../lib/sim/telemetry/telemetry.ts';
import { adjustable, poisson, START_MS, twoPools } from '../../fixtures/sim-scenarios.ts';

const roughTelemetry = {
  hostAgents: 4,
  flushS: 15,
  heartbeatS: 15,
  sampleS: 30,
  delayMinutes: 2,
  lossShare: 0.05,
  duplicateShare: 0.05,
  clockSkewS: 5,
};

const troubled: FaultSpec[] = [
  { kind: 'slow', targets: { pool: 'expert', count: 2 }, factor: 5, atMinute: 4, minutes: 8 },
  { kind: 'crash', targets: { pool: 'triage', count: 1 }, backAfterMinutes: 5, atMinute: 6 },
  { kind: 'load_spike', factor: 1.5, atMinute: 10, minutes: 5 },
  { kind: 'telemetry', how: 'delayed', targets: { pool: 'expert', share: 0.5 }, share: 0.5, atMinute: 3, minutes: 6 },
];

/** Every `stepMs` takes what has arrived. */
function flushesOf(scenario: Scenario, policy: FleetPolicy, stepMs: number, seed = 1): Flush[] {
  const telemetry = new Telemetry(scenario, seed);
  const simulation = new Simulation({ scenario, seed, policy, sinks: [telemetry.sink] });
  const flushes: Flush[] = [];
  const endMs = scenario.startMs + scenario.minutes * 60_000;
  for (let nowMs = scenario.startMs; nowMs < endMs; nowMs += stepMs) {
    simulation.runUntil(Math.min(endMs, nowMs + stepMs));
    flushes.push(...telemetry.arrivedUntil(Math.min(endMs, nowMs + stepMs)));
  }
  return flushes;
}

describe('one seed, one history', () => {
  const scenario = twoPools(troubled, { telemetry: roughTelemetry });

  test('to the byte, on every machine', () => {
    const hash = createHash('sha256')
      .update(JSON.stringify(flushesOf(scenario, powerOfTwo, 60_000)))
      .digest('hex');
    expect(hash).toBe('ab31f8c7c1372ea6dfd1b11631a1651270651469c7d6d944edd2836c54ecdd54');
  });

  test('however often the driver looks', () => {
    const rarely = flushesOf(scenario, powerOfTwo, 30 * 60_000);
    expect(flushesOf(scenario, powerOfTwo, 7_777)).toEqual(rarely);
    expect(rarely.length).toBeGreaterThan(500);
  });

  test('and another with another seed', () => {
    const [one, other] = [1, 2].map((seed) => JSON.stringify(flushesOf(scenario, powerOfTwo, 60_000, seed)));
    expect(one).not.toBe(other);
  });
});

test('under another policy the same workflows arrive, and every attempt has the same luck', () => {
  const seen = [centralQueue, powerOfTwo].map((policy) => {
    const workflows = new Map<string, [number, number, number]>();
    const work = new Map<string, number>();
    const scenario = twoPools();
    new Simulation({
      scenario,
      seed: 5,
      policy,
      sinks: [
        {
          onAttemptEnded: ({ task, number, startedAt, endedAt, agent, status }) => {
            if (task.parent === null) {
              workflows.set(task.workflow.id, [task.arrivedAt, task.inputTokens, task.outputTokens]);
            }
            if (status !== 'completed' || startedAt === null || endedAt === null || !agent) return;
            work.set(`${task.id}/${number}`, (endedAt - startedAt) / agent.speed);
          },
        },
      ],
    }).run();
    return { workflows, work };
  });
  const [one, other] = seen;
  if (!one || !other) throw new Error('two runs');
  const both = [...one.workflows].filter(([id]) => other.workflows.has(id));
  expect(both.length).toBeGreaterThan(1_500);
  for (const [id, arrival] of both) expect(other.workflows.get(id), id).toEqual(arrival);
  const attempts = [...one.work].filter(([id]) => other.work.has(id));
  expect(attempts.length).toBeGreaterThan(4_500);
  for (const [id, work] of attempts) expect(Math.abs((other.work.get(id) ?? 0) - work), id).toBeLessThanOrEqual(2);
});

describe('what waits for a pool', () => {
  // One skill for all, so that nobody is passed over for want of it.
  const startsUnder = (policy: FleetPolicy) => {
    const scenario = twoPools([], { arrivals: poisson(90) });
    const started: { order: number; priority: string; queuedAt: number; startedAt: number }[] = [];
    const workflows = scenario.workflows.map((workflow) => ({
      ...workflow,
      steps: workflow.steps.map((step) => ({ ...step, repeatShare: 0.2 })),
    }));
    const pools = scenario.pools.map((pool) => ({ ...pool, skillDensity: 1 }));
    new Simulation({
      scenario: { ...scenario, pools, workflows },
      seed: 6,
      policy,
      sinks: [
        {
          onAttemptEnded: ({ task: { type }, order, queuedAt, startedAt }) => {
            if (type.pool === 'expert' && startedAt !== null)
              started.push({ order, priority: type.priority, queuedAt, startedAt });
          },
        },
      ],
    }).run();
    started.sort((one, other) => one.order - other.order);
    expect(started.length).toBeGreaterThan(3_000);
    return started;
  };
  const overtaken = (started: readonly { startedAt: number }[]) =>
    started.filter(({ startedAt }, index) => startedAt < (started[index - 1]?.startedAt ?? 0));

  test.each([centralQueue, { ...dispatcher(), takes: 'first' as const }])(
    'is served first come first served, by what follows from an end too ($name)',
    (policy) => {
      expect(overtaken(startsUnder(policy))).toEqual([]);
    },
  );

  test.each([{ ...centralQueue, takes: 'most-important' as const }, dispatcher()])(
    'is served by how important it is where the policy says so, and first come first served of what is alike ($name)',
    (policy) => {
      const started = startsUnder(policy);
      const [high, low] = ['high', 'low'].map((priority) => started.filter((it) => it.priority === priority)) as [
        typeof started,
        typeof started,
      ];
      expect([overtaken(high), overtaken(low)]).toEqual([[], []]);
      const waited = high.filter(({ queuedAt, startedAt }) => startedAt > queuedAt);
      expect(waited.length).toBeGreaterThan(20);
      for (const { queuedAt, startedAt } of waited) {
        expect(low.filter((it) => it.startedAt > queuedAt && it.startedAt < startedAt)).toEqual([]);
      }
      expect(overtaken(started).length).toBeGreaterThan(20);
    },
  );
});

test('a fault leaves alone what came before it, and the usual arrivals after it', () => {
  const arrivals = (faults: FaultSpec[]) => {
    const begun: string[] = [];
    const facts: string[] = [];
    new Simulation({
      scenario: twoPools(faults),
      seed: 2,
      policy: powerOfTwo,
      sinks: [
        {
          onAttemptEnded: ({ task, endedAt, agent, number }) => {
            if (number === 1 && task.parent === null) begun.push(`${task.workflow.id} ${task.arrivedAt}`);
            if ((endedAt ?? 0) < 10 * 60e6) facts.push(`${task.id} ${number} ${agent?.id} ${endedAt}`);
          },
        },
      ],
    }).run();
    return { begun: begun.filter((id) => id.startsWith('w')).sort(), facts };
  };
  const calm = arrivals([]);
  const spiked = arrivals([{ kind: 'load_spike', factor: 2, atMinute: 10, minutes: 10 }]);
  expect(spiked.facts).toEqual(calm.facts);
  const ended = new Set(spiked.begun);
  const common = calm.begun.filter((id) => ended.has(id));
  expect(common.length).toBeGreaterThan(0.97 * calm.begun.length);
});

const targets = fc.oneof(
  fc.record({ pool: fc.constantFrom('triage', 'expert'), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ pool: fc.constantFrom('triage', 'expert'), share: fc.double({ min: 0.1, max: 1, noNaN: true }) }),
  fc.record({ pool: fc.constantFrom('triage', 'expert'), zone: fc.integer({ min: 0, max: 2 }) }),
  fc.constant({ agents: ['triage-01', 'expert-03'] as string[] }),
);
const share = fc.double({ min: 0, max: 0.8, noNaN: true });
const factor = fc.double({ min: 0.3, max: 6, noNaN: true });
const pools = fc.constantFrom<string[]>(['triage'], ['expert'], ['triage', 'expert']);
const always = <const Kind extends string>(kind: Kind) => fc.constant(kind);

const anyFault: fc.Arbitrary<FaultSpec> = fc
  .tuple(
    fc.record({ atMinute: fc.double({ min: 0, max: 9, noNaN: true }), minutes: fc.integer({ min: 0, max: 8 }) }),
    fc.oneof(
      fc.record({ kind: always('slow'), targets, factor }),
      fc.record({ kind: always('fail_fast'), targets, share, afterMs: fc.integer({ min: 0, max: 500 }) }),
      fc.record({ kind: always('hang'), targets }),
      fc.record({ kind: always('crash'), targets, backAfterMinutes: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: always('crash'), targets }),
      fc.record({ kind: always('quality_collapse'), targets, quality: share }),
      fc.record({ kind: always('dependency_slow'), pools, factor }),
      fc.record({ kind: always('dependency_errors'), pools, share }),
      fc.record({ kind: always('model_errors'), model: fc.constantFrom('large', 'small'), share }),
      fc.record({ kind: always('load_spike'), factor }),
      fc.record({ kind: always('load_ramp'), factor }),
      fc.record({ kind: always('planned_load'), factor }),
      fc.record({ kind: always('retry_storm'), extraRequests: fc.double({ min: 0, max: 2, noNaN: true }) }),
      fc.record({ kind: always('poison_type'), taskType: fc.constantFrom('sort', 'solve'), share, factor }),
      fc.record({ kind: always('leak'), targets, factorAtEnd: factor, memoryAtEnd: share }),
      fc.record({ kind: always('error_ramp'), targets, shareAtEnd: share }),
      fc.record({ kind: always('zone_loss'), zone: fc.integer({ min: 0, max: 2 }) }),
      fc.record({
        kind: always('deploy'),
        pool: fc.constantFrom('triage', 'expert'),
        version: fc.constant('2.0'),
        factor,
        failureShare: share,
        announced: fc.boolean(),
      }),
      fc.record({ kind: always('rate_limit'), pools, perMinute: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ kind: always('ping_pong'), taskTypes: fc.constant<[string, string]>(['sort', 'solve']), share }),
      fc.record({ kind: always('verification_failure'), taskType: fc.constantFrom('sort', 'check'), share }),
      fc.record({
        kind: always('telemetry'),
        how: fc.constantFrom('missing', 'delayed', 'duplicated', 'wrong_unit'),
        targets,
        share,
      }),
    ),
  )
  .map(([time, fault]) => ({ ...time, ...fault }));

/** Uses every control at random, as a careless operator would. */
function careless(seed: number, queueing: FleetPolicy['queueing']): FleetPolicy {
  const random = createRandom(seed, 'careless');
  const act = (pool: string, agents: readonly string[], controls: Controls) => {
    const agent = agents[random.int(Math.max(1, agents.length))];
    const actions = [
      () => controls.scale(pool, random.int(14)),
      () => controls.admit(pool, random.uniform()),
      () => controls.failover(pool, random.int(2) === 0 ? pool : 'expert', random.int(2) === 0 ? [] : ['solve']),
      () => controls.shed(pool, random.int(2) === 0 ? null : 'normal'),
      () => controls.rung(pool, random.int(2) === 0 ? null : 'short'),
      () => agent && pool === 'triage' && controls.lend('triage', 'expert', [agent]),
      () => controls.giveBack('triage', 'expert', pool === 'triage' && agent ? [agent] : []),
      () => controls.tune({ pool }, { timeoutMs: random.int(2) === 0 ? null : 30_000 }),
      () => controls.tune(pool === 'expert' && agent ? { agent } : { pool: 'expert' }, { model: 'small' }),
      () => controls.breakModel('large', random.int(2) === 0 ? null : random.uniform()),
      () => agent && controls.eject(agent, random.int(2) * random.uniform()),
      () => agent && controls.readmit(agent),
      () => agent && controls.restart(agent, random.int(2) === 0),
      () => agent && controls.setWeights(pool, new Map([[agent, random.uniform(0.1, 3)]])),
    ];
    actions[random.int(actions.length)]?.();
  };
  return {
    ...{ central: centralQueue, agents: powerOfTwo, dispatcher: dispatcher() }[queueing],
    atMinute: ({ pools: seen }, controls) => {
      for (const { pool, agents } of seen) act(pool, agents, controls);
    },
  };
}

/** Watches the laws while the simulation runs; expecting each by itself would take longer than all the rest. */
function watch() {
  const attempts: Attempt[] = [];
  const endedTasks = new Map<Task, number>();
  const violations: string[] = [];
  let now = 0;
  const law = (holds: boolean, what: () => string) => {
    if (!holds) violations.push(what());
  };
  const advance = (at: number) => {
    law(at >= now, () => `${at} after ${now}`);
    now = at;
  };
  const expectInside = ({ id, running, slots, queued, outstanding, held }: FleetAgent) => {
    law(running <= slots, () => `${id} works on ${running} in ${slots} slots`);
    law(Math.min(running, queued, outstanding) >= 0, () => `${id} has ${running}, ${queued}, ${outstanding}`);
    law(held.size === outstanding, () => `${id} holds ${held.size}, owes ${outstanding}`);
  };
  const sink: FactSink = {
    onAttemptEnded: (attempt) => {
      const { task, queuedAt, startedAt, endedAt, number } = attempt;
      const end = endedAt ?? Number.NaN;
      advance(end);
      attempts.push(attempt);
      if (attempt.agent) expectInside(attempt.agent);
      if (attempt.isFinal) endedTasks.set(task, end);
      law(task.arrivedAt <= queuedAt && queuedAt <= (startedAt ?? queuedAt) && (startedAt ?? queuedAt) <= end, () => {
        return `${task.id}: arrived ${task.arrivedAt}, queued ${queuedAt}, started ${startedAt}, ended ${endedAt}`;
      });
      law(end - queuedAt <= task.type.timeoutS * 1e6, () => `${task.id} took from ${queuedAt} to ${endedAt}`);
      law(number <= task.type.retries + 1, () => `${task.id} was tried ${number} times`);
      const { parent } = task;
      const calledAt = parent ? endedTasks.get(parent) : 0;
      law((calledAt ?? Number.NaN) <= task.arrivedAt, () => `${task.id} came before ${parent?.id} had ended`);
    },
    onHeartbeatDue: (agent, at) => {
      advance(at);
      expectInside(agent);
    },
    onAgentUp: (_agent, at) => advance(at),
    onAgentDown: (_agent, at) => advance(at),
    onWorkflowEnded: ({ endedAt }) => advance(endedAt ?? Number.NaN),
  };
  return { sink, attempts, endedTasks, violations };
}

function sum(result: SimResult, figure: (row: PoolMinuteResult) => number): number {
  return [...result.pools.values()].flat().reduce((total, row) => total + figure(row), 0);
}

test('laws: whatever goes wrong and whatever is done about it, tasks are conserved, slots suffice, causes come first', () => {
  fc.assert(
    fc.property(
      fc.array(anyFault, { maxLength: 4 }),
      fc.constantFrom<FleetPolicy['queueing']>('central', 'agents', 'dispatcher'),
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0.5, max: 1.5, noNaN: true }),
      (faults, queueing, seed, load) => {
        const scenario = adjustable(twoPools(faults, { minutes: 15, arrivals: poisson(60 * load) }));
        const { sink, attempts, endedTasks, violations } = watch();
        const telemetry = new Telemetry(scenario, seed);
        const policy = careless(seed, queueing);
        const simulation = new Simulation({ scenario, seed, policy, sinks: [sink, telemetry.sink] });
        const result = simulation.run();

        // Tasks: each that arrived has ended once, or is open.
        const ended = sum(result, (row) => row.completed + row.failed + row.timedOut + row.rejected);
        expect(attempts.filter(({ isFinal }) => isFinal)).toHaveLength(ended);
        expect(endedTasks.size).toBe(ended);
        expect(sum(result, (row) => Math.min(0, openTasks(row)))).toBe(0);
        expect(sum(result, ({ attained, completed }) => Math.max(0, attained - completed))).toBe(0);
        expect(sum(result, ({ responseMs }) => responseMs.length)).toBe(sum(result, ({ completed }) => completed));
        expect([...endedTasks.keys()].filter(({ status }) => status === 'open')).toEqual([]);
        expect(violations).toEqual([]);

        // Never more at work than there were slots, so never more slot-hours than agents could give.
        for (const { pool, slots } of scenario.pools) {
          for (const row of result.pools.get(pool) ?? []) {
            expect(row.busySlotHours).toBeLessThanOrEqual(row.agentHours * slots + 1e-9);
            for (const { slotHours, busySlotHours } of row.knowing.values()) {
              expect(busySlotHours).toBeLessThanOrEqual(row.busySlotHours + 1e-9);
              expect(busySlotHours).toBeLessThanOrEqual(slotHours + 1e-9);
              expect(slotHours).toBeLessThanOrEqual(row.agentHours * slots + 1e-9);
            }
          }
        }

        // What is reported lies before it was sent.
        const flushes = telemetry.arrivedUntil(START_MS + 20 * 60_000);
        const early = flushes.flatMap(({ atMs, events }) =>
          events.filter((it) => it.type !== 'agent' && ('endedAt' in it ? it.endedAt : it.at) > atMs),
        );
        expect(early).toEqual([]);
        expect(flushes.filter(({ events }) => events.length === 0)).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
