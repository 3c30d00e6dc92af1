import { FUTURE_MINUTES } from '../core/kpi/complete-minutes.ts';
import { putTogether } from '../core/kpi/folded-input.ts';
import type { Batch } from '../core/model/batch.ts';
import type { TaskEvent } from '../core/model/event.ts';
import { type Minute, startOfMinute } from '../core/model/time.ts';
import type { CarryStore } from '../ports/carry-store.ts';
import type { Journal } from '../ports/journal.ts';

/** Calls of a run that ended that long before it are found too. */
const CALLS_MINUTES = 15;

export interface JournalDeps {
  journal: Journal;
  carry: CarryStore;
}

/**
 * What was received about the minutes [from, to): the tasks that ended in them, as reported and as put together from
 * spans, and the batches with everything else, some of which is of minutes before or after; in no particular order.
 * What came in batches with an event more than 15 minutes later is not found, nor are minutes that are more than a day
 * old.
 */
export async function readJournal(
  deps: JournalDeps,
  system: string,
  from: Minute,
  to: Minute,
): Promise<{ tasks: TaskEvent[]; batches: Batch[] }> {
  const buckets: Minute[] = [];
  for (let bucket = from - CALLS_MINUTES; bucket < to + FUTURE_MINUTES; bucket++) buckets.push(bucket);
  const [carried, ...read] = await Promise.all([
    deps.carry.read(system),
    ...buckets.map((bucket) => deps.journal.read(system, bucket)),
  ]);
  const batches = read.flat();
  const { runs } = putTogether(carried, batches, from);
  const tasks: TaskEvent[] = runs.filter(({ minute }) => minute >= from && minute < to).map(({ task }) => task);
  for (const { events } of batches) {
    for (const event of events) {
      if (event.type !== 'task') continue;
      if (event.endedAtMs >= startOfMinute(from) && event.endedAtMs < startOfMinute(to)) tasks.push(event);
    }
  }
  return { tasks, batches };
}
