import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import { type Minute, startOfMinute } from '../../lib/core/model/time.ts';
import { storesOn } from '../../test/fixtures/dynamodb-tables.ts';
import { countingClient } from './count-writes.ts';
import { nullStores } from './null-stores.ts';

/** One run of the minute job, as it was measured from within its process. */
export interface JobRun {
  minute: Minute;
  wallMs: number;
  cpuMs: number;
  /** Peak resident memory of the process so far, and the heap after the run. */
  peakMb: number;
  heapMb: number;
  writes: { items: number; bytes: number; units: number; byKind: Record<string, number> };
}

// The process that runs the minute job and nothing else: told each minute by its parent, it answers with a JobRun.

const { argv } = process;
const [, , kind, port, state = '', rollups = '', agents = '0'] = argv;
const counted = countingClient(
  new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  }),
);
let nowMs = 0;
const memory = kind === 'null' ? nullStores(Number(agents)) : null;
const stores = memory ?? storesOn(counted.client, { state, rollups }, () => nowMs);
const deps = {
  ...stores,
  modes: {
    ...({ route: 'recommend', scale: 'recommend', breaker: 'recommend', degrade: 'recommend' } as const),
    ...({ failover: 'recommend', restart: 'recommend', tune: 'recommend' } as const),
  },
  bus: { async publish() {} },
  nowMs: () => nowMs,
};

process.on('message', async (minute: Minute) => {
  nowMs = startOfMinute(minute + 1) + 1_000;
  memory?.prepare(minute);
  counted.reset();
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await runMinuteJob(deps, { scheduledMs: startOfMinute(minute + 1), executionId: `run-${minute}` });
  const { user, system } = process.cpuUsage(cpu);
  const run: JobRun = {
    minute,
    wallMs: performance.now() - wall,
    cpuMs: (user + system) / 1_000,
    peakMb: process.resourceUsage().maxRSS / 1_024,
    heapMb: process.memoryUsage().heapUsed / 1e6,
    writes: counted.writes(),
  };
  process.send?.(run);
});
