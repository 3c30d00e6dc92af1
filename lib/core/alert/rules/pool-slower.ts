import { timeExcess } from '../../detect/excess.ts';
import { duration, EXPLAINING_SHARE, timeExcessByPart } from '../../detect/part-excess.ts';
import { isPlanned } from '../../detect/planned-load.ts';
import { slownessOfPart } from './part-slow.ts';
import { type PoolRule, poolRule } from './pool-rule.ts';
import { slowTaskType } from './task-type.ts';
import { isHeldByTaskType } from './task-type-rule.ts';

const atLeast = { leastChange: 0, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 };
const extreme = { extremeTimes: 3, extremeP: 1e-6 };

/** The tasks of a pool take twice as long as usual, or more. */
export const poolDegraded = poolRule({
  ...about(),
  id: 'pool-degraded',
  kind: 'performance_degradation',
  looksFor:
    'the tasks of a pool take twice as long as usual, or more, for most of five minutes; or three times as long for one minute, if chance explains that less than once in a million',
  condition: { timesLevel: 2, ...atLeast, ...extreme },
});

/** They take 1.3 times as long as usual, and not yet twice. */
export const poolSlower = poolRule({
  ...about(),
  id: 'pool-slower',
  kind: 'latency_increase',
  looksFor: 'the tasks of a pool take 1.3 times as long as usual for most of five minutes',
  condition: { timesLevel: 1.3, ...atLeast, ...extreme },
  yieldsTo: poolDegraded,
});

function about(): Pick<PoolRule, 'measure' | 'isExcused' | 'isToldElsewhere' | 'describe' | 'figure'> {
  return {
    measure: timeExcess,
    isExcused: isPlanned,
    figure: duration,
    // A task type, tool or model that explains it, and is about to be told.
    isToldElsewhere: ({ context, pool, expected }) => {
      if (isHeldByTaskType(slowTaskType, context, pool)) return true;
      const [main] = timeExcessByPart(context, pool, expected);
      if (!main || main.kind === 'wait' || main.share < EXPLAINING_SHARE) return false;
      return slownessOfPart(context, main)?.verdict === 'suspect';
    },
    describe: (trouble) => {
      const { pool, reading, expected, agents } = trouble;
      return {
        title: `Pool ${pool} takes ${(reading.value / expected).toFixed(1)} times as long as usual`,
        why: `Over ${reading.n} tasks of the last minute a task took ${duration(reading.value)} (geometric mean), and ${duration(expected)} in the hour before. It shows in ${agents}, so what they share is the likely cause.`,
        impact: { tasksPerMinute: reading.n },
        evidence: [],
      };
    },
  };
}
