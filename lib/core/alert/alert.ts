import type { FleetChange } from '../model/fleet-change.ts';
import type { EpochMs, Minute } from '../model/time.ts';
import type { Mode } from '../remediate/action-class.ts';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** Every kind has one severity: what it means to the person who is told does not depend on which rule noticed it. */
export const severityOf = {
  system_failure: 'critical',
  service_interruption: 'critical',
  performance_degradation: 'high',
  bottleneck_formation: 'high',
  resource_utilization_high: 'medium',
  latency_increase: 'medium',
  anomaly: 'medium',
} as const satisfies Record<string, Severity>;

export type AlertKind = keyof typeof severityOf;

export interface AlertScope {
  pool: string;
  agent?: string;
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
}

/** A finding that someone must know. */
export interface Alert extends Finding {
  id: string;
  rule: string;
  kind: AlertKind;
  severity: Severity;
  state: 'firing' | 'resolved';
  scope: AlertScope;
  team: string | null;
  detectedMs: EpochMs;
  resolvedMs: EpochMs | null;
  /** Changes reported in the hour before the onset, or since. */
  changes: FleetChange[];
  /** What was done about it, or is proposed. */
  actions: { directive: string; summary: string; mode: Mode; undo: string }[];
  fingerprint: string;
  runbook: string;
}

/** Something that happened to an alert and must be told: the id is the same however often it is worked out. */
export interface AlertTransition {
  id: string;
  state: Alert['state'];
  atMs: EpochMs;
}

/** An alert in the life of its fingerprint; kept until its last transition has been told. */
export interface AlertRecord {
  alert: Alert;
  /** Transitions at or before this minute are settled: evaluating it again changes nothing. */
  evaluatedThrough: Minute;
  /** Minutes in a row in which the condition was clear. */
  clearMinutes: number;
  unsent: AlertTransition[];
}
