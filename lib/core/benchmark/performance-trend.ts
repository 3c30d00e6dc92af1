import type { FleetChange } from '../model/fleet-change.ts';
import { DAY_MINUTES, type Minute, startOfMinute } from '../model/time.ts';
import type { BenchmarkScope, KpiTrend } from './benchmark.ts';
import { type CellDays, CellDaysBuilder, type PlacedDay } from './cell-days.ts';
import { CURRENT_DAYS, compareDays, type DayComparison, daysToSetAside, unknownTrend } from './compare-days.ts';
import { HourPatterns } from './hour-pattern.ts';
import { standardise } from './standardisation.ts';
import { type TrendKpi, trendKpis } from './trend-kpi.ts';
import { type RowFigures, RowSums, WorkCells } from './work-cells.ts';
import type { WorkDay } from './work-day.ts';

/** Days that are looked at, today not among them. */
export const TREND_DAYS = 90;

export interface TrendOptions {
  /** First minute of the UTC day that is not over yet: the days before it are compared. */
  today: Minute;
  /** Changes that were reported in the time of the days. */
  changes?: readonly FleetChange[];
  /** Of which trends are wanted; of the fleet, every pool and every agent where it is absent. */
  scopes?: readonly BenchmarkScope[];
}

/**
 * How the last week compares with up to 83 days before, by fleet, pool and agent: changes of mix (task types, agents, hours) are
 * told apart from changes of performance. Parts of a change add up: as they are for points, in the logarithm of 1 + each for ratios.
 *
 * Where performance changed its level for good within the days, the reference is what was between that change and the one before it, and `since` says
 * when. Single odd days (an outage) are set aside from all figures, and `reason` names them.
 * @param days called twice, each time to give the days in any order; others than the last {@link TREND_DAYS} are passed over
 * @see docs/decisions/comparing-with-history.md
 */
export async function performanceTrends(
  days: () => Iterable<WorkDay> | AsyncIterable<WorkDay>,
  { today, changes = [], scopes }: TrendOptions,
): Promise<Map<BenchmarkScope, KpiTrend[]>> {
  const numberOf = (day: Minute) => TREND_DAYS - (today - day) / DAY_MINUTES;
  const isOf = ({ day }: WorkDay) => numberOf(day) >= 0 && numberOf(day) < TREND_DAYS;
  const cells = new WorkCells();
  const figuresOf = figuresByRow();
  const patterns = trendKpis.map((kpi) => new HourPatterns(kpi));
  for await (const day of days()) {
    if (!isOf(day)) continue;
    const ofRow = cells.of(day);
    const of = { cells: ofRow, cellCount: cells.cells.length };
    trendKpis.forEach((kpi, i) => {
      patterns[i]?.add(day, figuresOf(day, kpi), of);
    });
  }
  const builders = patterns.map((pattern) => new CellDaysBuilder(pattern.finish(cells)));
  patterns.length = 0; // so that its memory can be used for what comes
  for await (const day of days()) {
    if (!isOf(day)) continue;
    const ofRow = cells.of(day);
    const of = { number: numberOf(day.day), cells: cells.cells, ...placesOf(ofRow, cells.cells.length) };
    trendKpis.forEach((kpi, i) => {
      builders[i]?.add(day, figuresOf(day, kpi), of);
    });
  }
  const wanted = scopesOf(cells, scopes);
  const trends = new Map<BenchmarkScope, KpiTrend[]>([...wanted.keys()].map((scope) => [scope, []]));
  trendKpis.forEach((kpi, i) => {
    const builder = builders[i] as CellDaysBuilder;
    const ofAgents = builder.ofAgents(cells);
    const ofPools = cells.rejected.size === 0 ? ofAgents : builder.ofPools(cells);
    for (const [scope, members] of wanted) {
      const table = scope.startsWith('agent:') ? ofAgents : ofPools;
      const compared = compareScope(table, { members, cells, kpi });
      trends.get(scope)?.push(trendOf(compared, { today, changes: changesOf(scope, members, { cells, changes }) }));
    }
  });
  return trends;
}

