import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault as CloudFault } from '../../lib/local/sdk-call.ts';
import { type Arrival, startOfMinuteOf } from '../../lib/sim/arrival.ts';
import { azureLlm2023 } from '../../lib/sim/azure-llm-2023.ts';
import { drawArrivals } from '../../lib/sim/draw-arrivals.ts';
import type { IngestEvent } from '../../lib/sim/ingest-event.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import { findRecordings, readRecordings } from '../../lib/sim/recording.ts';
import type { FaultSpec } from '../../lib/sim/scenario/scenario.ts';
import type { Flush } from '../../lib/sim/telemetry/telemetry.ts';
import { flushesOfDemoFleet } from '../fixtures/fleet-replay.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { isThorough } from '../fixtures/is-thorough.ts';
import {
  type ExpectedFigures,
  type ExpectedScopeFigures,
  eventsByScope,
  expectedFigures,
  expectedScopeFigures,
  shrunkQuality,
} from './expected-figures.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 15_000;
const recordings = findRecordings(fileURLToPath(new URL('../..', import.meta.url)));
const arrivals: readonly Arrival[] = recordings ? readRecordings(recordings) : drawArrivals(azureLlm2023, 1);
const workload = recordings ? 'the recorded workload' : 'a workload drawn from the shipped profile';
const startMs = startOfMinuteOf(arrivals);
const endMs = Math.ceil(Math.max(...arrivals.map(({ atMs }) => atMs)) / MINUTE_MS) * MINUTE_MS;
/** Long enough for the last tasks to time out twice, the agents to stop, and the last flush. */
const settledMs = endMs + 5 * MINUTE_MS;

// The coding service has minutes without a request; the agent turns slow while there is work to be slow at.
const [slowMinute, deathMinute] = [30 + 20 / 60, 41 + 40 / 60];
const slow = { agent: 'code-07', fromMs: startMs + slowMinute * MINUTE_MS };
const death = { agent: 'conv-03', atMs: startMs + deathMinute * MINUTE_MS };
const incidents: FaultSpec[] = [
  { kind: 'slow', atMinute: slowMinute, targets: { agents: [slow.agent] }, factor: 8 },
  { kind: 'crash', atMinute: deathMinute, targets: { agents: [death.agent] } },
];

function flushesWith(faults: FaultSpec[]): Flush[] {
  return flushesOfDemoFleet({ arrivals, faults, seed: 7, minutes: (endMs - startMs) / MINUTE_MS });
}

/** Up to here both hours are the same. */
const commonMs = startMs + 30 * MINUTE_MS;

/** Sends everything when it falls due, and lets the minute job run each minute until `toMs`. */
async function replay(fleetpulse: Fleetpulse, flushes: readonly Flush[], toMs: number): Promise<void> {
  for (const { atMs, events } of flushes) {
    await fleetpulse.advanceTo(Math.floor(atMs / STEP_MS) * STEP_MS);
    expect(await fleetpulse.send(events)).toMatchObject({ status: 202, body: { rejected: [], duplicate: false } });
  }
  await fleetpulse.advanceTo(toMs);
}

function splitAt(flushes: readonly Flush[], ms: number): [before: Flush[], after: Flush[]] {
  return [flushes.filter(({ atMs }) => atMs < ms), flushes.filter(({ atMs }) => atMs >= ms)];
}

interface KpiValue {
  value: number | null;
  n: number;
  p50?: number;
  p95?: number;
  p99?: number;
  parts?: Record<string, number>;
}
type Kpis = Record<string, KpiValue>;

interface ReportedAgent {
  agent: string;
  pool: string;
  kpis: Kpis;
  totals: Record<string, unknown>;
}

async function agentsOver(fleetpulse: Fleetpulse, fromMs: number, toMs: number): Promise<ReportedAgent[]> {
  const window = `${(toMs - fromMs) / MINUTE_MS}m`;
  return (await fleetpulse.get(`/v1/agents?window=${window}&at=${toMs}&limit=1000`)).body.agents;
}

