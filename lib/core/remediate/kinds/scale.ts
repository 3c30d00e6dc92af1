import type { ExpectedEffect } from '../../effect/effect.ts';
import { type EpochMs, MINUTE_MS, startOfMinute } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { answeredBy } from '../playbook.ts';
import { decideLevel, type LevelDecision, type LevelNeeds } from '../scale/decide-level.ts';
import { ENOUGH_MINUTES, type Needs, needsOf } from '../scale/level-needs.ts';
import { type Situation, situationsByPool } from '../scale/pool-situation.ts';
import { proposeLoans } from '../scale/propose-loans.ts';
import { heldBecause, type PoolLevel, type ScaleStep, SETTLING_MS } from '../scale/scale-history.ts';

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
  const kept = current && isStillProposed(current, { level, needs, isExhausted }, nowMs) ? current : null;
  // The same again says nothing new: it is under way, or whoever runs the agents cannot.
  if (!decision || isOrderedAlready(decision.desired, history, nowMs)) return kept;
  const held = heldBecause(history, decision.desired > level.agents, nowMs);
  if (held !== null) {
    context.onHeldBack?.({ subject: pool, summary: levelSummary(pool, decision, level), why: held });
    return null;
  }
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
  { level: { agents }, needs, isExhausted }: { level: PoolLevel; needs: Needs | null; isExhausted: boolean },
  nowMs: EpochMs,
): boolean {
  const { inForceMs, effect, measuredMs } = directive;
  if (effect.state === 'measuring') return nowMs - startOfMinute(effect.to) < MEASURED_WITHIN_MS;
  // A minute that is decided again may have measured it.
  if (effect.state === 'measured' && inForceMs !== null) return measuredMs !== undefined && measuredMs >= nowMs;
  if (inForceMs !== null) return nowMs - inForceMs < KEPT_MS;
  const desired = desiredOf(directive);
  // How much more it takes is not known while no task ends.
  if (!needs) return desired > agents && isExhausted;
  if (desired > agents) return isExhausted || needs.wanted > desired || isAbout(needs.wanted, desired);
  return desired < agents && needs.enough !== null && needs.enough <= desired;
}

function isAbout(wanted: number, desired: number): boolean {
  return Math.abs(wanted - desired) <= Math.max(1, 0.1 * desired);
}

function desiredOf({ params }: DirectiveOf<'scale'>): number {
  return params.desired ?? 0;
}

function levelSummary(
  pool: string,
  { direction, desired }: Pick<LevelDecision, 'direction' | 'desired'>,
  { agents }: PoolLevel,
): string {
  return `scale ${pool} ${direction} from ${agents} to ${desired} agents`;
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
    summary: levelSummary(pool, { desired, direction }, level),
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
