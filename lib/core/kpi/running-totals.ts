import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import { openFromAfter } from './complete-minutes.ts';
import { zeroCounters } from './counters.ts';
import type { TaskCounter } from './task-rollup.ts';

/** What is counted for ever. */
export const talliedCounters = [
  ...(['completed', 'failed', 'timeout', 'cancelled', 'rejected'] as const),
  ...(['responseCount', 'responseUs', 'costNanoUsd'] as const),
  ...(['inputTokens', 'cachedInputTokens', 'cacheWriteTokens', 'outputTokens', 'reasoningTokens'] as const),
] as const satisfies readonly TaskCounter[];

export type Tally = Record<(typeof talliedCounters)[number], number>;

/** By name: some by their own, and {@link OTHER} for what the rest did together. */
export type Tallies = ReadonlyMap<string, Tally>;

export interface TotalsByName {
  pools: Tallies;
  taskTypes: Tallies;
}

/** How many pools and task types are told apart by name. */
export type NameLimits = Readonly<Record<keyof TotalsByName, number>>;

export const OTHER = 'other';

/**
 * What the tasks of a system came to since counting began: sums that only grow. A task is counted in the pool that its
 * agent is in when its minute is counted, and stays there. A name that was given once stays, too.
 */
export interface RunningTotals extends TotalsByName {
  sinceMs: EpochMs;
  /** Every minute up to this one is counted. */
  through: Minute;
  limits: NameLimits;
  /** Counted minutes that are about to get late events, and what the late ones in them came to when they were counted. */
  late: { minutes: readonly Minute[]; counted: TotalsByName };
}

/** Tasks of a minute, or of a part of the fleet in it. */
export interface TalliedMinute {
  minute: Minute;
  tasks: { values(): Iterable<{ agent: string; pool: string; taskType: string; counters: Tally }> };
}

type PoolOf = (agent: string) => string;

const nothing: TotalsByName = { pools: new Map(), taskTypes: new Map() };

/** Totals in which nothing is counted before the minute `from`. */
export function totalsFrom(from: Minute, limits: NameLimits): RunningTotals {
  const late = { minutes: [], counted: nothing };
  return { ...nothing, sinceMs: startOfMinute(from), through: from - 1, limits, late };
}

/** The newest minute that no run of the minute job computes anew, not even one that is repeated. */
export function countableThrough(doneThrough: Minute): Minute {
  return openFromAfter(doneThrough - 1) - 1;
}

/**
 * To be saved before late events are added to minutes: what was counted of late ones in these. Whoever counts next counts
 * the difference to what there is then, so that nothing is lost or counted twice wherever the work was interrupted.
 * @param minutes that change, and their late chunks as they are stored
 * @returns the totals themselves where none of the minutes is counted yet
 */
export function noteLate(
  totals: RunningTotals,
  minutes: ReadonlyMap<Minute, readonly TalliedMinute[]>,
  poolOf: PoolOf,
): RunningTotals {
  const { late } = totals;
  const noted = [...minutes].filter(([minute]) => minute <= totals.through && !late.minutes.includes(minute));
  if (noted.length === 0) return totals;
  const chunks = noted.flatMap(([, stored]) => stored);
  const { named, tallies } = tallied(totals, chunks, poolOf);
  return {
    ...named,
    late: {
      minutes: [...late.minutes, ...noted.map(([minute]) => minute)],
      counted: combined(late.counted, tallies, (a, b) => a + b),
    },
  };
}

/**
 * Counts minutes that are complete, and what late events changed.
 * @param chunks what is stored of every minute after totals.through up to `through`, and late chunks of
 *   totals.late.minutes
 * @param pools that have a name even where no task was theirs
 */
