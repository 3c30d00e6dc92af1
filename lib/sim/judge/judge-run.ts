import { type FaultWindow, isFaultOfAgents } from '../engine/fault-window.ts';
import type { ControlAction, PoolMinuteResult, SimResult } from '../engine/sim-result.ts';
import { MINUTE_US, type SimTime } from '../engine/sim-time.ts';
import type { FaultKind, Scenario } from '../scenario/scenario.ts';

/** How well a fleet did in one simulation: the truth, not what was reported. */
export interface RunVerdict {
  /** Share of tasks completed within their limit, of those that came and had the time to end; null without any. */
  attainment: number | null;
  /** Share of workflows completed within their limit, in the same way; null without any, and of a single pool. */
  workflowAttainment: number | null;
  /** Of tasks that completed, ms. */
  responseMs: { p50: number; p95: number; p99: number } | null;
  /** Tasks that came and did not complete. */
  unserved: number;
  agentHours: number;
  agentCostUsd: number;
  tokenCostUsd: number;
  actions: Record<ControlAction['action'], number>;
  /** Agents taken out of dispatch, by ejection or by weight, that no fault concerned, their telemetry aside. */
  falseEjections: number;
  faults: FaultVerdict[];
}

export interface FaultVerdict {
  kind: FaultKind;
  /** Index in the scenario. */
  index: number;
  /** As of the whole run, while the fault was in force. */
  attainment: number | null;
  /**
   * Whole minutes from the onset to the first of three in a row in which 95 % of the tasks that came were attained; null when
   * there was none within 45 minutes.
   */
  minutesToMitigate: number | null;
  /** From the onset to the end of what is judged, 45 at most: null above means that it took longer than this. */
  watchedMinutes: number;
  /** Minutes of the fault in which fewer than 95 % were attained: harm that comes late is not seen in the figure above. */
  minutesBelow: number;
}

export const MITIGATED = 0.95;
export const MITIGATED_MINUTES = 3;
export const MITIGATION_LIMIT_MINUTES = 45;

/** @param pool all pools together where none is given */
export function judgeRun(result: SimResult, scenario: Scenario, pool?: string): RunVerdict {
  const pools = [...result.pools].filter(([name]) => pool === undefined || name === pool).map(([, rows]) => rows);
  const judged = judgedMinutes(scenario);
  const own = (name: string) => pool === undefined || name === pool;
  const rows = pools.flatMap((of) => of.slice(judged.from, judged.to));
  const all = pools.flat();
  const sum = (of: readonly PoolMinuteResult[], figure: (row: PoolMinuteResult) => number) =>
    of.reduce((total, row) => total + figure(row), 0);
  const responses = rows.flatMap((row) => row.responseMs).sort((a, b) => a - b);
  const actions = result.actions.filter((action) => own(action.pool));
  return {
    attainment: attainmentOf(rows),
    workflowAttainment:
      pool === undefined ? attainmentOf(result.workflows.slice(judged.from, lastBegun(scenario, judged.to))) : null,
    responseMs:
      responses.length === 0
        ? null
        : { p50: quantile(responses, 0.5), p95: quantile(responses, 0.95), p99: quantile(responses, 0.99) },
    unserved: sum(rows, ({ arrived, completed }) => arrived - completed),
    agentHours: sum(all, (row) => row.agentHours),
    agentCostUsd: sum(all, (row) => row.agentCostUsd),
    tokenCostUsd: sum(all, (row) => row.tokenCostUsd),
    actions: countActions(actions),
    falseEjections: ejections(actions).filter((ejection) => isFalse(ejection, result.faults)).length,
    faults: result.faults.map((fault) => judgeFault(fault, pools, judged.to)),
  };
}

/** What is judged: from the end of the warm-up to the last minute of which every task had the time to end. */
export function judgedMinutes({ minutes, warmUpMinutes, taskTypes }: Scenario): { from: number; to: number } {
  const patienceMinutes = Math.max(
    ...taskTypes.map(({ timeoutS, retries }) => Math.ceil((timeoutS * (1 + retries)) / 60)),
  );
  return { from: warmUpMinutes, to: Math.max(warmUpMinutes, minutes - patienceMinutes) };
}

