import type { Figures } from '../core/kpi/figures.ts';
import { shownFrom, withDeparted } from '../core/model/forgotten-agent.ts';
import { type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { Budget } from '../core/slo/budget.ts';
import { budgetFigures } from '../core/slo/budget-figures.ts';
import { type BudgetReport, budgetReport } from '../core/slo/budget-report.ts';
import { windowsOfPeriod } from '../core/slo/budget-window.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import { readWindow, type WindowDeps } from './read-window.ts';

export interface BudgetDeps extends WindowDeps {
  fleet: FleetStore;
  log: MinuteLog;
}

/**
 * How budgets stand at the start of a minute, in their order. Each window is read once for all of them, as /v1/fleet reads
 * it.
 */
export async function readBudgets(
  deps: BudgetDeps,
  system: string,
  budgets: readonly Budget[],
  to: Minute,
): Promise<BudgetReport[]> {
  if (budgets.length === 0) return [];
  const spans = budgets.map(({ period }) => windowsOfPeriod(period));
  const earliest = to - Math.max(...spans.flat().map(({ minutes }) => minutes));
  const [roster, forgotten, { tiles = null }] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(earliest)),
    deps.log.progress(system),
  ]);
  const entries = new Map(
    [...withDeparted(roster, forgotten)].filter(([, entry]) => entry.firstSeenMs < startOfMinute(to)),
  );

  const found = budgets.map(() => new Map<string, Figures | null>());
  const wanted = budgets.flatMap(({ scope }, index) => {
    // Of an agent that is back after it was forgotten, what it did before is not counted.
    const anew = scope.kind === 'agent' ? shownFrom(forgotten, scope.id) : Number.NEGATIVE_INFINITY;
    return (spans[index] ?? []).map(({ name, minutes }) => ({
      ...{ index, scope, name },
      from: Math.min(to, Math.max(to - minutes, anew)),
    }));
  });
  // One after the other: together, the windows of a large fleet would not fit in memory.
  for (const [from, ofWindow] of Map.groupBy(wanted, (it) => it.from)) {
    const figuresOf = budgetFigures(await readWindow(deps, system, { from, to }, entries, tiles), entries);
    for (const { index, scope, name } of ofWindow) found[index]?.set(name, figuresOf(scope));
  }

  const firstSeen = [...entries.values()].map(({ firstSeenMs }) => firstSeenMs);
  const sinceMs = firstSeen.length === 0 ? null : startOfMinute(minuteOf(firstSeen.reduce((a, b) => Math.min(a, b))));
  return budgets.map((budget, index) =>
    budgetReport(budget, { windows: found[index] ?? new Map(), toMs: startOfMinute(to), sinceMs }),
  );
}
