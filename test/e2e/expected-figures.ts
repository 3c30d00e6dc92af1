import type { IngestAgent, IngestEvent, IngestTask } from '../../lib/sim/ingest-event.ts';
import { type ExpectedUse, expectedQueue, expectedUse, expectedUtilization } from './expected-use.ts';

/**
 * What one agent's KPIs must be, computed from the raw events in the plainest way there is: lists, sums and sorting.
 * It shares no code with the product on purpose, so that an error in one does not excuse the same error in the other.
 * null where nothing was observed.
 */
export interface ExpectedFigures {
  agent: string;
  /** Of the agent's last `agent` event; 'default' without one. */
  pool: string;
  /** Tasks that ended in the window. */
  counts: Record<IngestTask['status'], number>;
  costUsd: number;
  tokens: Required<NonNullable<IngestTask['tokens']>>;
  /** Of completed tasks. */
  revenueUsd: number;
  /** Of tasks that failed, timed out, were rejected, or completed later than their limit. */
  revenueAtRiskUsd: number;
  /** Ended minus queued (or started), ms, ascending, of completed, failed and timed-out tasks. */
  responsesMs: number[];
  /** Value of rank ceil(q n). */
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  meanResponseMs: number | null;
  /** Started minus queued, of those of the same tasks that started. */
  meanWaitMs: number | null;
  /** Ended minus started, of those of the same tasks that started. */
  meanServiceMs: number | null;
  /** Tasks with a limit and an outcome that says whether they met it. */
  slaTotal: number;
  slaMet: number;
  /** 0..1 */
  slaCompliance: number | null;
  /** 0..1 */
  taskCompletionRate: number | null;
  errorsPerMinute: number;
  /** 0..1, of all that ended. */
  errorRatio: number | null;
  /** 0..1 from samples, else 0 or more from run time; null without capacity. */
  resourceUtilization: number | null;
  qualityCount: number;
  /** Not shrunk; see {@link shrunkQuality}. */
  qualityMean: number | null;
  /** Over all graded tasks of the pool's agents in the window. */
  poolQualityMean: number | null;
  csatCount: number;
  csatMean: number | null;
  /** Of ratings, the share of 4 or better, 0..1. */
  csatGoodShare: number | null;
  /** How the agent was there. */
  use: ExpectedUse;
  /** What the agent cost by the hour while it was there; 0 without a rate. */
  hourlyCostUsd: number;
  costPerTaskUsd: number | null;
  throughputPerMinute: number;
}

/** Weight of the pool in an agent's quality, in tasks. */
const POOL_WEIGHT = 10;

/**
 * The figures of every agent that the events name, over [fromMs, toMs): a task belongs to the window when its endedAt
 * lies in it, a sample when its `at` does.
 * @param events all that was sent, in the order of sending (of two `agent` events the later counts)
 * @throws RangeError when the window is empty
 */
export function expectedFigures(
  events: readonly IngestEvent[],
  fromMs: number,
  toMs: number,
): Map<string, ExpectedFigures> {
  if (!(toMs > fromMs)) throw new RangeError(`the window must not be empty; got [${fromMs}, ${toMs})`);
  const tasks = Map.groupBy(events.filter(isTask), (task) => task.agent ?? '');
  const own = Map.groupBy(events, ({ agent }) => agent ?? '');
  const described = new Map(events.filter(isAgent).map((event) => [event.agent, event]));
  const poolOf = (agent: string) => described.get(agent)?.pool ?? 'default';
  const inWindow = (atMs: number) => atMs >= fromMs && atMs < toMs;

  const grades = new Map<string, number[]>();
  for (const [agent, done] of tasks) {
    const graded = done.filter(({ endedAt }) => inWindow(endedAt)).flatMap(({ quality }) => quality ?? []);
    grades.set(poolOf(agent), [...(grades.get(poolOf(agent)) ?? []), ...graded]);
  }

  const names = new Set(events.flatMap((event) => event.agent ?? []));
  return new Map(
    [...names].map((agent) => {
      const figures = figuresOf({
        agent,
        pool: poolOf(agent),
        use: expectedUse(own.get(agent) ?? [], fromMs, toMs),
        tasks: (tasks.get(agent) ?? []).filter(({ endedAt }) => inWindow(endedAt)),
        poolGrades: grades.get(poolOf(agent)) ?? [],
        fromMs,
        toMs,
      });
      return [agent, figures];
    }),
  );
}

