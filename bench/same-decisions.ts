import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { tableLines } from '../lib/cli/table.ts';
import { type ActionClass, actionClassNames, type Mode } from '../lib/core/remediate/action-class.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';
import { synthesize } from '../lib/local/synthesize.ts';
import { driveFleet } from '../lib/proving/drive-fleet.ts';
import { productInProcess } from '../lib/proving/product-in-process.ts';
import { productOverHttp } from '../lib/proving/product-over-http.ts';
import type { ProductUnderTest } from '../lib/proving/product-under-test.ts';
import { powerOfTwo } from '../lib/sim/policies/power-of-two.ts';
import type { Scenario } from '../lib/sim/scenario/scenario.ts';
import { responseScenario, responseScenarios } from './responses.ts';

const KEY = 'admin-key-of-the-bench-0123456789';

/** What the product came to in one run. */
interface Came {
  alerts: Record<string, unknown>[];
  directives: Record<string, unknown>[];
  /** What the fleet did, minute by minute. */
  pools: unknown;
  actions: unknown;
}

/**
 * Every scenario of a response twice, with the product in the process of the simulation and with the local cloud over HTTP, which
 * runs the functions that are deployed on emulated services: alerts, directives with their effects, and what the fleet does with them
 * have to be the same.
 * @param only names of scenarios; empty for all
 * @returns whether they were
 */
export async function benchSameDecisions(
  only: readonly string[],
  print: (line: string) => void,
  tell: (line: string) => void,
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'same-decisions-'));
  const rows: string[][] = [];
  let isSame = true;
  try {
    const assembly = join(folder, 'assembly');
    const context = { env: 'dev', metricStore: 'dynamodb' } as const;
    await synthesize({ outputDirectory: assembly, logFile: join(folder, 'synthesize.log'), context });
    for (const name of responseScenarios().filter((of) => only.length === 0 || only.includes(of))) {
      const { scenario, seeds } = responseScenario(name);
      const seed = seeds?.[0] ?? 1;
      const startedMs = performance.now();
      const modes = Object.fromEntries(actionClassNames.map((of) => [of, 'auto'])) as Record<ActionClass, Mode>;
      const inProcess = await drive(scenario, seed, productInProcess(scenario.startMs, modes));
      const overHttp = await throughLocalCloud(scenario, seed, { assembly, folder: join(folder, name) });
      const different = Object.keys(inProcess).filter(
        (part) => !isDeepStrictEqual(inProcess[part as keyof Came], overHttp[part as keyof Came]),
      );
      isSame &&= different.length === 0;
      tell(`${name}: ${different.length === 0 ? 'the same' : different.join(', ')}, in ${seconds(startedMs)} s`);
      rows.push([
        ...[name, kindsOf(inProcess), String(inProcess.alerts.length)],
        different.length === 0 ? 'the same' : `${different.join(', ')} differ`,
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  print('the product in the process of the simulation, and as a local cloud over HTTP');
  for (const line of tableLines(['scenario', 'directives', 'alerts', 'both ways'], rows, (column) => column === 2)) {
    print(line);
  }
  return isSame;
}

async function drive(scenario: Scenario, seed: number, product: ProductUnderTest): Promise<Came> {
  const { result } = await driveFleet({ scenario, seed, policy: powerOfTwo }, product);
  const directives = await product.allDirectives();
  return {
    alerts: await product.alerts(),
    directives: directives.map(({ ackedBy: _, ...directive }) => directive),
    pools: [...result.pools],
    actions: result.actions,
  };
}

async function throughLocalCloud(
  scenario: Scenario,
  seed: number,
  { assembly, folder }: { assembly: string; folder: string },
): Promise<Came> {
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory: folder, port: 0, env: 'dev', presetKey: KEY, assemblyDirectory: assembly },
    ...{ clock: { kind: 'manual', atMs: scenario.startMs }, print: () => {} },
  });
  try {
    return await drive(scenario, seed, productOverHttp(cloud.url, KEY));
  } finally {
    await cloud.close();
  }
}

function kindsOf({ directives }: Came): string {
  const kinds = Object.groupBy(directives, ({ kind, params }) =>
    (params as Record<string, unknown>)['pooling'] === undefined ? String(kind) : 'pooling',
  );
  return Object.entries(kinds)
    .map(([kind, of = []]) => `${kind} ${of.length}`)
    .sort()
    .join(', ');
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1_000).toFixed(0);
}
