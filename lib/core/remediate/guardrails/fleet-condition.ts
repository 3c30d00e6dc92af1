import type { AlertKind } from '../../alert/alert.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { DecisionContext } from '../directive-kind.ts';

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

/** How the agents are that a pool should have, by agent: without those that said that they stop or rest. */
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

  /** Whether an alert says that reports of a pool stay away, rather than its agents. */
  isSilent(pool: string): boolean {
    return this.#context.firing.some(
      ({ rule, scope }) => rule === 'fleet-silent' || (rule === 'pool-silent' && scope.pool === pool),
    );
  }

  #conditionOf(pool: string): PoolCondition {
    const { firing, nowMs } = this.#context;
    const ill = new Set(
      firing.flatMap(({ kind, scope }) => (scope.agent !== undefined && meansIll.has(kind) ? scope.agent : [])),
    );
    const isSilent = this.isSilent(pool);
    const members = new Map<string, Member>();
    for (const entry of this.entriesOf(pool)) {
      const { kind } = livenessAt(entry, nowMs);
      const isHeardOf = entry.lastBeat === null && nowMs - entry.lastSeenMs <= HEARD_OF_MS;
      const slots = entry.description?.capacity ?? 1;
      if (kind === 'missing') {
        const state = isSilent && !this.#failsItsTasks(entry.agent) ? 'silent' : 'dead';
        members.set(entry.agent, { entry, slots, state });
      } else if (kind === 'alive' || isHeardOf) {
        members.set(entry.agent, { entry, slots, state: ill.has(entry.agent) ? 'ill' : 'well' });
      }
    }
    return members;
  }

  /** Whether of what it was given lately something ran out of time, and nothing was completed: its reports alone are not missing. */
  #failsItsTasks(agent: string): boolean {
    let [completed, timeout] = [0, 0];
    for (const { tasks } of this.#context.minutes.values()) {
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
