import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tableLines } from '../lib/cli/table.ts';
import { type EpochMs, MINUTE_MS } from '../lib/core/model/time.ts';
import { type ActionClass, actionClasses, actionClassNames, type Mode } from '../lib/core/remediate/action-class.ts';
import { driveFleet } from '../lib/proving/drive-fleet.ts';
import { productInProcess } from '../lib/proving/product-in-process.ts';
import { Simulation } from '../lib/sim/engine/simulation.ts';
import { judgeRun } from '../lib/sim/judge/judge-run.ts';
import { powerOfTwo } from '../lib/sim/policies/power-of-two.ts';
import { readScenario } from '../lib/sim/scenario/read-scenario.ts';
import type { Scenario } from '../lib/sim/scenario/scenario.ts';
import type { Interval } from './bootstrap.ts';
import { gain } from './gap.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const FOLDER = fileURLToPath(new URL('./responses/', import.meta.url));

/** Their names. */
export function responseScenarios(): string[] {
  return readdirSync(FOLDER).flatMap((file) => (file.endsWith('.json') ? file.slice(0, -5) : []));
}

/** One of them, with its seeds. */
export function responseScenario(name: string) {
  return readScenario(readFileSync(`${FOLDER}${name}.json`, 'utf8'));
}

/** What is looked at of a directive as the API answers it. */
interface Told {
  kind: ActionClass;
  status: string;
  issuedAt: string;
  applied?: boolean;
  params: Record<string, unknown>;
}

/** One seed: under two choices alone, steered by the product without this response, and with it. */
interface Run {
  /** Attained of all tasks, %. */
  alone: number;
  without: number;
  steered: number;
  agentHours: { without: number; steered: number };
  directives: readonly Told[];
}

const POOLING = 'resource-pooling';

/** A scenario is called after the response that it calls for; pooling is a way to scale. */
const classOf: Readonly<Record<string, ActionClass>> = Object.fromEntries(
  actionClassNames.map((name) => [fileOf(actionClasses[name].response), name]),
);

const answers: Readonly<Record<string, (directive: Told) => boolean>> = {
  ...Object.fromEntries(
    Object.entries(classOf).map(([file, name]) => [
      file,
      ({ kind, params }: Told) => kind === name && params['pooling'] === undefined,
    ]),
  ),
  [POOLING]: ({ kind, params }) => kind === 'scale' && params['pooling'] !== undefined,
};

/**
 * For each response a scenario that calls for it: whether it comes after the first fault began, when, and what the fleet attains under two
 * choices alone, steered by the product with every class of action but this one acting by itself, and with this one too.
 * Without pooling is where no pool lends.
 * @param only names of scenarios; empty for all
 * @returns whether each response came with every seed
 */
export async function benchResponses(
  { seedCount, only }: { seedCount: number; only: readonly string[] },
  print: (line: string) => void,
  tell: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const set = responseScenarios();
  if (only.some((name) => !set.includes(name))) {
    tell(`scenarios are ${set.join(', ')}`);
    return false;
  }
  const rows: string[][] = [];
  let everyCame = true;
  for (const name of set.filter((of) => only.length === 0 || only.includes(of))) {
    const { scenario, seeds } = responseScenario(name);
    const runs: Run[] = [];
    for (const seed of (seeds ?? []).slice(0, seedCount)) {
      const startedMs = performance.now();
      const run = await runOne(name, scenario, seed);
      runs.push(run);
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      const attained = [run.alone, run.without, run.steered].map((it) => it.toFixed(2));
      tell(`${name}, seed ${seed}: ${attained.join(', ')} % in ${seconds} s`);
    }
    const onsetMs = scenario.startMs + Math.min(...scenario.faults.map(({ atMinute }) => atMinute)) * MINUTE_MS;
    const own = runs.map(({ directives }) =>
      directives.filter((it) => isIssued(it) && answers[name]?.(it) && Date.parse(it.issuedAt) >= onsetMs),
    );
    const came = own.filter(({ length }) => length > 0).length;
    everyCame &&= came === runs.length;
    record({
      ...{ name: `${name}: came`, value: (100 * came) / runs.length, unit: '% of seeds' },
      ...{ betterIs: 'higher', kind: 'seeded', aim: 100 },
    });
    record({
      ...{ name: `${name}: attained more with it`, value: gainOf(runs).estimate, unit: 'points' },
      ...{ betterIs: 'higher', kind: 'seeded' },
    });
    rows.push([name, `${came} of ${runs.length}`, firstMinute(onsetMs, own), countsOf(runs), ...attained(runs)]);
  }
  const header = [
    ...['scenario', 'came', 'minutes after', 'directives a run (not applied)'],
    ...['alone', 'without it', 'with it', 'more', 'agent-hours without', 'with'],
  ];
  print(
    `attainment in %, of ${seedCount} seeds; 95 % intervals, paired by seed; minutes from the first fault to the first`,
  );
  for (const line of tableLines(header, rows, (column) => column > 3)) print(line);
  return everyCame;
}

