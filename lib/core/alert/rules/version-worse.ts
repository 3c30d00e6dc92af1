import { lookedBackOn } from '../../detect/agent-outcomes.ts';
import { type DetectionContext, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import type { FailureExcess } from '../../detect/peer-failures.ts';
import type { Slowness } from '../../detect/peer-slowness.ts';
import { compareVersions, deploymentOf, type VersionComparison } from '../../detect/version-comparison.ts';
import { startOfMinute } from '../../model/time.ts';
import type { Finding } from '../alert.ts';
import { equalContributors } from '../equal-contributors.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';

const condition = {
  /** Failures: times those of the other version, and so much more of its tasks. */
  times: 2,
  atLeastMore: 0.05,
  /** Or so many times as long. */
  ratio: 1.5,
  /** By chance so often at most, over three minutes together and in three of five. */
  p: 1e-5,
  /** How long agents take differs from agent to agent for good: that chance is met once a version, not every minute. */
  slowP: 1e-4,
  breachingMinutes: 3,
  ofMinutes: LOOKBACK_MINUTES,
  /** One minute this far out is enough by itself. */
  extremeTimes: 3,
  extremeP: 1e-6,
  /** Below this part of the way to the threshold a version counts as normal again. */
  clearShare: 0.5,
};

/** Agents of a new version do worse than those of the old one beside them: it is the version, not the agents. */
export const versionWorse: AlertRule<typeof condition> = {
  id: 'version-worse',
  kind: 'performance_degradation',
  looksFor:
    'agents of a version that was deployed lately, or that fewer than half of a pool have, fail twice as often as the others, or take 1.5 times as long',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 30,
  runbook: 'docs/runbooks.md#version-worse',
  measures: ['bad', 'time'],
  assess: (context) => {
    const comparisons = compareVersions(context);
    return comparisons.map((comparison) => assess(comparison, context, comparisons.length));
  },
};

/** One way in which a version may be worse. */
interface Judgement {
  isBreach: boolean;
  isSuspect: boolean;
  isClear: boolean;
  /** The first of the minutes looked back on in which it was so. */
  first: number;
}

function assess(comparison: VersionComparison, context: DetectionContext, judged: number): Assessment {
  const { pool, version, failures, recentFailures, slowness, recentSlowness } = comparison;
  const scope = { pool, version };
  const strictness = context.strictness('version-worse', pool);
  const extremeP = condition.extremeP / judged;
  const failing = judge(failures, recentFailures, { p: condition.p / judged, extremeP }, (it, share, times) => {
    const more = Math.max((times - 1) * it.peersRatio, condition.atLeastMore) * strictness;
    return it.ratio >= it.peersRatio + share * Math.min(more, (1 - it.peersRatio) / 2);
  });
  const slow = judge(slowness, recentSlowness, { p: condition.slowP / judged, extremeP }, (it, share, times) => {
    const ratio = times === condition.times ? condition.ratio : times;
    return it.ratio >= 1 + (ratio - 1) * strictness * share;
  });
  const worse = [failing, slow].find(({ isBreach }) => isBreach) ?? [failing, slow].find(({ isSuspect }) => isSuspect);
  if (worse) {
    const finding = worse === failing ? failingFinding(comparison, failing.first) : slowFinding(comparison, slow.first);
    const common = { ...finding, ...detailsOf(comparison, worse.first, context) };
    return { scope, verdict: worse.isBreach ? 'breach' : 'suspect', finding: common };
  }
  return { scope, verdict: failing.isClear && slow.isClear ? 'clear' : 'unknown' };
}

/** @param isBeyond whether it is so far out; `share` of the way to the threshold, 0..1, where that is `times` */
function judge<Measured extends { p: number; n: number }>(
  minutes: readonly (Measured | null)[],
  recent: Measured | null,
  { p, extremeP }: { p: number; extremeP: number },
  isBeyond: (it: Measured, share: number, times: number) => boolean,
): Judgement {
  const isWorse = (it: Measured | null) => it !== null && isBeyond(it, 1, condition.times);
  const [now, newest] = [minutes.at(-1) ?? null, minutes.findLast((it) => it !== null) ?? null];
  const isFarOut = now !== null && isBeyond(now, 1, condition.extremeTimes) && now.p < extremeP;
  const isSurely = recent !== null && isWorse(recent) && recent.p < p && isWorse(newest);
  const beyond = minutes.filter(isWorse).length;
  return {
    isBreach: isFarOut || (isSurely && beyond >= condition.breachingMinutes),
    isSuspect: isSurely,
    isClear: newest === null || !isBeyond(newest, condition.clearShare, condition.times),
    first: minutes.findLastIndex((it) => it !== null && !isWorse(it)) + 1,
  };
}

function failingFinding(
  { pool, version, against, failures, recentFailures, agents }: VersionComparison,
  first: number,
) {
  const { ratio, peersRatio, failed, n } = shownOf(failures, recentFailures);
  const since = failures.slice(first).filter((it) => it !== null);
  const lost = since.reduce((sum, it) => sum + it.failed - it.n * it.peersRatio, 0) / Math.max(1, since.length);
  return {
    title: `Version ${version} in pool ${pool} fails ${twoFigurePercent(ratio)} of its tasks`,
    why: `${failed} of ${n} tasks failed on the ${agents.length} agents with version ${version}, where those with ${against} beside them fail ${twoFigurePercent(peersRatio)} of the same task types.`,
    ...{ value: ratio, expected: peersRatio, unit: 'ratio', n },
    impact: { tasksLostPerMinute: Math.round(10 * lost) / 10 },
  };
}

function slowFinding({ pool, version, against, slowness, recentSlowness, agents }: VersionComparison, first: number) {
  const { ratio, ownMs, peersMs, n } = shownOf(slowness, recentSlowness);
  const since = slowness.slice(first).filter((it) => it !== null);
  return {
    title: `Version ${version} in pool ${pool} takes ${ratio.toFixed(1)} times as long`,
    why: `Over ${n} tasks the ${agents.length} agents with version ${version} took ${Math.round(ownMs)} ms (geometric mean), where those with ${against} beside them take ${Math.round(peersMs)} ms for the same task type.`,
    ...{ value: ownMs, expected: peersMs, unit: 'ms', n },
    impact: { tasksPerMinute: Math.round(since.reduce((sum, it) => sum + it.n, 0) / Math.max(1, since.length)) },
  };
}

/** The newest minute may have too little. */
function shownOf<Measured extends FailureExcess | Slowness>(
  minutes: readonly (Measured | null)[],
  recent: Measured | null,
) {
  const shown = recent ?? minutes.findLast((it) => it !== null);
  if (!shown) throw new RangeError('a version that is worse was compared');
  return shown;
}

function detailsOf(comparison: VersionComparison, first: number, context: DetectionContext) {
  const { pool, version, agents, failures, slowness } = comparison;
  const minutes = lookedBackOn(context.minute);
  const deployment = deploymentOf(context, pool, version);
  return {
    onsetMs: startOfMinute(minutes[Math.min(first, minutes.length - 1)] ?? context.minute),
    evidence: [
      deployment
        ? `deploy of version ${version} reported at ${new Date(deployment.atMs).toISOString()}${deployment.note ? `: ${deployment.note}` : ''}`
        : `no deploy of version ${version} was reported in the last two hours`,
      ...minutes
        .map((minute, at) => ({ minute, failed: failures[at] ?? null, slow: slowness[at] ?? null }))
        .flatMap(({ minute, failed, slow }) => (failed || slow ? [lineOf(minute, failed, slow)] : []))
        .slice(-4),
    ],
    contributors: equalContributors(agents),
    causes: [{ dimension: 'version', id: version, share: 1, words: `version ${version} of pool ${pool}` }],
    explains: agents.map((agent) => ({ pool, agent })),
  } satisfies Partial<Finding>;
}

function lineOf(minute: number, failed: FailureExcess | null, slow: Slowness | null): string {
  const parts = [
    ...(failed ? [`${failed.failed} of ${failed.n} failed, others ${twoFigurePercent(failed.peersRatio)}`] : []),
    ...(slow ? [`${slow.ratio.toFixed(2)} times as long`] : []),
  ];
  return `${new Date(startOfMinute(minute)).toISOString()}: ${parts.join('; ')}`;
}
