import type { DetectionContext } from '../../detect/detection-context.ts';
import { weightAfter } from '../../detect/level.ts';
import { type SeriesScope, seriesId } from '../../detect/series-id.ts';
import { compareVersions, type VersionComparison } from '../../detect/version-comparison.ts';
import type { SeriesReading } from '../../detect/watch.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../model/time.ts';
import type { Finding } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';

const condition = {
  /** So many times as fast as the others, on average over the last hour ... */
  timesAsFast: 1.2,
  /** ... of which so many minutes are known at least, by so many standard errors of three minutes. */
  leastMinutes: 30,
  deviation: 3,
  /** While this share more of its tasks fail than of theirs at most. */
  mostMoreFailures: 0.01,
  /** Less is no gain any more. */
  clearTimesAsFast: 1.1,
};

const HOUR_MINUTES = 60;

/** Agents of one version do better than those of the others beside them: what works can be had everywhere. */
export const versionBetter: AlertRule<typeof condition> = {
  id: 'version-better',
  kind: 'optimization_suggestion',
  looksFor:
    'agents of a version that was deployed lately, or that fewer than half of a pool have, have been 1.2 times as fast as the others in the last hour, and fail no more often',
  condition,
  resolveAfterMinutes: 10,
  cooldownMinutes: DAY_MINUTES,
  runbook: 'docs/runbooks.md#version-better',
  assess: (context) => compareVersions(context).map((comparison) => assess(context, comparison)),
};

function assess(context: DetectionContext, comparison: VersionComparison): Assessment {
  const { pool, version } = comparison;
  const scope = { pool, version };
  const of: SeriesScope = { kind: 'version', id: version, pool };
  const time = context.readings.get(seriesId('version_time', of));
  const failures = context.readings.get(seriesId('version_failures', of));
  if (!time || time.expected === null || time.weight < weightAfter(condition.leastMinutes))
    return { scope, verdict: 'unknown' };
  const gain = 1 / time.expected;
  if (gain < condition.clearTimesAsFast) return { scope, verdict: 'clear' };
  const least = 1 + (condition.timesAsFast - 1) * context.strictness('version-better', pool);
  const isSure = Math.log(gain) >= condition.deviation * time.judged.sampling;
  // Speed that is bought with failures is none. Of failures as much must be known as of times.
  const moreFailures = failures?.expected ?? Number.POSITIVE_INFINITY;
  if (gain < least || !isSure || moreFailures > condition.mostMoreFailures) return { scope, verdict: 'unknown' };
  return { scope, verdict: 'breach', finding: findingOf(context, comparison, { time, gain, moreFailures }) };
}

function findingOf(
  { nowMs, roster }: DetectionContext,
  { pool, version, against, agents }: VersionComparison,
  { time, gain, moreFailures }: { time: SeriesReading; gain: number; moreFailures: number },
): Finding {
  const others = [...roster.values()].filter(
    ({ description }) => description?.pool === pool && description.version !== version,
  ).length;
  // As much as those that are moved do more, of what the pool does at its pace now.
  const more = (others * (gain - 1)) / (others + agents.length * gain);
  const failing =
    moreFailures <= -0.005 ? `${twoFigurePercent(-moreFailures)} fewer of its tasks fail` : 'it fails no more often';
  return {
    title: `Version ${version} in pool ${pool} is ${gain.toFixed(1)} times as fast as ${against}`,
    why: `In the last hour, as far as it is known, the ${agents.length} agents with version ${version} needed ${twoFigurePercent(1 / gain)} of the time that the ${others} others, most of them with ${against}, need for the same task types, and ${failing}. With all of them on ${version} the pool could do ${twoFigurePercent(more)} more.`,
    onsetMs: nowMs - HOUR_MINUTES * MINUTE_MS,
    ...{ value: gain, expected: 1, unit: 'times', n: time.n },
    impact: { agentsToMove: others, capacityGain: Math.round(100 * more) / 100 },
    evidence: time.recent.map(
      ({ minute, value, n }) =>
        `${new Date(minute * MINUTE_MS).toISOString()}: ${value.toFixed(2)} times as long as the others, n ${n} over three minutes`,
    ),
    contributors: [],
    causes: [{ dimension: 'version', id: version, share: 1, words: `version ${version} of pool ${pool}` }],
  };
}
