import { type CommandDeclaration, jsonOption } from './command.ts';
import { asJson } from './figure.ts';
import { printLine } from './print-line.ts';
import { readCommand } from './read-command.ts';
import { segment } from './service.ts';
import type { Terminal } from './terminal.ts';

/** What a person may add to a decision. */
export const sayingOptions = {
  note: { takes: 'TEXT', summary: 'why, for the others and the audit log; 500 characters at most' },
  by: { takes: 'NAME', summary: 'who says so; the name of the key without it' },
  ...jsonOption,
} as const;

export const directiveOperand = {
  directive: { what: 'directive', summary: 'its id, as `directives` shows it' },
} as const;

type Decision = CommandDeclaration & { operands: typeof directiveOperand; options: typeof sayingOptions };

/** Says something of a directive, and prints what became of it. */
export async function sayOfDirective(
  declaration: Decision,
  verb: 'approve' | 'reject' | 'rollback',
  args: string[],
  at: Terminal,
): Promise<void> {
  const { operands, options } = readCommand(declaration, args);
  const { json, ...said } = options;
  const path = `/v1/directives/${segment(operands.directive)}/${verb}`;
  const answer = await at.service.ask<{ id: string; status: string; summary: string; expiresAt: string }>(
    'POST',
    path,
    JSON.stringify(said),
  );
  if (json) return at.print(asJson(answer));
  const until = answer.status === 'active' ? ` until ${answer.expiresAt}` : '';
  printLine(at, `directive ${answer.id} is ${answer.status}${until}: ${answer.summary}`);
}
