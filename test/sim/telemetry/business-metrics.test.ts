import { describe, expect, test } from 'vitest';
import { readEvent } from '../../../lib/api/event-schema.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import type { Attempt, Workflow } from '../../../lib/sim/engine/work.ts';
import type { IngestMetric } from '../../../lib/sim/ingest-event.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import { valueOn } from '../../../lib/sim/scenario/curve.ts';
import type { BusinessMetricSpec, FaultSpec, Scenario } from '../../../lib/sim/scenario/scenario.ts';
import { Telemetry } from '../../../lib/sim/telemetry/telemetry.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../../fixtures/scenario.ts';

const MINUTES = 30;
const shop: Scenario = scenarioWith({
  minutes: MINUTES,
  pools: [poolSpec('shop', { agents: 8, slots: 2 })],
  taskTypes: [
    taskTypeSpec('browse', 'shop', { service: { kind: 'exponential', meanS: 4 }, failureShare: 0.1 }),
    taskTypeSpec('pay', 'shop', {
      service: { kind: 'exponential', meanS: 2 },
      quality: { mean: 0.8, sd: 0.1, gradedShare: 0.5 },
    }),
  ],
  workflows: [
    { workflowType: 'visit', weight: 1, slaS: 60, steps: [step('browse', 'browse'), step('pay', 'pay', ['browse'])] },
  ],
  arrivals: poisson(60),
});

const abandonment: BusinessMetricSpec = {
  ...{ name: 'cart_abandonment_rate', unit: 'percent', direction: 'lower', from: 'responseS' },
  ...{ curve: [...[[4, 60] as const, [30, 90] as const]], unserved: 100, noise: 0, everyS: 15 },
};

function run(metrics: BusinessMetricSpec[], given: Partial<Scenario> = {}, lookEveryMs = 5_000) {
  const scenario = { ...shop, ...given, businessMetrics: metrics };
  const telemetry = new Telemetry(scenario, 3);
  const [attempts, workflows]: [Attempt[], Workflow[]] = [[], []];
  const sinks = [
    telemetry.sink,
    {
      onAttemptEnded: (attempt: Attempt) => attempts.push(attempt),
      onWorkflowEnded: (workflow: Workflow) => workflows.push(workflow),
    },
  ];
  const simulation = new Simulation({ scenario, seed: 3, policy: powerOfTwo, sinks });
  const events: IngestMetric[] = [];
  const endMs = scenario.startMs + MINUTES * 60_000;
  for (let ms = scenario.startMs + lookEveryMs; ms <= endMs; ms += lookEveryMs) {
    simulation.runUntil(ms);
    for (const flush of telemetry.arrivedUntil(ms)) {
      for (const event of flush.events) if (event.type === 'metric') events.push(event);
    }
  }
  return { events, attempts, workflows, startMs: scenario.startMs };
}

/** Seconds of a stretch, from its number. */
const stretchOf = (us: number | null) => Math.floor((us ?? 0) / 15e6);
const mean = (values: readonly number[]) => values.reduce((sum, it) => sum + it, 0) / values.length;

describe('a metric of workflows', () => {
  const { events, workflows, startMs } = run([abandonment]);

  test('is the mean of what its curve says of those that ended, every fifteen seconds, in the stretch that it is about', () => {
    const byStretch = Map.groupBy(workflows, ({ endedAt }) => stretchOf(endedAt));
    expect(events.length).toBeGreaterThan(110);
    for (const { at, value } of events) {
      const ended = byStretch.get(Math.floor((at - startMs) / 15_000)) ?? [];
      const expected = ended.map(({ status, startedAt, endedAt }) =>
        status === 'completed' ? valueOn(abandonment.curve, ((endedAt ?? 0) - startedAt) / 1e6) : 100,
      );
      expect(value).toBeCloseTo(mean(expected), 5);
    }
    expect(workflows.some(({ status }) => status === 'failed')).toBe(true);
  });

  test('is an event that the API reads, with its unit and which way is better', () => {
    for (const event of events) expect(() => readEvent(event)).not.toThrow();
    expect(events[0]).toMatchObject({ name: 'cart_abandonment_rate', unit: 'percent', direction: 'lower' });
    expect(events[0]).not.toHaveProperty('pool');
  });

  test('does not depend on how often anyone looks', () => {
    expect(run([abandonment], {}, 60_000).events.map(({ at, value }) => [at, value])).toEqual(
      events.slice(0, events.length).map(({ at, value }) => [at, value]),
    );
  });

  test('rises when the fleet is slow', () => {
    const slow: FaultSpec = { kind: 'dependency_slow', pools: ['shop'], atMinute: 15, factor: 1.9 };
    const during = run([abandonment], { faults: [slow] }).events;
    const of = (from: number) => mean(during.filter(({ at }) => at >= startMs + from * 60_000).map((it) => it.value));
    const before = mean(during.filter(({ at }) => at < startMs + 15 * 60_000).map(({ value }) => value));
    expect(of(20)).toBeGreaterThan(before + 5);
  });
});

test('a metric of tasks counts each task once, by its wait or its grade, and stands under its pool', () => {
  const wait: BusinessMetricSpec = {
    ...{ name: 'speed_of_answer', unit: 'seconds', direction: 'lower', pool: 'shop', taskType: 'browse' },
    ...{ from: 'waitS', curve: [...[[0, 0] as const, [3_600, 3_600] as const]], noise: 0, everyS: 1_800 },
  };
  const grade: BusinessMetricSpec = {
    ...{ name: 'resolution', unit: 'percent', direction: 'higher', taskType: 'pay', from: 'quality' },
    ...{ curve: [...[[0, 0] as const, [1, 100] as const]], noise: 0, everyS: 900 },
  };
  const taskTypes = shop.taskTypes.map((type) => ({ ...type, retries: 2 }));
  const { events, attempts, startMs } = run([wait, grade], { taskTypes, minutes: MINUTES + 1 });
  const last = attempts.filter(({ isFinal }) => isFinal);
  const within = (until: number) => last.filter(({ endedAt }) => (endedAt ?? 0) < until * 1e6);
  const waits = within(1_800).flatMap(({ task, startedAt }) => {
    return task.type.taskType === 'browse' ? ((startedAt ?? 0) - task.arrivedAt) / 1e6 : [];
  });
  const told = events.filter(({ name }) => name === 'resolution');
  const grades = within(900).flatMap(({ quality }) => quality ?? []);
  expect(attempts.length).toBeGreaterThan(last.length);
  expect(told[0]?.value).toBeCloseTo(100 * mean(grades), 4);
  expect(told[0]?.at).toBeLessThan(startMs + 900_000);
  expect(mean(waits)).toBeGreaterThan(0);
  for (const { pool } of events.filter(({ name }) => name === 'speed_of_answer')) expect(pool).toBe('shop');
});

test('what else moves a metric is drawn with the seed, and takes no percentage out of its range', () => {
  const noisy = { ...abandonment, noise: 30 };
  const values = run([noisy]).events.map(({ value }) => value);
  expect(values).toEqual(run([noisy]).events.map(({ value }) => value));
  expect(Math.max(...values)).toBe(100);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  const deviation = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
  expect(deviation).toBeGreaterThan(10);
});

test('of a stretch in which nothing ended nothing is told', () => {
  const { events } = run([{ ...abandonment, everyS: 1 }], { arrivals: poisson(2) });
  expect(events.length).toBeLessThan(70);
  for (const { value } of events) expect(value).toBeGreaterThan(0);
});
