import { createKey as makeKey } from '../app/manage-keys.ts';
import { operatorDeps } from '../aws/deps.ts';
import { type Scope, scopes } from '../core/model/api-key.ts';
import { CommandError } from './command-error.ts';
import { keysCreateCommand } from './commands/keys-create.ts';
import { readCommand } from './read-command.ts';
import { type MadeKey, showKey } from './show-key.ts';
import { stateTableOfEnvironment } from './state-table-of-environment.ts';
import type { Terminal } from './terminal.ts';

/** `cli keys create`: by the service, or where there is no key yet in the table of an environment. */
export async function createKey(args: string[], at: Terminal): Promise<void> {
  const { name, system, expires, pools, env, table, json, ...rest } = readCommand(keysCreateCommand, args).options;
  const wanted = listed(rest.scopes).map((scope): Scope => {
    const known = scopes.find((it) => it === scope);
    if (!known) throw new CommandError(`--scopes: ${scope} is not known: use ${scopes.join(', ')}`);
    return known;
  });
  if (table !== undefined || env !== undefined) {
    if (pools !== undefined || expires !== undefined) {
      throw new CommandError(
        '--env and --table make the first key; make those with --pools and --expires with that one',
      );
    }
    const tableName = table ?? (await stateTableOfEnvironment(env ?? ''));
    const who = { kind: 'operator', id: 'command line', name: 'command line' } as const;
    const request = { name, scopes: wanted, expiresAtMs: null };
    const to = system ?? 'default';
    const made = await makeKey(operatorDeps(tableName), { system: to, request, who, atMs: Date.now() });
    if (made.status !== 'made') return;
    const { id, key } = made;
    showKey(at, `"${name}" of system ${to} (${wanted.join(', ')})`, { id, key }, json);
    return;
  }
  const body = {
    ...{ name, scopes: wanted, system, expiresAt: expires },
    ...(pools === undefined ? {} : { pools: listed(pools) }),
  };
  const made = await at.service.ask<MadeKey>('POST', '/v1/keys', JSON.stringify(body));
  showKey(at, `"${name}" (${wanted.join(', ')})`, made, json);
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
