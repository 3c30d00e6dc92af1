import { benchmarkFleet } from '../../lib/app/benchmark-fleet.ts';
import { benchmarkDeps } from '../../lib/aws/deps.ts';
import { readEnv } from '../../lib/aws/env.ts';
import { secondsOf } from './seconds-of.ts';

const MB = 1_048_576;

// Makes the daily comparison of the fleet in the tables that its environment names, alone in a process as it is on AWS, and prints what
// it took as JSON (ComparisonLoad).

/** What the daily comparison took. */
export interface ComparisonLoad {
  scopes: number;
  /** Of processor time, because the machine may have other work; part by part, in their order. */
  parts: { part: string; seconds: number; mb: number }[];
  /** At the peak of the process, and before it began. */
  mb: number;
  mbBefore: number;
}

console.log(JSON.stringify(await measure()));

async function measure(): Promise<ComparisonLoad> {
  const mbBefore = process.memoryUsage().rss / MB;
  const parts: ComparisonLoad['parts'] = [];
  let [part, since] = ['closing two days', process.cpuUsage()];
  const begin = (next: string) => {
    if (next === part) return;
    parts.push({ part, seconds: secondsOf(process.cpuUsage(since)), mb: peakMb() });
    [part, since] = [next, process.cpuUsage()];
  };
  const deps = benchmarkDeps(readEnv('benchmark', process.env));
  const { workDays, tiles, plans } = deps;
  const windows: number[] = [];
  // Told by what it asks for next.
  const { scopes } = await benchmarkFleet(
    {
      ...deps,
      workDays: {
        ...workDays,
        read(system, from, to) {
          windows.push(to - from);
          begin(to - from === windows[0] ? 'trends of 90 days' : 'peers and reviews of 28 days');
          return workDays.read(system, from, to);
        },
      },
      tiles: {
        ...tiles,
        read(...of) {
          begin('windows of 28 and 62 days');
          return tiles.read(...of);
        },
      },
      plans: {
        readPlan(system) {
          begin('bottlenecks and reports');
          return plans.readPlan(system);
        },
      },
    },
    'default',
  );
  begin('');
  return { scopes, parts, mb: peakMb(), mbBefore };
}

function peakMb(): number {
  return (process.resourceUsage().maxRSS * 1_024) / MB;
}
