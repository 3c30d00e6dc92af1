import type { Kpi } from './kpi.ts';
import { ratioValue } from './kpi-value.ts';

export const customerSatisfaction: Kpi = {
  unit: 'points',
  better: 'higher',
  formula: 'mean rating, 1 to 5; part: share of ratings of 4 or better',
  counts: 'ratings',
  minimumSample: 10,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of({ tasks: { counters } }) {
    const n = counters.csatCount;
    const mean = ratioValue(counters.csatMilli / 1_000, n, { unit: 'points', reason: 'no rating in the window' });
    return n === 0 ? mean : { ...mean, parts: { satisfiedRatio: counters.csatGood / n } };
  },
};
