import { type LevelCondition, standingOf } from '../../detect/level-standing.ts';
import { isPlanned } from '../../detect/planned-load.ts';
import { readingsOf } from '../../detect/readings-of.ts';
import { isUsualAtThisTime } from '../../detect/volumes-of-the-week.ts';
import { startOfMinute } from '../../model/time.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { minutesInWords } from './pool-rule.ts';
import { volumeDrop, workStopped } from './volume-drop.ts';

const condition: LevelCondition = {
  ...{ timesLevel: 1.6, leastChange: 10, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 },
  ...{ extremeTimes: 1, extremeP: 0 },
};

/** A pool does far more than usual, and nobody announced it. */
export const loadSurge: AlertRule<LevelCondition> = {
  id: 'load-surge',
  kind: 'anomaly',
  looksFor:
    'a pool completes 1.6 times as many tasks as usual for most of five minutes, and 1.3 times as many as at the same time a day and a week ago, and no campaign was announced',
  condition,
  // As for a volume that drops.
  resolveAfterMinutes: 2,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#load-surge',
  assess: (context) => {
    const readings = readingsOf(context, 'throughput', 'pool');
    return [...readings].map(([pool, reading]): Assessment => {
      const scope = { pool };
      // What was held up is caught up with.
      const isCatchingUp = [volumeDrop, workStopped].some(({ id }) => {
        const fingerprint = alertFingerprint(id, scope);
        return context.firing.has(fingerprint) || context.ended.has(fingerprint);
      });
      if (reading.expected === null || isCatchingUp || isPlanned(context, pool)) return { scope, verdict: 'unknown' };
      const { verdict, since } = standingOf(reading, condition, {
        ...{ harmful: 'up', series: readings.size },
        strictness: context.strictness(loadSurge.id, pool),
      });
      if (verdict === 'clear' || verdict === 'unknown') return { scope, verdict };
      if (isUsualAtThisTime(context, pool, { value: reading.value, harmful: 'up' })) return { scope, verdict: 'clear' };
      const usual = Math.round(reading.expected);
      return {
        scope,
        verdict,
        finding: {
          title: `Pool ${pool} does ${(reading.value / reading.expected).toFixed(1)} times as much as usual`,
          why: `It completed ${reading.value} tasks in the newest minute that is known in full, and ${usual} a minute in the hour before; no campaign was announced. Nothing fails because of it yet, or that would be told beside it.`,
          onsetMs: startOfMinute(since),
          ...{ value: reading.value, expected: reading.expected, unit: '1/min', n: reading.n },
          impact: { tasksMorePerMinute: Math.round(reading.value - reading.expected) },
          evidence: minutesInWords({ reading, expected: reading.expected }, (value) => `${Math.round(value)} tasks`),
          contributors: [],
          explains: [{ pool }],
        },
      };
    });
  },
};
