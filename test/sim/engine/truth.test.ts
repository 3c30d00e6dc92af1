import { describe, expect, test } from 'vitest';
import { expectedWorkS } from '../../../lib/sim/engine/expected-work.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import { visitsByType } from '../../../lib/sim/engine/visits.ts';
import { centralQueue } from '../../../lib/sim/policies/central-queue.ts';
import type { FaultSpec, Scenario } from '../../../lib/sim/scenario/scenario.ts';
import { chain, poisson, pool, START_MS, scenario, taskType } from '../../fixtures/sim-scenarios.ts';

const at = (minute: number) => START_MS + minute * 60_000;
const always = { atMinute: 0 };

/** Nobody waits: there are agents enough. A tenth of the checks is done once more. */
function plenty(faults: FaultSpec[], about: Partial<Scenario> = {}): Scenario {
  const flow = chain('draft', 'check');
  return scenario({
    minutes: 120,
    warmUpMinutes: 10,
    pools: [pool({ pool: 'writers', agents: 90, slots: 4 }), pool({ pool: 'verifiers', agents: 90, slots: 4 })],
    taskTypes: [
      taskType({
        ...{ taskType: 'draft', pool: 'writers', service: { kind: 'lognormal', meanS: 12, cv: 1.5 } },
        ...{ timeoutS: 90, retries: 1, failureShare: 0.02 },
      }),
      taskType({
        taskType: 'check',
        pool: 'verifiers',
        service: { kind: 'exponential', meanS: 6 },
        timeoutS: 60,
        retries: 2,
      }),
    ],
    workflows: [{ ...flow, steps: flow.steps.map((it, i) => (i === 1 ? { ...it, repeatShare: 0.1 } : it)) }],
    arrivals: poisson(150),
    faults,
    ...about,
  });
}

describe('what is expected of the work comes true:', () => {
  const named: [string, FaultSpec[]][] = [
    ['without faults', []],
    ['a slow dependency', [{ ...always, kind: 'dependency_slow', pools: ['writers'], factor: 1.7 }]],
    ['a dependency that fails', [{ ...always, kind: 'dependency_errors', pools: ['verifiers'], share: 0.1 }]],
    [
      'a worse version',
      [{ ...always, kind: 'deploy', pool: 'writers', version: '2', factor: 1.5, failureShare: 0.05, announced: true }],
    ],
    ['a poisoned type', [{ ...always, kind: 'poison_type', taskType: 'draft', share: 0.2, factor: 6 }]],
    ['ping-pong', [{ ...always, kind: 'ping_pong', taskTypes: ['draft', 'check'], share: 0.5 }]],
    ['work sent back', [{ ...always, kind: 'verification_failure', taskType: 'check', share: 0.4 }]],
  ];
  test.each(named)('%s', (_name, faults) => {
    const of = plenty(faults);
    const simulation = new Simulation({ scenario: of, seed: 3, policy: centralQueue });
    const { pools } = simulation.run();
    for (const [name, rows] of pools) {
      const judged = rows.slice(20);
      const perMinute = judged.reduce((sum, { arrived }) => sum + arrived, 0) / judged.length;
      const busy = (60 * judged.reduce((sum, { busySlotHours }) => sum + busySlotHours, 0)) / judged.length;
      // Workflows that failed for good have no further tasks: a few percent less than expected.
      expect(perMinute / simulation.truth.arrivalRate(name, 100)).toBeGreaterThan(0.93);
      expect(perMinute / simulation.truth.arrivalRate(name, 100)).toBeLessThan(1.03);
      const perTask =
        busy / perMinute / (simulation.truth.offeredLoad(name, 100) / simulation.truth.arrivalRate(name, 100));
      expect(perTask).toBeGreaterThan(0.95);
      expect(perTask).toBeLessThan(1.05);
    }
  });
});

test('visits by hand: a chain whose end is sent back half of the time, and whose start is sent on to and fro', () => {
  const of = plenty([], { workflows: [chain('draft', 'check')] });
  const sentBack: FaultSpec = { ...always, kind: 'verification_failure', taskType: 'check', share: 0.5 };
  expect([...visitsByType(of, [sentBack])]).toEqual([
    ['draft', 2],
    ['check', 2],
  ]);
  const sentOn: FaultSpec = { ...always, kind: 'ping_pong', taskTypes: ['draft', 'check'], share: 1 };
  // Up to eight times: five of nine are of the type that it began with.
  expect([...visitsByType(of, [sentOn])]).toEqual([
    ['draft', 9],
    ['check', 9],
  ]);
});

