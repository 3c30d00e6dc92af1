import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tableLines } from '../lib/cli/table.ts';
import { type ActionClass, actionClassNames, type Mode } from '../lib/core/remediate/action-class.ts';
import { driveFleet } from '../lib/proving/drive-fleet.ts';
import { productInProcess } from '../lib/proving/product-in-process.ts';
import { Simulation } from '../lib/sim/engine/simulation.ts';
import { judgeRun, MITIGATION_LIMIT_MINUTES, type RunVerdict } from '../lib/sim/judge/judge-run.ts';
import { powerOfTwo } from '../lib/sim/policies/power-of-two.ts';
import { policies } from '../lib/sim/policies/registry.ts';
import { readScenario } from '../lib/sim/scenario/read-scenario.ts';
import type { Scenario } from '../lib/sim/scenario/scenario.ts';
import type { Interval } from './bootstrap.ts';
import { gain, type Paired, shareOfGap } from './gap.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';

const FOLDER = fileURLToPath(new URL('./scenarios/', import.meta.url));
/** Two choices, steered by the product. */
const PRODUCT = 'fleetpulse';
/** Both ends of the scale are always run. */
const [WORST, BEST] = ['round-robin', 'oracle'];
/** Of a smaller distance between the ends, in points of attainment, no share is told. */
const LEAST_GAP = 0.1;

/** By policy, one for each seed in the same order. */
type Verdicts = ReadonlyMap<string, readonly RunVerdict[]>;

/**
 * Scenarios of the fixed set under policies, with the first of each scenario's own seeds.
 * @param only names of scenarios; empty for all
 * @param tell how far it has come, a line a run
 * @returns whether policies, scenarios and the number of seeds were known
 */
export async function benchScenarios(
  { seedCount, policies: asked, only }: { seedCount: number; policies: readonly string[]; only: readonly string[] },
  print: (line: string) => void,
  tell: (line: string) => void,
): Promise<boolean> {
  const names = [...new Set([WORST, ...asked, BEST])];
  const isKnown = names.every((name) => name === PRODUCT || policies[name]);
  const set = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.json') ? file.slice(0, -5) : []));
  const scenarios = set
    .filter((name) => only.length === 0 || only.includes(name))
    .map((name) => ({ name, ...readScenario(readFileSync(`${FOLDER}${name}.json`, 'utf8')) }));
  const most = Math.min(...scenarios.map(({ seeds }) => seeds?.length ?? 0));
  const isCount = Number.isInteger(seedCount) && seedCount >= 1 && seedCount <= most;
  if (!isKnown || !isCount || only.some((name) => !set.includes(name))) {
    tell(
      `policies are ${[...Object.keys(policies), PRODUCT].join(', ')}; scenarios are ${set.join(', ')}; seeds are 1 to 30`,
    );
    return false;
  }
  print(
    `${scenarios.length} scenarios, ${seedCount} of their own seeds; attainment in %, beside ${WORST} and on the way from it to ${BEST} (95 % intervals, paired by seed)`,
  );
  const runs = scenarios.length * names.length * seedCount;
  const all: Verdicts[] = [];
  let done = 0;
  for (const { name, scenario, seeds } of scenarios) {
    const verdicts = new Map<string, RunVerdict[]>();
    for (const policy of names) {
      const own: RunVerdict[] = [];
      for (const seed of (seeds ?? []).slice(0, seedCount)) {
        const startedMs = performance.now();
        own.push(await runOne(scenario, seed, policy));
        done += 1;
        tell(
          `${done} of ${runs}: ${name}, ${policy}, seed ${seed}: ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`,
        );
      }
      verdicts.set(policy, own);
    }
    all.push(verdicts);
    print(`\n${name}`);
    for (const line of linesOf([verdicts], names)) print(line);
  }
  print(
    `\nall ${scenarios.length} scenarios: means over scenarios and seeds, agent-hours and false ejections the sum of the scenarios`,
  );
  for (const line of linesOf(all, names)) print(line);
  const behind = scenarios.flatMap(({ name }, i) => {
    const best = Math.max(...names.map((policy) => attainment([all[i] as Verdicts], policy)));
    const missing = best - attainment([all[i] as Verdicts], BEST);
    return missing > LEAST_GAP ? `${name} by ${missing.toFixed(2)}` : [];
  });
  print(behind.length === 0 ? `nobody is ahead of ${BEST} anywhere` : `ahead of ${BEST}: ${behind.join(', ')}`);
  return true;
}

async function runOne(scenario: Scenario, seed: number, name: string): Promise<RunVerdict> {
  const policy = policies[name];
  if (policy) return judgeRun(new Simulation({ scenario, seed, policy }).run(), scenario);
  const modes = Object.fromEntries(actionClassNames.map((of) => [of, 'auto'])) as Record<ActionClass, Mode>;
  const product = productInProcess(scenario.startMs, modes);
  return judgeRun((await driveFleet({ scenario, seed, policy: powerOfTwo }, product)).result, scenario);
}

/** @param scenarios one, or all of them together */
function linesOf(scenarios: readonly Verdicts[], names: readonly string[]): string[] {
  const header = [
    'policy',
    'attained',
    `more than ${WORST}`,
    'of the gap %',
    'agent-h',
    'min to mitigate',
    'false ejections',
  ];
  const rows = names.map((policy) => {
    const groups = scenarios.map((verdicts) => pairedOf(verdicts, policy));
    const runs = scenarios.map((verdicts) => verdicts.get(policy) ?? []);
    const isEnd = policy === WORST || policy === BEST;
    const hasGap = Math.abs(attainment(scenarios, BEST) - attainment(scenarios, WORST)) >= LEAST_GAP;
    return [
      policy,
      attainment(scenarios, policy).toFixed(2),
      policy === WORST ? '' : shown(gain(groups), 2),
      isEnd ? '' : hasGap ? shown(shareOfGap(groups), 0) : '-',
      sum(runs.map((of) => mean(of.map(({ agentHours }) => agentHours)))).toFixed(0),
      mitigation(runs.flat()),
      sum(runs.map((of) => mean(of.map(({ falseEjections }) => falseEjections)))).toFixed(1),
    ];
  });
  return tableLines(header, rows, (column) => column > 0);
}

function pairedOf(verdicts: Verdicts, policy: string): Paired {
  const of = (name: string) => (verdicts.get(name) ?? []).map(({ attainment }) => 100 * (attainment ?? 0));
  return { own: of(policy), low: of(WORST), high: of(BEST) };
}

function attainment(scenarios: readonly Verdicts[], policy: string): number {
  return mean(scenarios.map((verdicts) => mean(pairedOf(verdicts, policy).own)));
}

function shown({ estimate, low, high }: Interval, digits: number): string {
  const interval = Number.isNaN(low) ? '' : ` (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  return `${estimate.toFixed(digits)}${interval}`;
}

/** Median over faults and seeds; one that was not mitigated counts as longer than any. */
function mitigation(runs: readonly RunVerdict[]): string {
  const minutes = runs.flatMap(({ faults }) =>
    faults.flatMap(({ minutesToMitigate, watchedMinutes }) =>
      watchedMinutes === 0 ? [] : (minutesToMitigate ?? Number.POSITIVE_INFINITY),
    ),
  );
  if (minutes.length === 0) return '-';
  const of = median(minutes);
  return Number.isFinite(of) ? String(of) : `${MITIGATION_LIMIT_MINUTES}+`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
