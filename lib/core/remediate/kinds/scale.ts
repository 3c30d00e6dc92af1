import type { Alert } from '../../alert/alert.ts';
import { isSuggestion } from '../../alert/suggestion.ts';
import { figuresAt } from '../../detect/detection-context.ts';
import { type ShareRing, SLOT_MINUTES } from '../../detect/share-ring.ts';
import { shareTrend } from '../../detect/share-trend.ts';
import type { ExpectedEffect } from '../../effect/effect.ts';
import type { PoolSettings } from '../../model/pool-settings.ts';
import { DEFAULT_POOL, poolOf, type RosterEntry } from '../../model/roster.ts';
import { type EpochMs, MINUTE_MS, startOfMinute } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { answeredBy } from '../playbook.ts';
import {
  type AgentsNeeded,
  agentsForBacklog,
  agentsNeeded,
  agentsSurelyNeeded,
  agentsWithSlots,
} from '../scale/agents-needed.ts';
import { decideLevel, type LevelDecision, type LevelNeeds } from '../scale/decide-level.ts';
import { type LendingPool, type Loan, lendAgents, wordsOfLoan } from '../scale/lend-agents.ts';
import { DRAIN_MINUTES, type PoolDemand, type PoolStaff, poolDemand, staffByPool } from '../scale/pool-demand.ts';
import {
  DESCRIBED_MS,
  isHeld,
  levelOf,
  type PoolLevel,
  type ScaleStep,
  SETTLING_MS,
  scaleHistories,
} from '../scale/scale-history.ts';

/** So many agents in a pool, or agents of one pool at work in another. */
export interface ScaleParams {
  pool: string;
  /** Agents that the pool should have, those that are lent to it not counted. The level stays until the next. */
  desired?: number;
  /** Agents that it had when this was decided: the level to go back to where it is taken back. */
  before?: number;
  /** Agents of `from` that work in `to` for as long as the lease lasts. */
  pooling?: { from: string; to: string; agents: string[] };
}

/** What a loan remembers. */
export interface ScaleMemory {
  /** When the borrower needed it last. */
  neededMs: EpochMs;
}

/** A level that is in force stays proposed until its effect has been measured, which begins when somebody has said that it is applied. */
const KEPT_MS = 15 * MINUTE_MS;
/** Minutes are told late, and measured when they are complete. */
const MEASURED_WITHIN_MS = 5 * MINUTE_MS;
/** A level that did not come about is ordered again after so long. */
const SAME_AGAIN_MS = 60 * MINUTE_MS;
/** What is planned for longer ago says nothing any more. */
const PLAN_MS = 120 * MINUTE_MS;
/** Agents that are ordered now are there by then; and so long must those be enough that are left. */
const LEAD_MS = 10 * MINUTE_MS;
const AHEAD_MS = 60 * MINUTE_MS;
/** Fewer agents must have been enough for this long. */
const ENOUGH_MINUTES = 10;
/** Of utilization: what is expected is more than nothing. */
const LEAST_CHANGE = 0.01;
const EXPECTED_WITHIN_MS = 15 * MINUTE_MS;

/**
 * As many agents in a pool as its work takes, and agents lent from pools that have more to pools that cannot grow.
 *
 * A level outlives its lease, so a directive says it once: it is proposed until its effect has been measured, and then no
 * more, which ends it and changes nothing. Another level has another subject, so that it is a new directive, with an id, an
 * expectation and an effect of its own; the one before ends with it.
 */
export const scale: DirectiveKind<'scale'> = {
  propose(context, inForce) {
    const situations = situationsByPool(context);
    const levels = [...situations.values()].flatMap((it) => proposeLevel(it, context, inForce) ?? []);
    return [...levels, ...proposeLoans(situations, context, inForce)];
  },
  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ pool, pooling }) => (pooling ? [pooling.from, pooling.to, ...pooling.agents] : [pool]),
};