async function runOne(name: string, scenario: Scenario, seed: number): Promise<Run> {
  const alone = judgeRun(new Simulation({ scenario, seed, policy: powerOfTwo }).run(), scenario);
  const without =
    name === POOLING ? await steer(lendingNothing(scenario), seed) : await steer(scenario, seed, classOf[name]);
  const steered = await steer(scenario, seed);
  return {
    alone: 100 * (alone.attainment ?? Number.NaN),
    without: 100 * (without.verdict.attainment ?? Number.NaN),
    steered: 100 * (steered.verdict.attainment ?? Number.NaN),
    agentHours: { without: without.verdict.agentHours, steered: steered.verdict.agentHours },
    directives: steered.directives,
  };
}

/** @param watched the class of action that only watches, where one does */
async function steer(scenario: Scenario, seed: number, watched?: ActionClass) {
  const modes = Object.fromEntries(actionClassNames.map((of) => [of, of === watched ? 'observe' : 'auto'])) as Record<
    ActionClass,
    Mode
  >;
  const product = productInProcess(scenario.startMs, modes);
  const { result } = await driveFleet({ scenario, seed, policy: powerOfTwo }, product);
  return {
    verdict: judgeRun(result, scenario),
    directives: (await product.allDirectives()) as unknown as Told[],
  };
}

function lendingNothing(scenario: Scenario): Scenario {
  return { ...scenario, pools: scenario.pools.map(({ lendsTo: _, ...pool }) => pool) };
}

/** Some wait for a person where a guardrail asks for one: those did not come. */
function isIssued({ status }: Told): boolean {
  return status !== 'proposed' && status !== 'rejected';
}

/** Median over the seeds in which it came; a dash where it never did. */
function firstMinute(onsetMs: EpochMs, own: readonly (readonly Told[])[]): string {
  const minutes = own
    .filter(({ length }) => length > 0)
    .map((of) => (Math.min(...of.map(({ issuedAt }) => Date.parse(issuedAt))) - onsetMs) / MINUTE_MS);
  return minutes.length === 0 ? '-' : median(minutes).toFixed(0);
}

/** Mean number of each kind a run, and of how many of them the orchestrator said that it could not. */
function countsOf(runs: readonly Run[]): string {
  const all = runs.flatMap(({ directives }) => directives.filter(isIssued));
  const kinds = [...Map.groupBy(all, ({ kind }) => kind)].map(([kind, of]) => {
    const missed = of.filter(({ applied }) => applied === false).length;
    return `${kind} ${(of.length / runs.length).toFixed(1)}${missed > 0 ? ` (${(missed / runs.length).toFixed(1)})` : ''}`;
  });
  return kinds.sort().join(', ') || 'none';
}

/** In points, paired by seed. */
function gainOf(runs: readonly Run[]): Interval {
  const own = runs.map(({ steered }) => steered);
  return gain([{ own, low: runs.map(({ without }) => without), high: own }]);
}

function attained(runs: readonly Run[]): string[] {
  const of = (figure: 'alone' | 'without' | 'steered') => mean(runs.map((run) => run[figure])).toFixed(2);
  const more = gainOf(runs);
  const interval = Number.isNaN(more.low) ? '' : ` (${more.low.toFixed(2)} to ${more.high.toFixed(2)})`;
  const hours = (of: (run: Run) => number) => mean(runs.map(of)).toFixed(1);
  return [
    ...[of('alone'), of('without'), of('steered')],
    `${more.estimate.toFixed(2)}${interval}`,
    ...[hours(({ agentHours }) => agentHours.without), hours(({ agentHours }) => agentHours.steered)],
  ];
}

function fileOf(response: string): string {
  return response.replaceAll(/[ _]/g, '-');
}
