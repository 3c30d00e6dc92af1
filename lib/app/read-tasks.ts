import type { TaskEvent } from '../core/model/event.ts';
import { type Minute, startOfMinute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import { type JournalDeps, readJournal } from './read-journal.ts';

/**
 * The tasks that ended in the minutes [from, to), in no particular order, other than those of agents that were forgotten
 * since; see {@link readJournal} for which are found.
 */
export async function readTasks(
  deps: JournalDeps & { fleet: Pick<FleetStore, 'forgotten'> },
  system: string,
  from: Minute,
  to: Minute,
): Promise<TaskEvent[]> {
  const [{ tasks }, forgotten] = await Promise.all([
    readJournal(deps, system, from, to),
    deps.fleet.forgotten(system, startOfMinute(from)),
  ]);
  return tasks.filter(({ agent = '', endedAtMs }) => endedAtMs > (forgotten.get(agent)?.atMs ?? -1));
}
