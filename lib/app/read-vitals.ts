import { emptyFigures, type Figures, mergeFigures } from '../core/kpi/figures.ts';
import type { Freshness } from '../core/kpi/freshness.ts';
import { type NameLimits, OTHER, type RunningTotals } from '../core/kpi/running-totals.ts';
import { inWindow, type ScopeFigures, taskTypeFigures } from '../core/kpi/scope-figures.ts';
import type { LedgerSummary } from '../core/ledger/ledger.ts';
import { type EpochMs, minuteOf } from '../core/model/time.ts';
import type { Journal } from '../ports/journal.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import type { TotalsStore } from '../ports/totals-store.ts';
import { type FleetReport, type ReadDeps, readFleet } from './read-fleet.ts';
import { readFreshness } from './read-freshness.ts';
import { readLedger } from './read-ledger.ts';

/** How far back what is not counted for ever is looked at. */
const WINDOW_MINUTES = 15;
const LEDGER_MINUTES = 60;

/** How a system is, by names of which there are only so many. */
export interface Vitals {
  /** null before counting began. */
  totals: RunningTotals | null;
  freshness: Freshness;
  report: FleetReport;
  /** Of the newest 15 minutes that are complete. */
  pools: ReadonlyMap<string, ScopeFigures>;
  taskTypes: ReadonlyMap<string, ScopeFigures>;
  /** The name of each pool. */
  poolName: (pool: string) => string;
  /** Of the last hour. */
  ledger: LedgerSummary;
}

/** What a monitoring system that scrapes is told. */
export async function readVitals(
  deps: ReadDeps & { totals: TotalsStore; log: MinuteLog; journal: Journal; ledger: LedgerStore },
  system: string,
  nowMs: EpochMs,
): Promise<Vitals> {
  const [{ freshness, newestMs }, totals] = await Promise.all([
    readFreshness(deps, system, nowMs),
    deps.totals.read(system),
  ]);
  const to = minuteOf(newestMs);
  const window = { from: to - WINDOW_MINUTES, to };
  const received = { from: minuteOf(nowMs) + 1 - LEDGER_MINUTES, to: minuteOf(nowMs) + 1 };
  const [report, chunks, { total: ledger }] = await Promise.all([
    readFleet(deps, system, window.from, window.to),
    deps.rollups.read(system, window.from, window.to - 1),
    readLedger(deps, system, received, nowMs),
  ]);
  // The minute job gives names: only so many, and none that is taken away again.
  const named = (kind: keyof NameLimits) => (name: string) => (totals?.[kind].has(name) ? name : OTHER);
  const byName = (kind: keyof NameLimits, figures: Iterable<readonly [string, Figures]>) => {
    const result = new Map<string, ScopeFigures>();
    for (const [name, own] of figures) {
      const as = named(kind)(name);
      const sum = result.get(as) ?? inWindow(emptyFigures(), window);
      result.set(as, sum);
      mergeFigures(sum, own);
    }
    return result;
  };
  return {
    ...{ totals, freshness, report, ledger },
    pools: byName(
      'pools',
      report.pools.map(({ pool, figures }) => [pool, figures] as const),
    ),
    taskTypes: byName('taskTypes', taskTypeFigures({ chunks, ...window })),
    poolName: named('pools'),
  };
}
