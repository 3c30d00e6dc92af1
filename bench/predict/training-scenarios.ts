import { createRandom, type Random } from '../../lib/sim/random.ts';
import type { FaultSpec, Scenario, Targets } from '../../lib/sim/scenario/scenario.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../../test/fixtures/scenario.ts';

/**
 * A fleet drawn with a seed, and what goes wrong with it: what the shipped figures of lib/core/predict are fitted on.
 * Nothing of it is in bench/scenarios, whose fleets, faults and seeds (1001 to 1030) are what they are judged by.
 * @param seed 1 to 1000
 * @param of whom it teaches of: agents of all that goes wrong, ramps of agents that leak or fail ever more, one after the other,
 * steps of what comes at once and is no ramp, pools of load that grows, quiet fleets of what a day without a fault looks like
 */
export function trainingScenario(seed: number, of: 'agents' | 'ramps' | 'steps' | 'pools' | 'quiet'): Scenario {
  const random = createRandom(seed, 'prediction training');
  const pools = Array.from({ length: 1 }, (_, i) => {
    const slots = [1, 2, 4, 4, 8][random.int(5)] ?? 4;
    // An agent ends 3 to 12 tasks a minute.
    const types = Array.from({ length: 1 + random.int(3) }, (__, j) => ({
      ...{ name: `type${i + 1}${j + 1}`, meanS: slots * random.uniform(2.5, 10) },
      ...{ cv: [1, 1.5, 2][random.int(3)] ?? 1, failureShare: random.uniform(0.002, 0.03) },
    }));
    return {
      name: `pool${i + 1}`,
      agents: 8 + random.int(9) + (of === 'ramps' ? 8 : 0),
      slots,
      load: random.uniform(0.4, 0.68),
      types,
    };
  });
  const minutes = 300;
  // A workflow of one step for each type: as many of each pool as its slots take at its load.
  const rates = pools.map(({ agents, slots, load, types }) => {
    const meanS = types.reduce((sum, it) => sum + it.meanS, 0) / types.length;
    return (60 * agents * slots * load) / meanS;
  });
  const perMinute = rates.reduce((sum, rate) => sum + rate, 0);
  const bursts = [20, 250].map((at) => ({
    ...{ atMinute: at + random.int(30), minutes: 3 + random.int(4), factor: random.uniform(1.2, 1.6) },
  }));
  return scenarioWith({
    ...{ name: `training ${seed}`, minutes, warmUpMinutes: 20 },
    startMs: Date.UTC(2026, 4, 4 + random.int(14), random.int(24)),
    arrivals: poisson(perMinute, { dailyAmplitude: random.uniform(0, 0.35), peakHour: random.int(24), bursts }),
    pools: pools.map(({ name, agents, slots }) =>
      poolSpec(name, {
        agents,
        slots,
        max: 2 * agents,
        speedSpread: random.uniform(0, 0.3),
        skillDensity: random.uniform(0.4, 1),
      }),
    ),
    taskTypes: pools.flatMap(({ name, types }) =>
      types.map((type) =>
        taskTypeSpec(type.name, name, {
          service: { kind: 'lognormal', meanS: type.meanS, cv: type.cv },
          ...{
            slaS: 6 * type.meanS,
            timeoutS: 12 * type.meanS,
            retries: random.int(3),
            failureShare: type.failureShare,
          },
          quality: { mean: 0.85, sd: 0.05, gradedShare: 0.5 },
        }),
      ),
    ),
    workflows: pools.flatMap(({ types }, i) =>
      types.map((type) => ({
        ...{ workflowType: type.name, weight: (rates[i] ?? 1) / types.length, slaS: 6 * type.meanS },
        steps: [step('only', type.name)],
      })),
    ),
    telemetry: {
      ...{ hostAgents: 5, flushS: 15, heartbeatS: 15, sampleS: 15, delayMinutes: random.int(3) },
      ...{ lossShare: 0.01, duplicateShare: 0.01, clockSkewS: 5 },
    },
    faults:
      of === 'quiet'
        ? []
        : of === 'pools'
          ? loadRamps(minutes, random)
          : of === 'ramps'
            ? agentRamps(pools, minutes, random)
            : faultsOf(pools, minutes, of === 'steps' ? 0 : RAMPS, random),
  });
}

