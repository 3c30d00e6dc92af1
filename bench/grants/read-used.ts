import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UsedPermission } from '../../lib/local/used-permissions.ts';

/** What processes wrote down in a folder: see lib/local/used-permissions.ts. */
export function readUsed(folder: string): UsedPermission[] {
  if (!existsSync(folder)) throw new RangeError(`there is no folder ${folder}`);
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as UsedPermission),
  );
}
