import { partKinds, type TaskEvent, taskStatuses } from '../core/model/event.ts';
import { fingerprint } from '../core/model/fingerprint.ts';
import { type EpochMs, minuteOf } from '../core/model/time.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  textSchema,
} from './json-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import { momentField, type QueryValues, windowField } from './query-parameters.ts';
import { tokensSchema } from './tokens-schema.ts';
import { type Window, windowAnswer } from './window.ts';

const MAX_WINDOW_MINUTES = 60;
const DEFAULT_WINDOW_MINUTES = 5;

export const tasksEndpoint = {
  method: 'GET',
  path: '/v1/tasks',
  scope: 'read',
  summary: 'Single tasks of the last day, newest first, as they were reported or put together from spans',
  parameters: {
    window: windowField(MAX_WINDOW_MINUTES),
    at: momentField,
    agent: idField,
    task: idField,
    taskType: idField,
    workflow: idField,
    status: oneOf(taskStatuses),
    ...pageParameters,
  },
  answer: objectSchema({
    window: componentSchema('Window'),
    tasks: listSchema(
      objectSchema(
        {
          task: idField.schema,
          agent: nullable(idField.schema),
          taskType: idField.schema,
          status: oneOf(taskStatuses).schema,
          endedAt: momentSchema,
          attempt: countSchema,
        },
        {
          pool: idField.schema,
          durationMs: numberSchema,
          queueMs: numberSchema,
          parent: idField.schema,
          workflow: idField.schema,
          delegatedBy: idField.schema,
          error: objectSchema({ type: textSchema }, { message: textSchema }),
          tokens: tokensSchema,
          costUsd: numberSchema,
          model: idField.schema,
          tool: idField.schema,
          version: idField.schema,
          parts: listSchema(
            objectSchema(
              {
                kind: oneOf(partKinds).schema,
                name: idField.schema,
                durationMs: numberSchema,
                status: oneOf(taskStatuses).schema,
              },
              { tokens: tokensSchema, costUsd: numberSchema },
            ),
          ),
        },
      ),
    ),
    next: nextSchema,
  }),
} as const satisfies Endpoint;

type TasksRequest = Window & Omit<QueryValues<typeof tasksEndpoint.parameters>, 'window' | 'at'>;

/** The newest five minutes unless said, the one that has just begun included: tasks show as soon as they are received. */
export function readTasksRequest(given: QueryValues<typeof tasksEndpoint.parameters>, nowMs: EpochMs): TasksRequest {
  const { window, at, ...filter } = given;
  const to = at === undefined ? minuteOf(nowMs) + 1 : minuteOf(at);
  return { from: to - (window ?? DEFAULT_WINDOW_MINUTES), to, ...filter };
}

/** One page of tasks, newest first. */
export function tasksAnswer(tasks: readonly TaskEvent[], request: TasksRequest): Record<string, unknown> {
  const filters = ['agent', 'task', 'taskType', 'workflow', 'status'] as const;
  const wanted = tasks
    .filter((task) => filters.every((name) => request[name] === undefined || task[name] === request[name]))
    .map((task) => ({ task, key: placeOf(task) }))
    .sort((a, b) => (a.key < b.key ? 1 : -1));
  const { limit, cursor: after } = request;
  const { items, next } = pageOf(wanted, ({ key }) => key, { after, limit, order: 'descending' });
  return { window: windowAnswer(request), tasks: items.map(({ task }) => taskAnswer(task)), next };
}

/** Orders tasks by their end; several at one moment by what they are. */
function placeOf({ endedAtMs, agent, pool, task, attempt }: TaskEvent): string {
  return `${endedAtMs.toFixed(3).padStart(18, '0')}#${fingerprint(JSON.stringify([agent, pool, task, attempt]))}`;
}

function taskAnswer(task: TaskEvent): Record<string, unknown> {
  const { pool, parent, workflow, delegatedBy, error, model, tool, version, tokens, parts } = task;
  return {
    task: task.task,
    agent: task.agent ?? null,
    taskType: task.taskType,
    status: task.status,
    endedAt: new Date(task.endedAtMs).toISOString(),
    attempt: task.attempt,
    ...{ pool, parent, workflow, delegatedBy, error, model, tool, version, tokens },
    durationMs: inMs(task.serviceUs),
    queueMs: inMs(task.waitUs),
    costUsd: inUsd(task.costNanoUsd),
    parts: parts?.map(({ durationUs, costNanoUsd, ...part }) => ({
      ...part,
      durationMs: inMs(durationUs),
      costUsd: inUsd(costNanoUsd),
    })),
  };
}

function inMs(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us / 1_000;
}

function inUsd(nano: number | undefined): number | undefined {
  return nano === undefined ? undefined : nano / 1e9;
}
