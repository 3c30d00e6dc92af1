import { createRandom, type Random } from '../../lib/sim/random.ts';
import type { PoolSpec, Scenario, ServiceSpec, TaskTypeSpec, WorkflowSpec } from '../../lib/sim/scenario/scenario.ts';

/** A Monday. */
export const START_MS = Date.UTC(2026, 2, 2);
export const MEASURED_MINUTES = 60;
export const WARM_UP_MINUTES = 10;
/** How long the load of a growing fleet stays as it is, and how long it grows. */
export const STEADY_MINUTES = 30;
export const RAMP_MINUTES = 300;
/** Share of the slots of the fullest pool that the work with the new mix needs before it grows, at most, and in the end. */
const MOST_AT_FIRST = 0.7;
const FULLEST_IN_THE_END = 1.3;

/** A random fleet at moderate load, and what is to become of its workload. */
export interface RandomFleet {
  seed: number;
  pools: PoolSpec[];
  taskTypes: TaskTypeSpec[];
  workflows: WorkflowSpec[];
  perMinute: number;
  /** How many times as often as now each workflow type comes, of the same number of workflows; all 1 where the mix stays. */
  mix: Map<string, number>;
  isMixChanged: boolean;
  /** Times as many workflows at the end of the growth as now. */
  growth: number;
}

const tokens = { inputMedian: 0, outputMedian: 0, sigma: 0, usdPerMillionInput: 0, usdPerMillionOutput: 0 };

/**
 * 3 to 6 pools of 2 to 24 slots, each serving 1 to 3 task types (exponential, log-normal with CV 0.3 to 2, or always the
 * same), some of which fail now and then and are tried again; 2 to 4 workflow types of 2 to 5 steps, one after the other or side
 * by side, some of which are sent back. Pools are 15 to 60 % at work. In every other fleet the mix of workflow types changes.
 */
export function randomFleet(seed: number): RandomFleet {
  const random = createRandom(seed, 'growing fleet');
  const pools = Array.from({ length: 3 + random.int(4) }, (_, i) => drawPool(random, `pool-${i + 1}`));
  const taskTypes = pools.flatMap(({ pool }) =>
    Array.from({ length: 1 + random.int(3) }, (_, i) => drawTaskType(random, `${pool}-type-${i + 1}`, pool)),
  );
  const names = taskTypes.map(({ taskType }) => taskType);
  const workflows = Array.from({ length: 2 + random.int(3) }, (_, i) =>
    drawWorkflow(random, `workflow-${i + 1}`, names),
  );
  // Every pool has something to do.
  const used = new Set(workflows.flatMap(({ steps }) => steps.map(({ taskType }) => taskType)));
  for (const { pool } of pools) {
    const its = taskTypes.filter((type) => type.pool === pool);
    if (its.some(({ taskType }) => used.has(taskType))) continue;
    const taskType = its[0]?.taskType ?? '';
    const workflow = workflows[random.int(workflows.length)] as WorkflowSpec;
    workflow.steps.push({ step: `s${workflow.steps.length}`, taskType, after: ['s0'], repeatShare: 0 });
  }
  const perMinute = random.uniform(20, 50);
  for (const pool of pools) {
    const wanted = random.uniform(0.15, 0.6);
    const factor = wanted / utilizationOf(pool, { taskTypes, workflows, perMinute });
    for (const type of taskTypes) if (type.pool === pool.pool) type.service.meanS *= factor;
  }
  const isMixChanged = seed % 2 === 0;
  const mix = new Map(workflows.map(({ workflowType }) => [workflowType, 1]));
  if (isMixChanged) {
    const total = sumOf(workflows.map(({ weight }) => weight));
    const changed = workflows.map(({ weight }) => weight * Math.exp(random.normal(0, 1)));
    for (const [i, { workflowType, weight }] of workflows.entries()) {
      mix.set(workflowType, ((changed[i] as number) / sumOf(changed)) * (total / weight));
    }
  }
  const fleet = { ...{ seed, pools, taskTypes, workflows, perMinute, mix, isMixChanged }, growth: 1 };
  const fullest = Math.max(...pools.map((pool) => utilizationOf(pool, { ...fleet, workflows: workflowsOf(fleet) })));
  const scale = Math.min(1, MOST_AT_FIRST / fullest);
  return { ...fleet, perMinute: perMinute * scale, growth: FULLEST_IN_THE_END / (fullest * scale) };
}