/** How a pool stands. */
interface Situation {
  pool: string;
  settings: PoolSettings;
  staff: PoolStaff;
  history: readonly ScaleStep[];
  /** Null while it is not known. */
  level: PoolLevel | null;
  /** Firing alerts of the pool, of its agents, and of the whole fleet. */
  alerts: readonly Alert[];
  demand: PoolDemand | null;
  /** For the work of the last minutes. */
  needed: AgentsNeeded | null;
  isExhausted: boolean;
  /** Of its agents, those that work in other pools. */
  lentAway: number;
}

function situationsByPool(context: DecisionContext): Map<string, Situation> {
  const { firing, roster, pools, nowMs } = context;
  const alertsByPool = Map.groupBy(firing, ({ scope }) =>
    scope.agent === undefined ? scope.pool : poolOf(roster.get(scope.agent)),
  );
  const situations = new Map<string, Situation>();
  const staffs = staffByPool(context);
  // Who is lent is counted where it belongs: as one of its pool's agents, and as one that its pool does without.
  const members = Map.groupBy(
    [...staffs.values()].flatMap(({ working }) => working),
    poolOf,
  );
  const histories = scaleHistories(context);
  const newcomers = (staffs.get(DEFAULT_POOL)?.working ?? []).filter(
    ({ description, firstSeenMs }) => description === null && nowMs - firstSeenMs < DESCRIBED_MS,
  );
  for (const [pool, staff] of staffs) {
    const settings = pools.get(pool) ?? {};
    const history = histories.get(pool) ?? [];
    const own = members.get(pool) ?? [];
    const all = [...own, ...staff.idled, ...staff.missing];
    const sinceMs = all.reduce((first, { firstSeenMs }) => Math.min(first, firstSeenMs), nowMs);
    const unplaced = pool === DEFAULT_POOL ? 0 : newcomers.length;
    const counts = { working: own.length, idled: staff.idled.length, missing: staff.missing.length, unplaced, sinceMs };
    const here = staff.working.filter((entry) => poolOf(entry) === pool).length;
    const demand = poolDemand(context, pool, staff);
    const isExhausted = demand?.isExhausted ?? false;
    situations.set(pool, {
      ...{ pool, settings, staff, history, demand, isExhausted, level: levelOf(counts, history, nowMs) },
      lentAway: own.length - here,
      alerts: [...(alertsByPool.get(pool) ?? []), ...(alertsByPool.get(undefined) ?? [])],
      needed: demand && agentsNeeded(loadToServe(demand), demand, staff.working),
    });
  }
  return situations;
}

function proposeLevel(
  situation: Situation,
  context: DecisionContext,
  inForce: readonly DirectiveOf<'scale'>[],
): Proposal<'scale'> | null {
  const { pool, history, level, settings, isExhausted } = situation;
  const { nowMs } = context;
  const current = inForce.find(({ params }) => params.pool === pool && params.desired !== undefined) ?? null;
  // A minute that is decided again is decided as it was.
  if (current?.issuedMs === nowMs || (current && isComingAbout(current, nowMs))) return current;
  if (!level || (level.isInDoubt && !isExhausted)) return current;
  const needs = needsOf(situation, level, context);
  const isBelowLeast = settings.min !== undefined && level.agents < settings.min;
  const decision =
    needs || isBelowLeast ? decideLevel(level, needs ?? nothingToDo, { settings, history, nowMs }) : null;
  const kept = current && isStillProposed(current, level, needs, nowMs) ? current : null;
  // The same again says nothing new: it is under way, or whoever runs the agents cannot.
  if (!decision || isOrderedAlready(decision.desired, history, nowMs)) return kept;
  if (isHeld(history, decision.desired > level.agents, nowMs)) return null;
  // What a person has not decided on yet stays as it was proposed while it is about right.
  if (current && current.inForceMs === null && isAbout(decision.desired, desiredOf(current))) return current;
  const words = [...(needs?.words ?? []), ...(isBelowLeast ? [`it is to have ${settings.min} at least`] : [])];
  return levelProposal(decision, situation, { level, words }, context);
}

/** Of a pool of which nothing tells what its work takes. */
const nothingToDo: LevelNeeds = { wanted: 0, isSure: false, isExhausted: false, enough: null, enoughNow: 0 };

