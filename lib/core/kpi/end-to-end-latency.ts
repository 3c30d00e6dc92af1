import type { Kpi } from './kpi.ts';
import { countWithin, sketchQuantiles } from './latency-sketch.ts';

export const endToEndLatency: Kpi = {
  unit: 'ms',
  better: 'lower',
  formula:
    'mean of ended − started over completed, failed and timed-out workflow runs, each in the minute that it ended in; percentiles within 1 %',
  counts: 'workflows',
  minimumSample: 20,
  drives: ['latency_increase'],
  scopes: ['fleet', 'workflowType'],
  budget: {
    of: 'share',
    formula:
      'workflow runs that took no longer than the limit, to 1 % of it, among completed, failed and timed-out ones',
    nothing: 'no workflow run ended in the window',
    limitUnit: 'ms',
    count: ({ workflows: { counters, duration } }, limitMs) => ({
      good: countWithin(duration, limitMs * 1_000),
      total: counters.durationCount,
    }),
  },
  of({ workflows: { counters, duration } }) {
    const n = counters.durationCount;
    if (n === 0) return { value: null, n, unit: 'ms', reason: 'no workflow run ended in the window' };
    const [p50, p95, p99] = sketchQuantiles(duration, [0.5, 0.95, 0.99]).map((us) => (us ?? 0) / 1_000);
    return { value: counters.durationUs / n / 1_000, n, unit: 'ms', p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 };
  },
};
