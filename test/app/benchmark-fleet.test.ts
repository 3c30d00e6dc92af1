import { expect, test } from 'vitest';
import { type BenchmarkDeps, benchmarkFleet } from '../../lib/app/benchmark-fleet.ts';
import { type ReviewDeps, reviewFleet, reviewFleets } from '../../lib/app/review-fleet.ts';
import type { BenchmarkReport } from '../../lib/core/benchmark/benchmark-report.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import type { TaskEvent } from '../../lib/core/model/event.ts';
import { enterBatch, type Roster } from '../../lib/core/model/roster.ts';
import { DAY_MINUTES, startOfMinute } from '../../lib/core/model/time.ts';
import type { ReviewMessage } from '../../lib/ports/review-publisher.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { answered, dayOfWork, TODAY, type Work } from '../fixtures/work-days.ts';

const SYSTEM = 'default';
const NOW_MS = startOfMinute(TODAY) + 133 * 60_000;

/** A fleet with 90 days of work, of which single tasks are known of yesterday. */
async function storesWith(work: (ago: number) => readonly Work[], tasks: readonly TaskEvent[]): Promise<Stores> {
  const stores = storesInMemory(() => NOW_MS);
  for (let ago = 90; ago >= 1; ago--) await stores.workDays.save(SYSTEM, dayOfWork(ago, work(ago)));
  await stores.fleet.knowSystem(SYSTEM, startOfMinute(TODAY - 90 * DAY_MINUTES));
  const roster: Roster = new Map();
  const minute = TODAY - DAY_MINUTES + 600;
  const chunk = emptyRollupChunk(minute, 0, 1);
  const describe = { type: 'agent', agent: 'a', pool: 'chat', capacity: 4, costPerHourUsd: 2 };
  const batch = { id: 'b', bucket: minute, receivedAtMs: startOfMinute(minute), events: [describe, ...tasks] } as never;
  enterBatch(roster, batch);
  foldBatch(batch, () => chunk);
  await stores.rollups.save(SYSTEM, chunk, 1);
  const lease = await stores.log.take(SYSTEM, 'test', NOW_MS, NOW_MS + 1_000);
  if (!lease) throw new Error('no lease');
  await stores.fleet.saveRoster(SYSTEM, roster, lease.fence);
  await stores.log.saveProgress(SYSTEM, { ...lease.progress, doneThrough: TODAY + 10 }, lease.fence);
  return stores;
}

const luck = (ago: number) => 1 + createRandom(ago, 'luck').normal(0, 0.01);

/** Easy work comes in while the agent becomes slower: the mean falls. */
function slower(ago: number): Work[] {
  const [long, factor] = ago <= 7 ? [400, 1.08] : [500, 1];
  return [
    { agent: 'a', taskType: 'short', counters: answered(1_000 - long, 1_000 * factor * luck(ago)) },
    { agent: 'a', taskType: 'long', counters: answered(long, 4_000 * factor * luck(ago)) },
  ];
}

function rated(count: number): TaskEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ type: 'task', agent: 'a', task: `t-${i}`, taskType: 'short', status: 'completed', attempt: 1 },
    ...{ priority: 'normal', endedAtMs: startOfMinute(TODAY - DAY_MINUTES + 600) + 1_000, csatMilli: 5_000 },
    ...{ responseUs: 1e6, serviceUs: 1e6 },
  }));
}

function benchmarkDeps(stores: Stores): BenchmarkDeps {
  return { ...stores, nowMs: () => NOW_MS };
}

async function reportOf(stores: Stores, scope: string): Promise<BenchmarkReport> {
  const report = await stores.benchmarkReports.find(SYSTEM, scope, NOW_MS);
  if (!report) throw new Error(`no report of ${scope}`);
  return report;
}

test('a slowdown that easy work hides is told of fleet, pool and agent, beside what the industry publishes', async () => {
  const stores = await storesWith(slower, rated(300));
  await stores.benchmarks.declare(SYSTEM, { domain: 'customer-service', updatedAtMs: NOW_MS, updatedBy: 'ann' });
  expect(await benchmarkFleet(benchmarkDeps(stores), SYSTEM)).toEqual({
    system: SYSTEM,
    status: 'compared',
    scopes: 3,
  });
  for (const scope of ['fleet', 'pool:chat', 'agent:a']) {
    const { performanceTrend, industryPosition, efficiencyRating } = await reportOf(stores, scope);
    const trend = performanceTrend.find(({ kpi }) => kpi === 'average_response_time');
    expect(trend).toMatchObject({ verdict: 'worse' });
    expect(trend?.change).toBeLessThan(0);
    expect(trend?.performanceEffect?.low).toBeGreaterThan(0.02);
    const satisfied = industryPosition.positions.find(({ kpi }) => kpi === 'customer_satisfaction');
    expect(satisfied).toMatchObject({ value: 1, standing: 'better', domain: 'customer-service' });
    expect(industryPosition.notComparable.map(({ kpi }) => kpi)).toContain('quality_score');
    expect(efficiencyRating.unit).toBe('points');
  }
});

test('running it again for the same day writes the same', async () => {
  const stores = await storesWith(slower, rated(50));
  await benchmarkFleet(benchmarkDeps(stores), SYSTEM);
  const first = await reportOf(stores, 'fleet');
  await benchmarkFleet(benchmarkDeps(stores), SYSTEM);
  expect(await reportOf(stores, 'fleet')).toEqual(first);
});

function reviewDeps(stores: Stores, publish: (message: ReviewMessage) => Promise<void>): ReviewDeps {
  return { ...stores, publisher: { publish }, publicUrl: 'https://fleet.example.com', nowMs: () => NOW_MS };
}

test('a week is reviewed from its comparison, and told once, even where telling failed at first', async () => {
  const stores = await storesWith(slower, rated(300));
  await benchmarkFleet(benchmarkDeps(stores), SYSTEM);
  const told: ReviewMessage[] = [];
  let failures = 1;
  const deps = reviewDeps(stores, async (message) => {
    if (failures-- > 0) throw new Error('injected: the topic cannot be reached');
    told.push(message);
  });
  await expect(reviewFleets(deps, NOW_MS)).rejects.toThrow(/default: .*injected/);
  const outcome = [{ system: SYSTEM, week: '2026-W14', status: 'published' }];
  expect(await reviewFleets(deps, NOW_MS)).toEqual(outcome);
  expect(await reviewFleets(deps, NOW_MS)).toEqual(outcome);
  expect(told).toHaveLength(1);
  const [{ title, markdown }] = told as [ReviewMessage];
  expect(title).toContain('2026-W14');
  expect(markdown).toMatch(/worse.*average response time/i);
  expect(markdown).toContain('https://fleet.example.com/v1/benchmarks?scope=fleet&at=2026-04-06T00:00:00Z');
  expect((await stores.reviews.list(SYSTEM)).map(({ week }) => week)).toEqual(['2026-W14']);
});

test('a week in which nobody did anything has no review, and a week that is none is refused', async () => {
  const stores = await storesWith(slower, []);
  const deps = reviewDeps(stores, async () => {});
  expect(await reviewFleet(deps, SYSTEM, '2026-W02')).toMatchObject({ status: 'nothing-known' });
  await expect(reviewFleet(deps, SYSTEM, '2026-W60')).rejects.toThrow(RangeError);
});
