import type { TaskEvent } from '../core/model/event.ts';
import type { Minute } from '../core/model/time.ts';
import { type JournalDeps, readJournal } from './read-journal.ts';

/** The tasks that ended in the minutes [from, to), in no particular order; see {@link readJournal} for which are found. */
export async function readTasks(deps: JournalDeps, system: string, from: Minute, to: Minute): Promise<TaskEvent[]> {
  return (await readJournal(deps, system, from, to)).tasks;
}
