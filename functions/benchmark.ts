import { benchmarkFleets } from '../lib/app/benchmark-fleet.ts';
import { benchmarkDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';

const deps = benchmarkDeps(readEnv('benchmark', process.env));

/** Runs daily: see infra/stacks/reviews.ts. */
export async function handler(): Promise<void> {
  logger.info('benchmarks', { outcomes: await benchmarkFleets(deps) });
}
