import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const resumeCommand = {
  name: 'resume',
  group: 'What Fleetpulse does about it',
  summary: 'turn the kill switch off: Fleetpulse acts again as its modes say',
  options: jsonOption,
  scope: 'admin',
  examples: [{ args: '', does: 'with the next minute; `policy` shows what may act by itself' }],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export async function resume(args: string[], at: Terminal): Promise<void> {
  const { json } = readCommand(resumeCommand, args).options;
  const answer = await at.service.ask<{ modes: Record<string, string> }>(
    'PUT',
    '/v1/policy',
    JSON.stringify({ killSwitch: false }),
  );
  if (json) return at.print(asJson(answer));
  const alone = Object.entries(answer.modes).flatMap(([action, mode]) => (mode === 'auto' ? [action] : []));
  const acts = alone.length > 0 ? `${alone.join(', ')} act by themselves again` : 'nothing acts by itself';
  printLine(at, `the kill switch is off: ${acts}`);
}
