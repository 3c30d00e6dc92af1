import { useState } from 'preact/hooks';
import { inWords } from '../kpi-names.ts';
import { problemText } from '../needed-scope.ts';
import { useFacts } from '../page-context.ts';
import { periodText } from '../show-time.ts';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import type { Task, TasksAnswer } from './answers.ts';
import { exemplars } from './exemplars.ts';
import { TaskBars } from './task-bars.tsx';
import { TaskLineage } from './task-lineage.tsx';
import { responseMs } from './task-shares.ts';

/** Every task is read for this: often enough to follow, seldom enough to cost little. */
const EVERY_MS = 60_000;

interface ExemplarTasksProps {
  /** `agent=writer-1` or `taskType=draft`, encoded. */
  filter: string;
  windowMinutes: number;
  /** End of the window; undefined follows the present. */
  atMs: number | undefined;
}

/** Tasks to look at first: the newest that ended badly, and the slowest, with where their time went. */
export function ExemplarTasks({ filter, windowMinutes, atMs }: ExemplarTasksProps) {
  const { nowMs } = useFacts();
  const at = atMs === undefined ? '' : `&at=${atMs}`;
  const path = `/v1/tasks?${filter}&window=${windowMinutes}m${at}&limit=1000`;
  const { held } = useHeld<TasksAnswer>(path, { everyMs: EVERY_MS });
  const { answer, trouble } = held;
  if (!answer) {
    return trouble ? (
      <p class="quiet">Tasks are not available: {problemText(trouble.detail)}.</p>
    ) : (
      <div class="waiting-tasks" role="status">
        <span class="hidden">Loading tasks</span>
      </div>
    );
  }
  const { tasks, next, window } = answer;
  const toMs = Date.parse(window.to);
  const period = periodText(Date.parse(window.from), toMs, nowMs ?? toMs);
  const { bad, slow } = exemplars(tasks);
  const longest = Math.max(1, ...[...bad, ...slow].map(responseMs));
  const count = `${next === null ? '' : 'the newest '}${countText(tasks.length)} tasks, ${period}`;
  if (tasks.length === 0) return <p class="quiet">No task ended {period}. Single tasks are kept for a day.</p>;
  return (
    <>
      <p class="quiet">Of {count}</p>
      <List title="Ended badly, newest first" tasks={bad} longest={longest} none="None ended badly." />
      <List title="Slowest" tasks={slow} longest={longest} none="None told how long it took." />
    </>
  );
}

interface ListProps {
  title: string;
  tasks: readonly Task[];
  /** ms that the widest bar stands for. */
  longest: number;
  none: string;
}

function List({ title, tasks, longest, none }: ListProps) {
  return (
    <section class="task-list" aria-label={title}>
      <h4>{title}</h4>
      {tasks.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ol>
          {tasks.map((task) => (
            <li key={`${task.task} ${task.attempt} ${task.endedAt}`}>
              <ExemplarTask task={task} longest={longest} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function ExemplarTask({ task, longest }: { task: Task; longest: number }) {
  const [isOpen, open] = useState(false);
  const { status, taskType, attempt, endedAt, error, costUsd, version, model, workflow } = task;
  const told = [
    taskType,
    `ended ${endedAt.slice(11, 19)} UTC`,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(model === undefined ? [] : [`model ${model}`]),
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(costUsd === undefined ? [] : [valueText(costUsd, 'usd')]),
  ];
  return (
    <>
      <div class="task-head">
        <code>{task.task}</code>
        <span class={`task-status ${status}`}>{inWords(status)}</span>
        <strong class="task-time">{task.durationMs === undefined ? '–' : valueText(responseMs(task), 'ms')}</strong>
      </div>
      <TaskBars task={task} longest={longest} />
      <p class="sub">{told.join(' · ')}</p>
      {error === undefined ? null : (
        <p class="task-error">
          {error.type}
          {error.message === undefined ? '' : `: ${error.message}`}
        </p>
      )}
      {workflow === undefined ? null : (
        <button type="button" class="link small" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {isOpen ? 'Hide' : 'Show'} workflow {workflow}
        </button>
      )}
      {workflow !== undefined && isOpen ? <TaskLineage workflow={workflow} task={task} /> : null}
    </>
  );
}
