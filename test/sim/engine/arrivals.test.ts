import { describe, expect, test } from 'vitest';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import { centralQueue } from '../../../lib/sim/policies/central-queue.ts';
import type { ArrivalSpec, FaultSpec } from '../../../lib/sim/scenario/scenario.ts';
import { chain, poisson, pool, START_MS, scenario, taskType } from '../../fixtures/sim-scenarios.ts';

function run(arrivals: ArrivalSpec, minutes: number, about: { faults?: FaultSpec[]; startMs?: number } = {}) {
  return new Simulation({
    scenario: scenario({
      minutes,
      pools: [pool({ pool: 'p', agents: 100, slots: 10 })],
      taskTypes: [taskType({ taskType: 't', pool: 'p' })],
      arrivals,
      ...about,
    }),
    seed: 1,
    policy: centralQueue,
  });
}

function perMinute(simulation: Simulation, from: number, until: number): number {
  const rows = simulation.result.workflows.slice(from, until);
  return rows.reduce((sum, { arrived }) => sum + arrived, 0) / (until - from);
}

describe('open arrivals', () => {
  test('follow the day, with the mean over it and the peak at its hour', () => {
    const simulation = run(poisson(60, { dailyAmplitude: 0.5, peakHour: 15 }), 24 * 60);
    simulation.run();
    expect(perMinute(simulation, 0, 24 * 60) / 60).toBeCloseTo(1, 1);
    expect(perMinute(simulation, 14 * 60, 16 * 60) / 90).toBeCloseTo(1, 1);
    expect(perMinute(simulation, 2 * 60, 4 * 60) / 30).toBeCloseTo(1, 1);
  });

  test('know weekends and bursts', () => {
    // A Friday, 12:00; half a day later it is Saturday.
    const bursts = [{ atMinute: 60, minutes: 30, factor: 3 }];
    const friday = { startMs: Date.UTC(2026, 6, 3, 12) };
    const simulation = run(poisson(60, { weekendFactor: 0.4, bursts }), 24 * 60, friday);
    simulation.run();
    expect(perMinute(simulation, 60, 90) / 180).toBeCloseTo(1, 1);
    expect(perMinute(simulation, 90, 12 * 60) / 60).toBeCloseTo(1, 1);
    expect(perMinute(simulation, 12 * 60, 24 * 60) / 24).toBeCloseTo(1, 1);
    expect(simulation.truth.arrivalRate('p', 75)).toBeCloseTo(180, 9);
    expect(simulation.truth.arrivalRate('p', 800)).toBeCloseTo(24, 9);
  });

  test('are a Poisson process: counts of minutes vary as much as their mean', () => {
    const simulation = run(poisson(30), 2_000);
    simulation.run();
    const counts = simulation.result.workflows.map(({ arrived }) => arrived);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    // Standard error of the ratio about √(2/2000) = 3 %.
    expect(variance / mean).toBeGreaterThan(0.9);
    expect(variance / mean).toBeLessThan(1.1);
  });

  test('of two loads at a time each adds its own share, and the truth expects so', () => {
    const faults: FaultSpec[] = [
      { kind: 'load_spike', factor: 2, atMinute: 20 },
      { kind: 'planned_load', factor: 3, atMinute: 40, minutes: 200 },
      { kind: 'load_spike', factor: 0.5, atMinute: 240 },
    ];
    const simulation = run(poisson(60), 440, { faults });
    simulation.run();
    expect(perMinute(simulation, 40, 240) / 240).toBeCloseTo(1, 1);
    expect(simulation.truth.arrivalRate('p', 100)).toBeCloseTo(240, 9);
    // Half of the usual, and all of what the first one adds.
    expect(perMinute(simulation, 240, 440) / 90).toBeCloseTo(1, 1);
    expect(simulation.truth.arrivalRate('p', 300)).toBeCloseTo(90, 9);
  });

  test('a load factor below one takes some away', () => {
    const simulation = run(poisson(60), 120, { faults: [{ kind: 'load_spike', factor: 0.25, atMinute: 60 }] });
    simulation.run();
    // 900 expected: standard error 3 %.
    expect(Math.abs(perMinute(simulation, 60, 120) / 15 - 1)).toBeLessThan(0.1);
  });
});

