import { type CommandDeclaration, jsonOption, systemOption } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { readCommand } from '../read-command.ts';
import { segment } from '../service.ts';
import { type MadeKey, showKey } from '../show-key.ts';
import type { Terminal } from '../terminal.ts';

export const keysRotateCommand = {
  name: 'keys rotate',
  group: 'Who may ask, and who changed what',
  summary: 'make a key with the same rights that takes over from another',
  operands: { id: { what: 'id', summary: 'of the key, as `keys list` shows it' } },
  options: {
    'overlap-hours': { takes: 'HOURS', summary: 'how long the old one works on; 24 without it' },
    ...systemOption,
    ...jsonOption,
  },
  scope: 'admin',
  examples: [{ args: 'key_0123456789ab --overlap-hours 48', does: 'two days to bring the new one out' }],
  page: 'docs/keys.md',
} as const satisfies CommandDeclaration;

export async function rotateKey(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(keysRotateCommand, args);
  const { 'overlap-hours': overlap, system } = options;
  const overlapHours = overlap === undefined ? undefined : Number(overlap);
  if (overlap?.trim() === '' || Number.isNaN(overlapHours)) {
    throw new CommandError(`--overlap-hours must be a number of hours; got ${overlap}`);
  }
  const query = system === undefined ? '' : `?system=${segment(system)}`;
  const path = `/v1/keys/${segment(operands.id)}/rotate${query}`;
  const made = await at.service.ask<MadeKey>('POST', path, JSON.stringify({ overlapHours }));
  showKey(at, `that takes over from ${operands.id}`, made, options.json);
}