/** Of at most a third of the agents, so that the others are still their measure. */
function agentRamps(pools: readonly DrawnPool[], end: number, random: Random): FaultSpec[] {
  return pools.flatMap(({ name, agents }) => {
    const faults: FaultSpec[] = [];
    for (let at = 45 + random.int(20); at < end - 30 && faults.length < agents / 3; at += 15 + random.int(20)) {
      const ramp = { atMinute: at, minutes: 25 + random.int(80), targets: { pool: name, count: 1 } };
      faults.push(
        random.uniform() < 0.5
          ? { kind: 'leak', ...ramp, factorAtEnd: random.uniform(1, 5), memoryAtEnd: random.uniform(0.85, 1) }
          : { kind: 'error_ramp', ...ramp, shareAtEnd: random.uniform(0.3, 0.95) },
      );
    }
    return faults.filter(({ atMinute, minutes = 0 }) => atMinute + minutes < end - 5);
  });
}

function loadRamps(end: number, random: Random): FaultSpec[] {
  return [50, 180].flatMap((from): FaultSpec[] => {
    const [atMinute, minutes] = [from + random.int(30), 30 + random.int(55)];
    const ramp = { kind: 'load_ramp' as const, atMinute, minutes, factor: random.uniform(1.2, 2.6) };
    return atMinute + minutes < end - 10 ? [ramp] : [];
  });
}

interface DrawnPool {
  name: string;
  agents: number;
  types: readonly { name: string }[];
}

/** Of the faults that agents are taught by. */
const RAMPS = 0.65;

/** Some, one after the other. @param ramps part of them that are */
function faultsOf(pools: readonly DrawnPool[], end: number, ramps: number, random: Random): FaultSpec[] {
  const faults: FaultSpec[] = [];
  for (let at = 35 + random.int(30); at < end - 40; ) {
    const pool = pools[random.int(pools.length)] ?? (pools[0] as DrawnPool);
    const fault = faultAt(at, pool, ramps, random);
    faults.push(fault);
    at += (fault.minutes ?? 30) + 10 + random.int(50);
  }
  return faults.filter(({ atMinute, minutes = 0 }) => atMinute + minutes < end - 10);
}

function faultAt(atMinute: number, { name, agents, types }: DrawnPool, share: number, random: Random): FaultSpec {
  const few = (): Targets => ({ pool: name, count: 1 + random.int(Math.max(1, Math.round(agents * 0.3))) });
  const ramp = { atMinute, minutes: 25 + random.int(80) };
  const brief = { atMinute, minutes: 15 + random.int(25) };
  const type = types[random.int(types.length)] ?? { name: '' };
  const ramps: (() => FaultSpec)[] = [
    () => ({
      ...{ kind: 'leak', ...ramp, targets: few() },
      ...{ factorAtEnd: random.uniform(1, 5), memoryAtEnd: random.uniform(0.85, 1) },
    }),
    () => ({ kind: 'error_ramp', ...ramp, targets: few(), shareAtEnd: random.uniform(0.3, 0.95) }),
    () => ({ kind: 'load_ramp', ...ramp, factor: random.uniform(1.3, 2.5) }),
  ];
  const steps: (() => FaultSpec)[] = [
    () => ({ kind: 'slow', ...brief, targets: few(), factor: random.uniform(1.5, 8) }),
    () => ({
      ...{ kind: 'fail_fast', ...brief, targets: few() },
      ...{ share: random.uniform(0.2, 0.95), afterMs: random.uniform(200, 1_500) },
    }),
    () => ({ kind: 'crash', ...brief, targets: few() }),
    () => ({ kind: 'hang', ...brief, targets: few() }),
    () => ({ kind: 'dependency_slow', ...brief, pools: [name], factor: random.uniform(1.3, 2) }),
    () => ({ kind: 'dependency_errors', ...brief, pools: [name], share: random.uniform(0.1, 0.4) }),
    () => ({ kind: 'load_spike', ...brief, factor: random.uniform(1.4, 2.5) }),
    () => ({ kind: 'planned_load', ...brief, factor: random.uniform(1.2, 1.5) }),
    () => ({ kind: 'poison_type', ...brief, taskType: type.name, share: 0.3, factor: random.uniform(3, 8) }),
    () => ({ kind: 'telemetry', ...brief, how: 'missing', targets: few(), share: 0.5 }),
    () => ({
      ...{ kind: 'deploy', ...brief, pool: name, version: '2.0', announced: true },
      ...{ factor: random.uniform(1, 1.7), failureShare: random.uniform(0, 0.2), agents: 1 + random.int(3) },
    }),
  ];
  const kinds = random.uniform() < share ? ramps : share === 0 ? steps.slice(0, 2) : steps;
  const made = kinds[random.int(kinds.length)] as () => FaultSpec;
  return made();
}
