import type { AgentRecord } from '../../lib/core/efficiency/agent-efficiency.ts';
import { addRollup, type AgentWork, noWork } from '../../lib/core/efficiency/agent-work.ts';
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
      ...{ type: 'task', agent, task: '', taskType, status, endedAtMs: minute * 60_000, attempt: 1, priority: 'normal' },
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

/** Sums of one agent and type, for means that are not shrunk. */
export class PlainSums {
  tasks = 0;
  completed = 0;
  served = 0;
  serviceUs = 0;
  graded = 0;
  quality = 0;
  costUsd = 0;

  add({ status, serviceUs, quality, costUsd }: EndedTask): void {
    this.tasks += 1;
    if (status === 'completed') this.completed += 1;
    if (serviceUs !== null) {
      this.served += 1;
      this.serviceUs += serviceUs;
    }
    if (quality !== null) {
      this.graded += 1;
      this.quality += quality;
    }
    this.costUsd += costUsd;
  }

  means(): { success: number | null; serviceMs: number | null; quality: number | null; costUsd: number | null } {
    return {
      success: this.tasks > 0 ? this.completed / this.tasks : null,
      serviceMs: this.served > 0 ? this.serviceUs / this.served / 1_000 : null,
      quality: this.graded > 0 ? this.quality / this.graded : null,
      costUsd: this.tasks > 0 && this.costUsd > 0 ? this.costUsd / this.tasks : null,
    };
  }
}
