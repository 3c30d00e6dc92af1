import { optimizeFleet, optimizeFleets } from '../lib/app/optimize-fleet.ts';
import { recommendFleets } from '../lib/app/recommend-fleet.ts';
import { optimizeDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';
import type { PlanTrigger } from '../lib/core/plan/fleet-plan.ts';
import type { CloudEvent, PlanDueMessage } from '../lib/ports/event-bus.ts';

const deps = optimizeDeps(readEnv('optimize', process.env));

/** What the schedule sends, or the minute job through the bus: see infra/stacks/analysis.ts. */
type OptimizeInput = { scheduledTime: string } | { detail: CloudEvent<PlanDueMessage> };

export async function handler(input: OptimizeInput): Promise<void> {
  const outcomes =
    'detail' in input
      ? [await optimizeFleet(deps, input.detail.data.system, input.detail.data.trigger)]
      : await optimizeFleets(deps, 'hour' satisfies PlanTrigger);
  logger.info('plans', { outcomes });
  // What a plan says of the hours to come is among what recommendations are made from.
  if (!('detail' in input)) logger.info('recommendations', { outcomes: await recommendFleets(deps) });
}
