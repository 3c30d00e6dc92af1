import { type CommandDeclaration, jsonOption, periodOptions } from '../command.ts';
import type { DirectivesAnswer } from '../directive-row.ts';
import { asJson, second } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const directivesCommand = {
  name: 'directives',
  group: 'What Fleetpulse does about it',
  summary: 'what orchestrators are told to do, newest first, and whether they did',
  options: {
    status: {
      takes: 'STATUS',
      summary: 'proposed, active (approved ones are), rejected, expired or rolled_back alone',
    },
    target: { takes: 'ID', summary: 'for this pool, agent, tool or model alone' },
    ...periodOptions('those that are open, or were issued, ended or measured in the last 24 hours'),
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: '--status proposed', does: 'what waits for somebody to approve it' },
    { args: '--status active --json', does: 'what is in force, with evidence and how to undo it' },
  ],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export async function directives(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(directivesCommand, args).options;
  const answer = await at.service.get<DirectivesAnswer>('/v1/directives', query);
  if (json) return at.print(asJson(answer));
  if (answer.directives.length === 0) return at.print('no such directive in this time');
  printTable(
    at,
    ['issued (UTC)', 'expires (UTC)', 'kind', 'mode', 'status', 'applied', 'what', 'id'],
    answer.directives.map(({ issuedAt, expiresAt, applied, ...it }) => [
      ...[second(issuedAt), second(expiresAt), it.kind, it.mode, it.status],
      ...[applied === undefined ? '-' : applied ? 'yes' : 'no', it.summary, it.id],
    ]),
    [4, 5],
  );
}
