import type { DetectionContext } from '../../detect/detection-context.ts';
import { minuteOfReading, type ShareRing } from '../../detect/share-ring.ts';
import { minutesToLimit, type ShareTrend, shareTrend } from '../../detect/share-trend.ts';
import { SortedValues } from '../../detect/sorted-values.ts';
import { poolOf } from '../../model/roster.ts';
import { MINUTE_MS, startOfMinute } from '../../model/time.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { latestReadings } from '../latest-readings.ts';
import { isPoolWide } from '../pool-wide.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';

const condition = {
  /** An agent is as good as lost with this share of its memory in use, and will be within so many minutes. */
  limit: 0.95,
  withinMinutes: 60,
  /** Lower down, what a start or a cache takes looks the same. */
  atLeast: 0.6,
  /** This part of what its memory has grown by must be its own, and not that of its peers as well. */
  ownShare: 0.5,
  /** Further away from its limit than this an agent counts as well again. */
  clearMinutes: 120,
};

/** The memory of an agent grows steadily toward its limit. */
export const agentLeaking: AlertRule<typeof condition> = {
  id: 'agent-leaking',
  kind: 'failure_predicted',
  looksFor:
    'the memory of an agent grows along a line, beyond chance over 20 minutes or more, that reaches 95 % within an hour; what garbage collection gives back is no leak',
  condition,
  // Two readings.
  resolveAfterMinutes: 10,
  cooldownMinutes: 60,
  runbook: 'docs/runbooks.md#agent-leaking',
  assess: (context) => {
    const pools = Map.groupBy(context.memory, ([agent]) => poolOf(context.roster.get(agent)));
    return [...pools].flatMap(([pool, rings]) => {
      const within = condition.withinMinutes / context.strictness('agent-leaking', pool);
      const found = rings.map(([agent, ring]) => {
        const trend = shareTrend(ring);
        return { scope: { pool, agent }, ring, trend, reached: trend && minutesToLimit(trend, condition.limit) };
      });
      const leaking = found.filter(({ trend, reached }) => isLeaking(trend, reached, within));
      const isShared = isPoolWide(leaking.length, found.length);
      return found.map(({ scope, ring, trend, reached }): Assessment => {
        if (isShared) return { scope, verdict: 'unknown' };
        if (trend && reached !== null && isLeaking(trend, reached, within)) {
          if (
            growsLikeOthers(
              trend,
              found.filter((other) => other.ring !== ring),
            )
          )
            return { scope, verdict: 'unknown' };
          return { scope, verdict: 'breach', finding: findingOf(scope, ring, trend, reached, context) };
        }
        const isFar = reached === null || reached > condition.clearMinutes || (trend?.level ?? 0) < condition.atLeast;
        return { scope, verdict: isFar ? 'clear' : 'unknown' };
      });
    });
  },
};

function isLeaking(trend: ShareTrend | null, reached: number | null, within: number): boolean {
  return trend !== null && reached !== null && trend.level >= condition.atLeast && reached <= within;
}

/** Whether most of what its memory has grown by is what that of its peers has, too: then more work does it, and no leak. */
function growsLikeOthers({ level, began, back }: ShareTrend, others: readonly { ring: ShareRing }[]): boolean {
  const grown = others.flatMap(({ ring: { permille } }) => {
    const [first, last] = [permille.at(-1 - back), permille.at(-1)];
    return first == null || last == null ? [] : [(last - first) / 1_000];
  });
  if (grown.length === 0) return false;
  return new SortedValues(grown).median(null) >= condition.ownShare * (level - began);
}

function findingOf(
  scope: AlertScope & { agent: string },
  ring: ShareRing,
  trend: ShareTrend,
  reached: number,
  { nowMs }: DetectionContext,
): Finding {
  const { level, began, slope, leastSlope, n, back } = trend;
  const minutes = Math.round(reached);
  const at = new Date(nowMs + minutes * MINUTE_MS).toISOString().slice(11, 16);
  const since = minuteOfReading(ring, back);
  const first = new Date(startOfMinute(since)).toISOString().slice(11, 16);
  return {
    title: `Agent ${scope.agent} runs out of memory ${minutes === 0 ? 'now' : `in about ${minutes} min`}`,
    why: `Its memory has grown from ${twoFigurePercent(began)} at ${first} UTC to ${twoFigurePercent(level)}, by ${twoFigurePercent(10 * slope)} every 10 min and with hardly a doubt by ${twoFigurePercent(10 * leastSlope)}. At this pace it has ${twoFigurePercent(condition.limit)} in use at ${at} UTC. Others of pool ${scope.pool} do not grow alike, so it is a leak of this agent rather than more work.`,
    onsetMs: startOfMinute(since),
    value: level,
    expected: began,
    unit: 'ratio',
    n,
    impact: { minutesLeft: minutes },
    evidence: [`memory every 5 min: ${latestReadings(ring)}`],
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}
