import { FUTURE_MINUTES } from '../core/kpi/complete-minutes.ts';
import { putTogether } from '../core/kpi/folded-input.ts';
import type { TaskEvent } from '../core/model/event.ts';
import { type Minute, startOfMinute } from '../core/model/time.ts';
import type { CarryStore } from '../ports/carry-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { Journal } from '../ports/journal.ts';

/** Calls of a run that ended that long before it are found too. */
const CALLS_MINUTES = 15;

/**
 * The tasks that ended in the minutes [from, to), as reported and as put together from spans, in no particular order.
 * Tasks of batches with an event more than 15 minutes later than they are not found, nor those of minutes that are
 * more than a day old, nor those of agents that were forgotten since.
 */
export async function readTasks(
  deps: { journal: Journal; carry: CarryStore; fleet: Pick<FleetStore, 'forgotten'> },
  system: string,
  from: Minute,
  to: Minute,
): Promise<TaskEvent[]> {
  const buckets: Minute[] = [];
  for (let bucket = from - CALLS_MINUTES; bucket < to + FUTURE_MINUTES; bucket++) buckets.push(bucket);
  const [carried, forgotten, ...read] = await Promise.all([
    deps.carry.read(system),
    deps.fleet.forgotten(system, startOfMinute(from)),
    ...buckets.map((bucket) => deps.journal.read(system, bucket)),
  ]);
  const batches = read.flat();
  const { runs } = putTogether(carried, batches, from);
  const tasks: TaskEvent[] = runs.filter(({ minute }) => minute >= from && minute < to).map(({ task }) => task);
  for (const { events } of batches) {
    for (const event of events) {
      if (event.type === 'task' && event.endedAtMs >= from * 60_000 && event.endedAtMs < to * 60_000) tasks.push(event);
    }
  }
  return tasks.filter(({ agent = '', endedAtMs }) => endedAtMs > (forgotten.get(agent)?.atMs ?? -1));
}
