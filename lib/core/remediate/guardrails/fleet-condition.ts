import type { Alert, AlertKind } from '../../alert/alert.ts';
import { isSharedCause } from '../../alert/rules/pool-silent.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { MINUTE_MS, minuteOf } from '../../model/time.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { missedAgents } from '../expected-agents.ts';
import { levelBeforeSurge } from '../scale/level-before-surge.ts';
import { isUndone } from '../scale/scale-history.ts';

/** Alerts about one agent that mean that it does its work badly, or not at all. */
const meansIll: ReadonlySet<AlertKind> = new Set(['performance_degradation', 'latency_increase', 'system_failure']);
/** An agent that sends no heartbeats is there for so long after it was last heard of. */
const HEARD_OF_MS = 5 * MINUTE_MS;

/**
 * `silent`: not heard of while many of its pool are not, and nothing else says that it is dead. It may well work, so
 * taking it out of work costs as much as if it did.
 */
export type MemberState = 'well' | 'ill' | 'silent' | 'dead';

export interface Member {
  entry: RosterEntry;
  slots: number;
  state: MemberState;
}

/** How the agents are that a pool should have, by agent: without those that said that they stop or rest, are long gone or were replaced. */
export type PoolCondition = ReadonlyMap<string, Member>;

/** How pools are; worked out for those that are asked for. */
export class FleetCondition {
  readonly #context: Omit<DecisionContext, 'live'>;
  readonly #pools = new Map<string, PoolCondition>();
  #entries: Map<string, RosterEntry[]> | null = null;

  constructor(context: Omit<DecisionContext, 'live'>) {
    this.#context = context;
  }

  pool(pool: string): PoolCondition {
    const known = this.#pools.get(pool) ?? this.#conditionOf(pool);
    this.#pools.set(pool, known);
    return known;
  }

  /** Of agents that are known; undefined for others. */
  poolOfAgent(agent: string): string | undefined {
    const entry = this.#context.roster.get(agent);
    return entry && poolOf(entry);
  }

  entriesOf(pool: string): readonly RosterEntry[] {
    this.#entries ??= Map.groupBy(this.#context.roster.values(), poolOf);
    return this.#entries.get(pool) ?? [];
  }

  /** Agents of a pool that are not of what scaling added in the last three hours; null where it added none. */
  levelBeforeSurge(pool: string): number | null {
    const { recent, nowMs } = this.#context;
    const levels = recent.flatMap((record) => {
      const { directive } = record;
      if (directive.kind !== 'scale' || directive.inForceMs === null || isUndone(record)) return [];
      const { pool: of, desired, before = null } = directive.params;
      return of === pool && desired !== undefined ? [{ before, desired, issuedMs: directive.issuedMs }] : [];
    });
    return levelBeforeSurge(levels, countOf(this.pool(pool), 'well', 'ill', 'silent'), nowMs);
  }

  /** Whether reports of a pool stay away, for all that is known, rather than its agents. */
  isSilent(pool: string): boolean {
    const isTold = this.#context.firing.some(
      ({ rule, scope }) => rule === 'fleet-silent' || (rule === 'pool-silent' && scope.pool === pool),
    );
    return isTold || countOf(this.pool(pool), 'silent') > 0;
  }

  #conditionOf(pool: string): PoolCondition {
    const { firing, nowMs } = this.#context;
    const about = (meant: (alert: Alert) => boolean) =>
      new Set(firing.flatMap((alert) => (alert.scope.agent !== undefined && meant(alert) ? alert.scope.agent : [])));
    const ill = about(({ kind }) => meansIll.has(kind));
    const toldDead = about(({ rule }) => rule === 'agent-dead');
    const isTold = firing.some(
      ({ rule, scope }) => rule === 'fleet-silent' || (rule === 'pool-silent' && scope.pool === pool),
    );
    const members = new Map<string, Member>();
    const unexplained: string[] = [];
    const missed = new Set(missedAgents(this.entriesOf(pool), nowMs));
    for (const entry of this.entriesOf(pool)) {
      const { agent } = entry;
      const { kind } = livenessAt(entry, nowMs);
      const isHeardOf = entry.lastBeat === null && nowMs - entry.lastSeenMs <= HEARD_OF_MS;
      const slots = entry.description?.capacity ?? 1;
      if (missed.has(entry)) {
        members.set(agent, { entry, slots, state: 'dead' });
        if (!toldDead.has(agent) && !this.#failsItsTasks(entry)) unexplained.push(agent);
      } else if (kind === 'alive' || isHeardOf) {
        members.set(agent, { entry, slots, state: ill.has(agent) ? 'ill' : 'well' });
      }
    }
    // Many at once are likelier a network or a collector than as many deaths.
    if (isTold || isSharedCause(unexplained.length, members.size)) {
      for (const agent of unexplained) members.set(agent, { ...(members.get(agent) as Member), state: 'silent' });
    }
    return members;
  }

  /** Whether what it was given since its last heartbeat ran out of time, and nothing was completed: not only its reports are missing. */
  #failsItsTasks({ agent, lastBeat }: RosterEntry): boolean {
    let [completed, timeout] = [0, 0];
    for (const [minute, { tasks }] of this.#context.minutes) {
      if (lastBeat && minute <= minuteOf(lastBeat.atMs)) continue;
      for (const table of tasks) {
        for (const row of table.values()) {
          if (row.agent !== agent) continue;
          completed += row.counters.completed;
          timeout += row.counters.timeout;
        }
      }
    }
    return timeout > 0 && completed === 0;
  }
}

export function countOf(members: PoolCondition, ...states: MemberState[]): number {
  let count = 0;
  for (const { state } of members.values()) if (states.includes(state)) count += 1;
  return count;
}
