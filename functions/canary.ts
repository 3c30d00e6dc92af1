import { runCanary } from '../lib/app/run-canary.ts';
import { canaryDeps } from '../lib/aws/deps.ts';
import { readAccess, readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';

const deps = canaryDeps(readEnv('canary', process.env), readAccess(process.env));

/** Runs every five minutes: see infra/stacks/ops.ts. What it throws is what the alarm CanaryFailing tells of. */
export async function handler({ scheduledTime }: { scheduledTime: string }): Promise<void> {
  logger.info('canary', await runCanary(deps, Date.parse(scheduledTime)));
}
