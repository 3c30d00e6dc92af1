import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { askTimestream } from './ask-timestream.ts';
import { decideMetricStore, type MetricStoreKind, mustAskTimestream } from './decide-metric-store.ts';

/** In the folder that the CDK command line runs the app in, and reads it from. */
const CONTEXT_FILE = 'cdk.context.json';

/**
 * Finds out where an environment keeps its KPI history, and records it where the CDK command line records its own look-ups.
 * @param context the value of a context key, from `-c`, cdk.json or cdk.context.json
 * @throws Error in one line when what is asked for is no store, or not the one that is in use
 */
export async function chooseMetricStore(
  config: EnvironmentConfig,
  context: (key: string) => unknown,
): Promise<MetricStoreKind> {
  // The command line sets these when it has credentials; the local cloud and CI do without both.
  const { CDK_DEFAULT_ACCOUNT: credentialsOf, CDK_DEFAULT_REGION: defaultRegion } = process.env;
  const region = config.region ?? defaultRegion;
  const question = {
    env: config.env,
    wanted: storeWanted(context('metricStore') ?? config.metricStore),
    migrate: String(context('migrate')) === 'true',
    account: config.account ?? credentialsOf,
    region,
    credentialsOf,
    recorded: context,
  };
  const answer = region !== undefined && mustAskTimestream(question) ? await askTimestream(region) : undefined;
  const decision = decideMetricStore(question, answer);
  if (decision.status === 'refused') throw new Error(decision.because);
  if (Object.keys(decision.record).length > 0) addToContextFile(decision.record);
  if (decision.tell !== undefined) console.error(decision.tell);
  return decision.store;
}

function storeWanted(value: unknown): EnvironmentConfig['metricStore'] {
  if (value === 'auto' || value === 'timestream' || value === 'dynamodb') return value;
  throw new Error(`unknown metric store "${String(value)}": use -c metricStore=auto | timestream | dynamodb`);
}

function addToContextFile(record: Record<string, string>): void {
  const kept: object = existsSync(CONTEXT_FILE) ? JSON.parse(readFileSync(CONTEXT_FILE, 'utf8')) : {};
  writeFileSync(CONTEXT_FILE, `${JSON.stringify({ ...kept, ...record }, null, 2)}\n`);
}
