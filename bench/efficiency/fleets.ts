import type { FleetAgent } from '../../lib/sim/engine/fleet-agent.ts';
import { MINUTE_US } from '../../lib/sim/engine/sim-time.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import type { Attempt } from '../../lib/sim/engine/work.ts';
import { roundRobin } from '../../lib/sim/policies/round-robin.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import type { FaultSpec, Scenario, TaskTypeSpec } from '../../lib/sim/scenario/scenario.ts';
import type { EndedTask } from './task-log.ts';

export type MeasureName = 'success' | 'serviceMs' | 'quality' | 'costUsd';

export interface Fleet {
  skills: Map<string, string[]>;
  /** Tasks of the time from which estimates are made, in minutes from 0. */
  tasks(minutes: number): EndedTask[];
  /** Tasks of a long later time. */
  laterTasks(): EndedTask[];
  /** What is true of an agent at a type; null where nobody but the later time tells. */
  truth: ((agent: string, taskType: string) => Record<MeasureName, number>) | null;
}

const TYPES = ['lookup', 'answer', 'summary', 'code', 'plan', 'review'];
/** Hours of later work that held-out means are taken from. */
const LATER_MINUTES = 6_000;

/**
 * A fleet of the simulator: 24 agents, speeds uniform in 1 ± 0.35, half of the skills; of the agents, a quarter each are slower
 * (1.3 to 1.8 times), fail some of their tasks at once (3 to 15 %), or give worse quality, all along. Six task types, some
 * rare; nothing but agents and types makes a difference there, and all agents cost the same.
 */
export function simulatedFleet(seed: number): Fleet {
  const random = createRandom(seed, 'efficiency scenario');
  const scenario = drawScenario(random);
  const skills = new Map<string, string[]>();
  const tasks: EndedTask[] = [];
  const sink = {
    onAgentUp: (agent: FleetAgent) => void skills.set(agent.id, [...agent.skills]),
    onAttemptEnded({ agent, task, startedAt, endedAt, status, quality, costUsd }: Attempt) {
      if (agent === null || endedAt === null || status === null || status === 'rejected') return;
      tasks.push({
        ...{ agent: agent.id, taskType: task.type.taskType, minute: Math.floor(endedAt / MINUTE_US), status },
        ...{ serviceUs: startedAt === null ? null : endedAt - startedAt, quality, costUsd },
      });
    },
  };
  new Simulation({ scenario, seed, policy: roundRobin(), sinks: [sink] }).run();
  return {
    skills,
    tasks: (minutes) => tasks.filter(({ minute }) => minute < minutes),
    laterTasks: () => tasks.filter(({ minute }) => minute >= scenario.minutes - LATER_MINUTES),
    truth: null,
  };
}

const AGENTS = 24;
const SIMULATED_MINUTES = LATER_MINUTES + 1_440;

function drawScenario(random: Random): Scenario {
  const named = (n: number) => `workers-${String(n).padStart(2, '0')}`;
  const faults: FaultSpec[] = [];
  for (let n = 1; n <= AGENTS; n++) {
    const targets = { agents: [named(n)] };
    if (random.uniform() < 0.25) faults.push({ kind: 'slow', atMinute: 0, targets, factor: random.uniform(1.3, 1.8) });
    if (random.uniform() < 0.25) {
      faults.push({ kind: 'fail_fast', atMinute: 0, targets, share: random.uniform(0.03, 0.15), afterMs: 800 });
    }
    if (random.uniform() < 0.25) {
      faults.push({ kind: 'quality_collapse', atMinute: 0, targets, quality: random.uniform(0.65, 0.85) });
    }
  }
  const taskTypes: TaskTypeSpec[] = TYPES.map((taskType) => ({
    ...{ taskType, pool: 'workers', priority: 'normal', slaS: 600, timeoutS: 1_200, retries: 0, revenueUsd: 0 },
    service: { kind: 'lognormal', meanS: random.uniform(8, 40), cv: random.uniform(0.6, 1.2) },
    failureShare: random.uniform(0.01, 0.06),
    quality: { mean: random.uniform(0.8, 0.92), sd: 0.08, gradedShare: 0.5 },
    tokens: { inputMedian: 1_500, outputMedian: 400, sigma: 0.8, usdPerMillionInput: 0.5, usdPerMillionOutput: 1.5 },
  }));
  return {
    ...{ name: 'efficiency', why: 'agents that differ', startMs: Date.UTC(2026, 2, 2) },
    ...{ minutes: SIMULATED_MINUTES, warmUpMinutes: 0 },
    pools: [
      {
        ...{ pool: 'workers', team: 'bench', agents: AGENTS, min: AGENTS, max: AGENTS, slots: 2, speedSpread: 0.35 },
        ...{ skillDensity: 0.5, provisioning: { medianS: 60, sigma: 0.3 }, costPerHourUsd: 1, version: '1', zones: 1 },
      },
    ],
    taskTypes,
    workflows: TYPES.map((taskType, i) => ({
      ...{ workflowType: taskType, weight: 1 / (i + 1), slaS: 600 },
      steps: [{ step: taskType, taskType, after: [], repeatShare: 0 }],
    })),
    arrivals: {
      ...{ kind: 'poisson', perMinute: 8, dailyAmplitude: 0.3, peakHour: 14, weekendFactor: 1, bursts: [] },
    },
    telemetry: {
      ...{ hostAgents: 6, flushS: 60, heartbeatS: 60, sampleS: 60 },
      ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
    },
    faults,
  };
}