/** What the KPIs of a pool, a task type or the fleet must be. */
export interface ExpectedScopeFigures extends Omit<ExpectedFigures, 'agent' | 'pool' | 'poolQualityMean' | 'use'> {
  /** Waiting tasks; null without samples. */
  queueDepth: number | null;
}

/**
 * The same of everything that the events say together, whoever did it. A pool's events are those of its agents, and
 * the rejections that name it.
 * @param events those of the scope, in the order of sending
 * @throws RangeError when the window is empty
 */
export function expectedScopeFigures(
  events: readonly IngestEvent[],
  fromMs: number,
  toMs: number,
): ExpectedScopeFigures {
  const agents = [...expectedFigures(events, fromMs, toMs).values()];
  const tasks = events.filter(isTask);
  const uses = agents.map(({ use }) => use);
  const together = figuresOf({
    agent: '',
    pool: '',
    use: expectedUse([], fromMs, toMs),
    tasks: tasks.filter(({ endedAt }) => endedAt >= fromMs && endedAt < toMs),
    poolGrades: [],
    fromMs,
    toMs,
  });
  const hourlyCostUsd = sum(agents.map((figures) => figures.hourlyCostUsd));
  return {
    ...together,
    resourceUtilization: expectedUtilization(uses),
    hourlyCostUsd,
    costPerTaskUsd: ratio(together.costUsd + hourlyCostUsd, together.counts.completed),
    queueDepth: expectedQueue(uses),
  };
}

/** The events of each pool and of each task type: what an agent says belongs to its pool, tasks also to their type. */
export function eventsByScope(events: readonly IngestEvent[]) {
  const described = new Map(events.filter(isAgent).map((event) => [event.agent, event.pool]));
  const poolOf = (event: IngestEvent) =>
    event.agent === undefined ? ((event as IngestTask).pool ?? 'default') : (described.get(event.agent) ?? 'default');
  return {
    pools: Map.groupBy(events, poolOf),
    taskTypes: Map.groupBy(events.filter(isTask), ({ taskType }) => taskType ?? 'default'),
  };
}

/**
 * An agent's quality drawn towards that of its pool, the more the fewer grades it has:
 * (n mean + 10 poolMean) / (n + 10).
 * @returns 0..1; the pool's mean at n = 0, null when the pool has no grades either
 */
export function shrunkQuality(figures: Pick<ExpectedFigures, 'qualityCount' | 'qualityMean' | 'poolQualityMean'>) {
  const { qualityCount, qualityMean, poolQualityMean } = figures;
  if (poolQualityMean === null) return null;
  return (qualityCount * (qualityMean ?? 0) + POOL_WEIGHT * poolQualityMean) / (qualityCount + POOL_WEIGHT);
}

interface AgentRecord {
  agent: string;
  pool: string;
  use: ExpectedUse;
  tasks: readonly IngestTask[];
  poolGrades: readonly number[];
  fromMs: number;
  toMs: number;
}

