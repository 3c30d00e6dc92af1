import type { Kpi } from './kpi.ts';

/** A score counts as much as this many ratings at the pool's mean: few ratings say little about one agent. */
export const QUALITY_PRIOR = 10;

export const qualityScore: Kpi = {
  unit: 'ratio',
  better: 'higher',
  formula: `of an agent (sum of quality + ${QUALITY_PRIOR} × the pool's mean) ÷ (ratings + ${QUALITY_PRIOR}): the mean, shrunk to the pool's; else the mean; part: the plain mean`,
  counts: 'ratings',
  minimumSample: 10,
  drives: ['performance_degradation'],
  comparesWithPool: true,
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of({ tasks: { counters }, qualityPrior }) {
    const n = counters.qualityCount;
    if (n === 0) return { value: null, n, unit: 'ratio', reason: 'no task in the window had a quality' };
    const mean = counters.qualityPpm / n / 1e6;
    if (!qualityPrior) return { value: mean, n, unit: 'ratio', parts: { mean } };
    const poolMeanPpm = qualityPrior.ppm / qualityPrior.count;
    const value = (counters.qualityPpm + QUALITY_PRIOR * poolMeanPpm) / (n + QUALITY_PRIOR) / 1e6;
    return { value, n, unit: 'ratio', parts: { mean } };
  },
};
