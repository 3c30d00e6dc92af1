import { type CommandDeclaration, jsonOption, periodOptions } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { type DirectiveInFull, directiveInWords, whyNot } from '../directive-in-words.ts';
import type { DirectivesAnswer } from '../directive-row.ts';
import { asJson, second } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import { segment } from '../service.ts';
import type { Terminal } from '../terminal.ts';

export const directivesCommand = {
  name: 'directives',
  group: 'What Fleetpulse does about it',
  summary: 'what orchestrators are told to do, newest first, whether they did, and why it ended; or all of one',
  operands: { directive: { what: 'directive', summary: 'its id: all of this one, however old', optional: true } },
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
    { args: 'DIRECTIVE', does: 'one with its evidence, what was said of it, why it ended and what it did' },
  ],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export async function directives(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(directivesCommand, args);
  const { json, ...query } = options;
  if (operands.directive !== undefined) {
    const [other] = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (other) throw new CommandError(`directives takes one directive or --${other}, not both`);
    const one = await at.service.get<DirectiveInFull>(`/v1/directives/${segment(operands.directive)}`);
    if (json) return at.print(asJson(one));
    for (const line of directiveInWords(one)) printLine(at, line);
    return;
  }
  const answer = await at.service.get<DirectivesAnswer>('/v1/directives', query);
  if (json) return at.print(asJson(answer));
  if (answer.directives.length === 0) return at.print('no such directive in this time');
  printTable(
    at,
    ['issued (UTC)', 'expires (UTC)', 'kind', 'mode', 'status', 'applied', 'what', 'id', 'why it ended'],
    answer.directives.map((it) => [
      ...[second(it.issuedAt), second(it.expiresAt), it.kind, it.mode, it.status],
      ...[it.applied === undefined ? '-' : it.applied ? 'yes' : 'no', it.summary, it.id, whyNot(it)],
    ]),
    [4, 5],
    { fitsLast: true },
  );
}
