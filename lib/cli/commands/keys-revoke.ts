import { type CommandDeclaration, jsonOption, systemOption } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import { segment } from '../service.ts';
import type { Terminal } from '../terminal.ts';
import type { KeyRow } from './keys-list.ts';

export const keysRevokeCommand = {
  name: 'keys revoke',
  group: 'Who may ask, and who changed what',
  summary: 'end a key, within a minute; the last admin key of a system stays',
  operands: { id: { what: 'id', summary: 'of the key, as `keys list` shows it' } },
  options: { ...systemOption, ...jsonOption },
  scope: 'admin',
  examples: [{ args: 'key_0123456789ab', does: 'a key that got into wrong hands' }],
  page: 'docs/keys.md',
} as const satisfies CommandDeclaration;

export async function revokeKey(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(keysRevokeCommand, args);
  const query = options.system === undefined ? '' : `?system=${segment(options.system)}`;
  const answer = await at.service.ask<KeyRow>('DELETE', `/v1/keys/${segment(operands.id)}${query}`);
  if (options.json) return at.print(asJson(answer));
  printLine(at, `key "${answer.name}" (${operands.id}) is revoked; it works at most a minute longer`);
}
