import { describe, expect, test } from 'vitest';
import type { IngestEvent, IngestTask } from '../../lib/sim/ingest-event.ts';
import { eventsByScope, expectedFigures, expectedScopeFigures, shrunkQuality } from './expected-figures.ts';

const FROM = 1_700_000_040_000;
const TO = FROM + 120_000;

const task = (fields: Partial<IngestTask>): IngestTask => ({
  type: 'task',
  agent: 'a',
  task: 't',
  status: 'completed',
  endedAt: FROM,
  ...fields,
});

const figuresOf = (agent: string, events: IngestEvent[]) => {
  const figures = expectedFigures(events, FROM, TO).get(agent);
  if (!figures) throw new Error(`no figures of ${agent}`);
  return figures;
};

describe('expected figures', () => {
  test('count a task in the window in which it ended: the start belongs to it, the end does not', () => {
    const events = [FROM - 0.001, FROM, TO - 0.001, TO].map((endedAt) => task({ endedAt }));
    expect(figuresOf('a', events).counts.completed).toBe(2);
  });

  test('agree with a small case computed by hand', () => {
    const end = FROM + 60_000;
    const figures = figuresOf('a', [
      { type: 'agent', agent: 'a', pool: 'p', capacity: 2, costPerHourUsd: 3 },
      // response 10 s, wait 4 s, service 6 s
      task({
        queuedAt: end - 10_000,
        startedAt: end - 6_000,
        endedAt: end,
        slaMs: 10_000,
        costUsd: 0.2,
        tokens: { input: 7, output: 2 },
        quality: 0.8,
        csat: 4,
        revenueUsd: 2,
      }),
      // response 20 s, wait 5 s, service 15 s, late
      task({
        queueMs: 5_000,
        durationMs: 15_000,
        endedAt: end,
        slaMs: 19_999.999,
        costUsd: 0.1,
        csat: 2,
        revenueUsd: 3,
      }),
      // response 60 s, never started
      task({ status: 'timeout', queuedAt: end - 60_000, endedAt: end, slaMs: 10_000, revenueUsd: 5 }),
      task({ status: 'failed', endedAt: end, tokens: { input: 1, cachedInput: 4 } }),
      task({ status: 'rejected', endedAt: end, slaMs: 1 }),
      task({ status: 'cancelled', queuedAt: FROM, startedAt: FROM, endedAt: end, slaMs: 1, revenueUsd: 7 }),
    ]);
    expect(figures).toMatchObject({
      pool: 'p',
      counts: { completed: 2, failed: 1, timeout: 1, cancelled: 1, rejected: 1 },
      tokens: { input: 8, cachedInput: 4, cacheWrite: 0, output: 2, reasoning: 0 },
      revenueUsd: 5,
      revenueAtRiskUsd: 8,
      responsesMs: [10_000, 20_000, 60_000],
      p50Ms: 20_000,
      p95Ms: 60_000,
      p99Ms: 60_000,
      meanResponseMs: 30_000,
      meanWaitMs: 4_500,
      meanServiceMs: 10_500,
      slaTotal: 4,
      slaMet: 1,
      slaCompliance: 0.25,
      taskCompletionRate: 2 / 5,
      errorsPerMinute: 1.5,
      errorRatio: 3 / 6,
      resourceUtilization: (6_000 + 15_000 + 60_000) / (2 * 120_000),
      qualityCount: 1,
      qualityMean: 0.8,
      csatMean: 3,
      csatGoodShare: 0.5,
      hourlyCostUsd: 0.1,
      throughputPerMinute: 1,
    });
    expect(figures.costUsd).toBeCloseTo(0.3, 12);
    expect(figures.costPerTaskUsd).toBeCloseTo(0.2, 12);
  });

  test('give the value of rank ceil(q n): of 1..100 the 50th, 95th and 99th', () => {
    const events = Array.from({ length: 100 }, (_, i) =>
      task({ endedAt: FROM + 1_000, startedAt: FROM + 1_000 - 100 + i }),
    );
    expect(figuresOf('a', events)).toMatchObject({ p50Ms: 50, p95Ms: 95, p99Ms: 99 });
  });

  test('prefer samples to run time, and only those that give active and capacity', () => {
    const sample = (active: number | undefined, at: number): IngestEvent =>
      active === undefined
        ? { type: 'sample', agent: 'a', at }
        : { type: 'sample', agent: 'a', at, active, capacity: 4 };
    const running = task({ startedAt: FROM, endedAt: TO - 1 });
    const events = [running, sample(1, FROM), sample(3, FROM + 1), sample(undefined, FROM + 2), sample(4, TO)];
    expect(figuresOf('a', events).resourceUtilization).toBe(0.5);
  });

  test('spread run time over the minutes it was in also for a task that ended after the window, and count no minutes before', () => {
    const events: IngestEvent[] = [
      { type: 'agent', agent: 'a', pool: 'p', capacity: 1 },
      task({ startedAt: TO - 30_000, endedAt: TO + 30_000 }),
    ];
    expect(figuresOf('a', events)).toMatchObject({ resourceUtilization: 0.5, p50Ms: null, costPerTaskUsd: null });
  });

  test('draw quality towards the pool by ten tasks: (2 x 0.5 + 10 x 0.8) / 12 = 0.75', () => {
    const graded = (agent: string, quality: number) => task({ agent, quality });
    const events: IngestEvent[] = [
      { type: 'agent', agent: 'a', pool: 'p' },
      { type: 'agent', agent: 'b', pool: 'p' },
      ...[0.5, 0.5].map((quality) => graded('a', quality)),
      ...[1, 1, 1].map((quality) => graded('b', quality)),
    ];
    const figures = figuresOf('a', events);
    expect(figures.poolQualityMean).toBe(0.8);
    expect(shrunkQuality(figures)).toBe(0.75);
  });

  test('of an agent that said nothing in the window are null or 0', () => {
    const figures = figuresOf('a', [{ type: 'heartbeat', agent: 'a', at: FROM - 1 }]);
    expect(figures).toMatchObject({
      pool: 'default',
      p95Ms: null,
      slaCompliance: null,
      taskCompletionRate: null,
      errorRatio: null,
      resourceUtilization: null,
      qualityMean: null,
      csatMean: null,
      throughputPerMinute: 0,
    });
  });

  test('refuse an empty window', () => {
    expect(() => expectedFigures([], FROM, FROM)).toThrow(RangeError);
  });

  test('of a pool agree with a small case computed by hand', () => {
    const sampled = (agent: string, at: number, active: number, capacity: number, queued: number): IngestEvent => ({
      type: 'sample',
      agent,
      at,
      active,
      capacity,
      queued,
    });
    const events: IngestEvent[] = [
      { type: 'agent', agent: 'a', pool: 'p', capacity: 2, costPerHourUsd: 3 },
      { type: 'agent', agent: 'b', pool: 'p', capacity: 6, costPerHourUsd: 6 },
      { type: 'agent', agent: 'c', pool: 'q', capacity: 9 },
      ...[1, 3].map((ms) => task({ agent: 'a', startedAt: FROM, endedAt: FROM + ms, taskType: 'chat', quality: 1 })),
      task({ agent: 'b', startedAt: FROM, endedAt: FROM + 2, quality: 0.4, costUsd: 0.7 }),
      { type: 'task', pool: 'p', task: 'r', status: 'rejected', endedAt: FROM },
      task({ agent: 'c', startedAt: FROM, endedAt: FROM + 50 }),
      ...[sampled('a', FROM, 1, 2, 4), sampled('a', FROM + 60_000, 1, 2, 6)],
      ...[sampled('b', FROM, 6, 6, 1), sampled('b', FROM + 1, 6, 6, 3)],
    ];
    const { pools, taskTypes } = eventsByScope(events);
    const figures = expectedScopeFigures(pools.get('p') ?? [], FROM, TO);
    expect(figures).toMatchObject({
      counts: { completed: 3, rejected: 1 },
      p50Ms: 2,
      p95Ms: 3,
      taskCompletionRate: 3 / 4,
      // a half of 2 slots and all of 6
      resourceUtilization: 7 / 8,
      qualityMean: expect.closeTo(0.8, 12),
      hourlyCostUsd: expect.closeTo(0.3, 12),
      // 4 + 2 in the first minute, 6 + 2 in the second, for which b's samples still stand
      queueDepth: 7,
    });
    expect(figures.costPerTaskUsd).toBeCloseTo(1 / 3, 12);
    expect(expectedScopeFigures(taskTypes.get('chat') ?? [], FROM, TO)).toMatchObject({ counts: { completed: 2 } });
    expect(expectedScopeFigures(events, FROM, TO)).toMatchObject({ counts: { completed: 4 }, p95Ms: 50 });
  });
});