function figuresOf(record: AgentRecord): ExpectedFigures {
  const { tasks, fromMs, toMs } = record;
  const minutes = (toMs - fromMs) / 60_000;
  const count = (status: IngestTask['status']) => tasks.filter((task) => task.status === status).length;
  const counts = {
    completed: count('completed'),
    failed: count('failed'),
    timeout: count('timeout'),
    cancelled: count('cancelled'),
    rejected: count('rejected'),
  };
  const errors = counts.failed + counts.timeout + counts.rejected;
  const timed = tasks.filter(({ status }) => status === 'completed' || status === 'failed' || status === 'timeout');
  const responsesMs = timed.flatMap((task) => responseMs(task) ?? []).sort((one, other) => one - other);
  const judged = tasks.filter(
    (task) =>
      task.slaMs !== undefined &&
      task.status !== 'cancelled' &&
      (task.status !== 'completed' || responseMs(task) !== null),
  );
  const slaMet = judged.filter((task) => task.status === 'completed' && !isLate(task)).length;
  const atRisk = tasks.filter((task) => task.status !== 'cancelled' && (task.status !== 'completed' || isLate(task)));
  const quality = tasks.flatMap((task) => task.quality ?? []);
  const csat = tasks.flatMap((task) => task.csat ?? []);
  const costUsd = sum(tasks.map((task) => task.costUsd ?? 0));
  const hourlyCostUsd = record.use.costUsd;
  return {
    agent: record.agent,
    pool: record.pool,
    counts,
    costUsd,
    tokens: {
      input: sum(tasks.map(({ tokens }) => tokens?.input ?? 0)),
      cachedInput: sum(tasks.map(({ tokens }) => tokens?.cachedInput ?? 0)),
      cacheWrite: sum(tasks.map(({ tokens }) => tokens?.cacheWrite ?? 0)),
      output: sum(tasks.map(({ tokens }) => tokens?.output ?? 0)),
      reasoning: sum(tasks.map(({ tokens }) => tokens?.reasoning ?? 0)),
    },
    revenueUsd: sum(tasks.filter(({ status }) => status === 'completed').map((task) => task.revenueUsd ?? 0)),
    revenueAtRiskUsd: sum(atRisk.map((task) => task.revenueUsd ?? 0)),
    responsesMs,
    p50Ms: percentile(responsesMs, 50),
    p95Ms: percentile(responsesMs, 95),
    p99Ms: percentile(responsesMs, 99),
    meanResponseMs: mean(responsesMs),
    meanWaitMs: mean(timed.flatMap((task) => waitMs(task) ?? [])),
    meanServiceMs: mean(timed.flatMap((task) => serviceMs(task) ?? [])),
    slaTotal: judged.length,
    slaMet,
    slaCompliance: ratio(slaMet, judged.length),
    taskCompletionRate: ratio(counts.completed, counts.completed + errors),
    errorsPerMinute: errors / minutes,
    errorRatio: ratio(errors, tasks.length),
    use: record.use,
    resourceUtilization: expectedUtilization([record.use]),
    qualityCount: quality.length,
    qualityMean: mean(quality),
    poolQualityMean: mean(record.poolGrades),
    csatCount: csat.length,
    csatMean: mean(csat),
    csatGoodShare: ratio(csat.filter((rating) => rating >= 4).length, csat.length),
    hourlyCostUsd,
    costPerTaskUsd: ratio(costUsd + hourlyCostUsd, counts.completed),
    throughputPerMinute: counts.completed / minutes,
  };
}

function startedAtMs(task: IngestTask): number | null {
  if (task.startedAt !== undefined) return task.startedAt;
  return task.durationMs === undefined ? null : task.endedAt - task.durationMs;
}

function queuedAtMs(task: IngestTask): number | null {
  if (task.queuedAt !== undefined) return task.queuedAt;
  const startedAt = startedAtMs(task);
  return startedAt === null || task.queueMs === undefined ? null : startedAt - task.queueMs;
}

function responseMs(task: IngestTask): number | null {
  return between(queuedAtMs(task) ?? startedAtMs(task), task.endedAt);
}

function waitMs(task: IngestTask): number | null {
  const startedAt = startedAtMs(task);
  return startedAt === null ? null : between(queuedAtMs(task), startedAt);
}

function serviceMs(task: IngestTask): number | null {
  return between(startedAtMs(task), task.endedAt);
}

function isLate(task: IngestTask): boolean {
  const response = responseMs(task);
  return task.slaMs !== undefined && response !== null && response > task.slaMs;
}

/** To the microsecond: the difference of two epoch times in binary is off by up to a quarter of one. */
function between(earlierMs: number | null, laterMs: number): number | null {
  return earlierMs === null ? null : Math.round((laterMs - earlierMs) * 1_000) / 1_000;
}

/** The value of rank ceil(q n), with q in per cent so that the product is exact. */
function percentile(ascending: readonly number[], percent: number): number | null {
  return ascending[Math.ceil((percent * ascending.length) / 100) - 1] ?? null;
}

function mean(values: readonly number[]): number | null {
  return ratio(sum(values), values.length);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function isTask(event: IngestEvent): event is IngestTask {
  return event.type === 'task';
}

function isAgent(event: IngestEvent): event is IngestAgent {
  return event.type === 'agent';
}
