import type { AlertKind, Severity } from '../alert/alert.ts';
import type { BenchmarkScope, TrendVerdict } from '../benchmark/benchmark.ts';
import type { Verdict } from '../effect/effect.ts';
import type { KpiId } from '../kpi/registry.ts';
import type { CalendarKind } from './calendar.ts';
import type { Figure, Query, Statement } from './figure.ts';

/** ISO 8601, UTC. Reviews have no other moments, and no numbers but in figures: each can be looked up again. */
export type Moment = string;

/** How a fleet did in a week, why, what was tried, what it achieved, and what to do next. Plain JSON. */
export interface Review {
  format: 'fleetpulse-review/1';
  system: string;
  /** ISO week, Monday to Monday UTC: 2026-W12. */
  week: string;
  title: string;
  from: Moment;
  to: Moment;
  madeAt: Moment;
  /** The request that gives this review. */
  query: Query;
  /** What to know if nothing else is read; at most four. */
  summary: Statement[];
  kpis: KpiRow[];
  budgets: BudgetRow[];
  /** Days of eight weeks, of the KPIs that moved or matter most. */
  histories: KpiHistory[];
  moved: Movement[];
  incidents: IncidentReport;
  recurring: RecurringRow[];
  actions: ActionReport;
  recommendations: AdviceReport;
  forecast: ForecastRow[];
  coverage: CoverageRow[];
  data: DataReport;
  personnel: PersonnelRow[];
  /** Most urgent first. */
  next: NextStep[];
}

export interface KpiRow {
  scope: BenchmarkScope;
  kpi: KpiId;
  /** Which way is better; null where neither is. */
  better: 'higher' | 'lower' | null;
  week: Figure;
  before: Figure;
  /** Of like hours in the days that the benchmark compares with. */
  reference: Figure;
  verdict: TrendVerdict;
}

export interface BudgetRow {
  name: string;
  kpi: KpiId;
  scope: string;
  objective: Figure;
  remaining: Figure;
  remainingBefore: Figure;
  exhaustsAt: Moment | null;
  owner: string | null;
}

export interface KpiHistory {
  scope: BenchmarkScope;
  kpi: KpiId;
  /** Day by day. */
  days: { at: Moment; value: Figure }[];
  /** Of the days before the week, between which four of five lie. */
  usual: { low: Figure; high: Figure } | null;
}

/** A KPI that got better or worse, and what came of what. */
export interface Movement {
  scope: BenchmarkScope;
  kpi: KpiId;
  verdict: 'better' | 'worse';
  change: Figure;
  low: Figure;
  high: Figure;
  /** What came of other work, and of the same work done otherwise. */
  mix: Figure | null;
  performance: Figure | null;
  since: Moment | null;
  /** Changes about then. */
  changes: Statement[];
  /** Where it came from, in words. */
  why: Statement;
}

export interface IncidentReport {
  count: Figure;
  countBefore: Figure;
  alerts: Figure;
  /** Medians. */
  toDetect: Figure;
  toAcknowledge: Figure;
  toResolve: Figure;
  byDay: { day: Moment; count: Figure }[];
  /** Longest of the worst first. */
  listed: IncidentRow[];
  /** More that are not listed. */
  more: Figure;
}

export interface IncidentRow {
  title: string;
  kind: AlertKind;
  severity: Severity;
  alert: string;
  alerts: Figure;
  onsetAt: Moment;
  detectedAt: Moment;
  acknowledgedAt: Moment | null;
  resolvedAt: Moment | null;
  toDetect: Figure;
  lasted: Figure;
  query: Query;
}

export interface RecurringRow {
  title: string;
  kind: AlertKind | null;
  calendar: { kind: CalendarKind; words: string };
  occurrences: { at: Moment; alert: string }[];
  count: Figure;
  confidence: Figure;
  nextAt: Moment | null;
  together: string[];
  query: Query;
}

export interface ActionReport {
  issued: Figure;
  verdicts: Record<Verdict, Figure>;
  waiting: Figure;
  tasksSaved: FigureInterval | null;
  usdSaved: FigureInterval | null;
  byKind: { kind: string; issued: Figure; verdicts: Record<Verdict, Figure>; tasksSaved: Figure; usdSaved: Figure }[];
  /** Measured effects, the largest of each unit first. */
  effects: EffectRow[];
}

export interface FigureInterval {
  estimate: Figure;
  low: Figure;
  high: Figure;
}

export interface EffectRow extends FigureInterval {
  directive: string;
  summary: string;
  kpi: string;
  scope: string;
  wanted: 'down' | 'up';
  verdict: Exclude<Verdict, 'unmeasurable'>;
}

export interface AdviceReport {
  proposed: Figure;
  adopted: Figure;
  dismissed: Figure;
  /** Of those proposed, adopted or dismissed. */
  adoption: Figure;
  results: { title: string; verdict: string; gain: FigureInterval }[];
  open: { id: string; title: string; strategy: string; gain: FigureInterval; confidence: Figure; action: Statement }[];
}

export interface ForecastRow {
  scope: string;
  error: Figure;
  errorBefore: Figure;
}

export const coverageGaps = {
  heartbeat: 'agents without a heartbeat',
  owner: 'pools without an owner',
  cost: 'agents without a cost',
  budget: 'pools without a budget',
  sla: 'task types without an SLA',
} as const;
export type CoverageGap = keyof typeof coverageGaps;

export interface CoverageRow {
  gap: CoverageGap;
  missing: Figure;
  of: Figure;
  /** Some of them. */
  named: string[];
  query: Query;
}

/** null where the ledger or the minutes are not known. */
export interface DataReport {
  received: Figure | null;
  stored: Figure | null;
  duplicate: Figure | null;
  /** Received and not accounted for. */
  difference: Figure | null;
  rejected: { code: string; count: Figure }[];
  ignored: { reason: string; count: Figure }[];
  minutesMissing: Figure | null;
}

/** What a performance review says of an agent or a pool. */
export interface PersonnelRow {
  scope: BenchmarkScope;
  title: string;
  evidence: Statement[];
  recommendation: Statement | null;
}

export interface NextStep {
  /** What kind of thing it is about. */
  of: 'incident' | 'recurrence' | 'budget' | 'effect' | 'trend' | 'recommendation' | 'coverage' | 'data';
  what: Statement;
  why: Statement;
}