/** Every count and sum exactly (but for the last digits of floating point), every percentile within 1 %. */
function expectFigures({ kpis, totals }: ReportedAgent, expected: ExpectedFigures): void {
  expect(totals).toMatchObject({ ...expected.counts, tokens: expected.tokens });
  expectClose(totals['costUsd'], expected.costUsd);
  expectClose(totals['revenueUsd'], expected.revenueUsd);
  expectClose(kpis['resource_utilization']?.value, expected.resourceUtilization, 1e-5);
  expectClose(kpis['cost_per_task']?.value, expected.costPerTaskUsd);
  expectClose(kpis['quality_score']?.value, shrunkQuality(expected), 1e-5);
  expectTaskFigures(kpis, expected);
}

/** The same of a pool or the fleet, whose quality is its own mean. */
function expectScopeFigures(kpis: Kpis, expected: ExpectedScopeFigures): void {
  expectClose(kpis['resource_utilization']?.value, expected.resourceUtilization, 1e-5);
  expectClose(kpis['cost_per_task']?.value, expected.costPerTaskUsd);
  expectClose(kpis['quality_score']?.value, expected.qualityMean, 1e-5);
  expectClose(kpis['queue_depth']?.value, expected.queueDepth, 1e-3);
  expectTaskFigures(kpis, expected);
}

function expectTaskFigures(
  kpis: Kpis,
  expected: Omit<ExpectedFigures, 'agent' | 'pool' | 'poolQualityMean' | 'use'>,
): void {
  const { counts } = expected;
  const ended = counts.completed + counts.failed + counts.timeout + counts.cancelled + counts.rejected;
  const value = (id: string) => kpis[id]?.value ?? null;
  expectClose(value('task_completion_rate'), expected.taskCompletionRate);
  expect(kpis['task_completion_rate']?.n).toBe(ended - counts.cancelled);
  // Without a task there is no frequency of errors, where the plain figure is 0.
  expectClose(value('error_frequency'), ended === 0 ? null : expected.errorsPerMinute);
  expectClose(value('error_ratio'), expected.errorRatio);
  expect(kpis['error_ratio']?.n).toBe(ended);
  expectClose(value('overall_throughput'), expected.throughputPerMinute);
  expect(kpis['overall_throughput']?.n).toBe(counts.completed);
  expectClose(value('service_level_agreement_compliance'), expected.slaCompliance);
  expect(kpis['service_level_agreement_compliance']?.n).toBe(expected.slaTotal);
  expect(kpis['quality_score']?.n).toBe(expected.qualityCount);
  expectClose(value('customer_satisfaction'), expected.csatMean);
  const response = kpis['average_response_time'];
  expect(response?.n).toBe(expected.responsesMs.length);
  expectClose(response?.value, expected.meanResponseMs, 1e-6);
  expectClose(response?.parts?.['waitMs'], expected.meanWaitMs, 1e-5);
  expectClose(response?.parts?.['serviceMs'], expected.meanServiceMs, 1e-6);
  expectPercentiles(response, expected);
}

function expectPercentiles(
  response: Partial<KpiValue> | undefined,
  expected: Pick<ExpectedFigures, 'p50Ms' | 'p95Ms' | 'p99Ms'>,
): void {
  expectClose(response?.p50, expected.p50Ms, 0.01);
  expectClose(response?.p95, expected.p95Ms, 0.01);
  expectClose(response?.p99, expected.p99Ms, 0.01);
}

function expectClose(actual: unknown, expected: number | null, relative = 1e-9): void {
  if (expected === null) expect(actual ?? null).toBeNull();
  else expect(Math.abs(Number(actual) - expected)).toBeLessThanOrEqual(Math.abs(expected) * relative + 1e-9);
}

interface ReportedPool {
  pool: string;
  agents: number;
  kpis: Kpis;
}

async function poolsOver(fleetpulse: Fleetpulse, fromMs: number, toMs: number): Promise<ReportedPool[]> {
  return (await fleetpulse.get(`/v1/pools?window=${(toMs - fromMs) / MINUTE_MS}m&at=${toMs}`)).body.pools;
}

