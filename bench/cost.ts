import { writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { billedByDefault } from '../lib/core/cost/billed-by-default.ts';
import { fitUse } from '../lib/core/cost/fit-use.ts';
import type { FleetLoad, FunctionUse } from '../lib/core/cost/measured-fleet.ts';
import { agentMinute, hostEvents, monthlyCost } from '../lib/core/cost/monthly-cost.ts';
import { requestRate } from '../lib/core/cost/request-rate.ts';
import { type MeasuredRun, measureFleet } from './cost/measure-fleet.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';
import { withAssembly } from './with-assembly.ts';

const MEASURED_FILE = fileURLToPath(new URL('../lib/core/cost/measured.json', import.meta.url));
/** As the client comes. */
const usual = { tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };

/** The first is an environment that nobody uses; what requests take is told apart by a fleet that sends less and more often. */
const loads: readonly FleetLoad[] = [
  { agents: 0, taskTypes: 1, ...usual },
  { agents: 100, taskTypes: 1, ...usual },
  { agents: 100, taskTypes: 3, ...usual },
  { agents: 10, taskTypes: 1, ...usual, agentsPerHost: 1, flushS: 10 },
  { agents: 1_000, taskTypes: 1, ...usual },
  { agents: 500, taskTypes: 3, ...usual },
  { agents: 10_000, taskTypes: 1, ...usual },
];

/** What the jobs of the day and of the week take is told by an idle environment and one more. */
const untilMonday = loads.slice(0, 2);

const aims = [
  { load: { agents: 10_000, taskTypes: 1, ...usual }, mostUsd: 130 },
  { load: { agents: 0, taskTypes: 1, ...usual }, mostUsd: 5 },
];

/**
 * What fleets take of everything that AWS bills, measured in the local cloud, and what that costs a month. An hour of each fleet or more is
 * written down for the formulas; with less, nothing is.
 */
export async function benchCost(
  minutes: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  return withAssembly('prod', async (assemblyDirectory) => {
    const runs: MeasuredRun[] = [];
    for (const load of loads) {
      const startedMs = performance.now();
      const run = await measureFleet(load, {
        minutes,
        untilMonday: minutes >= 60 && untilMonday.includes(load),
        assemblyDirectory,
      });
      runs.push(run);
      tell(run, (performance.now() - startedMs) / 1_000, print);
    }
    const customMetrics = new Set(runs.flatMap((run) => run.customMetrics)).size;
    const fleets = runs.map(({ units: _, customMetrics: __, ...fleet }) => fleet);
    const measured = { fleets, customMetrics };
    if (minutes >= 60)
      writeFileSync(MEASURED_FILE, `${JSON.stringify({ ...described(minutes), ...measured }, rounded, 1)}\n`);
    else print('less than an hour says nothing of what is done by the hour: nothing was written down');
    const fitted = fitUse(fleets);
    let isMet = true;
    for (const { load, mostUsd } of aims) {
      const { totalUsd } = monthlyCost({ load, resources: billedByDefault.prod, measured }, fitted);
      const isBelow = totalUsd <= mostUsd;
      record({
        ...{ name: `${load.agents.toLocaleString('en')} agents`, value: totalUsd, unit: 'USD a month' },
        ...{ betterIs: 'lower', aim: mostUsd },
      });
      print(
        `${load.agents.toLocaleString('en')} agents: ${totalUsd.toFixed(2)} USD a month (at most ${mostUsd}: ${isBelow ? 'met' : 'missed'})`,
      );
      isMet &&= isBelow;
    }
    return isMet;
  });
}

function described(minutes: number) {
  const { beats, samples, failedShare } = agentMinute;
  return {
    measuredOn: new Date().toISOString().slice(0, 10),
    how: `npm run bench -- cost ${minutes}: the functions, settings and policies of prod in the local cloud, history in DynamoDB; each agent ${beats} heartbeat and ${samples} samples a minute, its tasks at random moments, of which ${failedShare} fail; sent by the client of lib/client`,
    machine: `${process.arch === arch() ? arch() : process.arch}, ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`,
  };
}

function tell({ load, perMinute, units, stored }: MeasuredRun, seconds: number, print: (line: string) => void): void {
  const { agents, taskTypes, tasksPerMin, agentsPerHost, batchAgents, flushS } = load;
  const { requests, requestBytes, events, functions } = perMinute;
  print(
    `${agents.toLocaleString('en')} agents, ${taskTypes} task types, ${tasksPerMin} tasks a minute of each, ${agentsPerHost} a host, ${batchAgents} a batch, ${flushS} s (measured in ${seconds.toFixed(0)} s):`,
  );
  if (agents > 0) {
    const expected = requestRate(load, hostEvents(load));
    print(
      `  a minute: ${requests.toFixed(1)} requests (by the formula ${expected.toFixed(1)}), ${(requestBytes / requests).toFixed(0)} bytes and ${(events / requests).toFixed(1)} events each`,
    );
  }
  for (const [name, use] of Object.entries(functions)) {
    const shown = (Object.entries(use) as [keyof FunctionUse, number][]).filter(([, value]) => value > 0);
    print(`  ${name}: ${shown.map(([of, value]) => `${of} ${Number(value.toPrecision(4))}`).join(', ')}`);
  }
  const largest = Object.entries(units).sort(([, a], [, b]) => b - a);
  print(
    `  most units: ${largest
      .slice(0, 12)
      .map(([name, each]) => `${name} ${each.toFixed(1)}`)
      .join(', ')}`,
  );
  print(
    `  stored: ${Object.entries(stored)
      .map(([of, bytes]) => `${of} ${bytes.toExponential(3)}`)
      .join(', ')}`,
  );
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