test('recorded arrivals come when they came, of their type and size, and more often in a spike', () => {
  const rows = Array.from({ length: 600 }, (_, index) => ({
    atMs: index * 1_000,
    workflowType: index % 3 === 0 ? 'big' : 'small',
    inputTokens: 100 + index,
    outputTokens: 10,
  }));
  const seen: [string, number, string, number][] = [];
  const of = (faults: FaultSpec[]) =>
    scenario({
      minutes: 10,
      pools: [pool({ pool: 'p', agents: 100 })],
      taskTypes: [
        taskType({ taskType: 'small', pool: 'p', service: { kind: 'deterministic', meanS: 0.1 } }),
        taskType({ taskType: 'big', pool: 'p', service: { kind: 'deterministic', meanS: 0.2 } }),
      ],
      workflows: [chain('small'), chain('big')],
      arrivals: { kind: 'recorded', file: 'given as rows' },
      faults,
    });
  const plain = new Simulation({
    scenario: of([]),
    seed: 1,
    policy: centralQueue,
    recorded: rows,
    sinks: [
      {
        onAttemptEnded: ({ task }) =>
          seen.push([task.workflow.id, task.arrivedAt / 1_000, task.type.taskType, task.inputTokens]),
      },
    ],
  });
  plain.run();
  expect(seen.sort((one, other) => one[1] - other[1])).toEqual(
    rows.map(({ atMs, workflowType, inputTokens }, index) => [`w${index + 1}`, atMs, workflowType, inputTokens]),
  );
  expect(plain.truth.arrivalRate('p', 3)).toBeCloseTo(60, 9);
  const spiked = new Simulation({
    scenario: of([{ kind: 'load_spike', factor: 2.5, atMinute: 4, minutes: 4 }]),
    seed: 1,
    policy: centralQueue,
    recorded: rows,
  });
  const arrived = spiked.run().workflows.reduce((sum, row) => sum + row.arrived, 0);
  expect(arrived).toBeGreaterThan(600 + 0.9 * 240 * 1.5);
  expect(arrived).toBeLessThan(600 + 1.1 * 240 * 1.5);
});

test('service times follow the recorded sizes where the scenario says so, and drawn ones after them', () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({ atMs: i * 1_000, inputTokens: 40 * i, outputTokens: 100 - i }));
  const rates = { fixedMs: 50, msPerInputToken: 0.5, msPerOutputToken: 10 };
  const seen: { step: number; servedMs: number; expectedMs: number }[] = [];
  const simulation = new Simulation({
    scenario: scenario({
      minutes: 5,
      pools: [pool({ pool: 'p', agents: 100 })],
      taskTypes: [
        taskType({ taskType: 'read', pool: 'p', service: { kind: 'by_size', ...rates, cv: 0, meanS: 1 } }),
        taskType({ taskType: 'write', pool: 'p', service: { kind: 'by_size', ...rates, cv: 0, meanS: 1 } }),
      ],
      workflows: [chain('read', 'write')],
      arrivals: { kind: 'recorded', file: 'given as rows' },
    }),
    seed: 1,
    policy: centralQueue,
    recorded: rows,
    sinks: [
      {
        onAttemptEnded: ({ task: { step, inputTokens, outputTokens }, startedAt, endedAt }) =>
          seen.push({
            step,
            servedMs: ((endedAt ?? 0) - (startedAt ?? 0)) / 1_000,
            expectedMs: 50 + 0.5 * inputTokens + 10 * outputTokens,
          }),
      },
    ],
  });
  simulation.run();
  expect(seen).toHaveLength(100);
  for (const { servedMs, expectedMs } of seen) expect(servedMs).toBeCloseTo(expectedMs, 2);
  const recordedMs = seen.filter(({ step }) => step === 0).map(({ expectedMs }) => expectedMs);
  expect(recordedMs.sort((a, b) => a - b)).toEqual(rows.map((_, i) => 1_050 + 10 * i));
});

test('a closed population never has more open than it has customers, and more of them in a spike', () => {
  const faults: FaultSpec[] = [{ kind: 'load_spike', factor: 2, atMinute: 20, minutes: 20 }];
  const simulation = run({ kind: 'closed', customers: 30, thinkS: 5 }, 60, { faults });
  for (let minute = 1; minute <= 60; minute += 1) {
    simulation.runUntil(START_MS + minute * 60_000);
    const open = simulation.result.workflows.reduce((sum, row) => sum + row.arrived - row.completed, 0);
    expect(open).toBeGreaterThanOrEqual(0);
    // For a moment after the spike its customers are still served.
    expect(open).toBeLessThanOrEqual(minute > 20 && minute < 42 ? 60 : 30);
  }
  // Five seconds to think, one to be served: ten cycles a minute for each.
  expect(perMinute(simulation, 1, 20) / 300).toBeCloseTo(1, 1);
  expect(perMinute(simulation, 21, 40) / 600).toBeCloseTo(1, 1);
  expect(perMinute(simulation, 42, 60) / 300).toBeCloseTo(1, 1);
});
