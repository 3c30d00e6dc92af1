import { type CommandDeclaration, jsonOption, systemOption } from '../command.ts';
import { asJson } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const keysListCommand = {
  name: 'keys list',
  group: 'Who may ask, and who changed what',
  summary: 'the API keys, what they may do and when they were last used; never a key itself',
  options: { ...systemOption, ...jsonOption },
  scope: 'admin',
  examples: [{ args: '', does: 'active, expired and revoked ones' }],
  page: 'docs/keys.md',
} as const satisfies CommandDeclaration;

export interface KeyRow {
  id: string;
  name: string;
  scopes: string[];
  pools?: string[];
  state: string;
  createdAt: string;
  createdBy: string | null;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

export async function listKeys(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(keysListCommand, args).options;
  const answer = await at.service.get<{ keys: KeyRow[] }>('/v1/keys', query);
  if (json) return at.print(asJson(answer));
  printTable(
    at,
    ['id', 'name', 'scopes', 'pools', 'state', 'created', 'by', 'expires (UTC)', 'last used (UTC)'],
    answer.keys.map((key) => [
      ...[key.id, key.name, key.scopes.join(','), key.pools?.join(',') ?? 'all', key.state],
      ...[key.createdAt.slice(0, 10), key.createdBy ?? '-'],
      ...[key.expiresAt?.slice(0, 16) ?? 'never', key.lastUsedAt?.slice(0, 16) ?? 'never'],
    ]),
    [4],
  );
}
