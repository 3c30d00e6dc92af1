import type { AgentRecord } from '../../lib/core/efficiency/agent-efficiency.ts';
import { type AgentWork, addRollup, noWork } from '../../lib/core/efficiency/agent-work.ts';
import { countTask, emptyTaskRollup, type TaskRollup } from '../../lib/core/kpi/task-rollup.ts';

/** What the bench tells of one task that ended. */
export interface EndedTask {
  agent: string;
  taskType: string;
  minute: number;
  status: 'completed' | 'failed' | 'timeout';
  serviceUs: number | null;
  quality: number | null;
  costUsd: number;
}

/** Tasks as they reach the model: in rollups of (agent, task type, minute), as the analysis makes them. */
export class TaskLog {
  readonly #rollups = new Map<string, TaskRollup>();

  add({ agent, taskType, minute, status, serviceUs, quality, costUsd }: EndedTask): void {
    const key = `${minute}/${agent}/${taskType}`;
    const rollup = this.#rollups.get(key) ?? emptyTaskRollup(agent, 'pool', taskType);
    this.#rollups.set(key, rollup);
    countTask(rollup, {
      ...{
        type: 'task',
        agent,
        task: '',
        taskType,
        status,
        endedAtMs: minute * 60_000,
        attempt: 1,
        priority: 'normal',
      },
      ...(serviceUs !== null && { serviceUs, responseUs: serviceUs }),
      ...(quality !== null && { qualityPpm: Math.round(quality * 1e6) }),
      costNanoUsd: Math.round(costUsd * 1e9),
    });
  }

  /** @param skills of all agents that are to be told of */
  records(skills: ReadonlyMap<string, readonly string[]>): AgentRecord[] {
    const work = new Map<string, Map<string, AgentWork>>();
    for (const rollup of this.#rollups.values()) {
      const types = work.get(rollup.agent) ?? new Map<string, AgentWork>();
      work.set(rollup.agent, types);
      const of = types.get(rollup.taskType) ?? noWork();
      types.set(rollup.taskType, of);
      addRollup(of, rollup);
    }
    return [...skills].map(([agent, types]) => ({
      agent,
      skills: Object.fromEntries(types.map((type) => [type, 1])),
      work: work.get(agent) ?? new Map(),
    }));
  }
}

export interface PlainMean {
  n: number;
  mean: number;
  /** Standard error of the mean. */
  error: number;
}

/** Means of one agent and type that are not shrunk; null where nothing was told. */
export function plainMeans(tasks: readonly EndedTask[]) {
  return {
    success: plainMean(tasks.map(({ status }) => (status === 'completed' ? 1 : 0))),
    serviceMs: plainMean(tasks.flatMap(({ serviceUs }) => (serviceUs === null ? [] : [serviceUs / 1_000]))),
    quality: plainMean(tasks.flatMap(({ quality }) => (quality === null ? [] : [quality]))),
    costUsd: plainMean(tasks.map(({ costUsd }) => costUsd)),
  };
}

function plainMean(values: readonly number[]): PlainMean | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, error: n > 1 ? Math.sqrt(squares / (n - 1) / n) : Number.NaN };
}
