import type { PoolSettings } from '../../lib/core/model/pool-settings.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import type { FaultSpec, PoolSpec, Scenario, TaskTypeSpec, WorkflowStep } from '../../lib/sim/scenario/scenario.ts';

// The worlds were fixed before any figure was looked at; they are judged on other seeds than those they were developed with.

/** What the simulator does not know of tasks and is added to what it reports of them, by task type. */
export interface Additions {
  /** Share of tasks whose input is one of a few that are asked for again and again; the others have their own. */
  repeated: number;
  /** What a tool's calls take of the time at work, on average; and the tool. */
  tool: { name: string; share: number } | null;
  /** What waiting for a person takes of it. */
  humanShare: number;
}

/** A fleet, and all that is needed to run it. */
export interface World {
  seed: number;
  scenario: Scenario;
  placement: 'power-of-two' | 'round-robin' | 'central-queue';
  additions: Record<string, Additions>;
  settings: Map<string, PoolSettings>;
}

/** A Monday. */
export const START_MS = Date.UTC(2026, 2, 2, 9);
export const WARM_UP_MINUTES = 20;
export const WINDOW_MINUTES = 120;
const WORKFLOWS_PER_MINUTE = 9;

/**
 * An ordinary fleet: four pools whose agents differ by an eighth, work that comes in waves, one task in a hundred that fails, one in fifty that
 * is sent back or asked for again, a version that is being tried out and is no better, a slow tool that nobody waits for, people who
 * approve what may fail, a type that never fails and waits for nobody, and in every third fleet a pool whose tasks contend.
 */
export function ordinaryWorld(seed: number): World {
  const random = createRandom(seed, 'world');
  const taskTypes = [
    typeSpec('plan', 'desk', random.uniform(12, 18), 0.8, { failureShare: 0.01 }),
    typeSpec('search', 'lab', random.uniform(12, 17), 1, { failureShare: 0.01 }),
    typeSpec('draft', 'lab', random.uniform(24, 30), 0.8, { failureShare: 0.01 }),
    typeSpec('check', 'gate', random.uniform(10, 14), 0.5, { failureShare: 0.01 }),
    typeSpec('record', 'gate', random.uniform(5, 8), 0.3, {}),
    typeSpec('sign', 'vault', random.uniform(5, 8), 0.7, { failureShare: 0.01 }),
    typeSpec('seal', 'vault', random.uniform(5, 8), 0.7, { failureShare: 0.01 }),
  ];
  const steps: WorkflowStep[] = [
    stepOf('plan'),
    stepOf('search', ['plan']),
    stepOf('draft', ['plan']),
    stepOf('record', ['plan']),
    stepOf('check', ['search', 'draft'], 0.02),
    stepOf('sign', ['check']),
    stepOf('seal', ['sign']),
  ];
  const world: World = {
    seed,
    placement: 'power-of-two',
    settings: new Map([['desk', { backupPool: 'gate' }]]),
    scenario: {
      ...{ name: 'fleet', why: 'recommendations', startMs: START_MS, warmUpMinutes: WARM_UP_MINUTES },
      minutes: WARM_UP_MINUTES + WINDOW_MINUTES + 5,
      pools: ['desk', 'lab', 'gate', 'vault'].map((pool) => poolSpec(pool, random)),
      taskTypes,
      workflows: [{ workflowType: 'request', weight: 1, slaS: 600, steps }],
      arrivals: {
        ...{ kind: 'poisson', perMinute: WORKFLOWS_PER_MINUTE, dailyAmplitude: 0, peakHour: 14, weekendFactor: 1 },
        bursts: waves(random),
      },
      telemetry: {
        ...{ hostAgents: 5, flushS: 60, heartbeatS: 60, sampleS: 120 },
        ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
      },
      faults: [{ kind: 'verification_failure', atMinute: 0, taskType: 'check', share: 0.02 }],
    },
    additions: {
      plan: { repeated: 0.03, tool: { name: 'tickets', share: 0.1 }, humanShare: 0 },
      search: { repeated: 0.03, tool: { name: 'index', share: 0.15 }, humanShare: 0 },
      draft: { repeated: 0.02, tool: { name: 'templates', share: 0.08 }, humanShare: 0 },
      check: { repeated: 0, tool: null, humanShare: random.uniform(0.3, 0.5) },
      record: { repeated: 0, tool: { name: 'archive', share: 0.85 }, humanShare: 0 },
    },
  };
  for (const pool of world.scenario.pools) staff(world, pool.pool, random.uniform(0.52, 0.68));
  staff(world, 'vault', random.uniform(0.35, 0.45), 4);
  if (random.uniform() < 0.5) poolOf(world, 'vault').skillDensity = 0;
  if (seed % 3 === 0) {
    const gate = poolOf(world, 'gate');
    gate.contention = { sigma: 0.08, kappa: 0, concurrency: 4 };
    staff(world, 'gate', random.uniform(0.45, 0.55), 3);
  }
  world.scenario.faults.push(canary(world, 1));
  return world;
}

