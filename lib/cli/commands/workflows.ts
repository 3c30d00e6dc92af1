import { atOption, type CommandDeclaration, jsonOption, windowOption } from '../command.ts';
import { asJson, figure, percent, second } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const workflowsCommand = {
  name: 'workflows',
  group: 'What the fleet does',
  summary: 'what tasks did together, newest first, and where their time went',
  options: {
    ...windowOption('1h', '15m'),
    ...atOption,
    type: { takes: 'TYPE', summary: 'of this workflow type alone' },
    status: { takes: 'STATUS', summary: 'in this state alone, such as failed' },
    agent: { takes: 'AGENT', summary: 'that this agent worked on alone' },
    pool: { takes: 'POOL', summary: 'that this pool worked on alone' },
    limit: { takes: 'N', summary: 'at most so many, 1 to 1000', default: '100' },
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: '', does: 'duration, cost, and the largest shares of the critical path' },
    { args: '--status failed --window 1h', does: 'those that failed within the hour' },
  ],
} as const satisfies CommandDeclaration;

interface WorkflowsAnswer {
  workflows: {
    workflow: string;
    workflowType: string;
    status: string;
    startedAt: string;
    durationMs: number;
    costUsd: number | null;
    path: PathPart[];
  }[];
  coverage: { seen: number; shown: number };
}

interface PathPart {
  agent: string | null;
  kind: 'work' | 'wait';
  shareOfTotal: number;
}

export async function workflows(args: string[], at: Terminal): Promise<void> {
  const { json, type: workflowType, ...rest } = readCommand(workflowsCommand, args).options;
  const answer = await at.service.get<WorkflowsAnswer>('/v1/workflows', { ...rest, workflowType });
  if (json) return at.print(asJson(answer));
  const { workflows: found, coverage } = answer;
  if (found.length === 0) {
    at.print(`no workflow ended within the last ${rest.window}: tasks belong to one by their field "workflow"`);
    return;
  }
  printTable(
    at,
    ['started (UTC)', 'workflow', 'type', 'status', 'ms', 'USD', 'where the time went'],
    found.map((it) => [
      ...[second(it.startedAt), it.workflow, it.workflowType, it.status],
      ...[figure(it.durationMs, 0), figure(it.costUsd, 4), whereTimeWent(it.path)],
    ]),
    [3],
  );
  if (coverage.seen > found.length) at.print(`${found.length} of ${coverage.seen} workflows`);
}

/** The largest three shares of a critical path, by whose work or whose waiting it was. */
export function whereTimeWent(path: readonly PathPart[]): string {
  const shares = new Map<string, number>();
  for (const { agent, kind, shareOfTotal } of path) {
    const who = agent ?? 'nobody';
    const what = kind === 'work' || agent === null ? who : `waiting for ${who}`;
    shares.set(what, (shares.get(what) ?? 0) + shareOfTotal);
  }
  return [...shares]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([what, share]) => `${what} ${percent(share)}`)
    .join(', ');
}
