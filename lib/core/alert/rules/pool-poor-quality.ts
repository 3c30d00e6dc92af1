import { qualityLoss } from '../../detect/excess.ts';
import { poolRule } from './pool-rule.ts';

/** What a pool's agents make has become clearly worse. */
export const poolPoorQuality = poolRule({
  id: 'pool-poor-quality',
  kind: 'performance_degradation',
  looksFor: 'the mean grade of a pool is below its usual one by 0.1 or more for most of five minutes',
  condition: {
    ...{ timesLevel: 1, leastChange: 0.1, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 },
    ...{ extremeTimes: 1, extremeP: 0 },
  },
  measure: qualityLoss,
  figure: (value) => value.toFixed(2),
  describe: ({ pool, reading, expected, agents }) => ({
    title: `Pool ${pool}: quality has fallen to ${reading.value.toFixed(2)}`,
    why: `The mean grade of ${reading.n} graded tasks of the last minute is ${reading.value.toFixed(2)}, and was ${expected.toFixed(2)} in the hour before. It shows in ${agents}, so a model, a prompt or data that they share is the likely cause. That tasks complete as usual hides it.`,
    impact: { gradedTasksPerMinute: reading.n },
    evidence: [],
  }),
});