/** Half of the lab's agents have another version. */
export function canary(world: World, factor: number, failureShare = 0): Extract<FaultSpec, { kind: 'deploy' }> {
  const agents = Math.floor(poolOf(world, 'lab').agents / 2);
  return { kind: 'deploy', atMinute: 0, pool: 'lab', version: '1.1.0', factor, failureShare, announced: false, agents };
}

export function poolOf({ scenario }: World, pool: string): PoolSpec {
  const its = scenario.pools.find((spec) => spec.pool === pool);
  if (!its) throw new RangeError(`there is no pool "${pool}"`);
  return its;
}

/** Sets how many agents a pool has, and makes its tasks as long as that takes for so much of their time to be work. */
export function staff(world: World, pool: string, utilization: number, agents?: number): void {
  const spec = poolOf(world, pool);
  const types = world.scenario.taskTypes.filter((type) => type.pool === pool);
  const load = (WORKFLOWS_PER_MINUTE * types.reduce((sum, { service }) => sum + service.meanS, 0)) / 60;
  const slots = spec.contention?.concurrency ?? spec.slots;
  spec.agents = agents ?? Math.max(4, Math.ceil(load / utilization / slots));
  spec.max = 3 * spec.agents;
  spec.slots = slots;
  const factor = (spec.agents * slots * utilization) / load;
  for (const type of types) {
    type.service = { ...type.service, meanS: type.service.meanS * factor };
    type.slaS = 10 * type.service.meanS;
    type.timeoutS = 20 * type.service.meanS;
  }
}

/** Independent of what another is changed to. */
export function copyOf(world: World): World {
  return structuredClone(world);
}

function poolSpec(pool: string, random: Random): PoolSpec {
  return {
    ...{ pool, team: pool, agents: 4, min: 1, max: 30, slots: 1, speedSpread: 0.12, skillDensity: 1 },
    ...{ provisioning: { medianS: 1, sigma: 0 }, version: '1.0.0', zones: 1 },
    costPerHourUsd: random.uniform(0.5, 2),
  };
}

function typeSpec(
  taskType: string,
  pool: string,
  meanS: number,
  cv: number,
  given: Partial<TaskTypeSpec>,
): TaskTypeSpec {
  return {
    ...{ taskType, pool, priority: 'normal', service: { kind: 'lognormal', meanS, cv }, slaS: 10 * meanS },
    ...{ timeoutS: 20 * meanS, retries: given.failureShare ? 1 : 0, failureShare: 0, revenueUsd: 0 },
    quality: { mean: 0.85, sd: 0.08, gradedShare: 0.5 },
    tokens: { inputMedian: 800, outputMedian: 200, sigma: 0.5, usdPerMillionInput: 1, usdPerMillionOutput: 4 },
    ...given,
  };
}

function stepOf(taskType: string, after: string[] = [], repeatShare = 0): WorkflowStep {
  return { step: taskType, taskType, after, repeatShare };
}

/** Ten minutes of more or less work each. */
function waves(random: Random) {
  const length = 10;
  return Array.from({ length: Math.ceil((WARM_UP_MINUTES + WINDOW_MINUTES) / length) }, (_, i) => {
    return { atMinute: i * length, minutes: length, factor: random.uniform(0.7, 1.3) };
  });
}
