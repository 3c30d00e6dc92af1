import type { Scenario } from '../scenario/scenario.ts';
import type { FaultWindow } from './fault-window.ts';
import type { Tuning } from './policy.ts';
import { MINUTE_US, type SimTime } from './sim-time.ts';
import type { Attempt, Task, Workflow } from './work.ts';

/**
 * One pool in one minute. Tasks count in the minute in which they came and in the pool that they belong to, whenever
 * they end and whoever served them: arrived = completed + failed + timedOut + rejected + open. `attained` are those
 * completed within their limit.
 */
export interface PoolMinuteResult {
  arrived: number;
  attained: number;
  completed: number;
  failed: number;
  timedOut: number;
  rejected: number;
  /** From arrival to completion, ms, of those completed: every one, for exact percentiles. */
  responseMs: number[];
  /** Retries that began in this minute. */
  retries: number;
  /** Attempts that ended in this minute, by what they cost. */
  endedAttempts: number;
  tokenCostUsd: number;
  /** From order to end, of the agents of the pool; those on their way and those that are down are paid too. */
  agentHours: number;
  agentCostUsd: number;
  /** Slot-hours at work. */
  busySlotHours: number;
  /** By task type of the pool: of its agents at the minute's end that know it, the slot-hours paid, and those at work with whatever. */
  knowing: Map<string, { slotHours: number; busySlotHours: number }>;
  /** At the minute's end: waiting for a slot, and at work. */
  queued: number;
  running: number;
}

export interface WorkflowMinuteResult {
  arrived: number;
  completed: number;
  /** Completed within its limit. */
  attained: number;
}

/** One use of a control, as it was asked for. */
export interface ControlAction {
  at: SimTime;
  /** Minute in which it was taken. */
  minute: number;
  action:
    | 'set_weights'
    | 'eject'
    | 'readmit'
    | 'scale'
    | 'restart'
    | 'admit'
    | 'shed'
    | 'rung'
    | 'failover'
    | 'lend'
    | 'give_back'
    | 'tune'
    | 'break_model';
  /** Of `break_model` each that uses the model. */
  pool: string;
  agent?: string;
  /** Desired agents, admitted share, probe share. */
  amount?: number;
  to?: string;
  weights?: Record<string, number>;
  /** Rung of the ladder, or the priority below which tasks are shed; null when that ended. */
  step?: string | null;
  settings?: Tuning;
  model?: string;
}

/** What came of a simulation: the truth, not what was reported. */
export interface SimResult {
  scenario: string;
  seed: number;
  policy: string;
  /** By pool, by index of the minute. */
  pools: ReadonlyMap<string, readonly PoolMinuteResult[]>;
  /** By index of the minute in which they began. */
  workflows: readonly WorkflowMinuteResult[];
  /** What went wrong, and the agents that it really met. */
  faults: readonly FaultWindow[];
  actions: readonly ControlAction[];
}

/** Tasks of a minute that have not ended. */
export function openTasks({ arrived, completed, failed, timedOut, rejected }: PoolMinuteResult): number {
  return arrived - completed - failed - timedOut - rejected;
}

/** Keeps count while the simulation runs. */
export class Tally {
  readonly pools: ReadonlyMap<string, PoolMinuteResult[]>;
  readonly workflows: WorkflowMinuteResult[];

  constructor({ pools, minutes }: Scenario) {
    this.pools = new Map(pools.map(({ pool }) => [pool, Array.from({ length: minutes }, emptyPoolMinute)]));
    this.workflows = Array.from({ length: minutes }, () => ({ arrived: 0, completed: 0, attained: 0 }));
  }

  minuteOf(pool: string, at: SimTime): PoolMinuteResult {
    const rows = this.pools.get(pool);
    // What ends at the last instant belongs to the last minute.
    const row = rows?.[Math.min(rows.length - 1, Math.floor(at / MINUTE_US))];
    if (row === undefined) throw new RangeError(`no pool "${pool}" at ${at} µs`);
    return row;
  }

  taskArrived({ type, arrivedAt }: Task): void {
    this.minuteOf(type.pool, arrivedAt).arrived += 1;
  }

  attemptEnded({ task, endedAt, startedAt, costUsd, agent }: Attempt): void {
    const row = this.minuteOf(agent?.pool ?? task.type.pool, endedAt ?? 0);
    row.endedAttempts += startedAt === null ? 0 : 1;
    row.tokenCostUsd += costUsd;
  }

  taskEnded({ type, arrivedAt, status }: Task, at: SimTime): void {
    const row = this.minuteOf(type.pool, arrivedAt);
    if (status === 'failed') row.failed += 1;
    if (status === 'timeout') row.timedOut += 1;
    if (status === 'rejected') row.rejected += 1;
    if (status !== 'completed') return;
    row.completed += 1;
    row.responseMs.push((at - arrivedAt) / 1_000);
    if (at - arrivedAt <= type.slaS * 1e6) row.attained += 1;
  }

  workflowArrived({ startedAt }: Workflow): void {
    const row = this.#workflowMinute(startedAt);
    if (row) row.arrived += 1;
  }

  workflowEnded({ startedAt, endedAt, status, spec }: Workflow): void {
    const row = this.#workflowMinute(startedAt);
    if (!row || status !== 'completed' || endedAt === null) return;
    row.completed += 1;
    if (endedAt - startedAt <= spec.slaS * 1e6) row.attained += 1;
  }

  #workflowMinute(at: SimTime): WorkflowMinuteResult | undefined {
    return this.workflows[Math.floor(at / MINUTE_US)];
  }
}

function emptyPoolMinute(): PoolMinuteResult {
  return {
    arrived: 0,
    attained: 0,
    completed: 0,
    failed: 0,
    timedOut: 0,
    rejected: 0,
    responseMs: [],
    retries: 0,
    endedAttempts: 0,
    tokenCostUsd: 0,
    agentHours: 0,
    agentCostUsd: 0,
    busySlotHours: 0,
    knowing: new Map(),
    queued: 0,
    running: 0,
  };
}
