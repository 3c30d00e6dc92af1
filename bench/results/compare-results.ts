import type { BenchmarkResult, Machine } from './benchmark-result.ts';
import type { Figure } from './figure.ts';

export interface ComparedFigure {
  name: string;
  unit: string;
  before: number | null;
  now: number | null;
  /** How much worse is no regression yet, in the unit; null where nothing can be said. */
  tolerance: number | null;
  verdict: 'same' | 'better' | 'worse' | 'gone' | 'new' | 'not comparable';
  /** Why it is not comparable. */
  because?: string;
}

/** A normal distribution's standard deviation by its median absolute deviation. */
const SIGMA_OF_MAD = 1.4826;
const MOST_SIGMAS = 3;
/** What is timed differs so much from process to process, by where code and data happen to lie. */
const LEAST_SHARE = 0.05;
/** The last bits of a logarithm are another processor's own. */
const ROUNDING = 1e-5;

/**
 * How much worse than a stored figure is within its noise: three standard deviations, from the median absolute deviation of its
 * rounds, and at least 5 % of what is timed. What follows from seeds has no noise but the digits that are stored.
 * @returns in the unit of the figure; null where it is timed and no noise was recorded
 */
export function toleranceOf({ value, kind, noise }: Figure): number | null {
  const size = Math.abs(value ?? 0);
  if (kind === 'seeded') return Math.max(MOST_SIGMAS * SIGMA_OF_MAD * (noise ?? 0), ROUNDING * size);
  if (noise === undefined) return null;
  return Math.max(MOST_SIGMAS * SIGMA_OF_MAD * noise, LEAST_SHARE * size);
}

/**
 * Each figure of a stored run beside the same one now. Times are compared on the same machine and Node only; ratios and what follows
 * from seeds anywhere; nothing between other arguments.
 */
export function compareResults(stored: BenchmarkResult, now: BenchmarkResult): ComparedFigure[] {
  const sameArguments = JSON.stringify(stored.arguments) === JSON.stringify(now.arguments);
  const otherMachine = differenceOf(stored.machine, now.machine);
  const known = new Map(now.figures.map((figure) => [figure.name, figure]));
  const compared = stored.figures.map((before): ComparedFigure => {
    const after = known.get(before.name);
    const named = { name: before.name, unit: before.unit, before: before.value };
    if (!after) return { ...named, now: null, tolerance: null, verdict: 'gone' };
    const tolerance = toleranceOf(before);
    const figures = { ...named, now: after.value, tolerance };
    if (!sameArguments) return { ...figures, verdict: 'not comparable', because: 'other arguments' };
    if (before.unit !== after.unit || before.betterIs !== after.betterIs)
      return { ...figures, verdict: 'not comparable', because: 'another unit or direction' };
    if ((before.kind ?? 'absolute') === 'absolute' && otherMachine !== null)
      return { ...figures, verdict: 'not comparable', because: otherMachine };
    if (tolerance === null) return { ...figures, verdict: 'not comparable', because: 'no noise was recorded' };
    return { ...figures, verdict: verdictOn(before, after.value, tolerance) };
  });
  const stale = new Set(stored.figures.map(({ name }) => name));
  const fresh = now.figures.filter(({ name }) => !stale.has(name));
  return [
    ...compared,
    ...fresh.map(({ name, unit, value }) => ({
      ...{ name, unit, before: null, now: value, tolerance: null },
      verdict: 'new' as const,
    })),
  ];
}

/** Whether somebody should look: a figure is worse beyond its noise, or no longer measured. */
export function isRegression({ verdict }: ComparedFigure): boolean {
  return verdict === 'worse' || verdict === 'gone';
}

function verdictOn({ value, betterIs }: Figure, now: number | null, tolerance: number): 'same' | 'better' | 'worse' {
  if (value === null || now === null) return value === now ? 'same' : now === null ? 'worse' : 'better';
  const worseBy = betterIs === 'lower' ? now - value : value - now;
  if (worseBy > tolerance) return 'worse';
  return worseBy < -tolerance ? 'better' : 'same';
}

/** In words; null where times are comparable. */
function differenceOf(a: Machine, b: Machine): string | null {
  if (a.cpu !== b.cpu || a.cores !== b.cores || a.platform !== b.platform)
    return `measured on ${a.cpu}, ${a.cores} cores`;
  return a.node === b.node ? null : `measured with Node ${a.node}`;
}
