import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** One action on one resource that a policy allowed a function, by the name that the app's source code gives it. */
export interface UsedPermission {
  function: string;
  action: string;
  resource: string;
}

/** Writes down what policies allowed, each once, so that what is granted and never used shows: see bench/grants.ts. */
export class UsedPermissions {
  readonly #file: string;
  readonly #seen = new Set<string>();

  /** @param folder of one file for each process, which several processes may share */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, `${process.pid}.ndjson`);
  }

  add(used: UsedPermission): void {
    const line = JSON.stringify({ function: used.function, action: used.action, resource: used.resource });
    if (this.#seen.has(line)) return;
    this.#seen.add(line);
    appendFileSync(this.#file, `${line}\n`);
  }
}

const folder = process.env['FLEETPULSE_USED_PERMISSIONS'];

/** Of this process; undefined unless FLEETPULSE_USED_PERMISSIONS names a folder. */
export const usedPermissions = folder === undefined ? undefined : new UsedPermissions(folder);
