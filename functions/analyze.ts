import { JobMemory } from '../lib/app/job-memory.ts';
import { runMinuteJob } from '../lib/app/run-minute-job.ts';
import { analyzeDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';

const deps = { ...analyzeDeps(readEnv('analyze', process.env)), memory: new JobMemory() };

/** What the schedule sends: see infra/stacks/analysis.ts. */
interface ScheduleInput {
  scheduledTime: string;
  executionId: string;
}

export async function handler({ scheduledTime, executionId }: ScheduleInput): Promise<void> {
  const scheduledMs = Date.parse(scheduledTime);
  if (Number.isNaN(scheduledMs)) throw new Error(`scheduledTime is not a time: ${scheduledTime}`);
  const outcomes = await runMinuteJob(deps, { scheduledMs, executionId });
  logger.info('minute job', { scheduledTime, outcomes });
}
