import { performanceTrends, TREND_DAYS } from '../../lib/core/benchmark/performance-trend.ts';
import { type WorkCounter, type WorkDay, workCounters } from '../../lib/core/benchmark/work-day.ts';
import { DAY_MINUTES, type Minute } from '../../lib/core/model/time.ts';
import { createRandom } from '../../lib/sim/random.ts';

const TYPES = 5;
const HOURS = 24;
const AGENTS_PER_POOL = 50;
const counted = ['responseCount', 'slaTotal', 'qualityCount', 'csatCount'] as const;
const TODAY: Minute = 29_590_560;
const MB = 1_048_576;

// Compares so many agents with their last 90 days, alone in a process, and prints what it took as JSON (TrendLoad).

/** What it took to compare a fleet, its pools and its agents. */
export interface TrendLoad {
  rows: number;
  scopes: number;
  /** Of processor time, because the machine may have other work. */
  seconds: number;
  /** Of them, to make the days, which a fleet would read. */
  makingSeconds: number;
  /** At the peak of the process, and before it began. */
  mb: number;
  mbBefore: number;
}

console.log(JSON.stringify(await measure(Number(process.argv[2]))));

async function measure(agents: number): Promise<TrendLoad> {
  const mbBefore = process.memoryUsage().rss / MB;
  const makingBefore = process.cpuUsage();
  let rows = 0;
  for (const day of days(agents)) rows += day.rows.hour.length;
  const makingSeconds = 2 * secondsOf(process.cpuUsage(makingBefore));
  const before = process.cpuUsage();
  const trends = await performanceTrends(() => days(agents), { today: TODAY });
  const seconds = secondsOf(process.cpuUsage(before));
  const mb = (process.resourceUsage().maxRSS * 1_024) / MB;
  return { rows, scopes: trends.size, seconds, makingSeconds, mb, mbBefore };
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
