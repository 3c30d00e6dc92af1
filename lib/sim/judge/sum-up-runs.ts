import type { FaultKind } from '../scenario/scenario.ts';
import type { FaultVerdict, RunVerdict } from './judge-run.ts';

/** Runs of one scenario under one policy with several seeds: means over the seeds, each counting the same. */
export interface RunsSummary {
  seeds: number;
  attainment: number | null;
  /** Of the seed in which it was lowest. */
  worstAttainment: number | null;
  workflowAttainment: number | null;
  responseMs: RunVerdict['responseMs'];
  unserved: number;
  agentHours: number;
  agentCostUsd: number;
  tokenCostUsd: number;
  /** All controls together. */
  actions: number;
  falseEjections: number;
  faults: FaultSummary[];
}

export interface FaultSummary {
  kind: FaultKind;
  index: number;
  attainment: number | null;
  /** Median over the seeds (of an even number the upper one); null where it took longer than was watched. */
  minutesToMitigate: number | null;
  /** The least of any seed. */
  watchedMinutes: number;
  minutesBelow: number;
}

/** @throws RangeError without any run */
export function sumUpRuns(runs: readonly RunVerdict[]): RunsSummary {
  const [first] = runs;
  if (!first) throw new RangeError('there is no run to sum up');
  const mean = (figure: (run: RunVerdict) => number) => meanOf(runs.map(figure)) ?? 0;
  const attainments = runs.flatMap(({ attainment }) => attainment ?? []);
  const responses = runs.flatMap(({ responseMs }) => responseMs ?? []);
  const response = (figure: 'p50' | 'p95' | 'p99') => meanOf(responses.map((of) => of[figure])) ?? 0;
  return {
    seeds: runs.length,
    attainment: meanOf(attainments),
    worstAttainment: attainments.length === 0 ? null : Math.min(...attainments),
    workflowAttainment: meanOf(runs.flatMap(({ workflowAttainment }) => workflowAttainment ?? [])),
    responseMs: responses.length === 0 ? null : { p50: response('p50'), p95: response('p95'), p99: response('p99') },
    unserved: mean(({ unserved }) => unserved),
    agentHours: mean(({ agentHours }) => agentHours),
    agentCostUsd: mean(({ agentCostUsd }) => agentCostUsd),
    tokenCostUsd: mean(({ tokenCostUsd }) => tokenCostUsd),
    actions: mean(({ actions }) => Object.values(actions).reduce((sum, count) => sum + count, 0)),
    falseEjections: mean(({ falseEjections }) => falseEjections),
    faults: first.faults.map(({ kind, index }, i) => ({
      ...{ kind, index },
      ...sumUpFault(runs.flatMap(({ faults }) => faults[i] ?? [])),
    })),
  };
}

function sumUpFault(verdicts: readonly FaultVerdict[]): Omit<FaultSummary, 'kind' | 'index'> {
  const minutes = verdicts
    .map(({ minutesToMitigate }) => minutesToMitigate ?? Number.POSITIVE_INFINITY)
    .sort((one, other) => one - other);
  const median = minutes[minutes.length >> 1] ?? Number.POSITIVE_INFINITY;
  return {
    attainment: meanOf(verdicts.flatMap(({ attainment }) => attainment ?? [])),
    minutesToMitigate: Number.isFinite(median) ? median : null,
    watchedMinutes: Math.min(...verdicts.map(({ watchedMinutes }) => watchedMinutes)),
    minutesBelow: meanOf(verdicts.map(({ minutesBelow }) => minutesBelow)) ?? 0,
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