test('work by hand: cut at the time limit, and repeated then', () => {
  const about = { taskType: 't', pool: 'p', service: { kind: 'deterministic', meanS: 10 } } as const;
  expect(expectedWorkS(taskType({ ...about, timeoutS: 30 }), [])).toBe(10);
  const slow: FaultSpec = { ...always, kind: 'dependency_slow', pools: ['p'], factor: 4 };
  // 40 s, given up after 30; of the retries a fifth is let through.
  expect(expectedWorkS(taskType({ ...about, timeoutS: 30 }), [slow])).toBe(30);
  expect(expectedWorkS(taskType({ ...about, timeoutS: 30, retries: 1 }), [slow])).toBe(36);
});

describe('of agents the truth is told', () => {
  const faults: FaultSpec[] = [
    { kind: 'slow', targets: { agents: ['writers-02'] }, factor: 5, atMinute: 5, minutes: 10 },
    { kind: 'hang', targets: { agents: ['writers-03'] }, atMinute: 5, minutes: 10 },
    { kind: 'leak', targets: { agents: ['writers-04'] }, factorAtEnd: 3, memoryAtEnd: 0.9, atMinute: 5, minutes: 10 },
    { kind: 'crash', targets: { pool: 'verifiers', share: 0.2 }, atMinute: 30, minutes: 10 },
  ];
  const small = plenty(faults, {
    ...{ minutes: 60, arrivals: poisson(20) },
    pools: [
      pool({ pool: 'writers', agents: 6, slots: 4, speedSpread: 0.2 }),
      pool({ pool: 'verifiers', agents: 10, slots: 4, skillDensity: 0.5 }),
    ],
  });
  const start = () => new Simulation({ scenario: small, seed: 3, policy: centralQueue });
  const illOf = ({ truth }: Simulation) =>
    truth.agents('writers').map(({ illForMinutes, isHealedByRestart }) => [illForMinutes, isHealedByRestart]);

  test('for how long they are ill, a minute ahead, and whether a restart helps', () => {
    const simulation = start();
    simulation.runUntil(at(3.5));
    expect(illOf(simulation).every(([minutes]) => minutes === 0)).toBe(true);
    simulation.runUntil(at(4.5));
    const [well, forGood] = [
      [0, false],
      [Number.POSITIVE_INFINITY, true],
    ];
    expect(illOf(simulation)).toEqual([
      well,
      [10.5, false],
      [10.5, false],
      [Number.POSITIVE_INFINITY, false],
      well,
      well,
    ]);
    simulation.runUntil(at(7));
    expect(illOf(simulation)).toEqual([well, [8, false], [8, true], forGood, well, well]);
    simulation.controls.restart('writers-04', false);
    expect(illOf(simulation)[3]).toEqual(well);
    simulation.runUntil(at(15.5));
    expect(illOf(simulation)).toEqual([well, well, well, well, well, well]);
  });

  test('whom a fault is about to meet is whom it meets', () => {
    const simulation = start();
    simulation.runUntil(at(29.5));
    const soon = simulation.truth.agents('verifiers').filter(({ illForMinutes }) => illForMinutes > 0);
    expect(soon).toHaveLength(2);
    simulation.runUntil(at(31));
    expect(simulation.result.faults[3]?.agents.toSorted()).toEqual(soon.map(({ id }) => id).toSorted());
    expect(simulation.truth.agents('verifiers').filter(({ illForMinutes }) => illForMinutes > 0)).toMatchObject(
      soon.map(({ id }) => ({ id, illForMinutes: 9, isHealedByRestart: true, finishesWork: false })),
    );
  });

  test('how many are expected to be lost: only to what has yet to begin', () => {
    const simulation = start();
    expect(simulation.truth.lostShare('writers', 6)).toBeCloseTo(1 - (5 / 6) ** 3, 9);
    expect(simulation.truth.lostShare('writers', 20)).toBe(0);
    expect(simulation.truth.lostShare('verifiers', 35)).toBeCloseTo(0.2, 9);
    simulation.runUntil(at(31));
    expect(simulation.truth.lostShare('verifiers', 35)).toBe(0);
  });

  test('what those will be that are ordered next', () => {
    const simulation = start();
    const told = simulation.truth.nextAgents('verifiers', 3);
    simulation.controls.scale('verifiers', 13);
    const came = simulation.truth.agents('verifiers').slice(10);
    expect(came.map(({ speed, skills }) => ({ speed, skills }))).toEqual(
      told.map(({ speed, skills }) => ({ speed, skills })),
    );
  });

  test('what came, and what waits', () => {
    const simulation = start();
    const agents = Array.from({ length: 6 }, (_, i) => `writers-0${i + 1}`);
    for (const id of agents) simulation.controls.eject(id, 0);
    simulation.runUntil(at(1));
    const arrived = simulation.truth.arrived('writers', 0);
    expect(arrived).toBeGreaterThan(5);
    expect([...simulation.truth.waiting('writers')]).toEqual([['draft', arrived]]);
  });
});
