import { JobMemory } from '../../lib/app/job-memory.ts';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import { analyzeDeps } from '../../lib/aws/deps.ts';
import { readAccess, readEnv } from '../../lib/aws/env.ts';
import { type Minute, startOfMinute } from '../../lib/core/model/time.ts';
import { nullStores } from './null-stores.ts';

/** One run of the minute job, as it was measured from within its process. */
export interface JobRun {
  minute: Minute;
  wallMs: number;
  cpuMs: number;
  /** Peak resident memory of the process so far, and the heap after the run. */
  peakMb: number;
  heapMb: number;
  /** Resident and outside of the heap, after the run. */
  residentMb: number;
  buffersMb: number;
}

// The process that runs the minute job and nothing else: told each minute by its parent, it answers with a JobRun.

const [, , kind, agents = '0'] = process.argv;
const nothing = kind === 'null' ? nullStores(Number(agents)) : null;
const real = nothing ? null : analyzeDeps(readEnv('analyze', process.env), readAccess(process.env));
const modes = {
  ...({ route: 'recommend', scale: 'recommend', breaker: 'recommend', degrade: 'recommend' } as const),
  ...({ failover: 'recommend', restart: 'recommend', tune: 'recommend' } as const),
};
const memory = new JobMemory();
const bus = { async publish() {} };

process.on('message', async (minute: Minute) => {
  nothing?.prepare(minute);
  const nowMs = () => startOfMinute(minute + 1) + 1_000;
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const run = { scheduledMs: startOfMinute(minute + 1), executionId: `run-${minute}` };
  if (nothing) await runMinuteJob({ ...nothing, modes, memory, bus, nowMs }, run);
  else if (real) await runMinuteJob({ ...real, memory, bus, nowMs }, run);
  const { user, system } = process.cpuUsage(cpu);
  const measured: JobRun = {
    minute,
    wallMs: performance.now() - wall,
    cpuMs: (user + system) / 1_000,
    peakMb: process.resourceUsage().maxRSS / 1_024,
    heapMb: process.memoryUsage().heapUsed / 1e6,
    residentMb: process.memoryUsage().rss / 1e6,
    buffersMb: process.memoryUsage().external / 1e6,
  };
  process.send?.(measured);
});
