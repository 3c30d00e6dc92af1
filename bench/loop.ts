import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { tableLines } from '../lib/cli/table.ts';
import { policies as known } from '../lib/sim/policies/registry.ts';
import { type Aim, aimsOf, verdictOf } from './loop/loop-aims.ts';
import { LoopCache, nameOf } from './loop/loop-cache.ts';
import { ampler, BEST, type LoopGroup, SCALED, UNSTEERED, WORST } from './loop/loop-figures.ts';
import { PRODUCT } from './loop/loop-run.ts';
import { type LoopScenario, loopScenarios, scenarioNames } from './loop/loop-scenarios.ts';
import { alertTable, faultTables, knobTable, overallTable, steeringTable, type Table } from './loop/loop-tables.ts';
import { runTasks } from './loop/run-tasks.ts';
import type { LoopTask } from './loop/worker.ts';
import type { RecordFigure } from './results/figure.ts';

const POLICIES = [
  ...[WORST, 'power-of-two', SCALED, 'power-of-two+autoscaler', 'dispatcher+autoscaler', ...Object.keys(ampler)],
  ...['envoy-ejection', 'power-of-two+envoy-ejection', 'runbook', UNSTEERED, PRODUCT, BEST],
];
const SEEDS = '30';
const CACHE = 'node_modules/.cache/loop.jsonl';
/** Runs of whole seeds: a table of thirty takes hours, and anybody may work out other figures from them. */
const KEPT = fileURLToPath(new URL('./results/loop-runs', import.meta.url));
/** A minute of an agent takes so much longer with the product in the loop. */
const PRODUCT_WEIGHT = 10;

interface Choice {
  seeds: number;
  only: string[];
  policies: string[];
  jobs: number;
  cache: string;
  keep: boolean;
  compare: boolean;
  markdown: string | undefined;
}

/**
 * The product in the loop beside what it is measured by: every scenario of the fixed set, with retries and without, with each of
 * its own seeds. What was run before is not run again.
 * @param args see the usage below
 * @param tell how far it has come
 * @returns whether they were understood, and what is aimed at is met
 */
export async function benchLoop(
  args: readonly string[],
  print: (line: string) => void,
  tell: (line: string) => void,
  record: RecordFigure,
): Promise<boolean> {
  const choice = read(args);
  if (typeof choice === 'string') {
    tell(choice);
    return false;
  }
  const { seeds, only, policies, jobs, markdown } = choice;
  const scenarios = scenarioNames()
    .filter((name) => only.length === 0 || only.includes(name))
    .flatMap(loopScenarios);
  const cache = new LoopCache(choice.cache, KEPT);
  if (choice.compare) return compareWithKept({ scenarios, seeds, jobs, cache }, print, tell);
  // By seeds first: who stops it has all that fewer seeds need.
  const tasks = Array.from({ length: seeds }).flatMap((_, i) =>
    scenarios.flatMap((of) =>
      policies.map((policy) => {
        const seed = of.seeds[i] ?? i + 1;
        return taskOf(of, policy, seed, cache.keyOf(of, policy, seed));
      }),
    ),
  );
  await runMissing(tasks, { jobs, cache }, tell);
  if (choice.keep) {
    for (const [seed, its] of Map.groupBy(tasks, (task) => task.seed))
      cache.keep(
        seed,
        its.map(({ key }) => key),
      );
  }
  const groups = scenarios.map((of): LoopGroup => {
    const runOf = (policy: string, seed: number) => {
      const run = cache.get(cache.keyOf(of, policy, seed));
      if (!run) throw new Error(`no run of ${of.name} (${of.variant}), ${policy}, seed ${seed}`);
      return run;
    };
    const own = of.seeds.slice(0, seeds);
    const runs = policies.map((policy) => [policy, own.map((seed) => runOf(policy, seed))] as const);
    return { name: of.name, variant: of.variant, pools: of.scenario.pools.length, runs: new Map(runs) };
  });
  const tables = tablesOf(groups, policies);
  const aimed = aims(groups, policies);
  report(tables, aimed, seeds, print);
  if (policies.includes(PRODUCT)) for (const line of sameLines(groups, cache)) print(line);
  // What is stored is of all scenarios, policies and seeds.
  const isWhole = seeds === Number(SEEDS) && only.length === 0 && POLICIES.every((name) => policies.includes(name));
  if (isWhole) for (const { measured } of aimed) for (const figure of measured) record(figure);
  if (markdown !== undefined) writeFileSync(markdown, markdownOf(tables, aimed, seeds));
  return aimed.every(({ isMet }) => isMet);
}

