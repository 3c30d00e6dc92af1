import type { KpiTrend } from '../../lib/core/benchmark/benchmark.ts';
import { performanceTrends } from '../../lib/core/benchmark/performance-trend.ts';
import type { WorkDay } from '../../lib/core/benchmark/work-day.ts';
import { studentTail } from '../../lib/core/detect/student-tail.ts';
import { DAY_MINUTES, startOfMinute } from '../../lib/core/model/time.ts';
import { drawHistory, type Planted } from './history.ts';

/** What is told of the response times of a history, and what is true of it. */
export interface Judged {
  trend: KpiTrend;
  /** Of the other KPIs, none of which changed but by mix: those that are told better or worse. */
  others: { known: number; told: number };
  /** Days from the true beginning to the one that is told; null where none is. */
  sinceOff: number | null;
  daysAgo: number;
  namesDeploy: boolean;
  /** Mean of the last seven days beside all before, −1 for none of mix or performance. */
  plainChange: number;
  plainVerdict: 'better' | 'worse' | 'same';
}

export async function judgeHistory(seed: number, planted: Planted): Promise<Judged> {
  const { days, today, onset, changes } = drawHistory(seed, planted);
  const trends = await performanceTrends(() => days, { today, changes, scopes: ['fleet'] });
  const ofFleet = trends.get('fleet') ?? [];
  const trend = ofFleet.find(({ kpi }) => kpi === 'average_response_time') as KpiTrend;
  const others = ofFleet.filter(({ kpi, verdict }) => kpi !== 'average_response_time' && verdict !== 'unknown');
  const dayMs = DAY_MINUTES * 60_000;
  return {
    ...{ trend, ...plainComparison(days) },
    others: { known: others.length, told: others.filter(({ verdict }) => verdict !== 'same').length },
    sinceOff: trend.since ? (trend.since.atMs - startOfMinute(onset)) / dayMs : null,
    daysAgo: (today - onset) / DAY_MINUTES,
    namesDeploy: trend.since?.changes.includes('deploy, slower') ?? false,
  };
}

/** What a reader of daily means would say: Welch's test of the last seven against all before, at 5 %, of 2 % or more. */
function plainComparison(days: readonly WorkDay[]): Pick<Judged, 'plainChange' | 'plainVerdict'> {
  const totals = days.map(({ counters }) => ({ us: sum(counters.responseUs), n: sum(counters.responseCount) }));
  const means = totals.map(({ us, n }) => us / n);
  const pooled = (of: typeof totals) =>
    of.reduce((total, { us }) => total + us, 0) / of.reduce((total, { n }) => total + n, 0);
  const plainChange = pooled(totals.slice(-7)) / pooled(totals.slice(0, -7)) - 1;
  const [now, before] = [moments(means.slice(-7)), moments(means.slice(0, -7))];
  const [a, b] = [now.variance / now.n, before.variance / before.n];
  const t = (now.mean - before.mean) / Math.sqrt(a + b);
  const freedom = (a + b) ** 2 / (a ** 2 / (now.n - 1) + b ** 2 / (before.n - 1));
  const isTold = 2 * studentTail(Math.abs(t), freedom) < 0.05 && Math.abs(plainChange) >= 0.02;
  return { plainChange, plainVerdict: !isTold ? 'same' : plainChange > 0 ? 'worse' : 'better' };
}

function moments(values: readonly number[]): { n: number; mean: number; variance: number } {
  const n = values.length;
  const mean = values.reduce((total, value) => total + value, 0) / n;
  return { n, mean, variance: values.reduce((total, value) => total + (value - mean) ** 2, 0) / (n - 1) };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
