import { reviewFleets } from '../lib/app/review-fleet.ts';
import { reviewDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';

const deps = reviewDeps(readEnv('review', process.env));

/** Runs weekly, after the days of the week are summed up: see infra/stacks/reviews.ts. */
export async function handler({ scheduledTime }: { scheduledTime: string }): Promise<void> {
  logger.info('reviews', { outcomes: await reviewFleets(deps, Date.parse(scheduledTime)) });
}
