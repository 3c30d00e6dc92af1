import type { Kpi } from './kpi.ts';
import { countWithin, sketchQuantiles } from './latency-sketch.ts';

export const averageResponseTime: Kpi = {
  unit: 'ms',
  better: 'lower',
  formula:
    'mean of ended − queued (ended − started where queueing is unknown) over completed, failed and timed-out tasks; percentiles within 1 %; parts: mean wait and mean service',
  counts: 'tasks',
  minimumSample: 20,
  drives: ['performance_degradation', 'latency_increase'],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  budget: {
    of: 'share',
    formula: 'tasks answered within the limit, to 1 % of it, among completed, failed and timed-out ones',
    nothing: 'no task with a start or queueing time ended in the window',
    limitUnit: 'ms',
    count: ({ tasks: { counters, response } }, limitMs) => ({
      good: countWithin(response, limitMs * 1_000),
      total: counters.responseCount,
    }),
  },
  of({ tasks: { counters, response } }) {
    const n = counters.responseCount;
    if (n === 0)
      return { value: null, n, unit: 'ms', reason: 'no task with a start or queueing time ended in the window' };
    const [p50, p95, p99] = sketchQuantiles(response, [0.5, 0.95, 0.99]).map((us) => (us ?? 0) / 1_000);
    return {
      value: counters.responseUs / n / 1_000,
      n,
      unit: 'ms',
      p50: p50 ?? 0,
      p95: p95 ?? 0,
      p99: p99 ?? 0,
      parts: {
        waitMs: counters.waitCount > 0 ? counters.waitUs / counters.waitCount / 1_000 : null,
        serviceMs: counters.serviceCount > 0 ? counters.serviceUs / counters.serviceCount / 1_000 : null,
      },
    };
  },
};
