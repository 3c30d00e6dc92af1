import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import { segment } from '../service.ts';
import type { Terminal } from '../terminal.ts';

export const forgetCommand = {
  name: 'forget',
  group: 'What comes in',
  summary: 'take an agent out of the fleet, until it reports again',
  operands: { agent: { what: 'agent', summary: 'its id, as `fleet` shows it' } },
  options: jsonOption,
  scope: 'control',
  examples: [{ args: 'writer-9', does: 'an agent that is gone for good; its work stays in the sums' }],
} as const satisfies CommandDeclaration;

export async function forget(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(forgetCommand, args);
  const answer = await at.service.ask<{ note: string }>('DELETE', `/v1/agents/${segment(operands.agent)}`);
  if (options.json) return at.print(asJson(answer));
  printLine(at, `${operands.agent} is forgotten. ${answer.note}`);
}
