import type { FleetChange } from '../model/fleet-change.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute } from '../model/time.ts';
import type { AlertAction } from './alert-action.ts';
import type { Citation } from './citation.ts';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/**
 * What an alert of a kind means to the person who is told; it does not depend on which rule noticed it. How fast a budget
 * is spent tells how bad that is: its findings bring a severity of their own.
 */
export const severityOf = {
  system_failure: 'critical',
  service_interruption: 'critical',
  performance_degradation: 'high',
  bottleneck_formation: 'high',
  failure_predicted: 'high',
  budget_burn: 'medium',
  resource_utilization_high: 'medium',
  latency_increase: 'medium',
  anomaly: 'medium',
  capacity_shortfall_predicted: 'medium',
  efficiency_opportunity: 'low',
  optimization_suggestion: 'low',
} as const satisfies Record<string, Severity>;

export type AlertKind = keyof typeof severityOf;

/** What an alert is about; nothing at all is the whole system. */
export interface AlertScope {
  pool?: string;
  agent?: string;
  taskType?: string;
  tool?: string;
  model?: string;
  /** A custom metric. */
  metric?: string;
  /** A kind of error: see error-signature.ts. */
  signature?: string;
  version?: string;
  budget?: string;
  /** What somebody could do to make it better, by its id. */
  recommendation?: string;
}

/** What is likely behind a finding. */
export interface LikelyCause {
  dimension: string;
  id: string;
  /** Part of what is wrong that it explains, 0..1. */
  share: number;
  words: string;
}

/** What a rule noticed about one subject, in words and figures. */
export interface Finding {
  title: string;
  why: string;
  /** When it began, as well as that can be told; apart from when it was noticed. */
  onsetMs: EpochMs;
  value: number;
  expected: number;
  unit: string;
  n: number;
  impact: Record<string, number>;
  evidence: string[];
  contributors: { agent: string; share: number }[];
  /** Where it differs from that of the kind. */
  severity?: Severity;
  /** Most likely first. */
  causes?: LikelyCause[];
  /** Whether tools, models, waiting or the agents' own work take the time, in words. */
  layer?: string;
  /** When the budget will have been spent. */
  exhaustsMs?: EpochMs;
  /** Subjects whose own alerts it explains, where inhibitions ask for it: a pool stands for its agents too, {} for the system alone. */
  explains?: AlertScope[];
}

export const alertStates = ['pending', 'firing', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

/** Who took care of an alert. */
export interface Acknowledgement {
  by: string;
  note: string | null;
  atMs: EpochMs;
}

/** A finding that someone must know. */
export interface Alert extends Finding {
  id: string;
  rule: string;
  kind: AlertKind;
  severity: Severity;
  state: AlertState;
  scope: AlertScope;
  team: string | null;
  detectedMs: EpochMs;
  resolvedMs: EpochMs | null;
  /** How often it has fired again soon after it had ended. */
  reopened: number;
  /** Changes reported in the hour before the onset, or since. */
  changes: FleetChange[];
  /** What was done about it or is proposed, the oldest first. */
  actions: AlertAction[];
  /** What earlier cases and people say of it, as it was known when it fired. */
  known?: Citation[];
  acknowledged: Acknowledgement | null;
  /** The silence that keeps it from being told, and the alert that explains it. */
  silencedBy: string | null;
  inhibitedBy: string | null;
  fingerprint: string;
  runbook: string;
}

/** Alerts that were detected this long before a period, and lasted into it, are found. */
export const LONGEST_ALERT_MS = 7 * DAY_MINUTES * MINUTE_MS;

/** Something that happened to an alert: the id is the same however often it is worked out. */
export interface AlertTransition {
  id: string;
  state: 'firing' | 'resolved';
  atMs: EpochMs;
}

/** An alert in the life of its fingerprint. */
export interface AlertRecord {
  alert: Alert;
  /** Transitions at or before this minute are settled: evaluating it again changes nothing. */
  evaluatedThrough: Minute;
  /** Minutes in a row in which the condition was clear. */
  clearMinutes: number;
  /** The last step of its life that people were told of, see {@link lifeStep}; -1 before the first notice. */
  told: number;
  /** Transitions that the event bus does not have yet. */
  unsent: AlertTransition[];
}

/** Steps in the life of an alert: 0 fired, 1 resolved, 2 fired again, 3 resolved again ... */
export function lifeStep({ state, reopened }: Pick<Alert, 'state' | 'reopened'>): number {
  return 2 * reopened + (state === 'resolved' ? 1 : 0);
}

/** Whether people believe that it fires. */
export function isToldToFire({ told }: Pick<AlertRecord, 'told'>): boolean {
  return told >= 0 && told % 2 === 0;
}
