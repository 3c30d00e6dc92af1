import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const stopCommand = {
  name: 'stop',
  group: 'What Fleetpulse does about it',
  summary: 'turn the kill switch on: nothing is done to the fleet any more, and what is in force is taken back',
  options: jsonOption,
  scope: 'admin',
  examples: [{ args: '', does: 'at once, for all pools; alerts go on, and `resume` ends it' }],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export async function stop(args: string[], at: Terminal): Promise<void> {
  const { json } = readCommand(stopCommand, args).options;
  const answer = await at.service.ask<object>('PUT', '/v1/policy', JSON.stringify({ killSwitch: true }));
  if (json) return at.print(asJson(answer));
  printLine(at, 'the kill switch is on: nothing is decided, and what was in force is taken back. `resume` ends it');
}
