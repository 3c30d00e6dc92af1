import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions } from '../infra/function-bundling.ts';
import { allocate } from '../lib/core/optimize/allocate.ts';
import { checkPlan } from '../lib/core/optimize/check-plan.ts';
import type { LinearSolver } from '../lib/core/optimize/linear-program.ts';
import { settleProblem } from '../lib/core/optimize/settle-problem.ts';
import { loadLinearSolver } from '../lib/highs/linear-solver.ts';
import { createRandom } from '../lib/sim/random.ts';
import { withRandomOptions } from './allocate/random-options.ts';
import { type RandomSize, randomProblem } from './allocate/random-problem.ts';
import { timeAllocations } from './allocate/time-allocations.ts';
import { median } from './median.ts';
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const sizes: { name: string; size: RandomSize; seeds: number; mostMs: number | null }[] = [
  {
    name: '100 groups x 20 types, 0 to 3 agents each',
    size: { agents: 100, taskTypes: 20, counts: true },
    seeds: 40,
    mostMs: 2_000,
  },
  {
    name: '100 single agents x 20 types, each may be stopped',
    size: { agents: 100, taskTypes: 20, counts: true, mostAgents: 1 },
    seeds: 40,
    mostMs: 2_000,
  },
  {
    name: '1,000 agents x 50 types',
    size: { agents: 1_000, taskTypes: 50, counts: false, load: [0.4, 0.9] },
    seeds: 20,
    mostMs: 1_000,
  },
  {
    name: '1,000 agents x 50 types, more than they can do',
    size: { agents: 1_000, taskTypes: 50, counts: false, load: [1, 1.4] },
    seeds: 10,
    mostMs: null,
  },
];
/** Garbage is otherwise left lying until memory gets scarce, and what is needed would not be seen. */
const HEAP = '--max-old-space-size=64';
const MOST_MB = 300;
const MOST_GAP = 0.01;

/**
 * How long plans take beside the solver alone on the same matrix, in processor time; the same bundled as a function, with its memory;
 * and whether random problems with everything in them get plans that keep to all limits. With fixed seeds.
 * @returns whether the goals are met
 */
export async function benchAllocate(
  problems: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const solver = await loadLinearSolver();
  const clockMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  let isGood = true;
  const bundled = await mkdtemp(join(tmpdir(), 'bench-allocate-'));
  try {
    const entry = fileURLToPath(new URL('allocate/in-bundle.ts', import.meta.url));
    const program = join(bundled, 'index.mjs');
    await build({ ...bundleOptions(entry), outfile: program, logLevel: 'error' });
    for (const { name, size, seeds, mostMs } of sizes) {
      const { ms, bareMs, gaps, overloaded } = timeAllocations(solver, size, seeds, clockMs, true);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [HEAP, program, JSON.stringify(size), String(seeds)],
        {
          cwd: bundled,
          env: {},
        },
      );
      const own = JSON.parse(stdout) as { loadMs: number; ms: number[]; peakMb: number };
      print(`${name}, ${seeds} problems (${overloaded} with tasks unserved):`);
      print(`  plan ${spread(ms)}; the solver alone ${spread(bareMs)}; largest gap ${percent(Math.max(...gaps))}`);
      print(
        `  bundled: ${spread(own.ms)}, peak memory ${own.peakMb.toFixed(0)} MB, loaded in ${own.loadMs.toFixed(0)} ms`,
      );
      record({
        ...{ name: `${name}: largest gap`, value: 100 * Math.max(...gaps), unit: '%', betterIs: 'lower' },
        ...{ kind: 'seeded', aim: 100 * MOST_GAP },
      });
      const besideSolver = ms.map((each, i) => each / Math.max(1, bareMs[i] ?? Number.NaN));
      record({
        ...{ name: `${name}: beside the solver alone`, value: median(besideSolver), unit: 'times', betterIs: 'lower' },
        ...{ kind: 'ratio', noise: medianAbsoluteDeviation(besideSolver) },
      });
      const timed = { unit: 'ms', betterIs: 'lower' as const, ...(mostMs === null ? {} : { aim: mostMs }) };
      record({ name: `${name}: plan, p95`, value: quantile(ms, 0.95), ...timed });
      record({ name: `${name}: bundled, p95`, value: quantile(own.ms, 0.95), ...timed });
      record({ name: `${name}: memory at the peak`, value: own.peakMb, unit: 'MB', betterIs: 'lower', aim: MOST_MB });
      isGood &&= Math.max(...gaps) <= MOST_GAP;
      if (mostMs !== null) {
        isGood &&= quantile(ms, 0.95) <= mostMs && quantile(own.ms, 0.95) <= mostMs && own.peakMb <= MOST_MB;
      }
    }
  } finally {
    await rm(bundled, { recursive: true });
  }
  return checkRandomProblems(solver, problems, clockMs, print, record) && isGood;
}

function checkRandomProblems(
  solver: LinearSolver,
  problems: number,
  clockMs: () => number,
  print: (line: string) => void,
  record: RecordFigure,
): boolean {
  const sources = new Map<string, number>();
  const ms: number[] = [];
  let [kept, explained, broken, largestGap] = [0, 0, 0, 0];
  for (let seed = 1; seed <= problems; seed += 1) {
    const random = createRandom(seed, 'size');
    const size: RandomSize = {
      agents: 3 + random.int(38),
      taskTypes: 2 + random.int(9),
      counts: random.uniform() < 0.7,
      load: [0.2, 1.3],
    };
    const problem = withRandomOptions(randomProblem(seed, size), seed);
    const startMs = clockMs();
    const answer = allocate(problem, solver);
    ms.push(clockMs() - startMs);
    const limits = checkPlan(settleProblem(problem), answer).map(({ limit }) => limit);
    const source = `${answer.status} (${answer.source})`;
    sources.set(source, (sources.get(source) ?? 0) + 1);
    if (answer.status !== 'infeasible') {
      if (limits.length === 0) kept += 1;
      else broken += 1;
      largestGap = Math.max(largestGap, answer.gap ?? 1);
    } else if (
      answer.explanation.length > 0 &&
      limits.every((it) => it === 'budget' || it === 'resilience' || it === 'count')
    ) {
      explained += 1;
    } else broken += 1;
  }
  print(`${problems} random problems of up to 40 groups x 10 types, with budgets, N+1, pooling, churn, degradation:`);
  print(
    `  ${kept} plans within all limits, ${explained} problems that contradict themselves explained, ${broken} neither`,
  );
  print(
    `  ${[...sources].map(([source, count]) => `${count} ${source}`).join(', ')}; largest gap ${percent(largestGap)}; ${spread(ms)}`,
  );
  const seeded = { betterIs: 'lower', kind: 'seeded' } as const;
  record({ name: 'random problems: limits broken, or unexplained', value: broken, unit: '', ...seeded, aim: 0 });
  record({ name: 'random problems: largest gap', value: 100 * largestGap, unit: '%', ...seeded, aim: 100 * MOST_GAP });
  return broken === 0 && largestGap <= MOST_GAP;
}

function spread(ms: readonly number[]): string {
  return `p50 ${quantile(ms, 0.5).toFixed(0)} ms, p95 ${quantile(ms, 0.95).toFixed(0)} ms`;
}

/** The smallest value that at least such a share does not exceed. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
