import type { Alert } from '../../alert/alert.ts';
import { outcomesByPool } from '../../detect/agent-outcomes.ts';
import { livenessAt } from '../../detect/liveness.ts';
import type { ExpectedEffect } from '../../effect/effect.ts';
import { meanMs } from '../../effect/pool-minute.ts';
import type { TaskRow } from '../../kpi/closed-tasks.ts';
import { kpis } from '../../kpi/registry.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { isWaiting } from '../directive-status.ts';
import { type Ended, endedSince, errorsSpared, rowsOfAgents } from '../evidence/ended-since.ts';
import type { IllAgent } from '../evidence/ill-agent.ts';
import { evidenceByPool, type PoolEvidence } from '../evidence/pool-evidence.ts';
import { isReporting } from '../pool-pressure.ts';
import { capabilities, MAX_GROWTH, routeWeights } from '../route-weights.ts';
import { agentsUnderBreaker } from '../under-breaker.ts';
import { agentsOfWorseVersions } from '../worse-versions.ts';

/** For use inside power-of-two-choices: draw two agents in proportion to their weights, take the less loaded. */
export interface RouteParams {
  pool: string;
  taskType?: string;
  /** Agent → relative weight, mean 1, 0.05 to 3. An agent that is not named counts 1. */
  weights: Record<string, number>;
  /** Agents whose tasks in flight stand out in the pool. */
  hot: string[];
}

/** What part of its work an agent keeps that is not ill, but may become so. */
const eased: Readonly<Record<string, number>> = { 'agent-at-risk': 0.5, 'resource-high': 0.5 };
/** A risk further away than this is left to be seen: most that are told to be at risk stay well for long. */
const NEAR_MINUTES = 15;
/** Poor work is done, and has to be done again: such an agent keeps this part. */
const POOR_SHARE = 0.25;
/** With so many tasks in the minutes at hand it would show whether an agent is well. */
const TELLING_TASKS = 3;
/** So long after work was first led around an agent that is not ill any more, that it is slower is no reason to go on. */
const SLOW_BY_NATURE_MS = 60 * 60_000;
/** A weight that moves by less than this factor is not worth telling before the lease is half over. */
const WORTH_TELLING = 1.5;
/** A weight that has come back this close to what the agent deserves is back. */
const BACK = 0.95;
/** An agent is hot above this quantile of its pool's tasks in flight per slot (Prequal, NSDI 2024). */
const HOT_QUANTILE = 0.84;
/**
 * How many agents of a pool a directive names: it has to fit into an item and a message. In larger pools the others,
 * which share what the few give up, are left out: they count 1.
 */
const MAX_NAMED = 500;
/** The effect shows in the means of minutes: five of them, and the settling before, at the earliest. */
const EXPECTED_WITHIN_MS = 15 * 60_000;

/**
 * Leads work around agents that stand out in their pool, in the minute in which that is sure, and back in steps when they are well.
 * The others share it by what they can do. Agents that a breaker keeps work from are left to it.
 */
export const route: DirectiveKind<'route'> = {
  propose(context, underway) {
    // Around nobody has work been led by what waits for a person: that is decided as if it were not there.
    const inForce = underway.filter((directive) => !isWaiting(directive, context.live));
    const diversions = diversionsByPool(context);
    const concerned = new Set([...diversions.keys(), ...inForce.map(({ subject }) => subject)]);
    if (concerned.size === 0) return [];
    const members = Map.groupBy(context.roster.values(), poolOf);
    const agents = new Set([...concerned].flatMap((pool) => (members.get(pool) ?? []).map(({ agent }) => agent)));
    const rollups = rowsByAgent(context, agents);
    const cutOff = agentsUnderBreaker(context.live);
    return [...concerned].flatMap((pool) => {
      const current = inForce.find(({ subject }) => subject === pool);
      const all = members.get(pool) ?? [];
      const its = all.filter(({ agent }) => !cutOff.has(agent));
      // What was begun while somebody was left stays as it is: to end it would help nobody, and spoil what is measured meanwhile.
      if (its.length > 0 && isNobodyLeft(all, evidenceByPool(context).get(pool), context)) return current ?? [];
      const diversion = diversions.get(pool) ?? new Map<string, Diverted>();
      for (const agent of cutOff.keys()) diversion.delete(agent);
      return proposeFor({ pool, diversion, members: its, rollups, current }, context) ?? [];
    });
  },

  differs(before, after) {
    const [old, now] = [new Map(Object.entries(before.weights)), new Map(Object.entries(after.weights))];
    return [...new Set([...old.keys(), ...now.keys()])].some((agent) => {
      const ratio = (now.get(agent) ?? 1) / (old.get(agent) ?? 1);
      return ratio >= WORTH_TELLING || ratio <= 1 / WORTH_TELLING;
    });
  },

  targets: ({ pool, weights }) => [pool, ...Object.keys(weights)],

  whyOver({ blastRadius: { pool, agents }, began, summary }, context) {
    const evidence = evidenceByPool(context).get(pool);
    const cutOff = agentsUnderBreaker(context.live);
    const isWell = (agent: string) => {
      const entry = context.roster.get(agent);
      const isThere = entry !== undefined && livenessAt(entry, context.nowMs).kind === 'alive';
      return isThere && !cutOff.has(agent) && !evidence?.ill.has(agent);
    };
    if (agents.length === 0 || evidence?.veto || !agents.every(isWell)) return null;
    return `its agents are well again: ${began ?? summary}`;
  },
};