/**
 * Runs the product as its code is now, and looks in which scenarios it comes to the same as the runs that are kept of earlier code. That is
 * noted: of these the kept runs are taken for its own.
 */
async function compareWithKept(
  {
    scenarios,
    seeds,
    jobs,
    cache,
  }: { scenarios: readonly LoopScenario[]; seeds: number; jobs: number; cache: LoopCache },
  print: (line: string) => void,
  tell: (line: string) => void,
): Promise<boolean> {
  const pairs = scenarios.flatMap((of) =>
    of.seeds
      .slice(0, seeds)
      .map((seed) => ({ of, seed, task: taskOf(of, PRODUCT, seed, cache.ownKeyOf(of, PRODUCT, seed)) })),
  );
  const codes = cache.earlierCodes().filter((code) => pairs.every(({ of, seed }) => cache.runBy(code, of, seed)));
  if (codes.length === 0) {
    print(`of no earlier code all ${pairs.length} runs of ${seeds} seeds are kept: nothing to compare with`);
    return false;
  }
  await runMissing(
    pairs.map(({ task }) => task),
    { jobs, cache },
    tell,
  );
  const compared = codes.map((code) => {
    const differing = pairs.filter(
      ({ of, seed, task }) => !isDeepStrictEqual(cache.get(task.key), cache.runBy(code, of, seed)),
    );
    const but = [...new Set(differing.map(({ of }) => nameOf(of)))];
    const runs = pairs.filter(({ of }) => !but.includes(nameOf(of))).length;
    print(
      `${pairs.length - differing.length} of ${pairs.length} runs of ${seeds} seeds are the same as those of code ${code}`,
    );
    return { differing, but, same: { as: code, runs, seeds, ...(but.length > 0 && { but }) } };
  });
  cache.keepSame(compared.map(({ same }) => same).filter(({ runs }) => runs > 0));
  const differing = pairs.filter((pair) => compared.every((its) => its.differing.includes(pair)));
  for (const { of, seed } of differing) print(`${of.name} (${of.variant}), seed ${seed}: comes to something else`);
  const needed = scenarios.filter((of) => compared.every(({ but }) => but.includes(nameOf(of))));
  if (needed.length > 0)
    print(`of ${needed.length} of ${scenarios.length} scenarios runs of this code are needed: leave out --compare`);
  return needed.length === 0;
}

/** Of which code runs are that are not of this one, and what says that this one would come to the same. */
function sameLines(groups: readonly LoopGroup[], cache: LoopCache): string[] {
  return cache.same.map(({ as, runs, seeds, but }) => {
    const its = groups.filter((of) => !but?.includes(nameOf(of))).length;
    return `in ${its} of ${groups.length} scenarios runs of the product that this code did not do itself are of code ${as}: ${runs} of ${runs} runs of ${seeds} seeds came to the same there`;
  });
}

type WeighedTask = LoopTask & { key: string; weight: number };

function taskOf(of: LoopScenario, policy: string, seed: number, key: string): WeighedTask {
  const { name, variant } = of;
  const weight = weightOf(of) * (policy === PRODUCT ? PRODUCT_WEIGHT : 1);
  return { name, variant, policy, seed, key, weight };
}

/** Runs what was not run before. */
async function runMissing(
  tasks: readonly WeighedTask[],
  { jobs, cache }: { jobs: number; cache: LoopCache },
  tell: (line: string) => void,
): Promise<void> {
  const missing = tasks.filter(({ key }) => cache.get(key) === undefined);
  tell(`${tasks.length} runs, ${tasks.length - missing.length} of them known`);
  const progress = progressOf(missing, tell);
  await runTasks(missing, jobs, (task, run) => {
    cache.add(task.key, run);
    progress(task);
  });
}

/** Agent-minutes. */
function weightOf({ scenario: { pools, minutes } }: LoopScenario): number {
  return minutes * pools.reduce((sum, { agents }) => sum + agents, 0);
}