interface Series {
  stepMs: number;
  points: { at: number; value: number | null; n: number; p50?: number; p95?: number; p99?: number }[];
}

async function seriesOf(fleetpulse: Fleetpulse, kpi: string, scope: string, step = ''): Promise<Series> {
  const period = `from=${startMs}&to=${settledMs}`;
  return (await fleetpulse.get(`/v1/series?kpi=${kpi}&scope=${scope}&${period}${step && `&step=${step}`}`)).body;
}

/** What a KPI's n and its numerator (value x n, or value x minutes) add up to over subjects or steps. */
function totalOf(values: readonly { value: number | null; n: number }[], weight: (n: number) => number = (n) => n) {
  return {
    n: values.reduce((sum, { n }) => sum + n, 0),
    amount: values.reduce((sum, { value, n }) => sum + (value ?? 0) * weight(n), 0),
  };
}

async function expectBalancedLedger(fleetpulse: Fleetpulse, sent: number): Promise<void> {
  const { body } = await fleetpulse.get(`/v1/ledger?from=${startMs}`);
  expect(body).toMatchObject({ difference: 0, pending: 0, stored: sent });
}

/** All but what tells of workflows and of the system, which is no part of any agent's figures. */
function eventsOfAgents(flushes: readonly Flush[]): IngestEvent[] {
  return flushes.flatMap(({ events }) =>
    events.flatMap((event) =>
      event.type === 'workflow' || event.type === 'change' || event.type === 'metric' ? [] : [event],
    ),
  );
}

function countOf(flushes: readonly Flush[]): number {
  return flushes.reduce((sum, { events }) => sum + events.length, 0);
}

/**
 * That the workload ends without notice is told, too, and that nobody follows what is directed, so that it is directed again; both are no
 * trouble of the hour.
 */
async function alertsWhileWorkComes(fleetpulse: Fleetpulse) {
  const { alerts } = (await fleetpulse.get(`/v1/alerts?from=${startMs}`)).body;
  const isOfTheHour = ({ rule, onsetAt }: { rule: string; onsetAt: string }) =>
    rule !== 'action-flapping' && (rule !== 'work-stopped' || Date.parse(onsetAt) < endMs - MINUTE_MS);
  return alerts.filter(isOfTheHour);
}

const calmFlushes = flushesWith([]);
const troubledFlushes = flushesWith(incidents);
/** Both stand at the end of the common half, where what is different begins. */
let calm: Fleetpulse;
let troubled: Fleetpulse;
/** A third, whose minute job keeps dying. */
let interrupted: Fleetpulse | undefined;
const kills = { seen: 0, done: 0 };
beforeAll(async () => {
  const [common] = splitAt(calmFlushes, commonMs);
  expect(splitAt(troubledFlushes, commonMs)[0]).toEqual(common);
  calm = await Fleetpulse.start(startMs);
  await replay(calm, common, commonMs - 1);
  troubled = await calm.fork();
  if (!isThorough) return;
  const random = createRandom(12, 'kills');
  interrupted = await calm.fork({ intercept: (call) => killNowAndThen(call, random, kills) });
});
afterAll(() => interrupted?.stop());

