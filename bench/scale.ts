import { tableLines } from '../lib/cli/table.ts';
import { billedByDefault } from '../lib/core/cost/billed-by-default.ts';
import { measured } from '../lib/core/cost/measured.ts';
import { assumptions, monthlyCost } from '../lib/core/cost/monthly-cost.ts';
import { measureFleet } from './cost/measure-fleet.ts';
import { median } from './median.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';
import { type GrowthLaw, growthLaw, sizeAt, valueAt, worstMisfit } from './scale/growth-law.ts';
import { withAssembly } from './with-assembly.ts';

/** As the client comes. */
const usual = { taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };
const SHOWN = [100, 1_000, 10_000, 30_000, 100_000];
const ASKED = {
  fleet: '/v1/fleet',
  agents: '/v1/agents?limit=100',
  pools: '/v1/pools',
  series: '/v1/series?kpi=average_response_time',
};
const TIMES_ASKED = 9;
/** The minute job has so long on AWS, and a share of a processor by its memory: infra/stacks/analysis.ts. */
const [LIMIT_S, MEMORY_MB] = [50, 1_024];
const AIMED_AT = 10_000;
const AIMED_SHARE = 0.5;

type Asked = keyof typeof ASKED;

interface Size {
  agents: number;
  /** Of a run of the minute job: CPU, and calls of AWS that it waited for. */
  runCpuMs: number;
  runWaits: number;
  /** CPU of ingest. */
  eventCpuUs: number;
  askMs: Record<Asked, number>;
}

/**
 * Fleets of growing size on the local cloud, as prod has it, each for some minutes: what a run of the minute job, an event and a reader take.
 * What is beyond them is fixed + factor × agents ^ exponent, fitted to what was measured (a line through two sizes); the bill is by the
 * formulas of `cli cost`.
 * @param sizes two different ones or more
 * @returns whether a run for 10,000 agents takes at most half of its time limit on AWS
 */
export async function benchScale(
  { sizes, minutes }: { sizes: readonly number[]; minutes: number },
  print: (line: string) => void,
  tell: (line: string) => void = () => {},
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  return withAssembly('prod', async (assemblyDirectory) => {
    const all: Size[] = [];
    for (const agents of sizes) {
      all.push(await measure(agents, minutes, assemblyDirectory));
      tell(`${agents} agents: ${(all.at(-1) as Size).runCpuMs.toFixed(0)} ms a run`);
    }
    return report(all, print, record);
  });
}

async function measure(agents: number, minutes: number, assemblyDirectory: string): Promise<Size> {
  const askMs: Record<Asked, number> = { fleet: 0, agents: 0, pools: 0, series: 0 };
  const { perMinute } = await measureFleet(
    { agents, ...usual },
    {
      ...{ minutes, assemblyDirectory },
      atTheEnd: async (client) => {
        for (const [name, path] of Object.entries(ASKED) as [Asked, string][]) {
          const times: number[] = [];
          for (let i = 0; i <= TIMES_ASKED; i++) {
            const startedMs = performance.now();
            await client.get(path);
            // The first loads what all others use.
            if (i > 0) times.push(performance.now() - startedMs);
          }
          askMs[name] = median(times);
        }
      },
    },
  );
  const { Analyze, Ingest } = perMinute.functions;
  const runs = Analyze?.invocations ?? Number.NaN;
  return {
    ...{ agents, askMs },
    runCpuMs: (Analyze?.cpuMs ?? Number.NaN) / runs,
    runWaits: (Analyze?.waits ?? Number.NaN) / runs,
    eventCpuUs: (1_000 * (Ingest?.cpuMs ?? Number.NaN)) / perMinute.events,
  };
}