/** What a person has just approved is carried out first: another level would only be a question, in the place of an order. */
function isComingAbout({ mode, inForceMs }: DirectiveOf<'scale'>, nowMs: EpochMs): boolean {
  return mode !== 'auto' && inForceMs !== null && nowMs - inForceMs < SETTLING_MS;
}

function isOrderedAlready(desired: number, history: readonly ScaleStep[], nowMs: EpochMs): boolean {
  const last = history.find(({ sinceMs, wasUndone }) => sinceMs !== null && !wasUndone);
  return last?.desired === desired && nowMs - last.issuedMs < SAME_AGAIN_MS;
}

/** One in force until its effect is measured; one that waits for a person while there is cause, also where the hour has no other level left. */
function isStillProposed(
  directive: DirectiveOf<'scale'>,
  { agents }: PoolLevel,
  needs: Needs | null,
  nowMs: EpochMs,
): boolean {
  const { inForceMs, effect, measuredMs } = directive;
  if (effect.state === 'measuring') return nowMs - startOfMinute(effect.to) < MEASURED_WITHIN_MS;
  // A minute that is decided again may have measured it.
  if (effect.state === 'measured' && inForceMs !== null) return measuredMs !== undefined && measuredMs >= nowMs;
  if (inForceMs !== null) return nowMs - inForceMs < KEPT_MS;
  if (!needs) return false;
  const desired = desiredOf(directive);
  if (desired > agents) return needs.isExhausted || needs.wanted > desired || isAbout(needs.wanted, desired);
  return desired < agents && needs.enough !== null && needs.enough <= desired;
}

function isAbout(wanted: number, desired: number): boolean {
  return Math.abs(wanted - desired) <= Math.max(1, 0.1 * desired);
}

function desiredOf({ params }: DirectiveOf<'scale'>): number {
  return params.desired ?? 0;
}

/** Of the last minutes; of a pool that can do no more also what the newest alone asks for. */
function loadToServe({ load, newestLoad, isExhausted }: PoolDemand): number {
  return Math.max(load, isExhausted ? newestLoad : 0);
}

interface Needs {
  wanted: number;
  isSure: boolean;
  isExhausted: boolean;
  enough: number | null;
  enoughNow: number;
  words: string[];
}

