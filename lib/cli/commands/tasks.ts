import { atOption, type CommandDeclaration, jsonOption, windowOption } from '../command.ts';
import { asJson, figure } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const tasksCommand = {
  name: 'tasks',
  group: 'What comes in',
  summary: 'single tasks, newest first, as they were understood',
  options: {
    ...windowOption('1h', '5m'),
    ...atOption,
    agent: { takes: 'AGENT', summary: 'of this agent alone' },
    type: { takes: 'TYPE', summary: 'of this task type alone' },
    workflow: { takes: 'WORKFLOW', summary: 'of this workflow alone' },
    status: { takes: 'STATUS', summary: 'that ended so alone: completed, failed, timeout, cancelled or rejected' },
    limit: { takes: 'N', summary: 'at most so many, 1 to 1000', default: '100' },
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: '', does: 'what ended within the last five minutes; needs no waiting' },
    { args: '--agent writer-1 --status failed --window 1h', does: 'what went wrong with one agent' },
  ],
} as const satisfies CommandDeclaration;

interface TasksAnswer {
  tasks: {
    task: string;
    agent: string | null;
    taskType: string;
    status: string;
    endedAt: string;
    durationMs?: number;
    tokens?: Record<string, number>;
    costUsd?: number;
    parts?: unknown[];
  }[];
  next: string | null;
}

export async function tasks(args: string[], at: Terminal): Promise<void> {
  const { json, type: taskType, ...rest } = readCommand(tasksCommand, args).options;
  const answer = await at.service.get<TasksAnswer>('/v1/tasks', { ...rest, taskType });
  if (json) return at.print(asJson(answer));
  if (answer.tasks.length === 0) return at.print(`no task ended within the last ${rest.window}`);
  printTable(
    at,
    ['ended (UTC)', 'agent', 'type', 'status', 'ms', 'tokens', 'USD', 'parts', 'task'],
    answer.tasks.map((it) => [
      ...[it.endedAt.slice(11, 23), it.agent ?? '-', it.taskType, it.status, figure(it.durationMs, 0)],
      it.tokens ? String(Object.values(it.tokens).reduce((sum, count) => sum + count, 0)) : '-',
      ...[figure(it.costUsd, 4), String(it.parts?.length ?? 0), it.task],
    ]),
    [3],
  );
  if (answer.next !== null) at.tell(`the newest ${answer.tasks.length}: --limit shows more`);
}
