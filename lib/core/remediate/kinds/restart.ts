import type { Alert } from '../../alert/alert.ts';
import { GIVEN_UP } from '../../alert/rules/agent-hung.ts';
import { resourceHigh } from '../../alert/rules/resource-high.ts';
import { lookedBackOn, outcomesByPool } from '../../detect/agent-outcomes.ts';
import { agentsThere } from '../../detect/agents-there.ts';
import { LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { countHot } from '../../detect/hot-minutes.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { poolOf } from '../../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf } from '../../model/time.ts';
import { couldNot } from '../acknowledgement.ts';
import type { DirectiveOf, DirectiveRecord, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { leakGoesOn } from '../evidence/leak-goes-on.ts';
import { evidenceByPool } from '../evidence/pool-evidence.ts';
import { lackedAgents } from '../lacked-agents.ts';
import { isLastOfItsKind, skillsIn } from '../last-of-its-kind.ts';
import { agentsUnderBreaker } from '../under-breaker.ts';

/** Stops an agent and starts it again, once. */
export interface RestartParams {
  agent: string;
  /** Let it finish what it has before. */
  drain: boolean;
}

/** Its breaker is open for so long before: some recover by themselves. */
const OPEN_MS = 3 * MINUTE_MS;
/** An agent is not restarted again within this time, twice as long after each restart of the last day. */
const HOLD_MS = 30 * MINUTE_MS;
const LONGEST_HOLD_MS = 240 * MINUTE_MS;
const REMEMBERED_MS = DAY_MINUTES * MINUTE_MS;
/** After so many that did not help, it is left to people. */
const TRIES = 2;
/** For so long an orchestrator is asked, once it is in force. */
const ASKED_MS = 10 * MINUTE_MS;
const EXPECTED_WITHIN_MS = 15 * MINUTE_MS;

/** Restarts agents that hang, are dead, or leak: one by one, once, and not without end. */
export const restart: DirectiveKind<'restart'> = {
  propose: (context, inForce) => {
    const wanted = [...ofStuck(context), ...ofStuckAlone(context), ...ofLeaking(context)];
    const byAgent = new Map(wanted.toReversed().map((it) => [it.agent, it]));
    for (const agent of goneForGood(byAgent.keys(), context)) byAgent.delete(agent);
    return [...byAgent.values()].toReversed().flatMap(
      (it) =>
        proposalFor(
          it,
          context,
          inForce.find(({ subject }) => subject === it.agent),
        ) ?? [],
    );
  },
  differs: () => false,
  targets: ({ agent }) => [agent],
};

/** Of some agents those that are silent and not lacked: they were replaced, or taken away, or gave up long ago. */
function goneForGood(agents: Iterable<string>, context: DecisionContext): string[] {
  const silent = [...agents]
    .flatMap((agent) => context.roster.get(agent) ?? [])
    .filter((entry) => livenessAt(entry, context.nowMs).kind === 'missing');
  return [...Map.groupBy(silent, poolOf)].flatMap(([pool, entries]) => {
    const lacked = new Set(lackedAgents(pool, context));
    return entries.flatMap((entry) => (lacked.has(entry) ? [] : entry.agent));
  });
}

interface Wanted {
  agent: string;
  drain: boolean;
  onsetMs: EpochMs;
  words: string[];
  signals: string[];
  alerts: readonly Alert[];
}

/** Agents that have been cut off for a while because they hang or are dead, and still are. */
function ofStuck(context: DecisionContext): Wanted[] {
  const { live, nowMs, roster } = context;
  const pools = evidenceByPool(context);
  return [...agentsUnderBreaker(live)].flatMap(([agent, directive]): Wanted[] => {
    const entry = roster.get(agent);
    const { ailment, times } = directive.memory;
    const openMs = nowMs - (directive.inForceMs ?? nowMs);
    if (!entry || openMs < OPEN_MS || (ailment !== 'hung' && ailment !== 'dead')) return [];
    const pool = pools.get(poolOf(entry));
    const isSilent = livenessAt(entry, nowMs).kind === 'missing';
    const evidence = pool?.ill.get(agent);
    const alerts = context.firing.filter(
      ({ rule, scope }) => scope.agent === agent && (rule === 'agent-hung' || rule === 'agent-dead'),
    );
    // A breaker that opened again has probed it, which tells nothing of one that beats again; before that, something must still say so.
    const isProbed = times > 1 && ailment === 'hung';
    if (pool?.isWell(agent) || !(isSilent || evidence !== undefined || alerts.length > 0 || isProbed)) return [];
    if (hasEndedSince(agent, minuteOf(directive.inForceMs ?? nowMs), context)) return [];
    const minutes = Math.round(openMs / MINUTE_MS);
    return [
      {
        ...{ agent, drain: false, onsetMs: directive.onsetMs, alerts },
        words: [
          ...directive.evidence.slice(0, 2),
          `${agent}: it was cut off for ${minutes} min${times > 1 ? ` and its probes failed` : ''}, and has not recovered`,
        ],
        signals: [...new Set([...directive.signals, 'it does not recover by itself'])],
      },
    ];
  });
}

/**
 * Agents that nobody keeps work from, since they alone do what they do, and that have done nothing for a while: dead, or all that they were given was
 * given up.
 */
function ofStuckAlone(context: DecisionContext): Wanted[] {
  const { live, nowMs, minute } = context;
  const out = new Set(agentsUnderBreaker(live).keys());
  return [...evidenceByPool(context)].flatMap(([name, pool]) =>
    [...pool.ill.values()].flatMap(({ agent, ailment, alerts, onsetMs, words, signals }): Wanted[] => {
      const knownMs = Math.min(...alerts.map(({ detectedMs }) => detectedMs));
      if ((ailment !== 'hung' && ailment !== 'dead') || out.has(agent) || !(nowMs - knownMs >= OPEN_MS)) return [];
      const its = outcomesByPool(context).get(name)?.get(agent)?.total();
      const isGivenUp = its !== undefined && its.timeout >= GIVEN_UP.tasks;
      if ((ailment === 'hung' && !isGivenUp) || hasEndedSince(agent, minute - LOOKBACK_MINUTES, context)) return [];
      if (!isLastOfItsKind(agent, skillsIn(name, context), out, context, pool)) return [];
      const minutes = Math.round((nowMs - knownMs) / MINUTE_MS);
      return [
        {
          ...{ agent, drain: false, onsetMs, alerts },
          words: [...words, `${agent}: nobody else does what it does, and it has done nothing for ${minutes} min`],
          signals: [...new Set([...signals, 'it does not recover by itself'])],
        },
      ];
    }),
  );
}

/** Whether it completed anything after a minute: then it works again, whatever is still said of it. */
function hasEndedSince(agent: string, since: Minute, context: DecisionContext): boolean {
  const pool = poolOf(context.roster.get(agent));
  const its = outcomesByPool(context).get(pool)?.get(agent);
  return lookedBackOn(context.minute).some((minute, at) => minute > since && (its?.total(at).completed ?? 0) > 0);
}

/**
 * Agents whose memory will soon be full, those first that have the least time left: told to leak, which went on since, or to be full and
 * about to break down for that.
 */
function ofLeaking({ firing, watch }: DecisionContext): Wanted[] {
  const about = Map.groupBy(
    firing.filter(({ scope }) => scope.agent !== undefined),
    ({ scope }) => scope.agent ?? '',
  );
  const wanted = [...about].flatMap(([agent, alerts]): Wanted[] => {
    const of = (rule: string) => alerts.filter((alert) => alert.rule === rule);
    const leaks = of('agent-leaking').filter((alert) => leakGoesOn(watch.memory.get(agent) ?? null, alert));
    // What is high may be the CPU.
    const isOfMemory = countHot(watch.hot.get(agent)?.memory ?? 0) > resourceHigh.condition.clearMinutes;
    const full = isOfMemory && of('resource-high').length > 0 ? [...of('resource-high'), ...of('agent-at-risk')] : [];
    const told = leaks.length > 0 ? leaks : full.length > 1 ? full : [];
    if (told.length === 0) return [];
    return [
      {
        ...{ agent, drain: true, alerts: told, onsetMs: Math.min(...told.map(({ onsetMs }) => onsetMs)) },
        ...{ words: told.flatMap(({ title, why }) => [title, why]), signals: told.map(({ rule }) => rule) },
      },
    ];
  });
  return wanted.sort((a, b) => minutesLeft(a) - minutesLeft(b));
}

function minutesLeft({ alerts }: Wanted): number {
  return Math.min(...alerts.map(({ impact }) => impact['minutesLeft'] ?? Number.POSITIVE_INFINITY));
}

function proposalFor(
  { agent, drain, onsetMs, words, signals, alerts }: Wanted,
  context: DecisionContext,
  current: DirectiveOf<'restart'> | undefined,
): Proposal<'restart'> | null {
  const { nowMs, roster, recent, live } = context;
  const entry = roster.get(agent);
  if (!entry) return null;
  if (current) {
    const record = live.find(({ directive }) => directive.id === current.id);
    const isOver = current.inForceMs !== null && nowMs - current.inForceMs >= ASKED_MS;
    // Who cannot may not be the one whose it is to do.
    return record?.ack?.applied || isOver ? null : current;
  }
  const before = recent.filter(
    (record): record is DirectiveRecord & { directive: DirectiveOf<'restart'> } =>
      record.directive.kind === 'restart' &&
      record.directive.subject === agent &&
      record.directive.inForceMs !== null &&
      nowMs - record.directive.inForceMs <= REMEMBERED_MS &&
      mayBeDone(record),
  );
  const lastMs = before.reduce((last, record) => Math.max(last, restartedMs(record)), Number.NEGATIVE_INFINITY);
  const untilMs = lastMs + Math.min(LONGEST_HOLD_MS, HOLD_MS * 2 ** Math.max(0, before.length - 1));
  const refusal = before.find((record) => restartedMs(record) === lastMs)?.ack;
  const cannot = refusal?.applied === false ? couldNot(refusal) : null;
  const summary = drain ? `restart ${agent} when it has finished its work` : `restart ${agent}`;
  if (nowMs < untilMs) {
    if (cannot !== null)
      context.onHeldBack?.({
        subject: agent,
        summary,
        why: `${cannot}: held until ${new Date(untilMs).toISOString()}`,
      });
    return null;
  }
  // What began after a restart is something new; what began before is what the restart did not heal.
  const fruitless = before.filter((record) => restartedMs(record) > onsetMs).length;
  if (fruitless >= TRIES) {
    const why = `${cannot ?? 'it did not help'}; asked for ${fruitless} times, it is left to people`;
    context.onHeldBack?.({ subject: agent, summary, why });
    return null;
  }
  const pool = poolOf(entry);
  const isGone = livenessAt(entry, nowMs).kind === 'missing';
  const share = 1 / Math.max(1, agentsThere(context, pool));
  return {
    kind: 'restart',
    subject: agent,
    params: { agent, drain },
    summary,
    causes: alerts.map(({ id }) => id),
    onsetMs,
    evidence: [
      ...words,
      ...(fruitless > 0
        ? [
            `${agent}: a restart at ${new Date(lastMs).toISOString()} did not help; if this one does not, it is left to people`,
          ]
        : []),
    ],
    expected: {
      ...({ kpi: 'error_ratio', direction: 'down', scope: `pool:${pool}` } as const),
      ...{ size: share, unit: 'ratio', byMs: nowMs + EXPECTED_WITHIN_MS },
    },
    blastRadius: { pool, agents: [agent], capacityShare: isGone || !drain ? 0 : share },
    isDisruptive: true,
    signals,
    memory: null,
    undo: 'a restart cannot be taken back',
  };
}

/** Somebody says so, or it was asked for as long as restarts are. One that was taken back before is none. */
function mayBeDone({ directive, ack }: DirectiveRecord): boolean {
  const { inForceMs, ended } = directive;
  return ack?.applied === true || (inForceMs !== null && ended !== null && ended.atMs - inForceMs >= ASKED_MS);
}

function restartedMs({ directive, ack }: DirectiveRecord): EpochMs {
  return ack?.atMs ?? directive.inForceMs ?? directive.issuedMs;
}
