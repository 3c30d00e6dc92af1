import type { WorkDay, Worker } from '../benchmark/work-day.ts';
import type { Minute } from '../model/time.ts';

/** Tasks of one agent in one pool. */
export interface AgentTasks extends Worker {
  byType: Map<string, number>;
  days: Set<Minute>;
}

/** Tasks of a pool. */
export interface PoolTasks {
  pool: string;
  agents: Set<string>;
  days: Set<Minute>;
  byType: Map<string, TypeTasks>;
}

/** Tasks of one type in a pool. */
export interface TypeTasks {
  taskType: string;
  n: number;
  byAgent: Map<string, number>;
  byDay: Map<Minute, number>;
}

/** Counts what reached an agent and completed, failed or timed out, a day after the other. */
export class EndedTasks {
  readonly #agents = new Map<string, AgentTasks>();
  readonly #pools = new Map<string, PoolTasks>();

  /** One that moved is there for each of its pools. */
  get agents(): IterableIterator<AgentTasks> {
    return this.#agents.values();
  }

  /** By id. */
  get pools(): ReadonlyMap<string, PoolTasks> {
    return this.#pools;
  }

  add({ day, workers, taskTypes, rows, counters: { completed, failed, timeout } }: WorkDay): void {
    const counts = new Float64Array(workers.length * taskTypes.length);
    for (let i = 0; i < rows.worker.length; i++) {
      const at = (rows.worker[i] as number) * taskTypes.length + (rows.taskType[i] as number);
      const n = (completed[i] as number) + (failed[i] as number) + (timeout[i] as number);
      counts[at] = (counts[at] as number) + n;
    }
    for (const [w, { agent, pool }] of workers.entries()) {
      if (agent === '') continue;
      for (const [t, taskType] of taskTypes.entries()) {
        const n = counts[w * taskTypes.length + t] as number;
        if (n > 0) this.#count({ day, agent, pool, taskType, n });
      }
    }
  }

  #count({ day, agent, pool, taskType, n }: Worker & { day: Minute; taskType: string; n: number }): void {
    const key = JSON.stringify([pool, agent]);
    const ofAgent = this.#agents.get(key) ?? { agent, pool, byType: new Map(), days: new Set() };
    this.#agents.set(key, ofAgent);
    ofAgent.byType.set(taskType, (ofAgent.byType.get(taskType) ?? 0) + n);
    ofAgent.days.add(day);
    const ofPool = this.#pools.get(pool) ?? { pool, agents: new Set(), days: new Set(), byType: new Map() };
    this.#pools.set(pool, ofPool);
    ofPool.agents.add(agent);
    ofPool.days.add(day);
    const ofType = ofPool.byType.get(taskType) ?? { taskType, n: 0, byAgent: new Map(), byDay: new Map() };
    ofPool.byType.set(taskType, ofType);
    ofType.n += n;
    ofType.byAgent.set(agent, (ofType.byAgent.get(agent) ?? 0) + n);
    ofType.byDay.set(day, (ofType.byDay.get(day) ?? 0) + n);
  }
}