describe(`an hour of ${workload} without incidents`, () => {
  const flushes = calmFlushes;
  let fleetpulse: Fleetpulse;
  beforeAll(async () => {
    fleetpulse = calm;
    await replay(fleetpulse, splitAt(flushes, commonMs)[1], settledMs);
  });
  afterAll(() => fleetpulse.stop());

  test.each([
    { name: 'the whole hour', fromMs: startMs, toMs: settledMs },
    { name: 'a quarter of an hour', fromMs: startMs + 20 * MINUTE_MS, toMs: startMs + 35 * MINUTE_MS },
    { name: 'one minute', fromMs: startMs + 30 * MINUTE_MS, toMs: startMs + 31 * MINUTE_MS },
  ])('has for every agent the figures of $name that follow from what was sent', async ({ fromMs, toMs }) => {
    const expected = expectedFigures(eventsOfAgents(flushes), fromMs, toMs);
    const agents = await agentsOver(fleetpulse, fromMs, toMs);
    expect(agents.map(({ agent }) => agent)).toEqual([...expected.keys()].sort());
    for (const agent of agents) {
      const figures = expected.get(agent.agent);
      if (figures) expectFigures(agent, figures);
    }
    expect.hasAssertions();
  });

  test.each([
    { name: 'the whole hour', fromMs: startMs, toMs: settledMs, agents: 0 },
    { name: 'a quarter of an hour', fromMs: startMs + 20 * MINUTE_MS, toMs: startMs + 35 * MINUTE_MS, agents: 10 },
  ])(
    'has for each pool and the fleet the figures of $name that follow from what was sent',
    async ({ fromMs, toMs, agents }) => {
      const events = eventsOfAgents(flushes);
      const expected = eventsByScope(events).pools;
      const pools = await poolsOver(fleetpulse, fromMs, toMs);
      expect(pools.map(({ pool }) => pool)).toEqual([...expected.keys()].sort());
      for (const { pool, kpis, agents: present } of pools) {
        // When all is settled the agents have said that they stop.
        expect(present).toBe(agents);
        expectScopeFigures(kpis, expectedScopeFigures(expected.get(pool) ?? [], fromMs, toMs));
      }
      const window = `window=${(toMs - fromMs) / MINUTE_MS}m&at=${toMs}`;
      const { kpis } = (await fleetpulse.get(`/v1/fleet?${window}`)).body;
      expectScopeFigures(kpis, expectedScopeFigures(events, fromMs, toMs));
    },
  );

  test('has pools whose counts are the sums of their agents, and a fleet whose counts are the sums of the pools', async () => {
    const agents = await agentsOver(fleetpulse, startMs, settledMs);
    const pools = await poolsOver(fleetpulse, startMs, settledMs);
    const { kpis } = (await fleetpulse.get(`/v1/fleet?window=${(settledMs - startMs) / MINUTE_MS}m&at=${settledMs}`))
      .body;
    const ratios = ['task_completion_rate', 'error_ratio', 'system_availability', 'average_response_time'];
    for (const id of [...ratios, 'service_level_agreement_compliance']) {
      const of = (subjects: readonly { kpis: Kpis }[]) => totalOf(subjects.flatMap((it) => it.kpis[id] ?? []));
      for (const pool of pools) {
        const parts = of(agents.filter((agent) => agent.pool === pool.pool));
        expect(parts.n).toBe(pool.kpis[id]?.n);
        expectClose(parts.amount, of([pool]).amount);
      }
      expect(of(pools).n).toBe(kpis[id].n);
      expectClose(of(pools).amount, of([{ kpis }]).amount);
    }
  });

  test('has series whose points add up to the figures of the window, and have the percentiles of their step', async () => {
    const pools = await poolsOver(fleetpulse, startMs, settledMs);
    const { pools: expected, taskTypes } = eventsByScope(eventsOfAgents(flushes));
    for (const { pool, kpis } of pools) {
      for (const id of ['error_ratio', 'average_response_time', 'system_availability']) {
        const { points } = await seriesOf(fleetpulse, id, `pool:${pool}`);
        expect(points).toHaveLength((settledMs - startMs) / MINUTE_MS);
        const whole = totalOf([kpis[id] ?? { value: null, n: 0 }]);
        expect(totalOf(points).n).toBe(whole.n);
        expectClose(totalOf(points).amount, whole.amount);
      }
      const { points, stepMs } = await seriesOf(fleetpulse, 'average_response_time', `pool:${pool}`, '5m');
      for (const { at, n, ...percentiles } of points) {
        expect(at % stepMs).toBe(0);
        const figures = expectedScopeFigures(expected.get(pool) ?? [], at, at + stepMs);
        expect(n).toBe(figures.responsesMs.length);
        expectPercentiles(percentiles, figures);
      }
    }
    for (const [type, events] of taskTypes) {
      const { points } = await seriesOf(fleetpulse, 'overall_throughput', `taskType:${type}`);
      expect(totalOf(points).n).toBe(expectedScopeFigures(events, startMs, settledMs).counts.completed);
      expect(totalOf(points, () => 1).amount).toBeCloseTo(totalOf(points).n, 6);
    }
  });

  test('says that all is well', async () => {
    const { body } = await fleetpulse.get(`/v1/fleet?at=${startMs + 30 * MINUTE_MS}`);
    expect(body).toMatchObject({ verdict: 'All 20 agents are healthy', attention: [] });
    const { body: after } = await fleetpulse.get('/v1/fleet');
    expect(after).toMatchObject({ verdict: 'All 20 agents have stopped or left', attention: [] });
  });

  test('raises no alert of medium severity or above', async () => {
    expect(await alertsWhileWorkComes(fleetpulse)).toEqual([]);
  });

  test('issues no directive', async () => {
    expect((await fleetpulse.get(`/v1/directives?from=${startMs}`)).body).toEqual({
      version: 0,
      directives: [],
      next: null,
    });
  });

  test('balances the ledger', () => expectBalancedLedger(fleetpulse, countOf(flushes)));
});