export function countMinutes(
  totals: RunningTotals,
  { chunks, through, pools }: { chunks: readonly TalliedMinute[]; through: Minute; pools: readonly string[] },
  poolOf: PoolOf,
): RunningTotals {
  const late = new Set(totals.late.minutes);
  const present = withNames(totals, 'pools', pools);
  const complete = chunks.filter(({ minute }) => minute > totals.through && minute <= through);
  const anew = tallied(present, complete, poolOf);
  const changed = chunks.filter(({ minute }) => late.has(minute));
  const now = tallied(anew.named, changed, poolOf);
  // An agent that changed its pool in between must not take anything away from the pool that it left.
  const grown = combined(now.tallies, totals.late.counted, (after, before) => Math.max(0, after - before));
  const sums = combined(combined(now.named, anew.tallies, sum), grown, sum);
  return { ...now.named, ...sums, through: Math.max(totals.through, through), late: { minutes: [], counted: nothing } };
}

/** The name under which a pool or task type is counted, or would be. */
export function nameIn(names: ReadonlyMap<string, unknown>, limit: number, name: string): string {
  if (names.has(name)) return name;
  return names.size - Number(names.has(OTHER)) < limit ? name : OTHER;
}

/** All names together. */
export function sumOf(tallies: Tallies): Tally {
  const all = zeroCounters(talliedCounters);
  for (const tally of tallies.values()) addTally(all, tally);
  return all;
}

/** What chunks come to under the names of the totals, and the totals with a name for each. */
function tallied(
  totals: RunningTotals,
  chunks: readonly TalliedMinute[],
  poolOf: PoolOf,
): { named: RunningTotals; tallies: TotalsByName } {
  const raw = { pools: new Map<string, Tally>(), taskTypes: new Map<string, Tally>() };
  for (const { tasks } of chunks) {
    for (const { agent, pool, taskType, counters } of tasks.values()) {
      addTo(raw.pools, agent === '' ? pool : poolOf(agent), counters);
      addTo(raw.taskTypes, taskType, counters);
    }
  }
  const named = withNames(withNames(totals, 'pools', raw.pools.keys()), 'taskTypes', raw.taskTypes.keys());
  const under = (kind: keyof TotalsByName): Tallies => {
    const tallies = new Map<string, Tally>();
    for (const [name, tally] of raw[kind]) addTo(tallies, named[kind].has(name) ? name : OTHER, tally);
    return tallies;
  };
  return { named, tallies: { pools: under('pools'), taskTypes: under('taskTypes') } };
}

/** Gives names to those that have none, in the order of the alphabet, as long as there are any. */
function withNames(totals: RunningTotals, kind: keyof TotalsByName, wanted: Iterable<string>): RunningTotals {
  const names = new Map(totals[kind]);
  for (const name of [...wanted].sort()) {
    const as = nameIn(names, totals.limits[kind], name);
    if (!names.has(as)) names.set(as, zeroCounters(talliedCounters));
  }
  return { ...totals, [kind]: names };
}

type Arithmetic = (a: number, b: number) => number;
const sum: Arithmetic = (a, b) => a + b;

function combined(a: TotalsByName, b: TotalsByName, by: Arithmetic): TotalsByName {
  const of = (kind: keyof TotalsByName): Tallies =>
    new Map(
      [...new Set([...a[kind].keys(), ...b[kind].keys()])].map((name) => {
        const [left, right] = [a[kind].get(name), b[kind].get(name)];
        const counts = talliedCounters.map((it) => [it, by(left?.[it] ?? 0, right?.[it] ?? 0)] as const);
        return [name, Object.fromEntries(counts) as Tally];
      }),
    );
  return { pools: of('pools'), taskTypes: of('taskTypes') };
}

function addTo(tallies: Map<string, Tally>, name: string, counters: Tally): void {
  const tally = tallies.get(name) ?? zeroCounters(talliedCounters);
  tallies.set(name, tally);
  addTally(tally, counters);
}

function addTally(to: Tally, counters: Tally): void {
  for (const counter of talliedCounters) to[counter] += counters[counter];
}
