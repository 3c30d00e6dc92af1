import { isTabled } from '../core/kpi/closed-tasks.ts';
import type { RollupChunk } from '../core/kpi/rollup-chunk.ts';
import {
  countableThrough,
  countMinutes,
  type NameLimits,
  noteLate,
  type TalliedMinute,
  totalsFrom,
} from '../core/kpi/running-totals.ts';
import { poolOf } from '../core/model/roster.ts';
import { DAY_MINUTES, type Minute, startOfMinute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { RollupStore } from '../ports/rollup-store.ts';
import type { TotalsStore } from '../ports/totals-store.ts';
import type { Remembered } from './job-memory.ts';

export interface TotalsDeps {
  rollups: RollupStore;
  totals: TotalsStore;
  fleet: FleetStore;
  /** How many pools and task types are told apart. */
  nameLimits: NameLimits;
}

/**
 * To be called before chunks of closed minutes are saved with late events in them.
 * @returns false when another run has taken over
 */
export async function noteLateMinutes(
  deps: Pick<TotalsDeps, 'rollups' | 'totals'>,
  { system, fence }: { system: string; fence: number },
  late: readonly RollupChunk[],
  poolOfAgent: (agent: string) => string,
): Promise<boolean> {
  const ended = late.filter(({ tasks }) => [...tasks.values()].some(isTabled));
  const totals = ended.length === 0 ? null : await deps.totals.read(system);
  if (!totals) return true;
  const minutes = new Set(ended.map(({ minute }) => minute).filter((minute) => minute <= totals.through));
  const stored = await Promise.all(
    [...minutes].map(async (minute) => [minute, await readLate(deps, system, minute)] as const),
  );
  const noted = noteLate(totals, new Map(stored), poolOfAgent);
  return noted === totals || deps.totals.save(system, noted, fence);
}

/**
 * To be called before the first minute of a system is completed, so that a run that stops before it has counted leaves
 * nothing out.
 * @returns false when another run has taken over
 */
export async function beginTotals(
  deps: Pick<TotalsDeps, 'totals' | 'nameLimits'>,
  { system, fence, from }: Pick<CountStep, 'system' | 'fence' | 'from'>,
): Promise<boolean> {
  if (await deps.totals.read(system)) return true;
  return deps.totals.save(system, totalsFrom(countableThrough(from), deps.nameLimits), fence);
}

export interface CountStep {
  system: string;
  fence: number;
  from: Minute;
  doneThrough: Minute;
  saved: Pick<Remembered, 'roster' | 'tables'>;
}

/**
 * Counts what became countable, from what is stored: whatever an interrupted run left undone, the next one finds.
 * @param step the first minute that the run completed, and the last that is complete; and what the run has just saved
 * @returns false when another run has taken over
 */
export async function countTotals(
  deps: TotalsDeps,
  { system, fence, from, doneThrough, saved }: CountStep,
): Promise<boolean> {
  const [stored, forgotten] = await Promise.all([
    deps.totals.read(system),
    deps.fleet.forgotten(system, startOfMinute(from - 2 * DAY_MINUTES)),
  ]);
  const { roster } = saved;
  // What came before is in nobody's counter, and late events for it are.
  const totals = { ...(stored ?? totalsFrom(countableThrough(from), deps.nameLimits)), limits: deps.nameLimits };
  const through = countableThrough(doneThrough);
  const reads = totals.late.minutes.map((minute): Promise<TalliedMinute[]> => readLate(deps, system, minute));
  for (let minute = totals.through + 1; minute <= through; minute++) {
    reads.push(readMinute(deps, system, minute, saved.tables));
  }
  const chunks = await Promise.all(reads);
  const pools = new Set([...roster.values()].map(poolOf));
  const counted = countMinutes(totals, { chunks: chunks.flat(), through, pools: [...pools] }, (agent) =>
    poolOf(roster.get(agent) ?? forgotten.get(agent)?.entry),
  );
  return deps.totals.save(system, counted, fence);
}

async function readMinute(
  deps: Pick<TotalsDeps, 'rollups'>,
  system: string,
  minute: Minute,
  tables: Remembered['tables'],
): Promise<TalliedMinute[]> {
  const known = tables.get(minute);
  return known ? [...known.values()].map((tasks) => ({ minute, tasks })) : deps.rollups.read(system, minute, minute);
}

/** Only what came late: what was on time does not change any more. */
async function readLate({ rollups }: Pick<TotalsDeps, 'rollups'>, system: string, minute: Minute) {
  return (await rollups.readClosed(system, minute)).flatMap(({ late }) => late ?? []);
}
