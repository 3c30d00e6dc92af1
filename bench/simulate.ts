import { Simulation } from '../lib/sim/engine/simulation.ts';
import { centralQueue } from '../lib/sim/policy/central-queue.ts';
import { powerOfTwo } from '../lib/sim/policy/power-of-two.ts';
import { readScenario } from '../lib/sim/scenario/read-scenario.ts';
import type { Scenario } from '../lib/sim/scenario/scenario.ts';
import { Telemetry } from '../lib/sim/telemetry/telemetry.ts';

/** What an hour of 200 agents may take, telemetry included. */
const GOAL_S = 3;

/** Four pools of 50 agents in a row, 5 workflows and so 20 tasks a second, with faults and imperfect telemetry. */
function largeFleet(): Scenario {
  const stages = ['triage', 'expert', 'tool', 'verify'];
  const result = readScenario({
    name: 'large-fleet',
    why: 'what a simulated hour costs',
    minutes: 60,
    pools: stages.map((pool) => ({ pool, agents: 50, slots: 4, skillDensity: 0.4, zones: 3 })),
    taskTypes: stages.map((pool) => ({ taskType: pool, pool, service: { meanS: 24, cv: 1.5 } })),
    workflows: [
      {
        workflowType: 'ticket',
        steps: stages.map((taskType, index) => ({ taskType, after: stages.slice(Math.max(0, index - 1), index) })),
      },
    ],
    arrivals: { kind: 'poisson', perMinute: 300 },
    telemetry: { delayMinutes: 2, lossShare: 0.01, clockSkewS: 5 },
    faults: [
      { kind: 'slow', atMinute: 10, minutes: 10, targets: { pool: 'expert', count: 5 }, factor: 5 },
      { kind: 'crash', atMinute: 30, targets: { pool: 'tool', share: 0.1 }, backAfterMinutes: 10 },
    ],
  });
  if (result.status === 'invalid') throw new Error(result.problems.join('\n'));
  return result.scenario;
}

/**
 * How fast a simulated hour of 200 agents at 20 tasks a second passes, stepped by minutes as a driver would.
 * @returns whether the median run, on one core, took less than the goal
 */
export function benchSimulate(runs: number, print: (line: string) => void): boolean {
  const scenario = largeFleet();
  let isFast = true;
  for (const policy of [centralQueue, powerOfTwo]) {
    const took: number[] = [];
    let [events, tasks] = [0, 0];
    for (let seed = 1; seed <= runs; seed += 1) {
      const before = process.cpuUsage();
      const telemetry = new Telemetry(scenario, seed);
      const simulation = new Simulation({ scenario, seed, policy, sinks: [telemetry.sink] });
      events = 0;
      for (let minute = 1; minute <= scenario.minutes; minute += 1) {
        const nowMs = scenario.startMs + minute * 60_000;
        simulation.runUntil(nowMs);
        for (const flush of telemetry.arrivedUntil(nowMs)) events += flush.events.length;
      }
      const { user, system } = process.cpuUsage(before);
      took.push((user + system) / 1e6);
      tasks = [...simulation.result.pools.values()].flat().reduce((sum, { arrived }) => sum + arrived, 0);
    }
    took.sort((one, other) => one - other);
    const median = took[took.length >> 1] ?? Number.NaN;
    isFast &&= median < GOAL_S;
    print(
      `an hour of 200 agents, ${policy.name}: median ${median.toFixed(2)} s of CPU, worst ${took.at(-1)?.toFixed(2)} s ` +
        `over ${runs} runs (goal ${GOAL_S} s); ${tasks} tasks, ${events} events in the last`,
    );
  }
  return isFast;
}
