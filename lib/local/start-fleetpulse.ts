import { join, resolve } from 'node:path';
import { ensureAdminKey } from './admin-key.ts';
import type { DynamodbKind } from './dynamodb-emulator.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from './local-cloud.ts';
import { synthesize } from './synthesize.ts';

export interface StartFleetpulseOptions {
  dataDirectory: string;
  port: number;
  clock: LocalCloudOptions['clock'];
  /** Which configuration of infra/config to run. */
  env: string;
  print: (line: string) => void;
  /** The admin key to install; without one, a new data directory gets a random one. */
  presetKey?: string | undefined;
  metricStore?: string | undefined;
  dynamodb?: DynamodbKind | undefined;
  intercept?: LocalCloudOptions['intercept'];
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
  const synthesizeThere = async () => {
    const outputDirectory = join(dataDirectory, 'cdk.out');
    await synthesize({
      outputDirectory,
      logFile: join(dataDirectory, 'logs', 'synthesize.log'),
      context: { env: options.env, ...(options.metricStore === undefined ? {} : { metricStore: options.metricStore }) },
    });
    return outputDirectory;
  };
  const cloud = await startLocalCloud({
    assemblyDirectory: options.assemblyDirectory ?? synthesizeThere,
    dataDirectory,
    port: options.port,
    clock: options.clock,
    print: options.print,
    ...(options.dynamodb === undefined ? {} : { dynamodb: options.dynamodb }),
    ...(options.intercept === undefined ? {} : { intercept: options.intercept }),
  });
  try {
    return { cloud, adminKey: await ensureAdminKey(cloud, options.presetKey) };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}
