import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCloudAssembly } from '../lib/local/cloud-assembly.ts';
import { matchesWildcards } from '../lib/local/matches-wildcards.ts';
import { metricStores } from '../lib/local/metric-store-kind.ts';
import { PhysicalIds } from '../lib/local/physical-ids.ts';
import { readDeployment } from '../lib/local/read-deployment.ts';
import { synthesize } from '../lib/local/synthesize.ts';
import type { UsedPermission } from '../lib/local/used-permissions.ts';
import { readUsed } from './grants/read-used.ts';
import { unusedFor } from './grants/unused-for.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** An action on a resource, either with wildcards, that the role of a function is granted. */
export interface Grant {
  function: string;
  action: string;
  resource: string;
}

/**
 * Whether each action that a function is granted, on each resource, is one that it takes in some end-to-end test, where the local cloud
 * enforces the same policies as AWS would.
 * @param folder of what was used, from a run of tests with FLEETPULSE_USED_PERMISSIONS; without it the tests are run
 */
export async function benchGrants(folder: string | undefined, print: (line: string) => void): Promise<boolean> {
  const granted = await readGrants();
  const used = folder === undefined ? runTests(print) : readUsed(folder);
  if (used.length === 0) {
    print('nothing was used: run tests with FLEETPULSE_USED_PERMISSIONS=FOLDER, and name that folder');
    return false;
  }
  const unused = unusedGrants(granted, used);
  let unexplained = 0;
  for (const grant of unused) {
    const reason = unusedFor.find((one) => matchesAll(one.grant, grant))?.reason;
    if (reason === undefined) unexplained += 1;
    print(`${grant.function} never used ${grant.action} on ${grant.resource}: ${reason ?? 'NO REASON IS WRITTEN'}`);
  }
  print(
    `${granted.length} grants of ${new Set(granted.map((grant) => grant.function)).size} functions: ${granted.length - unused.length} used by a test, ${unused.length - unexplained} not, for a written reason, ${unexplained} not`,
  );
  return unexplained === 0;
}

/** Those of which no use is known. */
export function unusedGrants(granted: readonly Grant[], used: readonly UsedPermission[]): Grant[] {
  return granted.filter((grant) => !used.some((use) => covers(grant, use)));
}

function covers(grant: Grant, use: UsedPermission): boolean {
  return (
    grant.function === use.function &&
    matchesWildcards(grant.action.toLowerCase(), use.action.toLowerCase()) &&
    matchesWildcards(grant.resource, use.resource)
  );
}

function matchesAll(pattern: Grant, grant: Grant): boolean {
  return (
    matchesWildcards(pattern.function, grant.function) &&
    matchesWildcards(pattern.action, grant.action) &&
    matchesWildcards(pattern.resource, grant.resource)
  );
}

/** What the roles of functions allow, with either store of KPI history. */
async function readGrants(): Promise<Grant[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetpulse-grants-'));
  try {
    const found = new Map<string, Grant>();
    for (const metricStore of metricStores) {
      const outputDirectory = join(folder, metricStore);
      const logFile = join(folder, `${metricStore}.log`);
      await synthesize({ outputDirectory, logFile, context: { env: 'dev', metricStore } });
      // Where the local cloud of the tests is, and its address, which no ARN has in it.
      const ids = new PhysicalIds('us-east-1', 'http://127.0.0.1');
      for (const { id, statements } of readDeployment(readCloudAssembly(outputDirectory), ids).functions)
        for (const { actions, resources } of statements)
          for (const action of actions)
            for (const resource of resources) {
              const grant = { function: id, action, resource };
              found.set(JSON.stringify(grant), grant);
            }
    }
    return [...found.values()];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runTests(print: (line: string) => void): UsedPermission[] {
  const folder = mkdtempSync(join(tmpdir(), 'fleetpulse-used-'));
  try {
    print('runs the end-to-end tests, which takes some minutes');
    const vitest = join(root, 'node_modules', '.bin', 'vitest');
    const { status } = spawnSync(vitest, ['run', '--project', 'whole system'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, CI: 'true', FLEETPULSE_USED_PERMISSIONS: folder },
    });
    if (status !== 0) print('not all of them passed: what the others did not come to may be missing');
    return readUsed(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
