import { agentsThere } from '../../detect/agents-there.ts';
import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { MOST_HOURS, peakOf } from '../../detect/hourly-peaks.ts';
import { slotsPerAgent } from '../../detect/slots-in-use.ts';
import { poolOf } from '../../model/roster.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../model/time.ts';
import { serversForWaitShare } from '../../queueing/erlang.ts';
import type { Finding } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';

const HOUR_MINUTES = 60;

const condition = {
  /** Hours of which the pool's work must be known. */
  leastHours: 24,
  /** Share of the tasks that may have to wait at the busiest moment. */
  waitShare: 0.2,
  /** Agents beside those that are needed then. */
  spareAgents: 1,
  /** Share of its agents that it must be able to do without. */
  leastShare: 0.2,
};

/** A pool has more agents than its busiest hour needs. */
export const poolOversized: AlertRule<typeof condition> = {
  id: 'pool-oversized',
  kind: 'efficiency_opportunity',
  looksFor:
    'a pool could do without a fifth of its agents: at the busiest moment of the last week, of which a day is known at least, fewer would have kept four in five tasks from waiting (Erlang C), with one to spare and no fewer than its declared minimum; looked at once an hour',
  condition,
  // Of the hour's only look.
  resolveAfterMinutes: 1,
  cooldownMinutes: DAY_MINUTES,
  runbook: 'docs/runbooks.md#pool-oversized',
  assess: (context) => {
    const isDue = context.minute % HOUR_MINUTES === 0;
    return [...context.peaks.keys()].map((pool) =>
      isDue ? assess(context, pool) : { scope: { pool }, verdict: 'unknown' },
    );
  },
};

function assess(context: DetectionContext, pool: string): Assessment {
  const scope = { pool };
  const peaks = context.peaks.get(pool);
  const peak = peaks && peakOf(peaks, condition.leastHours);
  const subject = figuresAt(context, context.minute)?.pools.get(pool);
  const each = subject && slotsPerAgent(subject);
  if (!peak || !subject || !each) return { scope, verdict: 'unknown' };
  const needed = Math.ceil(serversForWaitShare(peak.slots, condition.waitShare) / each);
  const members = [...context.roster.values()].filter((entry) => poolOf(entry) === pool);
  const min = Math.max(0, ...members.map(({ description }) => description?.min ?? 0));
  const enough = Math.max(needed + condition.spareAgents, min);
  const agents = agentsThere(context, pool);
  const spare = agents - enough;
  if (spare <= 0) return { scope, verdict: 'clear' };
  // Nobody takes an agent away for less.
  if (spare < condition.leastShare * agents * context.strictness('pool-oversized', pool))
    return { scope, verdict: 'unknown' };
  const costs = members.flatMap(({ description }) => description?.costPerHourUsd ?? []);
  const usdPerHour = costs.length === 0 ? null : costs.reduce((sum, it) => sum + it, 0) / costs.length;
  return {
    scope,
    verdict: 'breach',
    finding: findingOf(context, pool, { peak, each, needed, enough, min, agents, usdPerHour }),
  };
}

interface Sizing {
  peak: { slots: number; hours: number };
  /** Slots of an agent. */
  each: number;
  needed: number;
  enough: number;
  min: number;
  agents: number;
  /** Of an agent; null where it is not told. */
  usdPerHour: number | null;
}

function findingOf({ nowMs }: DetectionContext, pool: string, sizing: Sizing): Finding {
  const { peak, each, needed, enough, min, agents, usdPerHour } = sizing;
  const spare = agents - enough;
  const usdPerDay = usdPerHour === null ? null : Math.round(2_400 * usdPerHour * spare) / 100;
  const [slots, hours] = [peak.slots.toFixed(1), peak.hours];
  return {
    title: `Pool ${pool} could do with ${enough} of its ${agents} agents`,
    why: [
      `At the busiest moment of the last ${hours} hours that are known ${slots} of its ${agents * each} slots were at work, ${twoFigurePercent(peak.slots / (agents * each))}.`,
      `With ${needed} agents fewer than one in five tasks would have had to wait even then (Erlang C), and one more is to spare${enough === min ? `; its declared minimum is ${min}` : ''}.`,
      ...(usdPerDay === null
        ? []
        : [`${spare} agents less save ${usdPerDay} USD a day at what they are said to cost.`]),
      ...(hours < MOST_HOURS
        ? ['Not all days of a week have been seen yet: know of busier ones before acting on it.']
        : []),
    ].join(' '),
    onsetMs: nowMs - hours * HOUR_MINUTES * MINUTE_MS,
    ...{ value: agents, expected: enough, unit: 'agents', n: hours },
    impact: { agentsToSpare: spare, ...(usdPerDay === null ? {} : { usdPerDay }) },
    evidence: [
      `peak ${slots} slots at work in ${hours} h; ${each} slots an agent; ${needed} agents for it, ${enough} with what is to spare`,
    ],
    contributors: [],
  };
}
