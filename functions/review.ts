import { digestFleets } from '../lib/app/digest-fleet.ts';
import { reviewFleets } from '../lib/app/review-fleet.ts';
import { reviewDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';

const deps = reviewDeps(readEnv('review', process.env));

/** Runs daily for a digest, and weekly for a review, after the days of the week are summed up: see infra/stacks/reviews.ts. */
export async function handler({ scheduledTime, of }: { scheduledTime: string; of?: 'day' }): Promise<void> {
  const atMs = Date.parse(scheduledTime);
  if (of === 'day') logger.info('digests', { outcomes: await digestFleets(deps, atMs) });
  else logger.info('reviews', { outcomes: await reviewFleets(deps, atMs) });
}