/** An agent that gets less work, and why. */
interface Diverted {
  /** What part of its work it keeps; 0: as little as shows whether it recovers. */
  share: number;
  onsetMs: number;
  words: string[];
  signals: string[];
  alerts: readonly Alert[];
  /** Ends nothing, or nothing in time. */
  isSilent: boolean;
  /** Ends its tasks badly. */
  isFailing: boolean;
  /** How much less its work is worth than that of its peers, where that is what is wrong with it; else 0. */
  poorBy: number;
}

/** A pool with agents that get less work, or with a directive in force. */
interface ConcernedPool {
  pool: string;
  diversion: ReadonlyMap<string, Diverted>;
  members: readonly RosterEntry[];
  rollups: ReadonlyMap<string, readonly TaskRow[]>;
  current: DirectiveOf<'route'> | undefined;
}

/** By pool and agent. */
function diversionsByPool(context: DecisionContext): Map<string, Map<string, Diverted>> {
  const pools = new Map<string, Map<string, Diverted>>();
  const divert = (pool: string, agent: string, diverted: Diverted) => {
    const agents = pools.get(pool) ?? new Map<string, Diverted>();
    pools.set(pool, agents);
    const known = agents.get(agent);
    agents.set(agent, known ? bothOf(known, diverted) : diverted);
  };
  for (const [pool, { ill }] of evidenceByPool(context)) {
    for (const [agent, evidence] of ill) divert(pool, agent, divertedBy(evidence));
  }
  for (const { pool, agents, alert, version } of agentsOfWorseVersions(context)) {
    const words = [`${agents.join(', ')}: version ${version} does worse than the others beside it`];
    // A version is worse by what it fails at, or by the time that it takes.
    const isFailing = alert.unit === 'ratio';
    const told = { ...toldOf(alert), share: 0, isFailing, words: [alert.title, ...words] };
    for (const agent of agents) divert(pool, agent, told);
  }
  for (const alert of context.firing) {
    const share = eased[alert.rule];
    const { agent } = alert.scope;
    const entry = agent === undefined ? undefined : context.roster.get(agent);
    const isNear = (alert.impact['minutesLeft'] ?? 0) <= NEAR_MINUTES;
    if (share !== undefined && isNear && agent !== undefined && entry)
      divert(poolOf(entry), agent, { ...toldOf(alert), share });
  }
  return pools;
}

function bothOf(one: Diverted, other: Diverted): Diverted {
  return {
    share: Math.min(one.share, other.share),
    onsetMs: Math.min(one.onsetMs, other.onsetMs),
    words: [...new Set([...one.words, ...other.words])],
    signals: [...one.signals, ...other.signals],
    alerts: [...one.alerts, ...other.alerts],
    isSilent: one.isSilent && other.isSilent,
    isFailing: one.isFailing || other.isFailing,
    poorBy: Math.max(one.poorBy, other.poorBy),
  };
}

function divertedBy({ ailment, onsetMs, words, signals, alerts, excess }: IllAgent): Diverted {
  const titles = alerts.map(({ title }) => title);
  return {
    ...{ share: ailment === 'poor' ? POOR_SHARE : 0, onsetMs, signals, alerts },
    words: [...new Set([...titles, ...words])],
    isSilent: ailment === 'dead' || ailment === 'hung',
    isFailing: ailment === 'failing',
    poorBy: ailment === 'poor' ? excess : 0,
  };
}

function toldOf(alert: Alert): Omit<Diverted, 'share'> {
  return {
    ...{ onsetMs: alert.onsetMs, words: [alert.title], signals: [alert.rule], alerts: [alert] },
    ...{ isSilent: false, isFailing: false, poorBy: 0 },
  };
}

/**
 * Whether all agents that a pool should have are dead, or told to hang: then nobody can take work over from another. Who never beats may be at
 * work.
 */