/** The fleet as it is. */
export function presentScenario(fleet: RandomFleet): Scenario {
  return { ...scenarioOf(fleet, fleet.workflows), minutes: WARM_UP_MINUTES + MEASURED_MINUTES };
}

/** The fleet with the mix that is to come, whose load grows along a line. */
export function growingScenario(fleet: RandomFleet): Scenario {
  return {
    ...scenarioOf(fleet, workflowsOf(fleet)),
    minutes: STEADY_MINUTES + RAMP_MINUTES,
    faults: [{ kind: 'load_ramp', atMinute: STEADY_MINUTES, minutes: RAMP_MINUTES, factor: fleet.growth }],
  };
}

function scenarioOf({ seed, pools, taskTypes, perMinute }: RandomFleet, workflows: WorkflowSpec[]): Scenario {
  return {
    ...{
      name: `fleet ${seed}`,
      why: 'bottlenecks to come',
      startMs: START_MS,
      minutes: 0,
      warmUpMinutes: 0,
      faults: [],
    },
    ...{ pools, taskTypes, workflows },
    telemetry: {
      ...{ hostAgents: 5, flushS: 60, heartbeatS: 60, sampleS: 30 },
      ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
    },
    arrivals: { kind: 'poisson', perMinute, dailyAmplitude: 0, peakHour: 0, weekendFactor: 1, bursts: [] },
  };
}

function workflowsOf({ workflows, mix }: Pick<RandomFleet, 'workflows' | 'mix'>): WorkflowSpec[] {
  return workflows.map((its) => ({ ...its, weight: its.weight * (mix.get(its.workflowType) ?? 1) }));
}

function drawPool(random: Random, pool: string): PoolSpec {
  const agents = 2 + random.int(5);
  return {
    ...{ pool, team: 'bench', agents, min: agents, max: agents, slots: 1 + random.int(4), speedSpread: 0 },
    ...{ skillDensity: 1, provisioning: { medianS: 0, sigma: 0 }, costPerHourUsd: 0, version: '1', zones: 1 },
  };
}

function drawTaskType(random: Random, taskType: string, pool: string): TaskTypeSpec {
  const meanS = random.uniform(1, 4);
  const kinds: ServiceSpec[] = [
    { kind: 'exponential', meanS },
    { kind: 'lognormal', meanS, cv: random.uniform(0.3, 2) },
    { kind: 'deterministic', meanS },
  ];
  const fails = random.int(3) === 0;
  return {
    ...{ taskType, pool, priority: 'normal', service: kinds[random.int(3)] as ServiceSpec, slaS: 1e6, timeoutS: 1e7 },
    ...{ retries: fails ? 1 : 0, failureShare: fails ? 0.03 : 0, tokens, revenueUsd: 0 },
  };
}

function drawWorkflow(random: Random, workflowType: string, taskTypes: readonly string[]): WorkflowSpec {
  const isChain = random.int(2) === 0;
  const steps = Array.from({ length: 2 + random.int(4) }, (_, i) => ({
    step: `s${i}`,
    taskType: taskTypes[random.int(taskTypes.length)] as string,
    after: i === 0 ? [] : [isChain ? `s${i - 1}` : 's0'],
    repeatShare: random.int(4) === 0 ? random.uniform(0.1, 0.4) : 0,
  }));
  return { workflowType, weight: random.uniform(0.5, 3), slaS: 1e6, steps };
}

/** Of the slots, without failures: only to draw fleets that are moderately loaded. */
function utilizationOf(
  { pool, agents, slots }: PoolSpec,
  { taskTypes, workflows, perMinute }: Pick<RandomFleet, 'taskTypes' | 'workflows' | 'perMinute'>,
): number {
  const workS = new Map(taskTypes.map((type) => [type.taskType, type.pool === pool ? type.service.meanS : 0]));
  const total = sumOf(workflows.map(({ weight }) => weight));
  const each = workflows.map(({ weight, steps }) => {
    return (weight / total) * sumOf(steps.map((step) => (workS.get(step.taskType) ?? 0) / (1 - step.repeatShare)));
  });
  return (sumOf(each) * perMinute) / 60 / (agents * slots);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