function report(all: readonly Size[], print: (line: string) => void, record: RecordFigure): boolean {
  const points = (of: (size: Size) => number) => all.map((size) => ({ size: size.agents, value: of(size) }));
  const law = (of: (size: Size) => number) => growthLaw(points(of));
  const laws = { runCpuMs: law((it) => it.runCpuMs), runWaits: law((it) => it.runWaits) };
  const asks = Object.keys(ASKED) as Asked[];
  const askLaws = Object.fromEntries(asks.map((name) => [name, law(({ askMs }) => askMs[name])])) as Record<
    Asked,
    GrowthLaw
  >;
  const usd = (agents: number) =>
    monthlyCost({ load: { agents, ...usual }, resources: billedByDefault.prod, measured }).totalUsd;
  // Lambda gives a share of a processor; each wait is one of AWS, not of this machine.
  const onAwsS = (cpuMs: number, waits: number) =>
    ((cpuMs * assumptions.mbPerCpu) / MEMORY_MB + waits * assumptions.waitMs) / 1_000;
  const sizes = [...new Set([...all.map(({ agents }) => agents), ...SHOWN])].sort((a, b) => a - b);
  const rows = sizes.map((agents) => {
    const size = all.find((it) => it.agents === agents);
    const runCpuMs = size?.runCpuMs ?? valueAt(laws.runCpuMs, agents);
    const runWaits = size?.runWaits ?? valueAt(laws.runWaits, agents);
    const asked = asks.map((name) => size?.askMs[name] ?? valueAt(askLaws[name], agents));
    return {
      agents,
      isMeasured: size !== undefined,
      runCpuMs,
      runS: onAwsS(runCpuMs, runWaits),
      asked,
      usd: usd(agents),
    };
  });
  const header = [
    'agents',
    '',
    'run, CPU ms',
    'of 50 s on AWS',
    ...asks.map((name) => `${ASKED[name]} ms`),
    'USD a month',
  ];
  const cells = rows.map(({ agents, isMeasured, runCpuMs, runS, asked, usd: bill }) => [
    ...[
      agents.toLocaleString('en'),
      isMeasured ? 'measured' : 'by the law',
      runCpuMs.toFixed(0),
      `${runS.toFixed(1)} s`,
    ],
    ...[...asked.map((ms) => ms.toFixed(0)), bill.toFixed(0)],
  ]);
  for (const line of tableLines(header, cells, (column) => column !== 1)) print(line);
  const { runCpuMs: cpuLaw } = laws;
  const most = sizeAt(cpuLaw, (LIMIT_S * 1_000 * MEMORY_MB) / assumptions.mbPerCpu);
  const misfit = worstMisfit(
    cpuLaw,
    points((it) => it.runCpuMs),
  );
  print(
    `CPU of a run, ms: ${cpuLaw.fixed.toFixed(0)} + ${cpuLaw.factor.toPrecision(3)} × agents ^ ${cpuLaw.exponent.toFixed(2)}, within ${(100 * misfit).toFixed(0)} % of each size; by that alone a run takes all its time at ${most === Number.POSITIVE_INFINITY ? 'no number of' : Math.round(most).toLocaleString('en')} agents of one system`,
  );
  const events = median(all.map(({ eventCpuUs }) => eventCpuUs));
  print(
    `ingest: ${events.toFixed(1)} µs of CPU an event, ${all.map(({ eventCpuUs }) => eventCpuUs.toFixed(1)).join(', ')} by size`,
  );
  for (const { agents, runCpuMs } of all) {
    record({
      name: `run of the minute job, ${agents.toLocaleString('en')} agents`,
      value: runCpuMs,
      unit: 'ms of CPU',
      betterIs: 'lower',
    });
  }
  record({
    name: 'CPU of a run beyond its fixed part ∝ agents ^',
    value: cpuLaw.exponent,
    unit: '',
    betterIs: 'lower',
    kind: 'ratio',
  });
  record({ name: 'ingest', value: events, unit: 'µs of CPU an event', betterIs: 'lower' });
  const largest = all.at(-1) as Size;
  for (const name of asks) {
    record({
      name: `${ASKED[name]}, ${largest.agents.toLocaleString('en')} agents`,
      value: largest.askMs[name],
      unit: 'ms',
      betterIs: 'lower',
    });
  }
  const aimed = rows.find(({ agents }) => agents === AIMED_AT);
  const share = (aimed?.runS ?? Number.NaN) / LIMIT_S;
  record({
    ...{
      name: `time limit that a run for ${AIMED_AT.toLocaleString('en')} agents takes on AWS, by the formula`,
      value: 100 * share,
      unit: '%',
    },
    ...{ betterIs: 'lower', aim: 100 * AIMED_SHARE },
  });
  return share <= AIMED_SHARE;
}
