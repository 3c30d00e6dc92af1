import type { FaultKind, FaultSpec, Scenario } from '../scenario/scenario.ts';
import { minutes, type SimTime } from './sim-time.ts';

/** A fault in time: what was planned, and whom it met. */
export interface FaultWindow {
  /** Index among the faults of the scenario. */
  readonly index: number;
  readonly spec: FaultSpec;
  readonly from: SimTime;
  readonly until: SimTime;
  /** Agents that it met; known from its onset on. */
  agents: readonly string[];
  /** How much of it has passed, 0..1. */
  progress(at: SimTime): number;
}

export function faultWindows({ faults, minutes: length }: Scenario): FaultWindow[] {
  return faults.map((spec, index) => {
    const [from, end] = [minutes(spec.atMinute), minutes(length)];
    const lasts = lastingMinutes(spec);
    const until = lasts === undefined ? end : Math.min(end, from + minutes(lasts));
    const progress = (at: SimTime) => (until <= from ? 1 : Math.min(1, Math.max(0, (at - from) / (until - from))));
    return { index, spec, from, until, agents: [], progress };
  });
}

/** An agent that crashed is back when the fault or its absence ends, whichever is first. */
function lastingMinutes(spec: FaultSpec): number | undefined {
  if (spec.kind !== 'crash') return spec.minutes;
  const ends = [spec.minutes, spec.backAfterMinutes].filter((it) => it !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Factor on the load while the fault is in force; 1 for the other kinds. */
export function loadFactor({ spec, from, until, progress }: FaultWindow, at: SimTime): number {
  if (at < from || at >= until) return 1;
  if (spec.kind === 'load_spike' || spec.kind === 'planned_load') return spec.factor;
  return spec.kind === 'load_ramp' ? 1 + (spec.factor - 1) * progress(at) : 1;
}

/** By how much whole pools are slower at a time; 1 without a fault. */
export function slowdownOf(windows: readonly FaultWindow[], pool: string, at: SimTime): number {
  return windows.reduce((factor, { spec, from, until }) => {
    if (at < from || at >= until) return factor;
    const isConcerned =
      (spec.kind === 'dependency_slow' && spec.pools.includes(pool)) || (spec.kind === 'deploy' && spec.pool === pool);
    return isConcerned ? factor * spec.factor : factor;
  }, 1);
}

/** Faults that are agents' own; a healthy agent has none of them. */
const faultsOfAgents: ReadonlySet<FaultKind> = new Set([
  'slow',
  'fail_fast',
  'hang',
  'crash',
  'quality_collapse',
  'leak',
  'error_ramp',
  'zone_loss',
] satisfies FaultKind[]);

export function isFaultOfAgents({ spec }: FaultWindow): boolean {
  return faultsOfAgents.has(spec.kind);
}

/** Faults that a fresh start of the agent ends. */
const healedByRestart: ReadonlySet<FaultKind> = new Set(['hang', 'leak', 'error_ramp', 'crash', 'zone_loss']);

export function isHealedByRestart({ spec }: FaultWindow): boolean {
  return healedByRestart.has(spec.kind);
}
