import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { badExcess, timeExcess } from '../../detect/excess.ts';
import { duration } from '../../detect/part-excess.ts';
import { isPlanned } from '../../detect/planned-load.ts';
import { readingOf } from '../../detect/readings-of.ts';
import { isMostlyGivenUp } from '../../kpi/bad-tasks.ts';
import { alertFingerprint } from '../fingerprint.ts';
import { isBehind } from './bottleneck-forming.ts';
import { INTERRUPTED_SHARE } from './part-failing.ts';
import { percent } from './pool-rule.ts';
import { type TaskTypeRule, taskTypeRule } from './task-type-rule.ts';

const lasting = { deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 };

export const slowTaskType: TaskTypeRule = {
  id: 'task-type-slower',
  kind: 'latency_increase',
  looksFor:
    'one task type takes 1.5 times as long as usual for most of five minutes, and what else the same pools do does not; or three times as long for one minute, if chance explains that less than once in a million',
  condition: { timesLevel: 1.5, leastChange: 0, ...lasting, extremeTimes: 3, extremeP: 1e-6 },
  measure: timeExcess,
  isExcused: isPlanned,
  // As of a pool that takes twice as long.
  severityFor: ({ value, expected }) => (expected !== null && value >= 2 * expected ? 'high' : undefined),
  figure: duration,
  describe: ({ taskType, reading, expected, where }) => ({
    title: `Task type ${taskType} takes ${(reading.value / expected).toFixed(1)} times as long as usual`,
    why: `Over ${reading.n} tasks of the last minute it took ${duration(reading.value)} (geometric mean), and ${duration(expected)} in the hour before. What else ${where} did took as long as usual, so the cause is in these tasks and not in the agents.`,
    impact: { tasksPerMinute: reading.n },
  }),
};

export const failingTaskType: TaskTypeRule = {
  id: 'task-type-failing',
  kind: 'performance_degradation',
  looksFor:
    'three times as many tasks of one type as usual end badly, and five in a hundred more, for most of five minutes, and of what else the same pools do no more than usual',
  condition: { timesLevel: 3, leastChange: 0.05, ...lasting, extremeTimes: 1, extremeP: 0 },
  measure: badExcess,
  // It interrupts the pool's service, which is told by this alert then.
  severityFor: (_, context, pool) =>
    (readingOf(context, 'error_ratio', 'pool', pool)?.value ?? 0) >= INTERRUPTED_SHARE ? 'critical' : undefined,
  isToldElsewhere: isFromSlowness,
  // Those with the least patience are given up first when a pool has too much to do.
  isOfPool: (context, pool, { counters }) => isMostlyGivenUp(counters) && isBehind(context, pool),
  figure: percent,
  describe: ({ taskType, reading, expected, where }) => ({
    title: `Task type ${taskType}: ${percent(reading.value)} of its tasks end badly`,
    why: `Of ${reading.n} tasks of the last minute ${percent(reading.value)} ended badly, and ${percent(expected)} in the hour before. What else ${where} did ended as usual, so the cause is in these tasks and not in the agents.`,
    impact: { failedTasksPerMinute: Math.round(reading.value * reading.n) },
  }),
};

/** Tasks that time out because they are slow: that they are says more. */
function isFromSlowness(context: DetectionContext, taskType: string): boolean {
  const counters = figuresAt(context, context.minute)?.taskTypes.get(taskType)?.counters;
  if (!counters || !context.firing.has(alertFingerprint(slowTaskType.id, { taskType }))) return false;
  return isMostlyGivenUp(counters);
}

/** One task type takes longer than usual, and the rest of the same pools' work does not. */
export const taskTypeSlower = taskTypeRule(slowTaskType);

export const taskTypeFailing = taskTypeRule(failingTaskType);
