import { momentSchema, nullable, numberSchema, objectSchema, textSchema } from '../api/json-schema.ts';
import { inUnit } from './in-unit.ts';

/** What tools read of a task as the API answers it. */
export interface AnsweredTask {
  task: string;
  agent: string | null;
  pool?: string;
  taskType: string;
  status: string;
  endedAt: string;
  attempt: number;
  durationMs?: number;
  queueMs?: number;
  parent?: string;
  workflow?: string;
  error?: { type: string; message?: string };
  costUsd?: number;
  model?: string;
  tool?: string;
  tokens?: Readonly<Record<string, number>>;
  parts?: { kind: string; name: string; durationMs: number; status: string; costUsd?: number }[];
}

export const taskRowSchema = objectSchema(
  {
    ...{ task: textSchema, agent: nullable(textSchema), taskType: textSchema, status: textSchema },
    ...{ endedAt: momentSchema, attempt: numberSchema },
  },
  {
    ...{ pool: textSchema, parent: textSchema, workflow: textSchema, model: textSchema, tool: textSchema },
    ...{ durationMs: numberSchema, queueMs: numberSchema, costUsd: numberSchema },
    error: objectSchema({ type: textSchema }, { message: textSchema }),
  },
);

/** A task as a row of a list: without tokens and parts. */
export function taskRow({ tokens: _tokens, parts: _parts, ...row }: AnsweredTask): Record<string, unknown> {
  const { task, agent, taskType, status, endedAt, attempt, pool, parent, workflow, model, tool } = row;
  const { durationMs, queueMs, costUsd, error } = row;
  return {
    ...{ task, agent, taskType, status, endedAt, attempt, pool, parent, workflow, model, tool },
    ...{ durationMs, queueMs, costUsd, error },
  };
}

/** A task in a line. */
export function taskLine({ task, agent, taskType, status, endedAt, attempt, ...rest }: AnsweredTask): string {
  const { durationMs, queueMs, costUsd, error } = rest;
  const said = [
    durationMs !== undefined && `took ${inUnit(durationMs, 'ms')}`,
    queueMs !== undefined && `waited ${inUnit(queueMs, 'ms')}`,
    costUsd !== undefined && `cost ${inUnit(costUsd, 'usd')}`,
    attempt > 1 && `attempt ${attempt}`,
    error && `error ${error.type}${error.message === undefined ? '' : ` "${error.message}"`}`,
  ].filter(Boolean);
  return `${task} (${taskType}) ${status} at ${endedAt} by ${agent ?? 'nobody'}${said.length > 0 ? `: ${said.join(', ')}` : ''}`;
}
