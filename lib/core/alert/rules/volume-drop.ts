import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { hasLeft } from '../../detect/has-left.ts';
import { type LevelCondition, standingOf } from '../../detect/level-standing.ts';
import { isPlanned } from '../../detect/planned-load.ts';
import { readingsOf } from '../../detect/readings-of.ts';
import { isUsualAtThisTime } from '../../detect/volumes-of-the-week.ts';
import type { SeriesReading } from '../../detect/watch.ts';
import { poolOf } from '../../model/roster.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertKind } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { minutesInWords } from './pool-rule.ts';

type Condition = LevelCondition & {
  /** Tasks a minute that its level must be at least. */
  leastLevel: number;
};

const level = { deviation: 4, ofMinutes: 5, leastN: 0, extremeTimes: 0, extremeP: 0 };

/** Of a pool that completes 20 tasks a minute or more hardly any are left. */
export const workStopped = volumeRule({
  id: 'work-stopped',
  kind: 'service_interruption',
  looksFor:
    'a pool that usually completes 20 tasks a minute or more completes less than a tenth of that in two of five minutes, while its agents report',
  condition: { timesLevel: 0.1, leastChange: 5, breachingMinutes: 2, leastLevel: 20, ...level },
});

export const volumeDrop = volumeRule(
  {
    id: 'volume-drop',
    kind: 'anomaly',
    looksFor:
      'a pool completes less than half as many tasks as usual for most of five minutes, and 0.7 times as many as at the same time a day and a week ago, while its agents report',
    condition: { timesLevel: 0.5, leastChange: 5, breachingMinutes: 3, leastLevel: 0, ...level },
  },
  workStopped,
);

function volumeRule(
  about: { id: string; kind: AlertKind; looksFor: string; condition: Condition },
  yieldsTo?: AlertRule<Condition>,
): AlertRule<Condition> {
  const { id, condition } = about;
  return {
    ...about,
    // A volume is judged a minute late: it has to be over no later than what explains it.
    resolveAfterMinutes: 2,
    cooldownMinutes: 15,
    runbook: `docs/runbooks.md#${id}`,
    assess: (context) => {
      const readings = readingsOf(context, 'throughput', 'pool');
      const pools = new Set([...readings.keys(), ...[...context.roster.values()].map(poolOf)]);
      return [...pools].map((pool): Assessment => {
        const scope = { pool };
        if (hasLeft(context, pool)) return { scope, verdict: 'clear' };
        const reading = readings.get(pool);
        if (!reading || reading.expected === null || isPlanned(context, pool)) return { scope, verdict: 'unknown' };
        if (yieldsTo && context.firing.has(alertFingerprint(yieldsTo.id, scope))) return { scope, verdict: 'clear' };
        const judging = {
          ...({ harmful: 'down', series: readings.size } as const),
          strictness: context.strictness(id, pool),
        };
        const { verdict, since } = standingOf(reading, condition, judging);
        if (verdict === 'clear' || verdict === 'unknown') return { scope, verdict };
        if (reading.expected < condition.leastLevel) return { scope, verdict: 'unknown' };
        // Of a pool that hardly does anything any more people want to know all the same.
        if (yieldsTo && isUsualAtThisTime(context, pool, { value: reading.value, harmful: 'down' }))
          return { scope, verdict: 'clear' };
        if (hasComeLate(context, pool, reading, condition)) {
          return { scope, verdict: 'unknown' };
        }
        const isForAnother =
          yieldsTo &&
          reading.expected >= yieldsTo.condition.leastLevel &&
          standingOf(reading, yieldsTo.condition, judging).verdict === 'suspect';
        return {
          scope,
          verdict: isForAnother ? 'suspect' : verdict,
          finding: {
            title: `Pool ${pool} completes ${reading.value} tasks a minute instead of ${Math.round(reading.expected)}`,
            why: `In the newest minute that is known in full it completed ${reading.value} tasks, and ${Math.round(reading.expected)} a minute in the hour before, while its agents report and nothing was announced. Either less work comes, or it does not get done.`,
            onsetMs: startOfMinute(since),
            value: reading.value,
            expected: reading.expected,
            unit: '1/min',
            n: reading.n,
            impact: { tasksMissingPerMinute: Math.round(reading.expected - reading.value) },
            evidence: minutesInWords({ reading, expected: reading.expected }, (value) => `${Math.round(value)} tasks`),
            contributors: [],
            explains: [{ pool }],
          },
        };
      });
    },
  };
}

/** Whether a minute that looked as empty has filled since: reports are late, and work goes on. */
function hasComeLate(
  context: DetectionContext,
  pool: string,
  { minute, recent, expected }: SeriesReading,
  { timesLevel }: LevelCondition,
): boolean {
  const limit = timesLevel * (expected ?? 0);
  return recent.some((it) => {
    const completed = figuresAt(context, it.minute)?.pools.get(pool)?.counters.completed ?? 0;
    return it.minute < minute && it.value <= limit && completed > limit;
  });
}
