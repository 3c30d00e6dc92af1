import type { DetectionContext } from '../../detect/detection-context.ts';
import { badExcess } from '../../detect/excess.ts';
import { badTasks, isMostlyGivenUp } from '../../kpi/bad-tasks.ts';
import { alertFingerprint } from '../fingerprint.ts';
import { bottleneckForming } from './bottleneck-forming.ts';
import { INTERRUPTED_SHARE, isAboutToBeTold } from './part-failing.ts';
import { type PoolRule, type PoolTrouble, percent, poolRule } from './pool-rule.ts';
import { poolDegraded } from './pool-slower.ts';
import { failingTaskType } from './task-type.ts';
import { isHeldByTaskType } from './task-type-rule.ts';

/** Fewer tasks are no interruption. */
const INTERRUPTED_TASKS = 10;

/** Half of the tasks of a pool end badly, or more. */
export const poolInterrupted = poolRule({
  ...about(),
  id: 'pool-interrupted',
  kind: 'service_interruption',
  looksFor:
    'half of the tasks of a pool end badly, or more, which is twice as many as usual at least, in two of five minutes; or in one, if chance explains that less than once in a million',
  condition: {
    ...{ timesLevel: 2, leastChange: 0.05, deviation: 4, breachingMinutes: 2, ofMinutes: 5, leastN: INTERRUPTED_TASKS },
    ...{ extremeTimes: 3, extremeP: 1e-6 },
  },
  holds: ({ value, n }) => value >= INTERRUPTED_SHARE && n >= INTERRUPTED_TASKS,
  // Work is lost, whoever loses it.
  tellsOfFew: true,
  isToldElsewhere,
});

/** Clearly more of them than usual, and not yet half. */
export const poolFailing = poolRule({
  ...about(),
  id: 'pool-failing',
  kind: 'performance_degradation',
  looksFor:
    'three times as many tasks of a pool as usual end badly, and five in a hundred more, for most of five minutes',
  condition: {
    ...{ timesLevel: 3, leastChange: 0.05, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 },
    ...{ extremeTimes: 3, extremeP: 0 },
  },
  yieldsTo: poolInterrupted,
  isToldElsewhere: (trouble) => isFromSlowness(trouble) || isToldElsewhere(trouble),
});

/** Whether an alert that tasks of the pool end badly fires. */
export function isToldToFail({ firing }: Pick<DetectionContext, 'firing'>, pool: string): boolean {
  return [poolInterrupted, poolFailing].some(({ id }) => firing.has(alertFingerprint(id, { pool })));
}

function about(): Pick<PoolRule, 'measure' | 'describe' | 'figure'> {
  return {
    measure: badExcess,
    figure: percent,
    describe: ({ pool, reading, expected, subject, agents }) => {
      const { failed, timeout, rejected } = subject.counters;
      return {
        title: `Pool ${pool}: ${percent(reading.value)} of its tasks end badly`,
        why: `Of ${reading.n} tasks of the last minute ${failed} failed, ${timeout} timed out and ${rejected} were rejected: ${percent(reading.value)} instead of ${percent(expected)} in the hour before. It shows in ${agents}.`,
        impact: { failedTasksPerMinute: badTasks(subject.counters) },
        evidence: [],
      };
    },
  };
}

/** A task type, tool or model that explains it, and is about to be told. */
function isToldElsewhere({ context, pool, expected }: PoolTrouble): boolean {
  return isHeldByTaskType(failingTaskType, context, pool) || isAboutToBeTold(context, pool, expected);
}

/** Tasks that time out or find no agent because the pool is slow, or has too much to do: that says more. */
function isFromSlowness({ context, pool, subject }: PoolTrouble): boolean {
  return (
    [poolDegraded, bottleneckForming].some(({ id }) => context.firing.has(alertFingerprint(id, { pool }))) &&
    isMostlyGivenUp(subject.counters)
  );
}