/**
 * A fleet whose truth is drawn: agents differ everywhere (speed by 25 %, success by 0.5 in log odds, quality by 0.04, cost by 20 %)
 * and beyond that at single types (15 %, 0.3, 0.03 and 10 %), which the simulator does not know. 24 agents, six types, six of
 * ten skills, work skewed over types and agents.
 */
export function drawnFleet(seed: number): Fleet {
  const random = createRandom(seed, 'drawn fleet');
  const skills = new Map<string, string[]>();
  const cells = new Map<string, DrawnCell>();
  const types = TYPES.map((taskType, i) => ({
    ...{ taskType, weight: 1 / (i + 1), logMs: Math.log(random.uniform(4_000, 40_000)), sigma: random.uniform(0.5, 1) },
    ...{
      logOdds: random.uniform(2, 4),
      quality: random.uniform(0.7, 0.9),
      logUsd: Math.log(random.uniform(0.002, 0.05)),
    },
  }));
  for (let n = 1; n <= AGENTS; n++) {
    const agent = `agent-${n}`;
    const activity = random.logNormal(1, 0.7);
    const own = {
      ms: random.normal(0, 0.25),
      odds: random.normal(0, 0.5),
      quality: random.normal(0, 0.04),
      usd: random.normal(0, 0.2),
    };
    const known = types.filter((_, i) => random.uniform() < 0.6 || i === n % types.length);
    skills.set(
      agent,
      known.map(({ taskType }) => taskType),
    );
    for (const type of known) {
      cells.set(`${agent}/${type.taskType}`, {
        ...{ agent, taskType: type.taskType, perMinute: 0.04 * activity * type.weight, sigma: type.sigma },
        logMs: type.logMs + own.ms + random.normal(0, 0.15),
        success: 1 / (1 + Math.exp(-(type.logOdds + own.odds + random.normal(0, 0.3)))),
        quality: Math.min(0.97, type.quality + own.quality + random.normal(0, 0.03)),
        logUsd: type.logUsd + own.usd + random.normal(0, 0.1),
      });
    }
  }
  const first = createRandom(seed, 'first tasks');
  const all = [...cells.values()].flatMap((cell) => draw(cell, 1_440, first));
  return {
    skills,
    tasks: (minutes) => all.filter(({ minute }) => minute < minutes),
    laterTasks: () =>
      [...cells.values()].flatMap((cell) =>
        draw({ ...cell, perMinute: 0.5 }, 1_000, createRandom(seed, `later ${cell.agent} ${cell.taskType}`)),
      ),
    truth(agent, taskType) {
      const { logMs, sigma, success, quality, logUsd } = cells.get(`${agent}/${taskType}`) as DrawnCell;
      return {
        success,
        quality,
        serviceMs: Math.exp(logMs + sigma ** 2 / 2),
        costUsd: Math.exp(logUsd + COST_SIGMA ** 2 / 2),
      };
    },
  };
}

interface DrawnCell {
  agent: string;
  taskType: string;
  perMinute: number;
  logMs: number;
  sigma: number;
  success: number;
  quality: number;
  logUsd: number;
}

const COST_SIGMA = 0.7;

function draw(cell: DrawnCell, minutes: number, random: Random): EndedTask[] {
  const tasks: EndedTask[] = [];
  const { agent, taskType, perMinute, logMs, sigma, success, quality, logUsd } = cell;
  for (let at = random.exponential(1 / perMinute); at < minutes; at += random.exponential(1 / perMinute)) {
    const isCompleted = random.uniform() < success;
    tasks.push({
      ...{ agent, taskType, minute: Math.floor(at), status: isCompleted ? 'completed' : 'failed' },
      serviceUs: Math.round(1_000 * random.logNormal(Math.exp(logMs), sigma)),
      quality: random.uniform() < 0.5 ? Math.min(1, Math.max(0, random.normal(quality, 0.1))) : null,
      costUsd: random.logNormal(Math.exp(logUsd), COST_SIGMA),
    });
  }
  return tasks;
}
