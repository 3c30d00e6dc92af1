import { performanceTrends, TREND_DAYS } from '../lib/core/benchmark/performance-trend.ts';
import { type WorkCounter, type WorkDay, workCounters } from '../lib/core/benchmark/work-day.ts';
import { DAY_MINUTES, type Minute } from '../lib/core/model/time.ts';
import { createRandom } from '../lib/sim/random.ts';

const TYPES = 5;
const HOURS = 24;
const AGENTS_PER_POOL = 50;
const counted = ['responseCount', 'slaTotal', 'qualityCount', 'csatCount'] as const;
const TODAY: Minute = 29_590_560;
const MOST_SECONDS = 60;
const MB = 1_048_576;
const MOST_MB = 512;

/**
 * What the trends of a fleet, its pools and its agents take: 90 days, five task types and 24 hours of each agent. Processor time,
 * because the machine may have other work, with that of making the days told apart; memory is the peak of the process.
 */
export async function benchTrendLoad(agents: number, print: (line: string) => void): Promise<boolean> {
  const mbBefore = process.memoryUsage().rss / MB;
  const makingBefore = process.cpuUsage();
  let rows = 0;
  for (const day of days(agents)) rows += day.rows.hour.length;
  const making = 2 * secondsOf(process.cpuUsage(makingBefore));
  const before = process.cpuUsage();
  const trends = await performanceTrends(() => days(agents), { today: TODAY });
  const seconds = secondsOf(process.cpuUsage(before));
  const mb = (process.resourceUsage().maxRSS * 1_024) / MB;
  print(`${rows.toLocaleString('en')} rows, ${trends.size} scopes of ${trends.get('fleet')?.length} KPIs`);
  const isQuick = seconds < MOST_SECONDS;
  print(
    `${isQuick ? 'met:    ' : 'not met:'} ${seconds.toFixed(1)} s of processor time, of which ${making.toFixed(1)} s make the days; under ${MOST_SECONDS} s`,
  );
  const isSmall = mb < MOST_MB;
  print(
    `${isSmall ? 'met:    ' : 'not met:'} ${mb.toFixed(0)} MB at the peak, ${mbBefore.toFixed(0)} of them before it began; under ${MOST_MB} MB`,
  );
  return isQuick && isSmall;
}

function* days(agents: number): Generator<WorkDay> {
  for (let ago = TREND_DAYS; ago >= 1; ago--) yield drawDay(agents, ago);
}

function drawDay(agents: number, ago: number): WorkDay {
  const random = createRandom(ago, 'load');
  const n = agents * TYPES * HOURS;
  const workers = Array.from({ length: agents }, (_, i) => ({
    agent: `agent-${i}`,
    pool: `pool-${Math.floor(i / AGENTS_PER_POOL)}`,
  }));
  const counters = Object.fromEntries(workCounters.map((name) => [name, new Float64Array(n)])) as Record<
    WorkCounter,
    Float64Array
  >;
  for (let row = 0; row < n; row++) {
    const tasks = 1 + random.int(10);
    const failed = random.uniform() < 0.02 * tasks ? 1 : 0;
    counters.completed[row] = tasks - failed;
    counters.failed[row] = failed;
    for (const name of counted) counters[name][row] = tasks;
    counters.slaMet[row] = tasks - failed;
    counters.responseUs[row] = Math.round(tasks * random.uniform(1e6, 3e6));
    counters.costNanoUsd[row] = tasks * 1e7;
    counters.qualityPpm[row] = Math.round(tasks * random.uniform(7e5, 1e6));
    counters.csatMilli[row] = tasks * (3_000 + random.int(2_000));
  }
  return {
    ...{ day: TODAY - ago * DAY_MINUTES, workers, taskTypes: Array.from({ length: TYPES }, (_, i) => `type-${i}`) },
    rows: {
      worker: Uint32Array.from({ length: n }, (_, row) => Math.floor(row / (TYPES * HOURS))),
      taskType: Uint32Array.from({ length: n }, (_, row) => Math.floor(row / HOURS) % TYPES),
      hour: Uint8Array.from({ length: n }, (_, row) => row % HOURS),
    },
    counters,
  };
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
