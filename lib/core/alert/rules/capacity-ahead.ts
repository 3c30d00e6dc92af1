import { agentsThere } from '../../detect/agents-there.ts';
import type { DetectionContext } from '../../detect/detection-context.ts';
import { poolOf } from '../../model/roster.ts';
import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import type { PoolOutlook } from '../../plan/pool-outlook.ts';
import type { Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';
import { bottleneckForming } from './bottleneck-forming.ts';
import { capacityShortfall } from './capacity-shortfall.ts';

const HOUR_MINUTES = 60;

const condition = {
  /** Within so many minutes more must be expected than the pool carries, with this probability at least. */
  withinMinutes: 360,
  leastChance: 0.8,
  /** Below this share of its slots at work nobody waits because the pool is small: what comes in bursts is told when it does. */
  leastUtilization: 0.7,
  /** Two days, or nothing is known of the hours to come. */
  leastHours: 48,
  /** A plan that is older says nothing any more. */
  planMinutes: 120,
  /** It counts as well again once this is all the chance that is left. */
  clearChance: 0.5,
};

/** More work is forecast than a pool can carry with all the agents that it may have. */
export const capacityAhead: AlertRule<typeof condition> = {
  id: 'capacity-ahead',
  kind: 'capacity_shortfall_predicted',
  looksFor:
    'the hourly forecast expects more within six hours, at a probability of 80 %, than a pool carries with four in five tasks served at once (Erlang C), and it may not have as many agents as that takes: its declared maximum is lower, or it has none; 70 % of the slots that it may have must be at work then, and two days of its past be known',
  condition,
  // A new forecast comes once an hour.
  resolveAfterMinutes: 1,
  cooldownMinutes: 6 * HOUR_MINUTES,
  runbook: 'docs/runbooks.md#capacity-ahead',
  assess: (context) => (context.plan?.pools ?? []).map((outlook) => assess(context, outlook)),
};

type KnownOutlook = Extract<PoolOutlook, { status: 'known' }>;

function assess(context: DetectionContext, outlook: PoolOutlook): Assessment {
  const scope = { pool: outlook.pool };
  const { plan, nowMs, minute } = context;
  const isOld = !plan || nowMs - plan.madeAtMs > condition.planMinutes * MINUTE_MS;
  if (isOld || outlook.status === 'unknown' || outlook.knownHours < condition.leastHours || minute % 5 !== 0)
    return { scope, verdict: 'unknown' };
  // It is there already, or the minutes say so better than the hours.
  const told = [bottleneckForming.id, capacityShortfall.id];
  if (told.some((rule) => context.firing.has(alertFingerprint(rule, scope)))) return { scope, verdict: 'unknown' };
  const most = maxOf(context, outlook.pool);
  const chance = outlook.saturation?.chance ?? 0;
  const short = firstShort(outlook, Math.max(most ?? 0, agentsThere(context, outlook.pool)), nowMs);
  const within = condition.withinMinutes / context.strictness('capacity-ahead', outlook.pool);
  if (short && chance >= condition.leastChance && short.at - nowMs <= within * MINUTE_MS) {
    return { scope, verdict: 'breach', finding: findingOf(outlook, short, { most, chance, nowMs }) };
  }
  return { scope, verdict: !short || chance < condition.clearChance ? 'clear' : 'unknown' };
}

/** The most agents that the pool may have, as declared; null where nothing is. */
function maxOf({ roster }: DetectionContext, pool: string): number | null {
  for (const entry of roster.values()) {
    if (poolOf(entry) === pool && entry.description?.max !== undefined) return entry.description.max;
  }
  return null;
}

/** The first hour to come that takes more agents. */
function firstShort({ required, serviceMs, slotsPerAgent }: KnownOutlook, agents: number, nowMs: EpochMs) {
  for (const { at, perMin, agents: needed } of required) {
    if (at + HOUR_MINUTES * MINUTE_MS <= nowMs || needed === null) continue;
    const utilization = (perMin * serviceMs) / MINUTE_MS / (agents * slotsPerAgent);
    if (needed > agents && utilization >= condition.leastUtilization) return { at, perMin, needed };
  }
  return null;
}

function findingOf(
  { pool, agents, capacityPerMin, tasksPerMin }: KnownOutlook,
  short: { at: EpochMs; perMin: number; needed: number },
  { most, chance, nowMs }: { most: number | null; chance: number; nowMs: EpochMs },
): Finding {
  const at = new Date(Math.max(short.at, nowMs)).toISOString().slice(11, 16);
  const carried = capacityPerMin === null ? 'less' : `${Math.round(capacityPerMin)}`;
  return {
    title: `Pool ${pool} will need ${short.needed} agents from ${at} UTC and ${most === null ? 'has' : 'may have'} ${most ?? agents}`,
    why: `From ${at} UTC up to ${Math.round(short.perMin)} tasks a minute are forecast, in nine of ten cases no more; ${Math.round(tasksPerMin)} come now, and its ${agents} agents carry ${carried} with four in five served at once (Erlang C). The chance that more comes than fits is ${twoFigurePercent(chance)}.`,
    onsetMs: nowMs,
    ...{ value: short.perMin, expected: capacityPerMin ?? 0, unit: '1/min', n: 1 },
    impact: {
      agentsMissing: short.needed - (most ?? agents),
      minutesLeft: Math.max(0, Math.round((short.at - nowMs) / MINUTE_MS)),
    },
    evidence: [`GET /v1/forecast?scope=pool:${pool} has the hours, GET /v1/plan what to do`],
    contributors: [],
  };
}
