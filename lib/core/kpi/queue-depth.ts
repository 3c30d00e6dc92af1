import type { Kpi } from './kpi.ts';

export const queueDepth: Kpi = {
  unit: 'tasks',
  better: 'lower',
  formula:
    "mean over time of the tasks that wait: the sum over agents of each minute's mean of sampled `queued`, the newest of which stands for five minutes, from the first minute that is known to the last; without samples by Little's law, time that the window's tasks have waited ÷ window; part: drainMs, how long what waits takes at the window's throughput",
  counts: 'samples',
  minimumSample: 3,
  drives: ['bottleneck_formation'],
  scopes: ['fleet', 'pool'],
  of({ use, queueSpan, presence, tasks: { counters }, fromMs, toMs }) {
    const spanMs = toMs - fromMs;
    const sampled = queueSpan && use.queuedMilliMinutes / 1_000 / (queueSpan.to - queueSpan.from);
    const waiting = sampled ?? (counters.waitCount > 0 ? counters.waitUs / 1_000 / spanMs : null);
    const n = sampled === null ? counters.waitCount : presence.counters.queuedCount;
    if (waiting === null) {
      return { value: null, n, unit: 'tasks', reason: 'no sample gave queued, and no task a queueing time' };
    }
    const completedPerMs = counters.completed / spanMs;
    const drainMs = waiting === 0 ? 0 : completedPerMs > 0 ? waiting / completedPerMs : null;
    return { value: waiting, n, unit: 'tasks', parts: { drainMs } };
  },
};