describe(`an hour of ${workload} in which an agent turns slow and one dies`, () => {
  const flushes = troubledFlushes;
  let fleetpulse: Fleetpulse;
  let untroubled: ReportedAgent[];
  beforeAll(async () => {
    fleetpulse = troubled;
    await replay(fleetpulse, splitAt(flushes, commonMs)[1], settledMs);
    untroubled = await agentsOver(fleetpulse, startMs, settledMs);
  });
  afterAll(() => fleetpulse.stop());

  test.each([
    { name: 'the slow agent', agent: slow.agent, atMs: slow.fromMs, kind: 'performance_degradation', severity: 'high' },
    { name: 'the dead agent', agent: death.agent, atMs: death.atMs, kind: 'system_failure', severity: 'critical' },
  ])('tells of $name within two minutes, and of no other', async ({ agent, atMs, kind, severity }) => {
    const alerts = await alertsWhileWorkComes(fleetpulse);
    const alert = alerts.find((it: { scope: { agent?: string } }) => it.scope.agent === agent);
    expect(alert).toMatchObject({ kind, severity });
    const delayMs = Date.parse(alert.detectedAt) - atMs;
    expect(delayMs).toBeGreaterThan(0);
    expect(delayMs).toBeLessThanOrEqual(2 * MINUTE_MS);
    expect(Math.abs(Date.parse(alert.onsetAt) - atMs)).toBeLessThanOrEqual(MINUTE_MS);
    const subjects = alerts.map((it: { scope: { agent?: string } }) => it.scope.agent).sort();
    expect(subjects).toEqual([slow.agent, death.agent].sort());
  });

  test('says so in the fleet and its pools while it lasts', async () => {
    const atMs = death.atMs + 3 * MINUTE_MS;
    const { body } = await fleetpulse.get(`/v1/fleet?at=${atMs}`);
    expect(body.verdict).toMatch(/of 20 agents needs? attention: agent conv-03 is dead since \d\d:\d\d UTC$/);
    expect(body.attention[0]).toMatchObject({ agent: death.agent, severity: 'critical' });
    const { pools } = (await fleetpulse.get(`/v1/pools?at=${atMs}`)).body;
    const conv = pools.find(({ pool }: ReportedPool) => pool === 'conv');
    expect(conv).toMatchObject({ state: 'degraded', why: expect.stringContaining('conv-03 (dead)') });
    expect(conv.kpis.system_availability.value).toBeLessThan(1);
  });

  test('publishes each notice once', () => {
    const messages = fleetpulse.cloud
      .published('Alerts')
      .map(({ bodies }) => JSON.parse(bodies['http'] ?? bodies['default'] ?? '{}'));
    const notices = messages.map(({ notice }) => notice.id);
    expect(notices.length).toBeGreaterThanOrEqual(2);
    expect(new Set(notices).size).toBe(notices.length);
  });

  test('has the figures that follow from what was sent', () => {
    const expected = expectedFigures(eventsOfAgents(flushes), startMs, settledMs);
    for (const agent of untroubled) {
      const figures = expected.get(agent.agent);
      if (figures) expectFigures(agent, figures);
    }
    expect(untroubled).toHaveLength(expected.size);
  });

  test.runIf(isThorough)(
    'has the very same figures when batches come three times, shuffled, late, over a restart, and the minute job keeps dying',
    async () => {
      if (!interrupted) throw new Error('nothing was started');
      // Both incidents, and what followed; the rest of the hour is more of the same.
      const upToMs = startMs + 45 * MINUTE_MS;
      const sent = flushes.filter(({ atMs }) => atMs <= upToMs + MINUTE_MS);
      const [, after] = splitAt(sent, commonMs);
      await replayTroubled(interrupted, after, createRandom(11, 'troubles'));
      expect(kills.done).toBeGreaterThan(20);
      const agents = await agentsOver(fleetpulse, startMs, upToMs);
      expect(figuresOf(await agentsOver(interrupted, startMs, upToMs))).toEqual(figuresOf(agents));
      const pools = await poolsOver(fleetpulse, startMs, upToMs);
      expect(kpisOf(await poolsOver(interrupted, startMs, upToMs))).toEqual(kpisOf(pools));
      await expectBalancedLedger(interrupted, countOf(sent));
      const { body } = await interrupted.get(`/v1/ledger?from=${startMs}`);
      expect(body.duplicate).toBe(2 * countOf(after));
    },
  );
});