function needsOf(situation: Situation, level: PoolLevel, context: DecisionContext): Needs | null {
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
 * the pool, where not all of its agents tell how busy they are, where some are lent, or where its load grows.
 */
function enoughAgents(situation: Situation, level: PoolLevel, context: DecisionContext): number | null {
  const { pool, demand, staff, alerts, isExhausted, lentAway } = situation;
  const ring = context.watch.inUse.get(pool);
  if (!demand?.isComplete || isExhausted || lentAway > 0 || !ring || alerts.some(({ kind }) => !isSuggestion(kind)))
    return null;
  const most = mostOfLastMinutes(ring, context);
  if (most === null || shareTrend(ring) !== null) return null;
  const needed = agentsNeeded(Math.max(most * demand.slots, demand.load, demand.newestLoad), demand, staff.working);
  return needed && Math.max(needed.agents, forecastAgents(situation, context, AHEAD_MS) ?? 0) + level.out;
}

/** The highest reading, 0..1; null where one is missing. */
function mostOfLastMinutes({ slot, permille }: ShareRing, { minute }: DecisionContext): number | null {
  const count = ENOUGH_MINUTES / SLOT_MINUTES;
  const readings = permille.slice(-count);
  const isFresh = minute - slot * SLOT_MINUTES < 2 * SLOT_MINUTES;
  if (!isFresh || readings.length < count || readings.some((it) => it === null)) return null;
  return Math.max(...readings.map((it) => (it as number) / 1_000));
}

function levelProposal(
  { desired, direction, isReturn }: LevelDecision,
  situation: Situation,
  { level, words }: { level: PoolLevel; words: readonly string[] },
  context: DecisionContext,
): Proposal<'scale'> {
  const { pool, alerts, demand, settings, isExhausted } = situation;
  const { agents } = level;
  const answered =
    direction === 'out' ? answeredBy('scale', alerts) : alerts.filter(({ rule }) => rule === 'pool-oversized');
  const bounds = desired === settings.max ? [`it may have ${settings.max} at most`] : [];
  return {
    kind: 'scale',
    // Of the level as well: see above.
    subject: `${pool} at ${desired}`,
    params: { pool, desired, before: agents },
    summary: `scale ${pool} ${direction} from ${agents} to ${desired} agents`,
    causes: answered.map(({ id }) => id),
    onsetMs: answered.reduce((first, { onsetMs }) => Math.min(first, onsetMs), context.nowMs),
    evidence: [
      ...answered.map(({ title }) => title),
      ...(demand
        ? [
            `${Math.round(100 * demand.utilization)} % of ${demand.slots} slots at work, ${demand.queued === null ? 'nobody tells how many tasks wait' : `${Math.round(demand.queued)} tasks wait`}, ${Math.round(demand.tasksPerMin)} end a minute`,
          ]
        : []),
      ...words,
      ...bounds,
    ],
    expected: expectedOf({ before: agents, desired }, situation, context),
    blastRadius: {
      ...{ pool, agents: [] },
      // What was added for a surge is not what the pool lives on.
      capacityShare: direction === 'in' && !isReturn ? (agents - desired) / agents : 0,
    },
    isDisruptive: direction === 'in' && !isReturn,
    signals: [
      ...answered.map(({ rule }) => rule),
      ...(isExhausted ? ['its slots are exhausted'] : []),
      ...(direction === 'in' ? [`fewer would have been enough for ${ENOUGH_MINUTES} minutes`] : []),
    ],
    memory: null,
    undo: `scale ${pool} back to ${agents} agents: the level stays when this ends`,
  };
}

function expectedOf(
  { before, desired }: { before: number; desired: number },
  { pool, demand, staff }: Situation,
  { nowMs }: DecisionContext,
): ExpectedEffect {
  const of = { scope: `pool:${pool}`, byMs: nowMs + EXPECTED_WITHIN_MS };
  const queued = demand?.queued ?? 0;
  if (desired > before && queued >= 1) {
    return { ...of, kpi: 'queue_depth', direction: 'down', size: queued, unit: 'tasks' };
  }
  const costs = staff.working.flatMap(({ description }) => description?.costPerHourUsd ?? []);
  const tasksPerHour = 60 * (demand?.tasksPerMin ?? 0);
  if (desired < before && costs.length > 0 && tasksPerHour > 0) {
    const each = costs.reduce((sum, it) => sum + it, 0) / costs.length;
    return {
      ...of,
      kpi: 'cost_per_task',
      direction: 'down',
      size: (each * (before - desired)) / tasksPerHour,
      unit: 'usd',
    };
  }
  const utilization = demand ? demand.load / demand.slots : 0;
  const size = Math.max(LEAST_CHANGE, Math.abs(before / desired - 1) * utilization);
  return { ...of, kpi: 'resource_utilization', direction: desired > before ? 'down' : 'up', size, unit: 'ratio' };
}

function proposeLoans(
  situations: ReadonlyMap<string, Situation>,
  context: DecisionContext,
  inForce: readonly DirectiveOf<'scale'>[],
): Proposal<'scale'>[] {
  const open = inForce.filter(({ params }) => params.pooling !== undefined);
  const mayLend = [...situations.values()].some(({ settings }) => (settings.lendsTo ?? []).length > 0);
  if (!mayLend && open.length === 0) return [];
  if (open.some(({ renewedMs }) => renewedMs === context.nowMs)) return open;
  // What a person has not decided on yet is asked for as long as there is cause, and not enlarged.
  const waiting = open.filter(
    ({ inForceMs, params: { pool, pooling } }) =>
      inForceMs === null &&
      situations.get(pool)?.isExhausted &&
      pooling?.agents.every((agent) => isThere(agent, situations.get(pooling.from))),
  );
  const loans = open.flatMap(({ inForceMs, params: { pooling }, memory }): Loan[] => {
    if (!pooling || inForceMs === null) return [];
    const agents = pooling.agents.filter((agent) => isThere(agent, situations.get(pooling.to)));
    return [{ ...pooling, agents, neededMs: memory?.neededMs ?? context.nowMs }];
  });
  const pools = new Map([...situations].map(([pool, it]) => [pool, lendingPool(it, context)] as const));
  const decided = lendAgents(pools, loans, context.nowMs).filter(
    ({ to }) => !waiting.some(({ params }) => params.pool === to),
  );
  return [...waiting, ...decided.map((loan) => loanProposal(loan, situations, context))];
}

/** Who said goodbye, or was given up, is lent no more. */
function isThere(agent: string, where: Situation | undefined): boolean {
  const { working = [], idled = [], missing = [] } = where?.staff ?? {};
  return [...working, ...idled, ...missing].some((entry) => entry.agent === agent);
}

function lendingPool(situation: Situation, context: DecisionContext): LendingPool {
  const { pool, settings, staff, demand, needed, alerts, isExhausted } = situation;
  const idle = staff.working.filter((entry) => poolOf(entry) === pool);
  const busy = new Map(idle.map((entry) => [entry, utilizationOf(entry, context)]));
  return {
    ...{ pool, lendsTo: settings.lendsTo ?? [], working: staff.working.length, isExhausted },
    needed: needed?.agents ?? null,
    isWell: (demand?.isComplete ?? false) && alerts.every(({ kind }) => isSuggestion(kind)),
    idleFirst: idle
      .sort((a, b) => (busy.get(a) ?? 1) - (busy.get(b) ?? 1) || (a.agent < b.agent ? -1 : 1))
      .map(({ agent }) => agent),
  };
}

/** By the newest minute that it told of. */
function utilizationOf({ agent }: RosterEntry, context: DecisionContext): number {
  for (let minute = context.minute; minute > context.minute - SLOT_MINUTES; minute -= 1) {
    const presence = figuresAt(context, minute)?.agents.get(agent)?.presence;
    if (presence && presence.utilizationCount > 0) return presence.utilizationPpm / presence.utilizationCount / 1e6;
  }
  return 1;
}

function loanProposal(
  { from, to, agents, neededMs }: Loan,
  situations: ReadonlyMap<string, Situation>,
  context: DecisionContext,
): Proposal<'scale'> {
  const [lender, borrower] = [situations.get(from), situations.get(to)];
  const answered = answeredBy('scale', borrower?.alerts ?? []);
  const lenders = (lender?.staff.working ?? []).filter((entry) => poolOf(entry) === from).map(({ agent }) => agent);
  const queued = borrower?.demand?.queued ?? 0;
  return {
    kind: 'scale',
    subject: `${from} for ${to}`,
    params: { pool: to, pooling: { from, to, agents } },
    summary: wordsOfLoan({ from, to, agents }),
    causes: answered.map(({ id }) => id),
    onsetMs: answered.reduce((first, { onsetMs }) => Math.min(first, onsetMs), context.nowMs),
    evidence: [
      ...answered.map(({ title }) => title),
      `${to}: ${borrower?.needed?.words ?? 'not known'}; it has ${borrower?.staff.working.length ?? 0}`,
      `${from}: ${lender?.needed?.words ?? 'not known'}; it has ${lenders.length}`,
    ],
    expected: {
      ...{ kpi: 'queue_depth', scope: `pool:${to}`, direction: 'down' },
      ...{ size: Math.max(1, queued), unit: 'tasks', byMs: context.nowMs + EXPECTED_WITHIN_MS },
    },
    blastRadius: { pool: from, agents, capacityShare: agents.length / new Set([...lenders, ...agents]).size },
    isDisruptive: false,
    signals: [...answered.map(({ rule }) => rule), 'its slots are exhausted'],
    memory: { neededMs },
    undo: 'roll it back, or let its lease run out: the agents work in their own pool again',
  };
}
