import {
  type AgentGroup,
  type AllocationProblem,
  priorities,
  type Skill,
  type TaskDemand,
} from '../../lib/core/optimize/allocation-problem.ts';
import { createRandom } from '../../lib/sim/random.ts';

export interface RandomSize {
  agents: number;
  taskTypes: number;
  /** Whether the counts are decisions. */
  counts: boolean;
  /** Largest count of each group, where they are; 3 when absent. */
  mostAgents?: number;
  /** Share of the pairs of agent and task type with a skill. */
  density?: number;
  /** Offered load over usable slots at the largest counts: a range. */
  load?: [low: number, high: number];
}

/** A problem drawn with a seed: speeds, costs and qualities spread, three zones, two to eight pools, all four classes. */
export function randomProblem(
  seed: number,
  { agents, taskTypes, counts, mostAgents = 3, density = 0.4, load = [0.5, 1.1] }: RandomSize,
): AllocationProblem {
  const random = createRandom(seed, 'allocation');
  const pools = 2 + random.int(7);
  const meanMs = Array.from({ length: taskTypes }, () => random.logNormal(8_000, 0.8));
  const groups: AgentGroup[] = Array.from({ length: agents }, (_, i) => {
    const speed = random.uniform(0.75, 1.25);
    const skills: Record<string, Skill> = {};
    for (let type = 0; type < taskTypes; type += 1) {
      if (random.uniform() >= density && type !== i % taskTypes) continue;
      skills[`type-${type}`] = {
        serviceMs: (meanMs[type] as number) * speed * random.uniform(0.8, 1.25),
        tokenCostUsd: random.uniform(0.001, 0.03),
        quality: random.uniform(0.7, 1),
        successRatio: random.uniform(0.9, 1),
      };
    }
    const now = counts ? random.int(mostAgents + 1) : 1;
    return {
      id: `agent-${i}`,
      pool: `pool-${i % pools}`,
      count: counts ? { now, min: 0, max: mostAgents } : { now },
      slots: 1 + random.int(8),
      costPerHourUsd: random.uniform(0.5, 4),
      maxUtilization: random.uniform(0.7, 0.9),
      failureDomain: `zone-${random.int(3)}`,
      skills,
    };
  });
  const usable = groups.reduce(
    (sum, { count, slots = 1, maxUtilization = 1 }) => sum + (count.max ?? count.now) * slots * maxUtilization,
    0,
  );
  const wanted = usable * random.uniform(...load);
  const weights = Array.from({ length: taskTypes }, () => random.exponential(1) + 0.05);
  const weight = weights.reduce((sum, it) => sum + it, 0);
  const demands: TaskDemand[] = weights.map((it, type) => ({
    id: `type-${type}`,
    demandPerMin: ((it / weight) * wanted * 60_000) / (meanMs[type] as number),
    priority: priorities[random.int(priorities.length)] as (typeof priorities)[number],
    qualityFloor: random.uniform() < 0.3 ? 0.75 : 0,
    ...(random.uniform() < 0.5 && { pool: `pool-${type % pools}` }),
    ...(random.uniform() < 0.3 && { ladder: [{ step: 'short-answer', workShare: 0.4, penaltyUsd: 0.05 }] }),
  }));
  return { agents: groups, taskTypes: demands };
}
