import { WorkDayBuilder } from '../core/benchmark/work-day.ts';
import { withDeparted } from '../core/model/forgotten-agent.ts';
import { poolOf, type Roster } from '../core/model/roster.ts';
import { DAY_MINUTES, type Minute, startOfMinute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import type { RollupStore } from '../ports/rollup-store.ts';
import type { WorkDayStore } from '../ports/work-day-store.ts';

export interface CloseWorkDaysDeps {
  fleet: Pick<FleetStore, 'roster' | 'forgotten'>;
  log: Pick<MinuteLog, 'progress'>;
  rollups: Pick<RollupStore, 'readTasks'>;
  workDays: Pick<WorkDayStore, 'days' | 'save'>;
}

/** Events come up to a day late: the last days are summed up again. */
const REOPENED_DAYS = 2;
/** As far back as the minutes of every environment are kept: what a job that did not run for some days makes up for. */
const MADE_UP_DAYS = 13;
/** A page of minutes of a large fleet. */
const MINUTES_AT_ONCE = 15;

/**
 * Sums up the work of the UTC days that are complete, by agent, task type and hour: the last two, and those before them that are
 * missing and whose minutes are still there. Running it again writes the same.
 * @returns the minute after the last complete day; null where no day is complete
 */
export async function closeWorkDays(deps: CloseWorkDaysDeps, system: string): Promise<Minute | null> {
  const [roster, { doneThrough }] = await Promise.all([deps.fleet.roster(system), deps.log.progress(system)]);
  if (doneThrough === null) return null;
  const to = Math.floor((doneThrough + 1) / DAY_MINUTES) * DAY_MINUTES;
  const from = to - MADE_UP_DAYS * DAY_MINUTES;
  const entries = withDeparted(roster, await deps.fleet.forgotten(system, startOfMinute(from)));
  const stored = new Set(await deps.workDays.days(system, from, to));
  let last: Minute | null = stored.size > 0 ? Math.max(...stored) + DAY_MINUTES : null;
  for (let day = from; day < to; day += DAY_MINUTES) {
    if (stored.has(day) && day < to - REOPENED_DAYS * DAY_MINUTES) continue;
    const work = await workOf(deps, system, day, entries);
    if (work === null) continue;
    await deps.workDays.save(system, work);
    last = day + DAY_MINUTES;
  }
  return last === null ? null : to;
}

/** @returns null of a day of which no minute is stored */
async function workOf({ rollups }: CloseWorkDaysDeps, system: string, day: Minute, entries: Roster) {
  const builder = new WorkDayBuilder(day, (agent) => poolOf(entries.get(agent)));
  let chunks = 0;
  for (let from = day; from < day + DAY_MINUTES; from += MINUTES_AT_ONCE) {
    for (const chunk of await rollups.readTasks(system, from, from + MINUTES_AT_ONCE - 1)) {
      builder.add(chunk);
      chunks += 1;
    }
  }
  return chunks === 0 ? null : builder.finish();
}