/** Minute before which a workflow must have begun to be judged: its limit may be longer than a task may take. */
function lastBegun({ minutes, workflows }: Scenario, to: number): number {
  return Math.min(to, minutes - Math.ceil(Math.max(...workflows.map(({ slaS }) => slaS)) / 60));
}

function judgeFault(
  { spec, index, from, until }: FaultWindow,
  pools: readonly (readonly PoolMinuteResult[])[],
  end: number,
): FaultVerdict {
  const [first, last] = [Math.floor(from / MINUTE_US), Math.min(end, Math.ceil(until / MINUTE_US))];
  const at = (minute: number) => attainmentOf(pools.flatMap((rows) => rows[minute] ?? []));
  let [minutesToMitigate, inARow] = [null as number | null, 0];
  for (let minute = first; minute < Math.min(end, first + MITIGATION_LIMIT_MINUTES); minute += 1) {
    // A minute in which nothing came is as good as the ones beside it.
    inARow = (at(minute) ?? 1) >= MITIGATED ? inARow + 1 : 0;
    if (inARow < MITIGATED_MINUTES) continue;
    minutesToMitigate = minute - MITIGATED_MINUTES + 1 - first;
    break;
  }
  const inForce = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return {
    kind: spec.kind,
    index,
    attainment: attainmentOf(pools.flatMap((rows) => rows.slice(first, last))),
    minutesToMitigate,
    watchedMinutes: Math.max(0, Math.min(end - first, MITIGATION_LIMIT_MINUTES)),
    minutesBelow: inForce.filter((minute) => (at(minute) ?? 1) < MITIGATED).length,
  };
}

function attainmentOf(rows: readonly { arrived: number; attained: number }[]): number | null {
  let [arrived, attained] = [0, 0];
  for (const row of rows) {
    arrived += row.arrived;
    attained += row.attained;
  }
  return arrived === 0 ? null : attained / arrived;
}

function countActions(actions: readonly ControlAction[]): RunVerdict['actions'] {
  const counts = {
    ...{ set_weights: 0, eject: 0, readmit: 0, scale: 0, restart: 0, admit: 0, shed: 0, rung: 0, failover: 0 },
    ...{ lend: 0, give_back: 0, tune: 0, break_model: 0 },
  };
  for (const { action } of actions) counts[action] += 1;
  return counts;
}

interface Ejection {
  at: SimTime;
  agent: string;
}

/** Who was taken out of dispatch, but for a probe: by an ejection, or by a weight that leaves as little of a mean agent's work. */
function ejections(actions: readonly ControlAction[]): Ejection[] {
  const cutBefore = new Map<string, ReadonlySet<string>>();
  return actions.flatMap(({ action, at, pool, agent, amount = 0, weights = {} }) => {
    if (action === 'eject') return agent !== undefined && amount <= PROBE_SHARE ? [{ at, agent }] : [];
    if (action !== 'set_weights') return [];
    const entries = Object.entries(weights);
    const mean = entries.reduce((sum, [, weight]) => sum + weight, 0) / entries.length;
    const cut = entries.filter(([, weight]) => weight <= PROBE_SHARE * mean * ROUNDING).map(([id]) => id);
    const before = cutBefore.get(pool);
    cutBefore.set(pool, new Set(cut));
    return cut.filter((id) => !before?.has(id)).map((id) => ({ at, agent: id }));
  });
}

const PROBE_SHARE = 0.05;
/** Weights are rounded, and so is their mean. */
const ROUNDING = 1.01;

/** Whether an agent was taken out that was well then and shortly before: a fault of its telemetry alone does it no harm. */
function isFalse({ at, agent }: Ejection, faults: readonly FaultWindow[]): boolean {
  return !faults.some((fault) => {
    const isThen = at >= fault.from && at <= fault.until + AFTERMATH_MINUTES * MINUTE_US;
    return isThen && fault.agents.includes(agent) && isFaultOfAgents(fault);
  });
}

/** For so long a fault may show in figures of the minutes before. */
const AFTERMATH_MINUTES = 5;

/** The value of rank ceil(q n) of sorted values. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
