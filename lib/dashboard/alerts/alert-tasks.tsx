import { ExemplarTasks } from '../agent/exemplar-tasks.tsx';
import type { Alert } from '../answers.ts';
import { usePage } from '../page-context.ts';

const MINUTE_MS = 60_000;
/** The API looks through no more at once. */
const MOST_MINUTES = 60;
/** What was noticed went on for a while. */
const AFTER_MS = 5 * MINUTE_MS;

/** Tasks from within an alert, where it is about an agent or a task type, of which single tasks can be asked for. */
export function AlertTasks({ alert }: { alert: Alert }) {
  const { nowMs } = usePage();
  const { agent, taskType } = alert.scope;
  if ((agent === undefined && taskType === undefined) || nowMs === undefined) return null;
  const subject = agent === undefined ? { taskType: taskType ?? '' } : { agent, ...(taskType ? { taskType } : {}) };
  const window = taskWindow(alert, nowMs);
  return (
    <>
      <h3>Tasks to look at</h3>
      <ExemplarTasks filter={new URLSearchParams(subject).toString()} {...window} />
    </>
  );
}

/** From the onset until some minutes after it was noticed, as far as the alert lasted and an answer reaches. */
export function taskWindow({ onsetAt, detectedAt, resolvedAt }: Alert, nowMs: number) {
  const endMs = resolvedAt === undefined ? nowMs : Date.parse(resolvedAt);
  const toMs = Math.ceil(Math.min(endMs, Date.parse(detectedAt) + AFTER_MS) / MINUTE_MS) * MINUTE_MS;
  const minutes = Math.ceil((toMs - Date.parse(onsetAt)) / MINUTE_MS);
  return { atMs: toMs, windowMinutes: Math.min(MOST_MINUTES, Math.max(1, minutes)) };
}
