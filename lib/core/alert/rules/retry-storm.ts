import type { ExcessMeasure } from '../../detect/excess.ts';
import { readingOf } from '../../detect/readings-of.ts';
import { badTasks } from '../../kpi/bad-tasks.ts';
import { percent, poolRule } from './pool-rule.ts';

/** More attempts end than tasks completed before, by this factor at least: the load has grown by the retries. */
const GROWN = 1.2;

const retryExcess: ExcessMeasure = {
  series: 'retry_ratio',
  n: ({ counters }) => counters.completed + badTasks(counters),
  excess: (subject, expected) => subject.counters.retries - expected * retryExcess.n(subject),
  shift: (subject, expected) => {
    const n = retryExcess.n(subject);
    return n === 0 ? 0 : subject.counters.retries / n - expected;
  },
};

/** Tasks that are tried again and again make up much of a pool's work, which grows by them. */
export const retryStorm = poolRule({
  id: 'retry-storm',
  kind: 'anomaly',
  looksFor:
    'attempts that are not the first are 20 in a hundred more than usual for most of five minutes, while a pool is given 1.2 times its usual work or more',
  condition: {
    ...{ timesLevel: 1, leastChange: 0.2, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 },
    ...{ extremeTimes: 1, extremeP: 0 },
  },
  measure: retryExcess,
  tellsOfFew: true,
  holds: ({ n }, context, pool) => {
    const usual = readingOf(context, 'throughput', 'pool', pool)?.expected ?? null;
    return usual !== null && n >= GROWN * usual;
  },
  figure: percent,
  describe: ({ pool, reading, expected, subject, context }) => {
    const usual = Math.round(readingOf(context, 'throughput', 'pool', pool)?.expected ?? 0);
    return {
      title: `Pool ${pool}: ${percent(reading.value)} of its attempts are retries`,
      why: `Of ${reading.n} attempts that ended in the last minute ${subject.counters.retries} were not the first: ${percent(reading.value)} instead of ${percent(expected)} in the hour before. Usually it completes ${usual} tasks a minute, so retries make its load grow, and may keep it from recovering.`,
      impact: { retriesPerMinute: subject.counters.retries },
      evidence: [],
    };
  },
});