function figuresOf(agents: readonly ReportedAgent[]) {
  return agents.map(({ agent, kpis, totals }) => ({ agent, kpis, totals }));
}

function kpisOf(pools: readonly ReportedPool[]) {
  return pools.map(({ pool, kpis }) => ({ pool, kpis }));
}

/** Ends the minute job's process before or after one in 60 of the calls it makes. */
function killNowAndThen(
  call: { functionName: string },
  random: Random,
  kills: { seen: number; done: number },
): CloudFault | undefined {
  if (call.functionName !== 'Analyze') return undefined;
  kills.seen += 1;
  if (random.int(60) > 0) return undefined;
  kills.done += 1;
  return random.int(2) === 0 ? 'kill-before' : 'kill-after';
}

/** Each batch three times: at once or up to four minutes late, again soon after, and again twenty minutes later. */
async function replayTroubled(fleetpulse: Fleetpulse, flushes: readonly Flush[], random: Random): Promise<void> {
  const deliveries = flushes.flatMap(({ atMs, events }, index) => {
    const firstMs = atMs + (random.int(3) === 0 ? random.uniform(0, 4 * MINUTE_MS) : 0);
    const batchId = index % 2 === 0 ? `00000000-0000-4000-8000-${String(index).padStart(12, '0')}` : undefined;
    return [firstMs, firstMs + random.uniform(0, 90_000), firstMs + 20 * MINUTE_MS].map((dueMs) => ({
      dueMs,
      events,
      batchId,
    }));
  });
  const restartMs = commonMs + 12 * MINUTE_MS;
  const lastMs = Math.max(...deliveries.map(({ dueMs }) => dueMs));
  let isRestarted = false;
  for (let nowMs = commonMs; nowMs <= lastMs + 10 * MINUTE_MS; nowMs += 30_000) {
    await fleetpulse.advanceTo(nowMs);
    const due = shuffled(
      deliveries.filter(({ dueMs }) => dueMs > nowMs - 30_000 && dueMs <= nowMs),
      random,
    );
    for (const [i, { events, batchId }] of due.entries()) {
      if (!isRestarted && nowMs >= restartMs && i === due.length >> 1) {
        await fleetpulse.restart();
        isRestarted = true;
      }
      expect((await fleetpulse.send(events, batchId)).status).toBe(202);
    }
  }
  expect(isRestarted).toBe(true);
}

function shuffled<Value>(values: readonly Value[], random: Random): Value[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [result[i], result[j]] = [result[j] as Value, result[i] as Value];
  }
  return result;
}
