import { JobMemory } from '../lib/app/job-memory.ts';
import { readWorstFreshness } from '../lib/app/read-freshness.ts';
import { type MinuteJobDeps, runMinuteJob } from '../lib/app/run-minute-job.ts';
import { analyzeDeps, minuteJobMetrics } from '../lib/aws/deps.ts';
import { readAccess, readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';

const deps = { ...analyzeDeps(readEnv('analyze', process.env), readAccess(process.env)), memory: new JobMemory() };
const metrics = minuteJobMetrics(readAccess(process.env).functionName);

/** What the schedule sends: see infra/stacks/analysis.ts. */
interface ScheduleInput {
  scheduledTime: string;
  executionId: string;
}

export async function handler({ scheduledTime, executionId }: ScheduleInput): Promise<void> {
  const scheduledMs = Date.parse(scheduledTime);
  if (Number.isNaN(scheduledMs)) throw new Error(`scheduledTime is not a time: ${scheduledTime}`);
  let failed = 0;
  const tell: MinuteJobDeps['tell'] = (outcome) => {
    if (outcome.status !== 'failed') return;
    failed += 1;
    logger.error('the minute job failed for a system', { scheduledTime, ...outcome });
  };
  const tellUnsaved: MinuteJobDeps['tellUnsaved'] = ({ error, ...of }) =>
    logger.error('a directive is too large to be saved', { scheduledTime, ...of, error: String(error) });
  try {
    const outcomes = await runMinuteJob({ ...deps, tell, tellUnsaved }, { scheduledMs, executionId });
    logger.info('minute job', { scheduledTime, outcomes });
  } finally {
    // Told only where there are some, because a metric is paid for by the hours in which it is told.
    if (failed > 0) metrics.tellFailed(failed);
    await reportLag();
  }
  await deps.ping?.().catch((error: unknown) => logger.warn('the heartbeat ping failed', { error: String(error) }));
}

/** After runs that failed too: a metric that grows says more than one that is missing. */
async function reportLag(): Promise<void> {
  try {
    const { dataAgeMs } = await readWorstFreshness(deps, deps.nowMs());
    if (dataAgeMs !== null) metrics.tellLag(dataAgeMs / 1_000);
  } catch (error) {
    logger.warn('the lag of the analysis cannot be read', { error: String(error) });
  }
}
