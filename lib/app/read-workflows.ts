import { FUTURE_MINUTES } from '../core/kpi/complete-minutes.ts';
import type { TaskEvent, WorkflowEvent } from '../core/model/event.ts';
import { enterBatch, poolOf, type Roster } from '../core/model/roster.ts';
import { type EpochMs, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import { assembleWorkflows, type Workflow } from '../core/workflow/assemble-workflows.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import { type JournalDeps, readJournal } from './read-journal.ts';

/** Tasks of a workflow are looked for that long before the window in which it ended, and after it. */
const WORKFLOW_MINUTES = 60;

/**
 * The workflows that ended in the minutes [from, to), and the open ones whose newest task did, in no particular order,
 * as soon as their events are received.
 *
 * Tasks that ended more than an hour before the window are not found: a workflow that may have some is truncated. Nor are
 * those that ended more than an hour after it: a workflow that nobody told the end of and whose tasks are further apart
 * than that is taken for two.
 * @param request `workflow`: only this one
 */
export async function readWorkflows(
  deps: JournalDeps & { fleet: Pick<FleetStore, 'roster'> },
  system: string,
  { from, to, workflow: only }: { from: Minute; to: Minute; workflow?: string | undefined },
  nowMs: EpochMs,
): Promise<Workflow[]> {
  const readFrom = from - WORKFLOW_MINUTES;
  const readTo = Math.max(to, Math.min(to + WORKFLOW_MINUTES, minuteOf(nowMs) + FUTURE_MINUTES));
  const [roster, { tasks, batches }] = await Promise.all([
    deps.fleet.roster(system),
    readJournal(deps, system, readFrom, readTo),
  ]);
  const ends: WorkflowEvent[] = [];
  for (const batch of batches) {
    for (const event of batch.events) if (event.type === 'workflow') ends.push(event);
    // Who has just introduced itself is not in the roster before its minute has ended.
    enterBatch(roster, { ...batch, events: batch.events.filter(({ type }) => type === 'agent') });
  }
  const isMeant = ({ workflow }: TaskEvent | WorkflowEvent) => only === undefined || workflow === only;
  return assembleWorkflows({
    tasks: tasks.filter(isMeant),
    ends: ends.filter(isMeant),
    nowMs,
    poolOf: (task) => poolOfTask(task, roster),
    readFromMs: startOfMinute(readFrom),
  }).filter(({ endUs }) => endUs >= startOfMinute(from) * 1_000 && endUs < startOfMinute(to) * 1_000);
}

function poolOfTask({ agent, pool }: TaskEvent, roster: Roster): string {
  return agent === undefined ? (pool ?? '') : poolOf(roster.get(agent));
}
