import { loadLinearSolver } from '../../lib/highs/linear-solver.ts';
import type { RandomSize } from './random-problem.ts';
import { timeAllocations } from './time-allocations.ts';

// A process of its own, bundled as functions are: how long plans take and how much memory. Arguments: the size as JSON, seeds.

const [, , size = '{}', seeds = '1'] = process.argv;
const startMs = performance.now();
const solver = await loadLinearSolver();
const loadMs = performance.now() - startMs;
// Of the processor, as others may be at work beside it.
const clockMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const { ms } = timeAllocations(solver, JSON.parse(size) as RandomSize, Number(seeds), clockMs, false);
console.log(JSON.stringify({ loadMs, ms, peakMb: process.resourceUsage().maxRSS / 1_024 }));
