import type { Alert } from '../alert/alert.ts';
import type { TaskEvent } from '../model/event.ts';
import type { PoolSettings } from '../model/pool-settings.ts';
import { poolOf, type RosterEntry } from '../model/roster.ts';
import type { EpochMs } from '../model/time.ts';
import type { PoolOutlook } from '../plan/pool-outlook.ts';
import type { WorkloadOutlook } from '../plan/workload-outlook.ts';
import type { Budget } from '../slo/budget.ts';
import type { Workflow } from '../workflow/assemble-workflows.ts';
import { byStart, type WorkflowTask, workflowTask } from '../workflow/workflow-task.ts';
import type { AdviceRecord } from './lifecycle.ts';

/** What is stored of a fleet, as far as strategies look at it. */
export interface StoredFleet {
  nowMs: EpochMs;
  /** Tasks that ended in [fromMs, toMs), every attempt, as the journal has them: it keeps them for a day. */
  fromMs: EpochMs;
  toMs: EpochMs;
  tasks: readonly TaskEvent[];
  /** Those that ended in the window, or a sample of them. */
  workflows: readonly Workflow[];
  /** Everyone known; who has stopped, or was not heard of for a day, is not taken to be there. */
  entries: ReadonlyMap<string, RosterEntry>;
  /** Of the newest plan. */
  outlooks: readonly PoolOutlook[];
  /** What is forecast of the work of a scope (`pool:ID`). */
  forecasts: ReadonlyMap<string, WorkloadOutlook>;
  settings: ReadonlyMap<string, PoolSettings>;
  budgets: readonly Budget[];
  /** Of the last 30 days. */
  alerts: readonly Alert[];
  /** What was recommended before. */
  records: readonly AdviceRecord[];
}

/** One agent that is there. */
export interface PoolAgent {
  agent: string;
  slots: number;
  costPerHourUsd: number | null;
  /** Task types that it declared to know; null where it declared none: then it may be given any. */
  skills: ReadonlySet<string> | null;
}

/** A pool with the tasks that its agents did. */
export interface ObservedPool {
  pool: string;
  agents: PoolAgent[];
  /** Completed, failed and timed-out tasks that reached an agent, in order of their starts. */
  tasks: WorkflowTask[];
}

/** What strategies look at. */
export interface RecommendationContext extends StoredFleet {
  pools: ReadonlyMap<string, ObservedPool>;
  /** What happened in the window, times this, is a day's. */
  perDay: number;
}

const DAY_MS = 86_400_000;

export function recommendationContext(stored: StoredFleet): RecommendationContext {
  const pools = new Map<string, ObservedPool>();
  const poolNamed = (pool: string) => {
    const found = pools.get(pool) ?? { pool, agents: [], tasks: [] };
    pools.set(pool, found);
    return found;
  };
  for (const entry of stored.entries.values()) {
    if (entry.lastBeat?.state === 'stopped' || stored.nowMs - entry.lastSeenMs > DAY_MS) continue;
    const { capacity = 1, costPerHourUsd = null, skills } = entry.description ?? {};
    const known = skills && Object.entries(skills).flatMap(([type, proficiency]) => (proficiency > 0 ? type : []));
    poolNamed(poolOf(entry)).agents.push({
      ...{ agent: entry.agent, slots: Math.max(1, Math.round(capacity)), costPerHourUsd },
      skills: known ? new Set(known) : null,
    });
  }
  for (const event of stored.tasks) {
    const isDone = event.status === 'completed' || event.status === 'failed' || event.status === 'timeout';
    if (event.agent === undefined || !isDone) continue;
    const pool = poolOf(stored.entries.get(event.agent));
    poolNamed(pool).tasks.push(observedTask(event, pool));
  }
  for (const { agents, tasks } of pools.values()) {
    agents.sort((a, b) => (a.agent < b.agent ? -1 : 1));
    tasks.sort(byStart);
  }
  return { ...stored, pools, perDay: DAY_MS / Math.max(1, stored.toMs - stored.fromMs) };
}

/** One that was given up before it started has only waited. */
function observedTask(event: TaskEvent, pool: string): WorkflowTask {
  const task = workflowTask(event, pool);
  const isGivenUp = event.status === 'timeout' && event.serviceUs === undefined;
  return isGivenUp ? { ...task, readyUs: task.startUs, startUs: task.endUs } : task;
}
