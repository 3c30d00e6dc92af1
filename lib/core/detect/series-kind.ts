import { badTasks } from '../kpi/bad-tasks.ts';
import { type MetricRollup, metricSum } from '../kpi/metric-rollup.ts';
import type { LevelValue } from './level.ts';
import type { PartMinute, SubjectMinute } from './minute-figures.ts';
import type { VersionComparison } from './version-comparison.ts';

/** One minute's value of a series, in the series' own unit, and how it stands on the scale that it is judged on. */
export interface SeriesValue {
  value: number;
  /** Tasks, calls or samples behind it. */
  n: number;
  judged: LevelValue;
}

export interface SeriesKind {
  unit: string;
  /** Which way is harmful; null for either. */
  harmful: 'up' | 'down' | null;
  /** Whether the figure is judged only once the minute's senders have all had their say: a volume, not a ratio. */
  isVolume: boolean;
  /** From the scale that it is judged on back to its own unit. */
  back(judged: number): number;
}

const identity = (value: number) => value;

/** Every kind of series that is watched: shares on the scale of angles, durations on that of logarithms, counts on that of square roots, each of which has about the same spread at every level. */
export const seriesKinds = {
  error_ratio: { unit: 'ratio', harmful: 'up', isVolume: false, back: shareOf },
  retry_ratio: { unit: 'ratio', harmful: 'up', isVolume: false, back: shareOf },
  service_ms: { unit: 'ms', harmful: 'up', isVolume: false, back: Math.exp },
  quality: { unit: 'ratio', harmful: 'down', isVolume: false, back: identity },
  throughput: { unit: '1/min', harmful: 'down', isVolume: true, back: countOf },
  utilization: { unit: 'ratio', harmful: 'up', isVolume: false, back: identity },
  queued: { unit: 'tasks', harmful: 'up', isVolume: false, back: countOf },
  call_failure_ratio: { unit: 'ratio', harmful: 'up', isVolume: false, back: shareOf },
  call_ms: { unit: 'ms', harmful: 'up', isVolume: false, back: Math.exp },
  version_time: { unit: 'times', harmful: 'up', isVolume: false, back: Math.exp },
  version_failures: { unit: 'ratio', harmful: 'up', isVolume: false, back: identity },
  metric: { unit: '', harmful: null, isVolume: false, back: identity },
} as const satisfies Record<string, SeriesKind>;

export type SeriesKindName = keyof typeof seriesKinds;

/** The series of a pool, a task type or the fleet in one minute; those that the minute says nothing of are absent. */
export function subjectSeries({
  counters,
  service,
  presence,
  agents,
}: SubjectMinute): Map<SeriesKindName, SeriesValue> {
  const series = new Map<SeriesKindName, SeriesValue>();
  const bad = badTasks(counters);
  const ended = bad + counters.completed;
  if (ended > 0) {
    series.set('error_ratio', share(bad, ended));
    series.set('retry_ratio', share(counters.retries, ended));
  }
  if (service.n > 0) series.set('service_ms', duration(service));
  if (counters.qualityCount > 0) {
    const value = counters.qualityPpm / counters.qualityCount / 1e6;
    // Grades spread by a quarter of their range at most, near enough.
    series.set('quality', {
      ...{ value, n: counters.qualityCount },
      judged: { value, sampling: 0.25 / Math.sqrt(counters.qualityCount) },
    });
  }
  series.set('throughput', count(counters.completed, counters.completed));
  if (presence.utilizationCount > 0) {
    const value = presence.utilizationPpm / presence.utilizationCount / 1e6;
    series.set('utilization', { value, n: presence.utilizationCount, judged: { value, sampling: 0.02 } });
  }
  if (presence.queuedCount > 0) {
    // Samples of one minute tell of the same tasks: their mean, of each agent.
    series.set('queued', count((presence.queued / presence.queuedCount) * agents, presence.queuedCount));
  }
  return series;
}

export function partSeries({
  calls,
  failed,
  durationUs,
}: Pick<PartMinute, 'calls' | 'failed' | 'durationUs'>): Map<SeriesKindName, SeriesValue> {
  const series = new Map<SeriesKindName, SeriesValue>();
  if (calls === 0) return series;
  series.set('call_failure_ratio', share(failed, calls));
  const ms = durationUs / calls / 1_000;
  // Only the sum of the durations is known: they are taken to vary as much as their mean.
  if (ms > 0)
    series.set('call_ms', { value: ms, n: calls, judged: { value: Math.log(ms), sampling: 1 / Math.sqrt(calls) } });
  return series;
}

/** How many times as long as the others a version takes, and by what share more of its tasks fail; over three minutes. */
export function versionSeries({
  recentSlowness,
  recentFailures,
}: Pick<VersionComparison, 'recentSlowness' | 'recentFailures'>): Map<SeriesKindName, SeriesValue> {
  const series = new Map<SeriesKindName, SeriesValue>();
  if (recentSlowness) {
    const { ratio, logError, n } = recentSlowness;
    series.set('version_time', { value: ratio, n, judged: { value: Math.log(ratio), sampling: logError } });
  }
  if (recentFailures) {
    const { ratio, peersRatio, n } = recentFailures;
    const sampling = Math.sqrt((peersRatio * (1 - peersRatio)) / n);
    series.set('version_failures', { value: ratio - peersRatio, n, judged: { value: ratio - peersRatio, sampling } });
  }
  return series;
}

/** A gauge's mean, or by how much a counter grew. */
export function metricValue(rollup: MetricRollup): SeriesValue {
  const sum = metricSum(rollup);
  const value = rollup.kind === 'gauge' ? sum / Math.max(1, rollup.count) : sum;
  return { value, n: rollup.count, judged: { value, sampling: Math.max(Math.abs(value) * 0.01, 1e-9) } };
}

/** Twice the angle whose squared sine is the share (Anscombe), which varies by about 1 ÷ √n whatever the share. */
function share(bad: number, n: number): SeriesValue {
  const angle = 2 * Math.asin(Math.sqrt((bad + 3 / 8) / (n + 3 / 4)));
  return { value: bad / n, n, judged: { value: angle, sampling: 1 / Math.sqrt(n + 1 / 2) } };
}

/** Spread of logarithms of durations that is taken for granted, as if so many tasks had shown it: few tasks happen to be alike. */
const USUAL_LOG_VARIANCE = 1;
const USUAL_TASKS = 5;

function duration({ n, sum, squares }: { n: number; sum: number; squares: number }): SeriesValue {
  const mean = sum / n;
  const variance = (Math.max(0, squares - sum * mean) + USUAL_TASKS * USUAL_LOG_VARIANCE) / (n - 1 + USUAL_TASKS);
  // To milliseconds.
  const logMs = mean - Math.log(1_000);
  return { value: Math.exp(logMs), n, judged: { value: logMs, sampling: Math.sqrt(variance / n) } };
}

/** Twice the square root, which varies by about 1 whatever the count (Anscombe). */
function count(value: number, n: number): SeriesValue {
  return { value, n, judged: { value: 2 * Math.sqrt(value + 3 / 8), sampling: 1 } };
}

function shareOf(angle: number): number {
  return Math.sin(Math.min(Math.PI, Math.max(0, angle)) / 2) ** 2;
}

function countOf(judged: number): number {
  return Math.max(0, (judged / 2) ** 2 - 3 / 8);
}