/** @returns what a KPI divides by what; the next call overwrites it */
function figuresByRow(): (day: WorkDay, kpi: TrendKpi) => RowFigures {
  const [numerators, denominators] = [new RowSums(), new RowSums()];
  return (day, { numerator, scale, denominator }) => ({
    numerators: numerators.of(day, numerator, scale),
    denominators: denominators.of(day, denominator),
  });
}

/** The cells of a day, each once, and by row the place of its own among them. */
function placesOf(cells: Uint32Array, cellCount: number): Omit<PlacedDay, 'number'> {
  // By cell: 1 + its place, 0 where it was not seen yet.
  const placeOf = new Uint32Array(cellCount);
  const present: number[] = [];
  const places = new Uint32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] as number;
    placeOf[cell] ||= present.push(cell);
    places[row] = (placeOf[cell] as number) - 1;
  }
  return { present: Uint32Array.from(present), places };
}

/** The numbers of the cells of each scope. */
function scopesOf({ cells }: WorkCells, wanted: TrendOptions['scopes']): Map<BenchmarkScope, number[]> {
  const members = new Map<BenchmarkScope, number[]>((wanted ?? ['fleet']).map((scope) => [scope, []]));
  cells.forEach(({ agent, pool }, cell) => {
    for (const scope of ['fleet', `pool:${pool}`, ...(agent === '' ? [] : [`agent:${agent}`])]) {
      const known = members.get(scope);
      if (known) known.push(cell);
      else if (!wanted) members.set(scope, [cell]);
    }
  });
  return members;
}

function compareScope(
  table: CellDays,
  { members, cells, kpi }: { members: readonly number[]; cells: WorkCells; kpi: TrendKpi },
): DayComparison {
  const withTasks = members.filter((cell) => (table.start[cell + 1] as number) > (table.start[cell] as number));
  if (withTasks.length === 0) return { ...unknownTrend(kpi), reason: kpi.nothing };
  const currentFrom = TREND_DAYS - CURRENT_DAYS;
  const counts = new Uint8Array(TREND_DAYS).fill(1);
  const of = { changeUnit: kpi.changeUnit, days: TREND_DAYS, counts, currentFrom };
  const work = { cells: withTasks, all: cells.cells };
  const all = standardise(table, work, of);
  const setAside = daysToSetAside(all, kpi);
  if (setAside.length === 0) return compareDays(all, kpi, { currentFrom, setAside });
  for (const day of setAside) counts[day] = 0;
  return compareDays(standardise(table, work, of), kpi, { currentFrom, setAside });
}

function trendOf(
  { sinceDay, setAside, ...compared }: DayComparison,
  { today, changes }: { today: Minute; changes: readonly FleetChange[] },
): KpiTrend {
  const startOf = (day: number) => startOfMinute(today - (TREND_DAYS - day) * DAY_MINUTES);
  const dates = setAside.map((day) => new Date(startOf(day)).toISOString().slice(0, 10));
  const trend = dates.length > 0 ? { reason: `odd days are set aside: ${dates.join(', ')}`, ...compared } : compared;
  if (sinceDay === null) return trend;
  const atMs = startOf(sinceDay);
  const dayMs = startOfMinute(DAY_MINUTES);
  // Within a day of the first day: the day before, the day itself, and the one after it.
  const about = changes.filter(({ event }) => event.atMs >= atMs - dayMs && event.atMs < atMs + 2 * dayMs);
  return { ...trend, since: { atMs, changes: about.toSorted((a, b) => a.event.atMs - b.event.atMs).map(changeText) } };
}

/** Changes of all, of the pools and of the agents that have cells in a scope. */
function changesOf(
  scope: BenchmarkScope,
  members: readonly number[],
  { cells, changes }: { cells: WorkCells; changes: readonly FleetChange[] },
): FleetChange[] {
  if (scope === 'fleet' || changes.length === 0) return [...changes];
  const of = members.map((cell) => cells.cells[cell] as { agent: string; pool: string });
  return changes.filter(({ event: { agent, pool } }) =>
    of.some((cell) => (agent === undefined ? pool === undefined || pool === cell.pool : agent === cell.agent)),
  );
}

function changeText({ event: { kind, agent, pool, version, note } }: FleetChange): string {
  const of = agent ? ` of ${agent}` : pool ? ` of pool ${pool}` : '';
  return [`${kind}${of}`, version, note].filter((part) => part).join(', ');
}