function progressOf(tasks: readonly WeighedTask[], tell: (line: string) => void): (task: WeighedTask) => void {
  const all = tasks.reduce((sum, { weight }) => sum + weight, 0);
  const startedMs = performance.now();
  let [count, done] = [0, 0];
  return ({ name, variant, policy, seed, weight }) => {
    count += 1;
    done += weight;
    const leftMinutes = ((performance.now() - startedMs) / 60_000) * (all / done - 1);
    tell(
      `${count} of ${tasks.length}: ${name} (${variant}), ${policy}, seed ${seed}; about ${leftMinutes.toFixed(1)} min left`,
    );
  };
}

function tablesOf(groups: readonly LoopGroup[], policies: readonly string[]): Table[] {
  const variants = [...Map.groupBy(groups, ({ variant }) => variant)];
  return [
    overallTable(`all ${groups.length} scenarios`, groups, policies),
    ...(variants.length < 2
      ? []
      : variants.map(([variant, its]) => overallTable(`${its.length} scenarios ${variant}`, its, policies))),
    ...(policies.includes(PRODUCT)
      ? [steeringTable(groups, policies, PRODUCT), knobTable(groups, policies), alertTable(groups, PRODUCT)]
      : []),
    ...faultTables(groups, policies),
  ];
}

function aims(groups: readonly LoopGroup[], policies: readonly string[]): Aim[] {
  return policies.includes(PRODUCT) && policies.includes(SCALED) ? aimsOf(groups, PRODUCT) : [];
}

function report(tables: readonly Table[], aimed: readonly Aim[], seeds: number, print: (line: string) => void): void {
  print(
    `${seeds} seeds; means over scenarios and seeds, agent-hours and cost the sum of the scenarios, minutes medians; 95 % intervals, paired by seed`,
  );
  for (const { title, header, rows } of tables) {
    print(`\n${title}`);
    for (const line of tableLines(header, rows, (column) => column > 0)) print(line);
  }
  print('');
  for (const it of aimed) print(`${verdictOf(it)}: ${it.aim}: ${it.figure}`);
}

function markdownOf(tables: readonly Table[], aims: readonly Aim[], seeds: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = ({ title, header, rows }: Table) => [
    ...['', `**${title}** (${seeds} seeds)`, ''],
    ...[line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)],
  ];
  const listed = aims.map((it) => [it.aim, it.figure, verdictOf(it)]);
  return [
    ...(listed.length === 0 ? [] : table({ title: 'Aims', header: ['aim', 'figure', ''], rows: listed })),
    ...tables.flatMap(table),
    '',
  ]
    .join('\n')
    .trimStart();
}

/** @returns what is wrong with the arguments, in words, where something is */
function read(args: readonly string[]): Choice | string {
  const names = [...Object.keys(known), PRODUCT];
  const usage = [
    'loop [--seeds 1..30] [--only SCENARIO,...] [--policies POLICY,...] [--jobs PROCESSES] [--cache FILE] [--keep | --compare] [--markdown FILE]',
    `policies: ${names.join(', ')}`,
    `scenarios: ${scenarioNames().join(', ')}`,
  ].join('\n');
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: text,
        only: text,
        policies: text,
        jobs: text,
        cache: text,
        markdown: text,
        keep: { type: 'boolean' },
        compare: { type: 'boolean' },
      },
    });
    const choice: Choice = {
      seeds: Number(values.seeds ?? SEEDS),
      only: listOf(values.only ?? ''),
      policies: [...new Set([WORST, ...(values.policies === undefined ? POLICIES : listOf(values.policies)), BEST])],
      jobs: Number(values.jobs ?? availableParallelism()),
      ...{ cache: values.cache ?? CACHE, keep: values.keep ?? false, markdown: values.markdown },
      compare: values.compare ?? false,
    };
    if (choice.compare && (values.only ?? values.policies) !== undefined)
      return `--compare is of the product in every scenario: leave out --only and --policies\n${usage}`;
    if (choice.keep && (values.only ?? values.policies) !== undefined)
      return `--keep puts whole seeds in place of what is kept of them: leave out --only and --policies\n${usage}`;
    const isNumber = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
    const isKnown = choice.only.every((name) => scenarioNames().includes(name));
    const isWhole = isNumber(choice.seeds, Number(SEEDS)) && isNumber(choice.jobs, 64);
    return isKnown && isWhole && choice.policies.every((name) => names.includes(name)) ? choice : usage;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${usage}`;
  }
}

function listOf(names: string): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
