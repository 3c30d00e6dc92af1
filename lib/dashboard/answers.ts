// What the API answers, as far as the page shows it. Times are ISO 8601 unless the name ends in Ms.

export interface KpiValue {
  value: number | null;
  n: number;
  unit: string;
  reason?: string;
  p50?: number;
  p95?: number;
  p99?: number;
  parts?: Readonly<Record<string, number | null>>;
}

export type Kpis = Readonly<Record<string, KpiValue>>;

export interface Window {
  from: string;
  to: string;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low';

export interface Attention {
  agent?: string;
  pool?: string;
  severity: Severity;
  why: string;
  since: string;
  /** Id of the alert. */
  alert: string;
}

export interface FleetAnswer {
  window: Window;
  dataAgeMs: number | null;
  verdict: string;
  kpis: Kpis;
  attention: readonly Attention[];
}

export interface Agent {
  agent: string;
  pool: string;
  team: string | null;
  version: string | null;
  state: string;
  since: string;
  why: string;
  kpis: Kpis;
}

export interface AgentsAnswer {
  window: Window;
  agents: readonly Agent[];
  next: string | null;
}

export interface Pool {
  pool: string;
  agents: number;
  state: string;
  since: string;
  why: string;
  kpis: Kpis;
}

export interface PoolsAnswer {
  window: Window;
  pools: readonly Pool[];
  next?: string | null;
}

export interface SeriesPoint {
  /** Start of the step, epoch ms. */
  at: number;
  value: number | null;
  n: number;
  p95?: number;
}

export interface SeriesAnswer {
  kpi: string;
  scope: string;
  unit: string;
  stepMs: number;
  points: readonly SeriesPoint[];
}

export interface AlertScope {
  pool?: string;
  agent?: string;
  taskType?: string;
  tool?: string;
  model?: string;
  metric?: string;
  signature?: string;
  version?: string;
  budget?: string;
  recommendation?: string;
}

export interface Change {
  at: string;
  kind: string;
  pool?: string;
  agent?: string;
  version?: string;
  note?: string;
}

/** What an alert tells of a directive that was decided because of it. */
export interface AlertAction {
  directive: string;
  summary: string;
  mode: string;
  status?: string;
  /** Whether it has ever been in force. */
  wasInForce?: boolean;
  /** What those who carry it out answered. */
  applied?: boolean;
  /** Whether chance has put it off: it waits for nobody. */
  isPutOff?: boolean;
  endedBecause?: string;
}

export interface Alert {
  id: string;
  kind: string;
  severity: Severity;
  state: string;
  scope: AlertScope;
  team?: string | null;
  title: string;
  why: string;
  onsetAt: string;
  detectedAt: string;
  resolvedAt?: string;
  value: number | null;
  expected: number | null;
  unit: string;
  n: number;
  impact: Readonly<Record<string, number>>;
  evidence: readonly string[];
  contributors: readonly { agent?: string; share?: number }[];
  causes?: readonly { words: string }[];
  layer?: string;
  changes: readonly Change[];
  directives: readonly string[];
  actions?: readonly AlertAction[];
  runbook: string;
  rule?: string;
  /** Who takes care of it. */
  acknowledged?: { by: string; note: string | null; at: string } | null;
  /** Id of the silence that keeps it from being told. */
  silencedBy?: string | null;
  /** Id of the alert that explains it. */
  inhibitedBy?: string | null;
  /** How often it fired again soon after it had ended. */
  reopened?: number;
  exhaustsAt?: string;
  /** What earlier cases and people say of it. */
  known?: readonly { text: string }[];
}

export interface AlertsAnswer {
  alerts: readonly Alert[];
  next?: string | null;
}

export interface LedgerAnswer {
  from: string;
  to: string;
  received: number;
  stored: number;
  pending: number;
  ignored: Readonly<Record<string, number>>;
  rejected: Readonly<Record<string, number>>;
  duplicate: number;
  difference: number;
}

export interface ExpectedEffect {
  kpi: string;
  scope: string;
  direction: string;
  size?: number;
  unit?: string;
  by?: string;
}

export interface Effect {
  state: string;
  estimate?: number;
  /** With high, the 90 % interval. */
  low?: number;
  high?: number;
  unit?: string;
  n?: number;
  verdict?: string;
  reason?: string;
  evidence?: readonly string[];
}

export interface Directive {
  id: string;
  kind: string;
  response?: string;
  params: Readonly<Record<string, unknown>>;
  mode: string;
  status: string;
  issuedAt: string;
  renewedAt?: string;
  expiresAt?: string | null;
  began?: string;
  endedBecause?: string;
  ackedAt?: string | null;
  applied?: boolean | null;
  ackedBy?: string;
  ackNote?: string;
  approvedBy?: string;
  approvedNote?: string;
  rejectedBy?: string;
  rejectedNote?: string;
  rolledBackBy?: string;
  rolledBackNote?: string;
  evidence?: readonly string[];
  blastRadius?: { pool?: string; agents?: readonly string[] };
  expected?: ExpectedEffect;
  undo?: string;
  effect?: Effect;
}

export interface DirectivesAnswer {
  directives: readonly Directive[];
}

export interface FieldError {
  path: string;
  message: string;
}

/** RFC 9457. */
export interface ProblemAnswer {
  title?: string;
  status?: number;
  detail?: string;
  errors?: readonly FieldError[];
}
