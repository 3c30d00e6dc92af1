import { ExemplarTasks } from '../agent/exemplar-tasks.tsx';
import type { Alert } from '../answers.ts';
import { useFacts } from '../page-context.ts';
import { taskWindow } from './task-window.ts';

/** Tasks from within an alert, where it is about an agent or a task type, of which single tasks can be asked for. */
export function AlertTasks({ alert }: { alert: Alert }) {
  const { nowMs } = useFacts();
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
