import type { Kpi } from './kpi.ts';
import { type KpiValue, ratioValue } from './kpi-value.ts';

export const customerSatisfaction: Kpi = {
  unit: 'points',
  better: 'higher',
  formula: 'mean rating of tasks, 1 to 5; part: share of ratings of 4 or better; of a workflow type, of its runs',
  counts: 'ratings',
  minimumSample: 10,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType', 'workflowType'],
  budget: {
    of: 'share',
    formula: 'ratings of 4 or better among all ratings',
    nothing: 'no rating in the window',
    count: ({ tasks: { counters } }) => ({ good: counters.csatGood, total: counters.csatCount }),
  },
  of: ({ tasks: { counters } }) => satisfaction(counters),
  ofRuns: ({ workflows: { counters } }) => satisfaction(counters),
};

function satisfaction({
  csatCount: n,
  csatMilli,
  csatGood,
}: Record<'csatCount' | 'csatMilli' | 'csatGood', number>): KpiValue {
  const mean = ratioValue(csatMilli / 1_000, n, { unit: 'points', reason: 'no rating in the window' });
  return n === 0 ? mean : { ...mean, parts: { satisfiedRatio: csatGood / n } };
}
