import { tasksEndpoint } from '../../api/tasks-endpoint.ts';
import { rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments, pageOfRows } from '../common-arguments.ts';
import { type AnsweredTask, taskLine, taskRow, taskRowSchema } from '../task-row.ts';
import { declareTool } from '../tool.ts';

const { window, at, agent, taskType, workflow, status } = tasksEndpoint.parameters;

export const findTasks = declareTool({
  name: 'find_tasks',
  title: 'Tasks',
  about:
    'Single tasks of up to an hour of the last day, newest first, as soon as they are received: status, duration, wait, cost, error. The newest five minutes unless said.',
  asks: ['listTasks'],
  effect: 'reads',
  needs: {},
  takes: {
    status: argument(status, 'only tasks that ended so'),
    agent: argument(agent, 'only tasks of this agent'),
    taskType: argument(taskType, 'only tasks of this type'),
    workflow: argument(workflow, 'only tasks of this workflow'),
    window: argument(window, 'how far back from at, up to 60m; 5m unless said'),
    at: argument(at, 'end of the window, ISO 8601 with zone; now unless said'),
    ...pageArguments,
  },
  answer: rowsSchema('tasks', taskRowSchema),
  async run({ ask }, { status, agent, taskType, workflow, window, at, ...page }) {
    const { tasks, next } = await ask<{ tasks: AnsweredTask[]; next: string | null }>('listTasks', {
      parameters: { status, agent, taskType, workflow, window, at, ...pageOfRows(page) },
    });
    return {
      facts: { tasks: tasks.map(taskRow), next },
      lines: tasks.length === 0 ? ['no task fits: a longer window may have some'] : tasks.map(taskLine),
    };
  },
});
