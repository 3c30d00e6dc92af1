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
import { gain } from './gap.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';

const FOLDER = fileURLToPath(new URL('./responses/', import.meta.url));

/** What is looked at of a directive as the API answers it. */
interface Told {
  kind: ActionClass;
  status: string;
  issuedAt: string;
  applied?: boolean;
  params: Record<string, unknown>;
}

/** One seed, with the product and without. */
interface Run {
  /** Of all tasks, %. */
  alone: number;
  steered: number;
  directives: readonly Told[];
}

/** A scenario is called after the response that it calls for; pooling is a way to scale. */
const answers: Readonly<Record<string, (directive: Told) => boolean>> = {
  ...Object.fromEntries(
    actionClassNames.map((name) => [
      fileOf(actionClasses[name].response),
      ({ kind, params }: Told) => kind === name && params['pooling'] === undefined,
    ]),
  ),
  'resource-pooling': ({ kind, params }) => kind === 'scale' && params['pooling'] !== undefined,
};

/**
 * For each response a scenario that calls for it: whether it comes after the first fault began, when, and what the fleet attains with the product in the
 * loop, every class of action acting by itself, and under two choices alone.
 * @param only names of scenarios; empty for all
 * @returns whether each response came with every seed
 */
export async function benchResponses(
  { seedCount, only }: { seedCount: number; only: readonly string[] },
  print: (line: string) => void,
  tell: (line: string) => void,
): Promise<boolean> {
  const set = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.json') ? file.slice(0, -5) : []));
  if (only.some((name) => !set.includes(name))) {
    tell(`scenarios are ${set.join(', ')}`);
    return false;
  }
  const rows: string[][] = [];
  let everyCame = true;
  for (const name of set.filter((of) => only.length === 0 || only.includes(of))) {
    const { scenario, seeds } = readScenario(readFileSync(`${FOLDER}${name}.json`, 'utf8'));
    const runs: Run[] = [];
    for (const seed of (seeds ?? []).slice(0, seedCount)) {
      const startedMs = performance.now();
      const run = await runOne(scenario, seed);
      runs.push(run);
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      tell(`${name}, seed ${seed}: ${run.alone.toFixed(2)} to ${run.steered.toFixed(2)} % in ${seconds} s`);
    }
    const onsetMs = scenario.startMs + Math.min(...scenario.faults.map(({ atMinute }) => atMinute)) * MINUTE_MS;
    const own = runs.map(({ directives }) =>
      directives.filter((it) => isIssued(it) && answers[name]?.(it) && Date.parse(it.issuedAt) >= onsetMs),
    );
    const came = own.filter(({ length }) => length > 0).length;
    everyCame &&= came === runs.length;
    rows.push([name, `${came} of ${runs.length}`, firstMinute(onsetMs, own), countsOf(runs), ...attained(runs)]);
  }
  const header = ['scenario', 'came', 'minutes after', 'directives a run (not applied)', 'alone', 'steered', 'more'];
  print(
    `attainment in %, of ${seedCount} seeds; 95 % intervals, paired by seed; minutes from the first fault to the first`,
  );
  for (const line of tableLines(header, rows, (column) => column > 3)) print(line);
  return everyCame;
}

async function runOne(scenario: Scenario, seed: number): Promise<Run> {
  const alone = judgeRun(new Simulation({ scenario, seed, policy: powerOfTwo }).run(), scenario);
  const modes = Object.fromEntries(actionClassNames.map((of) => [of, 'auto'])) as Record<ActionClass, Mode>;
  const product = productInProcess(scenario.startMs, modes);
  const { result } = await driveFleet({ scenario, seed, policy: powerOfTwo }, product);
  return {
    alone: 100 * (alone.attainment ?? Number.NaN),
    steered: 100 * (judgeRun(result, scenario).attainment ?? Number.NaN),
    directives: (await product.allDirectives()) as unknown as Told[],
  };
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

function attained(runs: readonly Run[]): string[] {
  const [low, own] = [runs.map(({ alone }) => alone), runs.map(({ steered }) => steered)];
  const more = gain([{ own, low, high: own }]);
  const interval = Number.isNaN(more.low) ? '' : ` (${more.low.toFixed(2)} to ${more.high.toFixed(2)})`;
  return [mean(low).toFixed(2), mean(own).toFixed(2), `${more.estimate.toFixed(2)}${interval}`];
}

function fileOf(response: string): string {
  return response.replaceAll(/[ _]/g, '-');
}
