import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ensureAdminKey } from './admin-key.ts';
import type { DynamodbKind } from './dynamodb-emulator.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from './local-cloud.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import { defaultMetricStore, type MetricStoreKind } from './metric-store-kind.ts';
import { synthesize } from './synthesize.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

export interface StartFleetpulseOptions {
  dataDirectory: string;
  port: number;
  clock: LocalCloudOptions['clock'];
  /** Which configuration of infra/config to run. */
  env: string;
  print: (line: string) => void;
  /** The admin key to install; without one, a new data directory gets a random one. */
  presetKey?: string | undefined;
  /** Where KPI history is kept; a data folder stays with the one it was begun with. */
  metricStore?: MetricStoreKind | undefined;
  dynamodb?: DynamodbKind | undefined;
  bundles?: LocalCloudOptions['bundles'];
  intercept?: LocalCloudOptions['intercept'];
  meter?: LocalCloudOptions['meter'];
  /** An assembly synthesized before; without one, the app is synthesized into the data directory. */
  assemblyDirectory?: string | undefined;
}

export interface RunningFleetpulse {
  cloud: LocalCloud;
  /** Only when it was created by this start. */
  adminKey: string | undefined;
}

/** Fleetpulse on this machine: synthesized, started, and with an admin key. */
export async function startFleetpulse(options: StartFleetpulseOptions): Promise<RunningFleetpulse> {
  const dataDirectory = resolve(options.dataDirectory);
  const metricStore = options.metricStore ?? defaultMetricStore;
  const storeFile = join(dataDirectory, 'metric-store');
  const synthesizeThere = async () => {
    assertSameStore(storeFile, metricStore);
    const outputDirectory = join(dataDirectory, 'cdk.out');
    await synthesize({
      outputDirectory,
      logFile: join(dataDirectory, 'logs', 'synthesize.log'),
      context: { env: options.env, metricStore },
    });
    return outputDirectory;
  };
  const cloud = await startLocalCloud({
    assemblyDirectory: options.assemblyDirectory ?? synthesizeThere,
    dataDirectory,
    port: options.port,
    clock: options.clock,
    print: options.print,
    ...(options.bundles === undefined ? {} : { bundles: options.bundles }),
    ...(options.dynamodb === undefined ? {} : { dynamodb: options.dynamodb }),
    ...(options.intercept === undefined ? {} : { intercept: options.intercept }),
    meter: options.meter,
  });
  try {
    if (options.assemblyDirectory === undefined) writeFileAtomically(storeFile, metricStore);
    return { cloud, adminKey: await ensureAdminKey(cloud, options.presetKey) };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

function assertSameStore(storeFile: string, metricStore: MetricStoreKind): void {
  const before = existsSync(storeFile) ? readFileSync(storeFile, 'utf8') : metricStore;
  if (before === metricStore) return;
  throw new LocalCloudError(
    `${dirname(storeFile)} keeps its KPI history in ${before}, not ${metricStore}: use --metric-store ${before}, or another data folder with --data`,
  );
}
