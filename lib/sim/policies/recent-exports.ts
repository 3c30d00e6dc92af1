import type { AgentMinuteExport, MinuteView } from '../engine/policy.ts';

/** What an agent did in the last minutes of which exports have come. */
export interface RecentWork {
  agent: string;
  completed: number;
  failed: number;
  timedOut: number;
  /** Mean time at work of what completed, ms; null without any. */
  serviceMs: number | null;
  /** Of the newest minute. */
  newest: AgentMinuteExport;
  newestMinute: number;
}

/** Remembers exports of some minutes, as they come in. */
export class RecentExports {
  readonly #minutes: number;
  readonly #byPool = new Map<string, Map<string, Map<number, AgentMinuteExport>>>();

  /** @param minutes how many are looked back on, the one that has just ended included */
  constructor(minutes: number) {
    this.#minutes = minutes;
  }

  take({ minute, exports }: MinuteView): void {
    for (const [of, its] of exports) {
      for (const own of its) {
        const pool = this.#byPool.get(own.pool) ?? new Map();
        this.#byPool.set(own.pool, pool);
        const agent = pool.get(own.agent) ?? new Map();
        pool.set(own.agent, agent);
        agent.set(of, own);
      }
    }
    for (const pool of this.#byPool.values()) {
      for (const agent of pool.values()) {
        for (const of of agent.keys()) if (of <= minute - this.#minutes) agent.delete(of);
      }
    }
  }

  /** Agents of a pool that something is known of. */
  of(pool: string): RecentWork[] {
    return [...(this.#byPool.get(pool) ?? [])].flatMap(([agent, minutes]) => {
      if (minutes.size === 0) return [];
      const newestMinute = Math.max(...minutes.keys());
      const work = { agent, completed: 0, failed: 0, timedOut: 0, newestMinute };
      let serviceMs = 0;
      for (const own of minutes.values()) {
        work.completed += own.completed;
        work.failed += own.failed;
        work.timedOut += own.timedOut;
        serviceMs += (own.serviceMs ?? 0) * own.completed;
      }
      const newest = minutes.get(newestMinute) as AgentMinuteExport;
      return { ...work, newest, serviceMs: work.completed > 0 ? serviceMs / work.completed : null };
    });
  }

  /** Of one minute. */
  at(pool: string, minute: number): AgentMinuteExport[] {
    return [...(this.#byPool.get(pool)?.values() ?? [])].flatMap((minutes) => minutes.get(minute) ?? []);
  }
}
