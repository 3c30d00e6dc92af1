import { idField } from '../../api/field.ts';
import { listSchema, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { Problem } from '../../api/problem.ts';
import { tasksEndpoint } from '../../api/tasks-endpoint.ts';
import { MOST_ROWS } from '../answer-schemas.ts';
import { argument } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { type AnsweredTask, taskLine, taskRow, taskRowSchema } from '../task-row.ts';
import { type Ask, declareTool } from '../tool.ts';

export const getTask = declareTool({
  name: 'get_task',
  title: 'Task',
  about:
    'One task of the last day: its attempts, with tool and model calls, tokens, cost and error, and the tasks that it caused.',
  asks: ['listTasks'],
  effect: 'reads',
  needs: { task: argument(idField, 'id of the task, as find_tasks has it') },
  takes: {
    at: argument(
      tasksEndpoint.parameters.at,
      'a time up to an hour after it ended, ISO 8601 with zone; unless said, it is looked for in the last hour',
    ),
  },
  answer: objectSchema({
    attempts: listSchema(
      objectSchema(
        { attempt: taskRowSchema },
        {
          tokens: { type: 'object', additionalProperties: numberSchema },
          parts: listSchema(
            objectSchema(
              { kind: textSchema, name: textSchema, durationMs: numberSchema, status: textSchema },
              { costUsd: numberSchema },
            ),
            { maxItems: MOST_ROWS },
          ),
        },
      ),
      { maxItems: MOST_ROWS },
    ),
    children: listSchema(taskRowSchema, { maxItems: MOST_ROWS }),
    leftOut: { ...numberSchema, description: 'attempts, parts and children beyond the first of each' },
  }),
  async run({ ask }, { task, at }) {
    const attempts = await tasksOf(ask, { task, at });
    const [newest] = attempts;
    if (!newest) {
      const where = at === undefined ? 'in the last hour: say at for an older one' : `in the hour before ${at}`;
      throw new Problem(404, `there is no task ${task} ${where}; find_tasks lists tasks`);
    }
    const family = newest.workflow === undefined ? [] : await tasksOf(ask, { workflow: newest.workflow, at });
    const children = family.filter(({ parent }) => parent === task);
    const shown = attempts.slice(0, MOST_ROWS);
    const parts = shown.map((it) => it.parts?.length ?? 0);
    const leftOut = [attempts.length, children.length, ...parts]
      .map((count) => Math.max(0, count - MOST_ROWS))
      .reduce((sum, count) => sum + count, 0);
    return {
      facts: {
        attempts: shown.map((it) => ({
          attempt: taskRow(it),
          tokens: it.tokens,
          parts: it.parts?.slice(0, MOST_ROWS),
        })),
        children: children.slice(0, MOST_ROWS).map(taskRow),
        leftOut,
      },
      lines: [
        ...shown.flatMap((it) => [taskLine(it), ...partLines(it)]),
        ...(children.length > 0 ? ['caused:'] : []),
        ...children.slice(0, MOST_ROWS).map((it) => `  ${taskLine(it)}`),
        ...(leftOut > 0 ? [`${leftOut} more are left out`] : []),
      ],
    };
  },
});

async function tasksOf(ask: Ask, filter: Readonly<Record<string, string | undefined>>): Promise<AnsweredTask[]> {
  const { tasks } = await ask<{ tasks: AnsweredTask[] }>('listTasks', {
    parameters: { ...filter, window: '60m', limit: '1000' },
  });
  return tasks;
}

function partLines({ tokens, parts = [] }: AnsweredTask): string[] {
  const counted = Object.entries(tokens ?? {}).filter(([, count]) => count > 0);
  return [
    ...(counted.length > 0 ? [`  tokens: ${counted.map(([kind, count]) => `${kind} ${count}`).join(', ')}`] : []),
    ...parts
      .slice(0, MOST_ROWS)
      .map(({ kind, name, durationMs, status }) => `  ${kind} ${name} ${status} in ${inUnit(durationMs, 'ms')}`),
  ];
}
