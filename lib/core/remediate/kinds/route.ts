import type { Alert, AlertKind } from '../../alert/alert.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { measureDiversion } from '../../effect/measure-diversion.ts';
import { meanMs } from '../../effect/pool-minute.ts';
import type { ClosedTasks, TaskRow } from '../../kpi/closed-tasks.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { minuteOf } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { capabilities, routeWeights } from '../route-weights.ts';

/** For use inside power-of-two-choices: draw two agents in proportion to their weights, take the less loaded. */
export interface RouteParams {
  pool: string;
  taskType?: string;
  /** Agent → relative weight, mean 1, 0.05 to 3. An agent that is not named counts 1. */
  weights: Record<string, number>;
  /** Agents whose tasks in flight stand out in the pool. */
  hot: string[];
}

/** Alerts about one agent that less work for it answers. */
const answered: ReadonlySet<AlertKind> = new Set(['performance_degradation', 'latency_increase', 'system_failure']);
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
 * Leads work around agents that their alerts say are slow or dead, and back in steps when those have ended. The others
 * share it by what they can do.
 */
export const route: DirectiveKind<'route'> = {
  propose(context, inForce) {
    const alertsByPool = Map.groupBy(context.firing.filter(isAnswered), ({ scope }) => scope.pool ?? '');
    const concerned = new Set([...alertsByPool.keys(), ...inForce.map(({ subject }) => subject)]);
    if (concerned.size === 0) return [];
    const members = Map.groupBy(context.roster.values(), poolOf);
    const agents = new Set([...concerned].flatMap((pool) => (members.get(pool) ?? []).map(({ agent }) => agent)));
    const rollups = rowsByAgent(context, agents);
    return [...concerned].flatMap((pool) => {
      const alerts = alertsByPool.get(pool) ?? [];
      const current = inForce.find(({ subject }) => subject === pool);
      return proposeFor({ pool, alerts, members: members.get(pool) ?? [], rollups, current }, context) ?? [];
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

  measure: ({ directive, minutes, appliedMs, from, to }) =>
    measureDiversion({
      minutes,
      targets: new Set(directive.blastRadius.agents),
      onsetMs: directive.onsetMs,
      decidedMs: directive.issuedMs,
      appliedMs,
      from,
      to,
    }),
};

/** A pool with an agent that is alerted about, or a directive in force. */
interface ConcernedPool {
  pool: string;
  alerts: readonly Alert[];
  members: readonly RosterEntry[];
  rollups: ReadonlyMap<string, readonly TaskRow[]>;
  current: DirectiveOf<'route'> | undefined;
}

function isAnswered({ kind, scope }: Alert): boolean {
  return scope.agent !== undefined && answered.has(kind);
}

function proposeFor(
  { pool, alerts, members, rollups, current }: ConcernedPool,
  context: DecisionContext,
): Proposal<'route'> | null {
  const ill = new Set(alerts.flatMap(({ scope }) => scope.agent ?? []));
  const before = new Map(Object.entries(current?.params.weights ?? {}));
  const working = members.filter((entry) => ill.has(entry.agent) || livenessAt(entry, context.nowMs).kind === 'alive');
  const capability = capabilities(
    working.map((entry) => ({
      agent: entry.agent,
      slots: entry.description?.capacity ?? 1,
      rollups: rollups.get(entry.agent) ?? [],
    })),
  );
  const isNamed = ([agent]: [string, number]) =>
    working.length <= MAX_NAMED || ill.has(agent) || current?.blastRadius.agents.includes(agent);
  const weights = Object.fromEntries(Object.entries(routeWeights(capability, ill, before)).filter(isNamed));
  const params = { pool, weights, hot: hotAgents(working, context) };
  if (ill.size === 0 && current) {
    const deserved = new Map(Object.entries(routeWeights(capability, ill, new Map())));
    const isBack = ([agent, weight]: [string, number]) => weight >= BACK * (deserved.get(agent) ?? 1);
    if (Object.entries(weights).every(isBack)) return null;
    return { ...current, params, summary: `lead work back to ${listed(current)}` };
  }
  return proposal(params, alerts, [...ill].sort(), working, context);
}

function proposal(
  params: RouteParams,
  alerts: readonly Alert[],
  ill: string[],
  working: readonly RosterEntry[],
  context: DecisionContext,
): Proposal<'route'> {
  const { pool } = params;
  const illAgents = new Set(ill);
  const onsetMs = alerts.reduce((first, alert) => Math.min(first, alert.onsetMs), context.nowMs);
  const slots = (entries: readonly RosterEntry[]) =>
    entries.reduce((sum, { description }) => sum + (description?.capacity ?? 1), 0);
  const capacityShare = slots(working.filter(({ agent }) => illAgents.has(agent))) / slots(working);
  const { own, rest } = responsesSince(onsetMs, illAgents, new Set(working.map(({ agent }) => agent)), context);
  const isSilent = own.n === 0 || alerts.every(({ kind }) => kind === 'system_failure');
  // Agents that end nothing keep tasks until their dispatcher gives up: at least as long again as a task takes.
  const gain =
    !isSilent && rest.n > 0
      ? (own.n / (own.n + rest.n)) * Math.max(0, meanMs(own) - meanMs(rest))
      : capacityShare * (rest.n > 0 ? meanMs(rest) : 0);
  return {
    kind: 'route',
    subject: pool,
    params,
    summary: `route around ${ill.join(', ')}`,
    causes: alerts.map(({ id }) => id),
    onsetMs,
    evidence: [
      ...alerts.map(({ title }) => title),
      !isSilent && rest.n > 0
        ? `since ${new Date(onsetMs).toISOString()} ${ill.join(', ')} ended ${own.n} of ${own.n + rest.n} tasks of the pool, in ${seconds(own)} on average; the others took ${seconds(rest)}`
        : `since ${new Date(onsetMs).toISOString()} ${ill.join(', ')} ended no task`,
    ],
    expected: {
      kpi: 'average_response_time',
      scope: `pool:${pool}`,
      direction: 'down',
      size: gain,
      unit: 'ms',
      byMs: context.nowMs + EXPECTED_WITHIN_MS,
    },
    blastRadius: { pool, agents: ill, capacityShare },
    isDisruptive: false,
    signals: alerts.map(({ rule }) => rule),
    memory: null,
    undo: 'roll it back, or let its lease run out: every agent then counts 1 again',
  };
}

interface Responses {
  n: number;
  sumMs: number;
}

function rowsByAgent({ minutes }: DecisionContext, agents: ReadonlySet<string>): Map<string, TaskRow[]> {
  return Map.groupBy(
    [...minutes.values()].flatMap(({ tasks }) => rowsOf(tasks, agents)),
    ({ agent }) => agent,
  );
}

function rowsOf(tables: readonly ClosedTasks[], agents: ReadonlySet<string>): TaskRow[] {
  return tables.flatMap((table) => [...table.values()].filter(({ agent }) => agents.has(agent)));
}

/** What the ill and the other agents of a pool ended in the minutes since the onset that are at hand. */
function responsesSince(
  onsetMs: number,
  ill: ReadonlySet<string>,
  working: ReadonlySet<string>,
  { minutes }: DecisionContext,
): { own: Responses; rest: Responses } {
  const ended = [...minutes]
    .filter(([minute]) => minute >= minuteOf(onsetMs))
    .flatMap(([, { tasks }]) => rowsOf(tasks, working));
  const momentsOf = (rollups: readonly TaskRow[]) => ({
    n: rollups.reduce((sum, { counters }) => sum + counters.responseCount, 0),
    sumMs: rollups.reduce((sum, { counters }) => sum + counters.responseUs / 1_000, 0),
  });
  return {
    own: momentsOf(ended.filter(({ agent }) => ill.has(agent))),
    rest: momentsOf(ended.filter(({ agent }) => !ill.has(agent))),
  };
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

function seconds(moments: Responses): string {
  return `${(meanMs(moments) / 1_000).toFixed(2)} s`;
}
