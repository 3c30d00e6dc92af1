import { agentsThere } from '../../detect/agents-there.ts';
import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { minuteOfReading, type ShareRing } from '../../detect/share-ring.ts';
import { minutesToLimit, type ShareTrend, shareTrend } from '../../detect/share-trend.ts';
import { slotsPerAgent } from '../../detect/slots-in-use.ts';
import { MINUTE_MS, startOfMinute } from '../../model/time.ts';
import { utcClock } from '../../model/utc-clock.ts';
import { serversForWaitShare } from '../../queueing/erlang.ts';
import type { Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import { latestReadings } from '../latest-readings.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';
import { bottleneckForming } from './bottleneck-forming.ts';

const condition = {
  /** With this share of its slots at work a pool has no room for the next burst, and will within so many minutes. */
  limit: 0.95,
  withinMinutes: 60,
  /** Lower down, a rise is what a day does. */
  atLeast: 0.5,
  /** Share of the tasks that may have to wait, of the agents that are said to be needed. */
  waitShare: 0.2,
  /** Further away from its limit than this a pool counts as well again. */
  clearMinutes: 120,
};

/** The work of a pool grows steadily toward what it can do. */
export const capacityShortfall: AlertRule<typeof condition> = {
  id: 'capacity-shortfall',
  kind: 'capacity_shortfall_predicted',
  looksFor:
    'the part of its slots that a pool has at work grows along a line, beyond chance over 20 minutes or more, that reaches 95 % within an hour; told by samples with `active` and `capacity`',
  condition,
  // Two readings.
  resolveAfterMinutes: 10,
  cooldownMinutes: 60,
  runbook: 'docs/runbooks.md#capacity-shortfall',
  assess: (context) => [...context.inUse].map(([pool, ring]) => assess(context, pool, ring)),
};

function assess(context: DetectionContext, pool: string, ring: ShareRing): Assessment {
  const scope = { pool };
  // It has come true: that is told instead.
  if (context.firing.has(alertFingerprint(bottleneckForming.id, scope))) return { scope, verdict: 'unknown' };
  const subject = figuresAt(context, context.minute)?.pools.get(pool);
  const slots = subject && slotsPerAgent(subject);
  if (!subject || !slots) return { scope, verdict: 'unknown' };
  const trend = shareTrend(ring);
  const reached = trend && minutesToLimit(trend, condition.limit);
  const within = condition.withinMinutes / context.strictness('capacity-shortfall', pool);
  if (trend && reached !== null && trend.level >= condition.atLeast && reached <= within) {
    return {
      scope,
      verdict: 'breach',
      finding: findingOf(context, pool, ring, { trend, reached, agents: agentsThere(context, pool), slots }),
    };
  }
  const isFar = reached === null || reached > condition.clearMinutes || (trend?.level ?? 0) < condition.atLeast;
  return { scope, verdict: isFar ? 'clear' : 'unknown' };
}

interface Shortfall {
  trend: ShareTrend;
  /** Minutes until the limit is reached. */
  reached: number;
  agents: number;
  /** Of an agent. */
  slots: number;
}

function findingOf(
  context: DetectionContext,
  pool: string,
  ring: ShareRing,
  { trend, reached, agents, slots }: Shortfall,
): Finding {
  const { level, began, slope, leastSlope, n, back } = trend;
  const minutes = Math.round(reached);
  const since = startOfMinute(minuteOfReading(ring, back));
  const load = (level + condition.withinMinutes * slope) * agents * slots;
  const needed = Math.ceil(serversForWaitShare(load, condition.waitShare) / slots);
  return {
    title: `Pool ${pool} runs out of slots ${minutes === 0 ? 'now' : `in about ${minutes} min`}`,
    why: `The part of its slots at work has grown from ${twoFigurePercent(began)} at ${utcClock(since)} to ${twoFigurePercent(level)}, by ${twoFigurePercent(10 * slope)} every 10 min and with hardly a doubt by ${twoFigurePercent(10 * leastSlope)}. At this pace ${twoFigurePercent(condition.limit)} are at work at ${utcClock(context.nowMs + minutes * MINUTE_MS)}, and tasks begin to wait for each other. In an hour it takes ${needed} agents to keep four in five tasks from waiting (Erlang C); it has ${agents}.`,
    onsetMs: since,
    ...{ value: level, expected: began, unit: 'ratio', n },
    impact: { minutesLeft: minutes, agentsMissing: Math.max(0, needed - agents) },
    evidence: [`slots at work every 5 min: ${latestReadings(ring)}`],
    contributors: [],
  };
}
