import type { KpiValue, Severity, Window } from '../answers.ts';

// What GET /v1/budgets answers, as far as the page shows it.

export interface Budget {
  name: string;
  kpi: string;
  scope: string;
  /** Of a share that should be good, 0..1; null of an amount. */
  objective: number | null;
  period: string;
  /** Of a latency in ms, of an amount in USD. */
  limit: number | null;
  owner: string | null;
  revision: number;
  window: Window;
  /** Of a share the part of the error budget that is left, of an amount what is left of the limit. */
  remaining: KpiValue;
  /** By window, from the shortest; 1 spends the whole budget in one period. */
  burnRate: Readonly<Record<string, KpiValue>>;
  exhaustsAt: string | null;
  exhaustsReason?: string;
  /** Absent where the server is older. */
  alertRules?: readonly { severity: Severity; long: string; short: string; burnRate: number }[];
}

export interface BudgetsAnswer {
  budgets: readonly Budget[];
  next: string | null;
}
