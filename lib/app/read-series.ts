import { poolIn, SIGNS_LOOKBACK_MINUTES } from '../core/kpi/agent-figures.ts';
import { emptyFigures, type Figures, mergeFigures } from '../core/kpi/figures.ts';
import { type HistoryLevel, type HistoryPoint, historySteps, levelOfStep } from '../core/kpi/history-point.ts';
import { type KpiScope, scopeName } from '../core/kpi/kpi-scope.ts';
import { figuresIn, inWindow, type ScopeFigures, tileOfScope } from '../core/kpi/scope-figures.ts';
import type { Signs } from '../core/kpi/signs.ts';
import { signsIn } from '../core/kpi/tile.ts';
import { floorTo, type TileProgress } from '../core/kpi/tile-progress.ts';
import { shownFrom, withDeparted } from '../core/model/forgotten-agent.ts';
import { reaches } from '../core/model/pool-access.ts';
import { poolOf, type RosterEntry } from '../core/model/roster.ts';
import { type Minute, startOfMinute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import { readSignsBefore, readWindow, type WindowDeps } from './read-window.ts';

export interface SeriesDeps extends WindowDeps {
  fleet: FleetStore;
  metrics: MetricStore;
  log: MinuteLog;
}

/** What is asked for: steps of [from, to), both multiples of stepMinutes. */
export interface SeriesSpan {
  from: Minute;
  to: Minute;
  stepMinutes: number;
}

/**
 * The figures of a scope for each step of [from, to) whose minutes have all been completed, in order. Steps that are
 * summed up come from history; those after them from what the minute job works on.
 * @param withPool whether those of an agent must have its pool's beside them
 * @param reader whose pools the figures must be of, where they are restricted to some
 * @returns null for an agent or pool that is not known to the reader, "not-of-pools" for a scope that is of all pools
 */
export async function readSeries(
  deps: SeriesDeps,
  system: string,
  { scope, withPool, ...span }: SeriesSpan & { scope: KpiScope; withPool: boolean },
  reader: { pools?: readonly string[] } = {},
): Promise<ScopeFigures[] | 'not-of-pools' | null> {
  if (reader.pools && scope.kind !== 'pool' && scope.kind !== 'agent') return 'not-of-pools';
  if (scope.kind === 'pool' && !reaches(reader, scope.id)) return null;
  const [roster, forgotten, progress] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(span.from - SIGNS_LOOKBACK_MINUTES)),
    deps.log.progress(system),
  ]);
  if (scope.kind === 'agent') {
    const entry = roster.get(scope.id);
    if (!entry || !reaches(reader, poolOf(entry))) return null;
  }
  const done = { ...span, to: Math.min(span.to, (progress.doneThrough ?? span.from - 1) + 1) };
  const entries = withDeparted(roster, forgotten);
  // Of an agent that is back after it was forgotten, what it did before is not shown.
  const anew = scope.kind === 'agent' ? shownFrom(forgotten, scope.id) : Number.NEGATIVE_INFINITY;
  const { steps, isKnown } = await readSteps(
    deps,
    system,
    { scope, ...done, anew, withPool },
    entries,
    progress.tiles ?? null,
  );
  // Tasks may have been rejected by a pool that has no agent.
  const isPool = () => isKnown || [...entries.values()].some((entry) => poolOf(entry) === scopeId(scope));
  return scope.kind === 'pool' && !isPool() ? null : steps;
}

