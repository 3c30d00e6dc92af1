import { firstTileProgress } from '../core/kpi/tile-progress.ts';
import { type EpochMs, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { PlanDueMessage } from '../ports/event-bus.ts';
import type { KnownSystem } from '../ports/fleet-store.ts';
import type { MinuteLease, MinuteLog, MinuteProgress } from '../ports/minute-log.ts';
import { type AnalyzeDeps, analyzeMinutes } from './analyze-minutes.ts';
import { beginTotals, countTotals } from './count-totals.ts';
import { JobMemory } from './job-memory.ts';
import { measureLater } from './measure-later.ts';
import { type PromoteDeps, promoteClasses } from './promote-classes.ts';
import { publishTransitions } from './publish-transitions.ts';
import { type SumUpDeps, sumUp } from './sum-up.ts';

/** A run that has not ended by then is over: Lambda stops it after 50 s. */
const LEASE_MS = 55_000;
/** A run that has minutes to catch up takes them in steps, so that each step is saved before the next. */
const STEP_MINUTES = 15;
const FIRST_LOOKBACK_MINUTES = 15;
const HOUR_MINUTES = 60;
/** Minutes that may be missed, by a run that was late or failed, before the monitor counts as started anew. */
const MISSED_MINUTES = 2;

export interface MinuteRun {
  /** The minute boundary the schedule fired for: the minute before it has just ended. */
  scheduledMs: EpochMs;
  /** The same for every retry of one firing. */
  executionId: string;
}

export type MinuteOutcome = { system: string; status: 'done'; minutes: number } | { system: string; status: 'busy' };

export interface MinuteJobDeps extends AnalyzeDeps, SumUpDeps, PromoteDeps {
  nowMs: () => EpochMs;
  /** The same for every run of a process. */
  memory?: JobMemory;
  /** Is told at once what became of each system: of a run that is cut short later, too. */
  tell?: (outcome: MinuteOutcome | { system: string; status: 'failed'; error: unknown }) => void;
}

/**
 * Completes every minute up to the scheduled one, for one system after the other; what fails for one keeps no other from
 * its turn. Running it again, or late, repairs.
 * @throws AggregateError when it failed for some of several systems, after all have had their turn; what failed for the
 * only one as it is
 */
export async function runMinuteJob(deps: MinuteJobDeps, run: MinuteRun): Promise<MinuteOutcome[]> {
  const outcomes: MinuteOutcome[] = [];
  const failures: { system: string; error: unknown }[] = [];
  const memory = deps.memory ?? new JobMemory();
  const turns = await turnsOf(deps);
  for (const turn of turns) {
    const { system } = turn.known;
    try {
      const outcome = await takeTurn({ ...deps, memory }, turn, run);
      outcomes.push(outcome);
      deps.tell?.(outcome);
    } catch (error) {
      failures.push({ system, error });
      deps.tell?.({ system, status: 'failed', error });
    }
  }
  if (failures.length > 0) throw turns.length === 1 ? failures[0]?.error : allOf(failures);
  return outcomes;
}

function allOf(failures: readonly { system: string; error: unknown }[]): AggregateError {
  const errors = failures.map(({ system, error }) => new Error(`${system}: ${String(error)}`, { cause: error }));
  return new AggregateError(errors, errors.map(({ message }) => message).join('; '));
}

/** A system whose turn has come, and how far it is; null where that cannot be read. */
interface Turn {
  known: KnownSystem;
  last: Awaited<ReturnType<MinuteLog['progress']>> | null;
}

/**
 * Those whose last turn did not end well come after the others, so that one that takes all of the time that a run has keeps
 * no other waiting but once; else those first whose turn began the longest ago. One whose progress cannot be read comes last.
 */
async function turnsOf({ fleet, log }: Pick<MinuteJobDeps, 'fleet' | 'log'>): Promise<Turn[]> {
  const systems = await fleet.systems();
  const turns = await Promise.all(
    systems.map(async (known): Promise<Turn> => ({ known, last: await log.progress(known.system).catch(() => null) })),
  );
  return turns.sort((a, b) => rankOf(a) - rankOf(b) || takenMs(a) - takenMs(b));
}

function rankOf({ last }: Turn): number {
  if (last === null) return 2;
  return last.lastTurn?.endedWell === false ? 1 : 0;
}

function takenMs({ last }: Turn): EpochMs {
  return last?.lastTurn?.takenMs ?? 0;
}

async function takeTurn(
  deps: MinuteJobDeps & { memory: JobMemory },
  { known, last }: Turn,
  run: MinuteRun,
): Promise<MinuteOutcome> {
  const { system } = known;
  // A run is tried again when it failed for another system. It then must not hold the lease that the next run needs.
  if (last && hasNothingToDo(last, run)) return { system, status: 'done', minutes: 0 };
  const startedMs = deps.nowMs();
  const lease = await deps.log.take(system, run.executionId, startedMs, startedMs + LEASE_MS);
  if (!lease) return { system, status: 'busy' };
  try {
    return await runSystem(deps, { ...known, lease }, run);
  } catch (error) {
    // At once, for the next run. Where that fails, the lease runs out.
    await deps.log.release(system, lease.fence, false).catch(() => undefined);
    throw error;
  }
}

/** Another run has done more, or this very one has ended well. Under an id of its own a run does its last minute again. */
function hasNothingToDo({ doneThrough, lastTurn }: NonNullable<Turn['last']>, run: MinuteRun): boolean {
  const through = minuteOf(run.scheduledMs) - 1;
  if (doneThrough === null || !lastTurn?.endedWell) return false;
  return doneThrough > through || (doneThrough === through && lastTurn.owner === run.executionId);
}

async function runSystem(
  deps: MinuteJobDeps & { memory: JobMemory },
  { system, sinceMs, lease }: KnownSystem & { lease: MinuteLease },
  { scheduledMs }: MinuteRun,
): Promise<MinuteOutcome> {
  const through = minuteOf(scheduledMs) - 1;
  let { progress } = lease;
  let remembered = deps.memory.take(system, lease.fence, progress.doneThrough);
  const doneThrough = progress.doneThrough ?? firstDone(through, sinceMs);
  progress = {
    ...progress,
    runningFrom: runningFrom(progress, through),
    tiles: progress.tiles ?? firstTileProgress(doneThrough + 1, progress.doneThrough === null),
  };
  const { fence } = lease;
  if (progress.doneThrough === null && !(await beginTotals(deps, { system, fence, from: doneThrough + 1 }))) {
    return { system, status: 'busy' };
  }
  // A run that comes after a newer one has nothing to do; one that is repeated computes its last minute again.
  for (let done = Math.min(doneThrough, through - 1); done < through && doneThrough <= through; ) {
    const step = Math.min(done + STEP_MINUTES, through);
    const isNext = remembered?.through === done;
    const analyzed = await analyzeMinutes(deps, {
      ...{ system, fence, progress, from: done + 1, through: step, scheduledMs },
      remembered: isNext ? remembered : null,
    });
    if (analyzed === null) return { system, status: 'busy' };
    // At once: people are told even while history cannot be written. Where the bus fails it is tried again at the end.
    await publishTransitions(deps, system, fence).catch(() => undefined);
    const { remembered: saved, planDue } = analyzed;
    // Where the bus fails it is still due the next minute.
    if (planDue) await requestPlan(deps, system, planDue, step).catch(() => undefined);
    // What fails to be promoted is looked at again in an hour.
    if ((step + 1) % HOUR_MINUTES === 0)
      await promoteClasses(deps, system, startOfMinute(step + 1)).catch(() => undefined);
    if ((step + 1) % HOUR_MINUTES === 0) {
      // The hour that has just ended is not summed up yet.
      const hour = { atMs: startOfMinute(step + 1 - HOUR_MINUTES), fence };
      if ((await measureLater(deps, system, hour).catch(() => undefined)) === null) return { system, status: 'busy' };
    }
    const counted = await countTotals(deps, { system, fence, from: done + 1, doneThrough: step, saved });
    const summed = counted && (await sumUp(deps, system, analyzed.progress, fence));
    if (!summed) return { system, status: 'busy' };
    [progress, remembered] = [summed, saved];
    done = step;
  }
  await publishTransitions(deps, system, fence);
  if (remembered) deps.memory.keep(system, lease.fence, remembered);
  await deps.log.release(system, lease.fence);
  return { system, status: 'done', minutes: Math.max(0, through - doneThrough) };
}

function requestPlan(
  { bus }: MinuteJobDeps,
  system: string,
  trigger: PlanDueMessage['trigger'],
  through: Minute,
): Promise<void> {
  const planDue = { id: `plan-due-${through}`, atMs: startOfMinute(through + 1) };
  return bus.publish([{ system, trigger, planDue }]);
}

/** A run that comes so many minutes after the last begins anew: in between, nobody looked. */
function runningFrom({ doneThrough, runningFrom }: MinuteProgress, through: Minute): Minute {
  const isGap = doneThrough === null || through - doneThrough > MISSED_MINUTES + 1;
  return runningFrom === undefined || isGap ? through : runningFrom;
}

/** Whatever the first events of a system came with, they lie after this minute, or have a mark. */
function firstDone(through: Minute, sinceMs: EpochMs | null): Minute {
  const recent = through - FIRST_LOOKBACK_MINUTES;
  return sinceMs === null ? recent : Math.min(recent, minuteOf(sinceMs) - 2);
}