function isNobodyLeft(
  members: readonly RosterEntry[],
  evidence: PoolEvidence | undefined,
  { nowMs }: DecisionContext,
): boolean {
  const there = members.filter((entry) => {
    const { kind } = livenessAt(entry, nowMs);
    return kind === 'alive' || kind === 'missing' || entry.lastBeat === null;
  });
  const doesNothing = ({ agent }: RosterEntry) => {
    const { ailment, alerts = [] } = evidence?.ill.get(agent) ?? {};
    return ailment === 'dead' || (ailment === 'hung' && alerts.length > 0);
  };
  return there.length > 0 && there.every(doesNothing);
}

function proposeFor(
  { pool, diversion, members, rollups, current }: ConcernedPool,
  context: DecisionContext,
): Proposal<'route'> | null {
  const evidence = evidenceByPool(context).get(pool);
  const held = (current?.blastRadius.agents ?? []).filter(
    (agent) => !diversion.has(agent) && isHeld(agent, current, evidence, context),
  );
  const ill = new Set(diversion.keys());
  const before = new Map(Object.entries(current?.params.weights ?? {}));
  const working = members.filter((entry) => ill.has(entry.agent) || isReporting(entry, context.nowMs));
  if (working.length === 0) return null;
  const able = capabilities(
    working.map((entry) => ({
      agent: entry.agent,
      slots: entry.description?.capacity ?? 1,
      rollups: rollups.get(entry.agent) ?? [],
    })),
  );
  const capability = new Map([...able].map(([agent, of]) => [agent, of * (diversion.get(agent)?.share || 1)]));
  const cut = new Set([...diversion].flatMap(([agent, { share }]) => (share === 0 ? agent : [])));
  const isNamed = ([agent]: [string, number]) =>
    working.length <= MAX_NAMED || ill.has(agent) || current?.blastRadius.agents.includes(agent);
  const ceiling = new Map(before);
  // A weight that is held may not grow: half of it is allowed to double.
  for (const agent of held) ceiling.set(agent, (before.get(agent) ?? 1) / MAX_GROWTH);
  const weights = Object.fromEntries(Object.entries(routeWeights(capability, cut, ceiling)).filter(isNamed));
  const params = { pool, weights, hot: hotAgents(working, context) };
  if (ill.size === 0 && current) {
    const deserved = new Map(Object.entries(routeWeights(capability, cut, new Map())));
    const isBack = ([agent, weight]: [string, number]) => weight >= BACK * (deserved.get(agent) ?? 1);
    if (Object.entries(weights).every(isBack)) return null;
    return { ...current, params, summary: `lead work back to ${listed(current)}` };
  }
  if (ill.size === 0) return null;
  return proposal(params, diversion, working, context);
}

/**
 * Whether the weight of an agent that was led around, ends tasks and does not stand out any more stays as it is, since it shows that it
 * is not as good as its peers yet. One that is only slower may be so by nature, and in time gets what it deserves by its pace.
 */
function isHeld(
  agent: string,
  current: DirectiveOf<'route'> | undefined,
  evidence: PoolEvidence | undefined,
  context: DecisionContext,
): boolean {
  const outcomes = current && outcomesByPool(context).get(current.params.pool)?.get(agent)?.total();
  if (!evidence || !outcomes) return false;
  const { completed, failed, timeout } = outcomes;
  if (completed + failed + timeout < TELLING_TASKS) return false;
  const isLong = context.nowMs - (current.inForceMs ?? context.nowMs) >= SLOW_BY_NATURE_MS;
  return isLong ? evidence.failsStill(agent) : evidence.isDoubtful(agent);
}

