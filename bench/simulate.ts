import { actionClassNames } from '../lib/core/remediate/action-class.ts';
import { driveFleet } from '../lib/proving/drive-fleet.ts';
import { productInProcess } from '../lib/proving/product-in-process.ts';
import { Simulation } from '../lib/sim/engine/simulation.ts';
import { powerOfTwo } from '../lib/sim/policies/power-of-two.ts';
import { readScenario } from '../lib/sim/scenario/read-scenario.ts';
import { Telemetry } from '../lib/sim/telemetry/telemetry.ts';
import { median } from './median.ts';
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const [AGENTS, TASKS_PER_S, MINUTES, MAX_CPU_S] = [200, 20, 60, 3];

/** How long an hour of 200 agents at 20 tasks a second takes, of CPU: simulated, reported, and with the product in the loop. */
export async function benchSimulate(
  runs: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const { scenario } = readScenario({
    ...{ name: 'speed', why: 'how long an hour takes', minutes: MINUTES },
    pools: [{ pool: 'workers', agents: AGENTS, slots: 2, speedSpread: 0.25 }],
    taskTypes: [
      {
        taskType: 'work',
        pool: 'workers',
        service: { kind: 'lognormal', meanS: 12, cv: 1.5 },
        timeoutS: 120,
        retries: 1,
      },
    ],
    arrivals: { kind: 'poisson', perMinute: TASKS_PER_S * 60 },
  });
  const endMs = scenario.startMs + (MINUTES + 10) * 60_000;
  const [simulated, reported, judged]: [number[], number[], number[]] = [[], [], []];
  let told = '';
  for (let seed = 1; seed <= runs; seed++) {
    simulated.push(await cpuSeconds(() => new Simulation({ scenario, seed, policy: powerOfTwo }).run()));
    reported.push(
      await cpuSeconds(() => {
        const telemetry = new Telemetry(scenario, seed);
        new Simulation({ scenario, seed, policy: powerOfTwo, sinks: [telemetry.sink] }).run();
        const flushes = telemetry.arrivedUntil(endMs);
        const events = flushes.reduce((sum, flush) => sum + flush.events.length, 0);
        told = `${flushes.length.toLocaleString('en')} flushes with ${events.toLocaleString('en')} events`;
      }),
    );
    const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Parameters<
      typeof productInProcess
    >[1];
    judged.push(
      await cpuSeconds(() =>
        driveFleet({ scenario, seed, policy: powerOfTwo }, productInProcess(scenario.startMs, modes)),
      ),
    );
  }
  const isMet = median(reported) < MAX_CPU_S;
  const figures = { engine: simulated, 'with telemetry': reported, 'with the product in process': judged };
  for (const [name, values] of Object.entries(figures)) {
    const aim = values === reported ? { aim: MAX_CPU_S } : {};
    const [value, noise] = [median(values), medianAbsoluteDeviation(values)];
    record({ name, value, noise, unit: 's of CPU', betterIs: 'lower', ...aim });
  }
  print(`${MINUTES} minutes of ${AGENTS} agents at ${TASKS_PER_S} tasks/s, ${runs} seeds, median CPU (${told}):`);
  print(
    `  engine ${median(simulated).toFixed(2)} s; with telemetry ${median(reported).toFixed(2)} s (under ${MAX_CPU_S} s: ${isMet ? 'met' : 'missed'}); with the product in process ${median(judged).toFixed(2)} s`,
  );
  return isMet;
}

async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
