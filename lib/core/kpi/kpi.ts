import type { AlertKind } from '../alert/alert.ts';
import type { KpiBudget } from './kpi-budget.ts';
import type { ScopeKind } from './kpi-scope.ts';
import type { KpiValue } from './kpi-value.ts';
import type { ScopeFigures } from './scope-figures.ts';

/** One KPI, declared once: the API, the documentation and the rules all read this. */
export interface Kpi {
  unit: string;
  /** Which way is better; null where neither is. */
  better: 'higher' | 'lower' | null;
  /** In words, with its denominator. */
  formula: string;
  /** What `n` counts. */
  counts: 'tasks' | 'samples' | 'ratings' | 'minutes' | 'workflows';
  /** Below this n the value is shown but not to be relied on. */
  minimumSample: number;
  /** Alert kinds it leads to. */
  drives: readonly AlertKind[];
  /** What it is defined for. */
  scopes: readonly ScopeKind[];
  /** Whether an agent's value depends on its pool's figures. */
  comparesWithPool?: true;
  /** How budgets count it; absent where it can have none. */
  budget?: KpiBudget;
  /** @returns its value for one scope, of a kind in `scopes`, over one window */
  of(figures: ScopeFigures): KpiValue;
  /** @returns its value for a workflow type, from the runs instead of tasks; where it is missing, `of` is from runs itself */
  ofRuns?(figures: ScopeFigures): KpiValue;
}
