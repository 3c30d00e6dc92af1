import type { Figures } from '../core/kpi/figures.ts';
import { shownFrom, withDeparted } from '../core/model/forgotten-agent.ts';
import { type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { StoredBudget } from '../core/slo/budget.ts';
import { reachesBudget } from '../core/slo/budget-access.ts';
import { budgetFigures } from '../core/slo/budget-figures.ts';
import { type BudgetReport, budgetReport } from '../core/slo/budget-report.ts';
import { windowsOfPeriod } from '../core/slo/budget-window.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import { readWindow, type WindowDeps } from './read-window.ts';

export interface BudgetDeps extends WindowDeps {
  budgets: BudgetStore;
  fleet: FleetStore;
  log: MinuteLog;
}

/**
 * The budgets of a system in the order of their names, or the one of a name.
 * @param reader whose pools they must be of, where they are restricted to some: others do not exist for them
 */
export async function findBudgets(
  deps: Pick<BudgetDeps, 'budgets' | 'fleet'>,
  system: string,
  reader: { pools?: readonly string[] },
  name?: string,
): Promise<StoredBudget[]> {
  const [stored, roster] = await Promise.all([
    name === undefined ? deps.budgets.list(system) : findBudget(deps.budgets, system, name),
    reader.pools === undefined ? new Map() : deps.fleet.roster(system),
  ]);
  return stored.filter(({ budget }) => reachesBudget(reader, budget.scope, roster));
}

async function findBudget(budgets: BudgetStore, system: string, name: string): Promise<StoredBudget[]> {
  const { revision, budget } = await budgets.find(system, name);
  return budget ? [{ revision, budget }] : [];
}

/** All those of budgets with many periods would not fit in memory together. */
const WINDOWS_AT_ONCE = 4;

/**
 * How budgets stand at the start of a minute, in their order. Each window is read once for all of them, as /v1/fleet reads
 * it.
 */
export async function readBudgets(
  deps: BudgetDeps,
  system: string,
  stored: readonly StoredBudget[],
  to: Minute,
): Promise<(StoredBudget & { report: BudgetReport })[]> {
  if (stored.length === 0) return [];
  const budgets = stored.map(({ budget }) => budget);
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
  const windows = [...Map.groupBy(wanted, (it) => it.from)];
  for (let i = 0; i < windows.length; i += WINDOWS_AT_ONCE) {
    const some = windows.slice(i, i + WINDOWS_AT_ONCE).map(async ([from, ofWindow]) => {
      const figuresOf = budgetFigures(await readWindow(deps, system, { from, to }, entries, tiles), entries);
      for (const { index, scope, name } of ofWindow) found[index]?.set(name, figuresOf(scope));
    });
    await Promise.all(some);
  }

  const firstSeen = [...entries.values()].map(({ firstSeenMs }) => firstSeenMs);
  const sinceMs = firstSeen.length === 0 ? null : startOfMinute(minuteOf(firstSeen.reduce((a, b) => Math.min(a, b))));
  return stored.map(({ revision, budget }, index) => {
    const windows = found[index] ?? new Map();
    return { revision, budget, report: budgetReport(budget, { windows, toMs: startOfMinute(to), sinceMs }) };
  });
}