async function readSteps(
  deps: SeriesDeps,
  system: string,
  { scope, from, to, stepMinutes, anew, withPool }: SeriesSpan & { scope: KpiScope; anew: Minute; withPool: boolean },
  roster: ReadonlyMap<string, RosterEntry>,
  tiled: TileProgress | null,
): Promise<{ steps: ScopeFigures[]; isKnown: boolean }> {
  const level = levelOfStep(stepMinutes);
  const historyTo = historyEnd({ from, to }, level, tiled);
  const read = (name: string) =>
    historyTo > from ? deps.metrics.read(system, name, level, from, historyTo) : Promise.resolve([]);
  const pool = scope.kind === 'agent' && withPool ? poolIn(roster, scope.id) : null;
  const [points, ofPool] = await Promise.all([read(scopeName(scope)), pool === null ? [] : read(`pool:${pool}`)]);
  const sums = sumBySteps(
    points.filter(({ at }) => at >= anew),
    stepMinutes,
  );
  const pools = sumBySteps(ofPool, stepMinutes);
  const steps: ScopeFigures[] = [];
  const recent = new RecentSteps(deps, system, scope, tiled);
  for (const start of stepsOf({ from, to, stepMinutes })) {
    const end = start + stepMinutes;
    const figures = inWindow(sums.get(start) ?? emptyFigures(), { from: start, to: end });
    if (pool !== null) compareWith(figures, inWindow(pools.get(start) ?? emptyFigures(), { from: start, to: end }));
    steps.push(figures);
    if (end <= historyTo) continue;
    const known = new Map([...roster].filter(([, entry]) => entry.firstSeenMs < startOfMinute(end)));
    const rest = { from: Math.max(start, historyTo, anew), to: end };
    if (rest.from >= end) continue;
    const newest =
      level === 'minute'
        ? await recent.next(rest, known)
        : figuresIn(scope, await readWindow(deps, system, rest, known, tiled), known);
    mergeFigures(figures, newest);
    if (figures.pool && newest.pool) {
      mergeFigures(figures.pool, newest.pool);
      compareWith(figures, figures.pool);
    }
  }
  return { steps, isKnown: points.length > 0 || steps.some(({ tasks }) => tasks.counters.rejected > 0) };
}

/** Up to where a period is read from history: what is not summed up yet is not in it. */
export function historyEnd(
  { from, to }: Pick<SeriesSpan, 'from' | 'to'>,
  level: HistoryLevel,
  tiled: TileProgress | null,
): Minute {
  return Math.max(from, Math.min(to, floorTo(tiled?.to ?? from, historySteps[level])));
}

/** Starts of the steps that lie wholly before the end. */
export function stepsOf({ from, to, stepMinutes }: SeriesSpan): Minute[] {
  return Array.from({ length: Math.max(0, Math.floor((to - from) / stepMinutes)) }, (_, i) => from + i * stepMinutes);
}

/**
 * Steps of minutes that are not summed up, one after the other: what was said by the end of one is known in the next, so that of a
 * fleet of any size no more than the minutes of one step are in memory.
 */
class RecentSteps {
  readonly #deps: SeriesDeps;
  readonly #system: string;
  readonly #scope: KpiScope;
  readonly #tiled: TileProgress | null;
  /** Of agents by the end of a minute; null before the first step. */
  #known: { to: Minute; signs: Map<string, Signs> } | null = null;

  constructor(deps: SeriesDeps, system: string, scope: KpiScope, tiled: TileProgress | null) {
    this.#deps = deps;
    this.#system = system;
    this.#scope = scope;
    this.#tiled = tiled;
  }

  /** @param entries the agents that were known by the end of the step */
  async next(
    { from, to }: { from: Minute; to: Minute },
    entries: ReadonlyMap<string, RosterEntry>,
  ): Promise<ScopeFigures> {
    const known = this.#known ?? (await readSignsBefore(this.#deps, this.#system, from, this.#tiled));
    const first = known?.to ?? from - SIGNS_LOOKBACK_MINUTES;
    const columns = await this.#deps.rollups.readColumns(this.#system, first, to - 1);
    const tile = tileOfScope(this.#scope, { from, to, columns, signs: known?.signs }, entries);
    this.#known = { to, signs: new Map([...(known?.signs ?? []), ...signsIn(tile)]) };
    return figuresIn(this.#scope, tile, entries);
  }
}

function sumBySteps(points: readonly HistoryPoint[], stepMinutes: number): Map<Minute, Figures> {
  const sums = new Map<Minute, Figures>();
  for (const { at, figures } of points) {
    if (!figures) continue;
    const start = floorTo(at, stepMinutes);
    const sum = sums.get(start);
    if (sum) mergeFigures(sum, figures);
    else sums.set(start, figures);
  }
  return sums;
}

/** An agent is compared with the whole of its pool. */
function compareWith(figures: ScopeFigures, pool: ScopeFigures): void {
  const { qualityCount, qualityPpm } = pool.tasks.counters;
  figures.qualityPrior = { count: qualityCount, ppm: qualityPpm };
  figures.pool = pool;
}

function scopeId(scope: KpiScope): string | undefined {
  return scope.kind === 'fleet' ? undefined : scope.id;
}
