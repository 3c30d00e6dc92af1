import { type CommandDeclaration, jsonOption, periodOptions, systemOption } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const auditCommand = {
  name: 'audit',
  group: 'Who may ask, and who changed what',
  summary: 'who changed policy and keys, ruled on directives, forgot agents, imported',
  options: {
    ...periodOptions('all that is kept, newest first'),
    limit: { takes: 'N', summary: 'at most so many, 1 to 1000; 100 without it' },
    ...systemOption,
    ...jsonOption,
  },
  scope: 'admin',
  examples: [{ args: '--from 2026-03-01T00:00:00Z', does: 'each change with what was before and after' }],
  page: 'docs/keys.md',
} as const satisfies CommandDeclaration;

interface AuditAnswer {
  entries: {
    at: string;
    who: { kind: string; id: string; name: string; onBehalfOf?: string };
    action: string;
    target: string;
    outcome: string;
    reason?: string;
    before?: unknown;
    after?: unknown;
  }[];
  next: string | null;
}

export async function audit(args: string[], terminal: Terminal): Promise<void> {
  const { json, ...query } = readCommand(auditCommand, args).options;
  const answer = await terminal.service.get<AuditAnswer>('/v1/audit', query);
  if (json) return terminal.print(asJson(answer));
  if (answer.entries.length === 0) return terminal.print('nothing was changed');
  for (const { at, who, action, target, outcome, reason, before, after } of answer.entries) {
    const forWhom = who.onBehalfOf === undefined ? '' : ` for ${who.onBehalfOf}`;
    const why = reason === undefined ? '' : ` (${reason})`;
    printLine(terminal, `${at}  ${who.name} [${who.kind} ${who.id}]${forWhom}  ${action} ${target}: ${outcome}${why}`);
    if (before !== undefined) printLine(terminal, `    before ${JSON.stringify(before)}`);
    if (after !== undefined) printLine(terminal, `    after  ${JSON.stringify(after)}`);
  }
  if (answer.next !== null) terminal.tell(`the newest ${answer.entries.length}: --limit shows more, --to older ones`);
}