function proposal(
  params: RouteParams,
  diversion: ReadonlyMap<string, Diverted>,
  working: readonly RosterEntry[],
  context: DecisionContext,
): Proposal<'route'> {
  const { pool } = params;
  const ill = [...diversion.keys()].sort();
  const illAgents = new Set(ill);
  const all = [...diversion.values()];
  const alerts = [...new Set(all.flatMap((it) => it.alerts))];
  const onsetMs = all.reduce((first, it) => Math.min(first, it.onsetMs), context.nowMs);
  const slots = (entries: readonly RosterEntry[]) =>
    entries.reduce((sum, { description }) => sum + (description?.capacity ?? 1), 0);
  const alive = working.filter((entry) => livenessAt(entry, context.nowMs).kind !== 'missing');
  const capacityShare = slots(alive.filter(({ agent }) => illAgents.has(agent))) / Math.max(1, slots(alive));
  const { own, rest } = endedSince(onsetMs, illAgents, new Set(working.map(({ agent }) => agent)), context);
  const isSilent = own.n === 0 || all.every((it) => it.isSilent);
  // By what they do, where that is known yet, else by what they could.
  const doneShare = own.n > 0 ? own.n / (own.n + rest.n) : capacityShare;
  const poorBy = all.reduce((sum, it) => sum + (it.poorBy * (1 - it.share)) / all.length, 0);
  // Agents that end nothing keep tasks until their dispatcher gives up: at least as long again as a task takes.
  const gain =
    !isSilent && rest.n > 0
      ? (own.n / (own.n + rest.n)) * Math.max(0, meanMs(own) - meanMs(rest))
      : (slots(working.filter(({ agent }) => illAgents.has(agent))) / slots(working)) * (rest.n > 0 ? meanMs(rest) : 0);
  const isEased = all.every(({ share }) => share > 0);
  return {
    kind: 'route',
    subject: pool,
    params,
    summary: isEased ? `send less work to ${ill.join(', ')}` : `route around ${ill.join(', ')}`,
    causes: alerts.map(({ id }) => id),
    onsetMs,
    evidence: [
      ...all.flatMap(({ words }) => words),
      !isSilent && rest.n > 0
        ? `since ${new Date(onsetMs).toISOString()} ${ill.join(', ')} ended ${own.n} of ${own.n + rest.n} tasks of the pool, in ${seconds(own)} on average; the others took ${seconds(rest)}`
        : `since ${new Date(onsetMs).toISOString()} ${ill.join(', ')} ended ${own.n === 0 ? 'no task' : 'hardly a task'}`,
    ],
    expected: {
      ...expectedOf(all, {
        gain,
        errors: errorsSpared(own, rest),
        quality: poorBy * doneShare,
      }),
      ...{ scope: `pool:${pool}`, byMs: context.nowMs + EXPECTED_WITHIN_MS },
    },
    blastRadius: { pool, agents: ill, capacityShare },
    isDisruptive: false,
    signals: [...new Set(all.flatMap(({ signals }) => signals))],
    memory: null,
    undo: 'roll it back, or let its lease run out: every agent then counts 1 again',
  };
}

/** What is expected to become better: what is wrong with all of them, else what is to be gained. */
function expectedOf(
  all: readonly Diverted[],
  { gain, errors, quality }: { gain: number; errors: number; quality: number },
): Pick<ExpectedEffect, 'kpi' | 'size' | 'unit' | 'direction'> {
  const isToFailLess = all.every((it) => it.isFailing) || (gain === 0 && all.some((it) => it.isFailing));
  if (isToFailLess) return { kpi: 'error_ratio', size: errors, unit: 'ratio', direction: 'down' };
  const isToBeBetter = all.every((it) => it.poorBy > 0) || (gain === 0 && all.some((it) => it.poorBy > 0));
  if (isToBeBetter) return { kpi: 'quality_score', size: quality, unit: kpis.quality_score.unit, direction: 'up' };
  return { kpi: 'average_response_time', size: gain, unit: 'ms', direction: 'down' };
}

function rowsByAgent({ minutes }: DecisionContext, agents: ReadonlySet<string>): Map<string, TaskRow[]> {
  return Map.groupBy(
    [...minutes.values()].flatMap(({ tasks }) => rowsOfAgents(tasks, agents)),
    ({ agent }) => agent,
  );
}

/** By the samples of the judged minute; none where agents send no samples. */
function hotAgents(working: readonly RosterEntry[], { minutes, minute }: DecisionContext): string[] {
  const members = new Set(working.map(({ agent }) => agent));
  const loads = (minutes.get(minute)?.presence ?? []).flatMap(({ agent, counters }) => {
    if (!members.has(agent) || counters.utilizationCount === 0) return [];
    const waiting = counters.queuedCount > 0 ? counters.queued / counters.queuedCount : 0;
    return { agent, load: counters.utilizationPpm / counters.utilizationCount / 1e6 + waiting };
  });
  const sorted = loads.map(({ load }) => load).sort((a, b) => a - b);
  const limit = sorted[Math.ceil(HOT_QUANTILE * sorted.length) - 1] ?? Number.POSITIVE_INFINITY;
  return loads
    .filter(({ load }) => load > limit)
    .sort((a, b) => b.load - a.load)
    .slice(0, MAX_NAMED)
    .map(({ agent }) => agent)
    .sort();
}

function listed({ blastRadius }: DirectiveOf<'route'>): string {
  return blastRadius.agents.join(', ');
}

function seconds(moments: Ended): string {
  return `${(meanMs(moments) / 1_000).toFixed(2)} s`;
}
