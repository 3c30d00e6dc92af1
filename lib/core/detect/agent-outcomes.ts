import { poolOf } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { LOOKBACK_MINUTES, type MinuteSeen } from './detection-context.ts';

/** Tasks that ended, and the quality of those that somebody graded. */
export interface Outcomes {
  completed: number;
  failed: number;
  /** Given up by whoever waited for them. */
  timeout: number;
  graded: number;
  qualityPpm: number;
}

/** Task type → what became of the tasks of one agent. */
export type OutcomesByType = ReadonlyMap<string, Outcomes>;

/** Agents by pool; those who ended no task in the minutes looked back on are absent. */
export type PoolOutcomes = ReadonlyMap<string, ReadonlyMap<string, AgentOutcomes>>;

/** What became of the tasks of one agent in the minutes looked back on. */
export class AgentOutcomes {
  readonly #types = new Map<string, Outcomes[]>();

  /** In place. @param at 0 for the first of the minutes looked back on */
  add(at: number, taskType: string, outcomes: Outcomes): void {
    let minutes = this.#types.get(taskType);
    if (!minutes) {
      minutes = Array.from({ length: LOOKBACK_MINUTES }, none);
      this.#types.set(taskType, minutes);
    }
    const sum = minutes[at];
    if (sum) addOutcomes(sum, outcomes);
  }

  /** @param at 0 for the first of the minutes looked back on; undefined for all of them together */
  byType(at?: number): OutcomesByType {
    return at === undefined ? this.#sum(0, LOOKBACK_MINUTES) : this.#sum(at, at + 1);
  }

  /** From a minute on through the judged one. */
  byTypeFrom(at: number): OutcomesByType {
    return this.#sum(at, LOOKBACK_MINUTES);
  }

  /** Of all task types. */
  total(at?: number): Outcomes {
    return [...this.byType(at).values()].reduce((sum, some) => addOutcomes(sum, some), none());
  }

  #sum(from: number, to: number): OutcomesByType {
    return new Map(
      [...this.#types].map(([taskType, minutes]) => [taskType, minutes.slice(from, to).reduce(addOutcomes, none())]),
    );
  }
}

/** The same for all rules that judge a minute. */
export function outcomesByPool(seen: MinuteSeen): PoolOutcomes {
  const found = known.get(seen.minutes) ?? outcomesOf(seen);
  known.set(seen.minutes, found);
  return found;
}

const known = new WeakMap<MinuteSeen['minutes'], PoolOutcomes>();

/** The minutes looked back on, oldest first. */
export function lookedBackOn(minute: Minute): Minute[] {
  return Array.from({ length: LOOKBACK_MINUTES }, (_, at) => minute - LOOKBACK_MINUTES + 1 + at);
}

function outcomesOf({ minute, minutes, roster }: MinuteSeen): PoolOutcomes {
  const pools = new Map<string, Map<string, AgentOutcomes>>();
  for (const [at, of] of lookedBackOn(minute).entries()) {
    for (const table of minutes.get(of)?.tasks ?? []) {
      for (const { agent, taskType, ...outcomes } of table.outcomes()) {
        // Who is not in the roster was forgotten, and is neither judged nor a peer.
        const entry = roster.get(agent);
        if (!entry || outcomes.completed + outcomes.failed + outcomes.timeout === 0) continue;
        const pool = poolOf(entry);
        const agents = pools.get(pool) ?? new Map<string, AgentOutcomes>();
        pools.set(pool, agents);
        const its = agents.get(agent) ?? new AgentOutcomes();
        agents.set(agent, its);
        its.add(at, taskType, outcomes);
      }
    }
  }
  return pools;
}

/** Of several agents together. */
export function mergedOutcomes(several: Iterable<OutcomesByType>): OutcomesByType {
  const sums = new Map<string, Outcomes>();
  for (const types of several) {
    for (const [taskType, outcomes] of types) sums.set(taskType, addOutcomes(sums.get(taskType) ?? none(), outcomes));
  }
  return sums;
}

function none(): Outcomes {
  return { completed: 0, failed: 0, timeout: 0, graded: 0, qualityPpm: 0 };
}

function addOutcomes(sum: Outcomes, { completed, failed, timeout, graded, qualityPpm }: Outcomes): Outcomes {
  sum.completed += completed;
  sum.failed += failed;
  sum.timeout += timeout;
  sum.graded += graded;
  sum.qualityPpm += qualityPpm;
  return sum;
}
