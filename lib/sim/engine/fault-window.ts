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

/** What is in force at a time. */
export function inForceAt(windows: readonly FaultWindow[], at: SimTime): FaultSpec[] {
  return windows.flatMap(({ spec, from, until }) => (at >= from && at < until ? spec : []));
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

/** Faults that end in a crash. */
export function endsInCrash({ spec }: FaultWindow): boolean {
  return spec.kind === 'leak' || spec.kind === 'error_ramp';
}

/** Faults in which an agent is not there. */
export function isOutage({ spec }: FaultWindow): boolean {
  return spec.kind === 'crash' || spec.kind === 'zone_loss';
}

export function isHealedByRestart({ spec }: FaultWindow): boolean {
  return healedByRestart.has(spec.kind);
}
