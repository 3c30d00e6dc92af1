import { isSuggestion } from '../../alert/suggestion.ts';
import { type ShareRing, SLOT_MINUTES } from '../../detect/share-ring.ts';
import { shareTrend } from '../../detect/share-trend.ts';
import { poolOf } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { isInForce } from '../directive-status.ts';
import { agentsForBacklog, agentsNeeded, agentsSurelyNeeded, agentsWithSlots } from './agents-needed.ts';
import type { LevelNeeds } from './decide-level.ts';
import { DRAIN_MINUTES } from './pool-demand.ts';
import { loadToServe, type Situation } from './pool-situation.ts';
import type { PoolLevel } from './scale-history.ts';

/** What is planned for longer ago says nothing any more. */
const PLAN_MS = 120 * MINUTE_MS;
/** Agents that are ordered now are there by then; and so long must those be enough that are left. */
const LEAD_MS = 10 * MINUTE_MS;
const AHEAD_MS = 60 * MINUTE_MS;
/** Fewer agents must have been enough for this long. */
export const ENOUGH_MINUTES = 10;

/** With what came to it, one sentence each. */
export interface Needs extends LevelNeeds {
  words: string[];
}

/** What the work of a pool takes, by what was seen and what is planned; null where nothing tells. */
export function needsOf(situation: Situation, level: PoolLevel, context: DecisionContext): Needs | null {
  const { demand, needed, staff, isExhausted } = situation;
  if (!demand || !needed) return null;
  const forecast = forecastAgents(situation, context, LEAD_MS);
  const lent = staff.working.filter((entry) => poolOf(entry) !== situation.pool).length;
  const backlog = demand.backlogLoad > 0 ? agentsForBacklog(loadToServe(demand), demand, staff.working) : 0;
  const forWork = Math.max(needed.agents, backlog) - lent;
  // Also where tasks only take longer: more agents help as far as they take more slots than there are.
  const wanted = Math.max(forWork, forecast ?? 0) + level.out;
  const surely = Math.max(agentsSurelyNeeded(demand, staff.working) - lent, forecast ?? 0) + level.out;
  return {
    ...{
      wanted,
      isSure: surely > level.agents,
      isExhausted,
      enough: enoughAgents(situation, level, context),
      enoughNow: needed.agents + level.out,
    },
    words: [
      needed.words,
      ...(backlog > needed.agents
        ? [`${Math.round(demand.queued ?? 0)} tasks wait, to be done within ${DRAIN_MINUTES} min`]
        : []),
      ...(forecast !== null && forecast > forWork ? [`the plan of the hour asks for ${forecast} agents`] : []),
      ...(level.out > 0 ? [`${level.out} of its agents are out`] : []),
    ],
  };
}

/**
 * Agents that the newest plan asks for within a time, if all of them work: who is out is known, and comes on top. What the plan itself
 * says of agents reckons with how often they were there in the last day, by which who was scaled away unheard is out still.
 * @returns null without a plan that is fresh
 */
function forecastAgents(
  { pool, demand, staff }: Situation,
  { plan, nowMs }: DecisionContext,
  withinMs: number,
): number | null {
  if (!demand || !plan || nowMs - plan.madeAtMs > PLAN_MS) return null;
  const outlook = plan.pools.find((it) => it.pool === pool);
  if (outlook?.status !== 'known') return null;
  const steps = outlook.required.filter(({ at }) => at + AHEAD_MS > nowMs && at <= nowMs + withinMs);
  // Plans of earlier versions do not tell slots.
  const slots = steps.flatMap((step) => step.slots ?? []);
  return slots.length === 0 ? null : agentsWithSlots(Math.max(...slots), demand, staff.working);
}

/**
 * Agents that would have been enough for the last ten minutes and are for the hour to come; null where something is wrong with
 * the pool, where not all of its agents tell how busy they are, where some are lent, where another does its work, or where its load grows.
 */
function enoughAgents(situation: Situation, level: PoolLevel, context: DecisionContext): number | null {
  const { pool, demand, staff, isExhausted, lentAway } = situation;
  const ring = context.watch.inUse.get(pool);
  if (isFailedOver(pool, context) || isSomethingWrong(situation, level)) return null;
  if (!demand?.isComplete || isExhausted || lentAway > 0 || !ring) return null;
  const most = mostOfLastMinutes(ring, context);
  if (most === null || shareTrend(ring) !== null) return null;
  const needed = agentsNeeded(Math.max(most * demand.slots, demand.load, demand.newestLoad), demand, staff.working);
  return needed && Math.max(needed.agents, forecastAgents(situation, context, AHEAD_MS) ?? 0) + level.out;
}

/**
 * Whether an alert fires that concerns the pool. One of an agent that is gone concerns it while an agent is lacking: where all are there
 * that were ordered, it was replaced, or taken away, and its alert fires for a day if nobody said so.
 */
function isSomethingWrong({ alerts, staff }: Situation, { out }: PoolLevel): boolean {
  const there = new Set([...staff.working, ...staff.idled].map(({ agent }) => agent));
  const isLacking = out > staff.idled.length;
  return alerts.some(
    ({ kind, scope }) => !isSuggestion(kind) && (isLacking || scope.agent === undefined || there.has(scope.agent)),
  );
}

/** Its work, or a part of it, is with its backup, and comes back. */
function isFailedOver(pool: string, { live }: DecisionContext): boolean {
  return live.some((record) => {
    const { kind, params } = record.directive;
    return kind === 'failover' && params.from === pool && isInForce(record);
  });
}

/** The highest reading, 0..1; null where one is missing. */
function mostOfLastMinutes({ slot, permille }: ShareRing, { minute }: DecisionContext): number | null {
  const count = ENOUGH_MINUTES / SLOT_MINUTES;
  const readings = permille.slice(-count);
  const isFresh = minute - slot * SLOT_MINUTES < 2 * SLOT_MINUTES;
  if (!isFresh || readings.length < count || readings.some((it) => it === null)) return null;
  return Math.max(...readings.map((it) => (it as number) / 1_000));
}
