import type { DetectionContext } from '../../detect/detection-context.ts';
import { weightAfter } from '../../detect/level.ts';
import { type LevelCondition, standingOf } from '../../detect/level-standing.ts';
import type { SeriesReading } from '../../detect/watch.ts';
import type { MetricDirection } from '../../model/event.ts';
import { poolOf } from '../../model/roster.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertScope } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { minutesInWords } from './pool-rule.ts';

type Condition = LevelCondition & {
  /** So many minutes must be known of it. */
  historyMinutes: number;
};

const condition: Condition = {
  ...{ timesLevel: 1, leastChange: 0, deviation: 6, breachingMinutes: 3, ofMinutes: 5, leastN: 3 },
  ...{ extremeTimes: 1, extremeP: 0, historyMinutes: 60 },
};

/** A figure that the fleet reports of its own is far from its level, in the direction that is worse. */
export const metricAnomaly: AlertRule<Condition> = {
  id: 'metric-anomaly',
  kind: 'anomaly',
  looksFor:
    'a custom metric of which an hour is known is six standard deviations from its level for most of five minutes, upward where lower is better, downward where higher is better, either way otherwise',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 30,
  runbook: 'docs/runbooks.md#metric-anomaly',
  assess: (context) => {
    const readings = [...context.readings.values()].filter(({ scope }) => scope.kind === 'metric');
    const betterOf = directionsIn(context);
    return readings.map((reading) => assessMetric(context, reading, readings.length, betterOf));
  },
};

function assessMetric(
  context: DetectionContext,
  reading: SeriesReading,
  series: number,
  betterOf: (name: string, pool: string) => MetricDirection,
): Assessment {
  const { id: name, pool } = { id: '', pool: '', ...reading.scope };
  const scope: AlertScope = { metric: name, ...(pool === '' ? {} : { pool }) };
  if (reading.expected === null || reading.weight < weightAfter(condition.historyMinutes)) {
    return { scope, verdict: 'unknown' };
  }
  const better = betterOf(name, pool);
  const deviates = reading.deviation >= 0 ? 'up' : 'down';
  const harmful = better === 'higher' ? 'down' : better === 'lower' ? 'up' : deviates;
  const judging = { harmful, series, strictness: context.strictness(metricAnomaly.id, scope.pool) } as const;
  const { verdict, since } = standingOf(reading, condition, judging);
  if (verdict === 'clear' || verdict === 'unknown') return { scope, verdict };
  const { value, expected, n, deviation } = reading;
  const of = pool === '' ? '' : ` of pool ${pool}`;
  const rather = better === 'none' ? '' : ` Of this metric ${better} is better.`;
  return {
    scope,
    verdict,
    finding: {
      title: `Metric ${name}${of} is unusually ${harmful === 'up' ? 'high' : 'low'}: ${figure(value)}`,
      why: `In the last minute it was ${figure(value)}, and ${figure(expected)} in the hour before: ${Math.abs(deviation).toFixed(1)} standard deviations of what it varies by.${rather}`,
      onsetMs: startOfMinute(since),
      ...{ value, expected, n, unit: '' },
      impact: {},
      evidence: minutesInWords({ reading, expected }, figure),
      contributors: [],
    },
  };
}

/** Which way each metric is better, as its newest observations have it. */
function directionsIn({ minutes, minute, roster }: DetectionContext): (name: string, pool: string) => MetricDirection {
  const directions = new Map<string, MetricDirection>();
  for (const { agent, pool, name, direction } of minutes.get(minute)?.metrics ?? []) {
    const of = agent === '' ? pool : poolOf(roster.get(agent));
    if (direction !== 'none') directions.set(`${name}\n${of}`, direction);
  }
  return (name, pool) => directions.get(`${name}\n${pool}`) ?? 'none';
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
