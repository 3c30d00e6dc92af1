import { logGamma } from '../detect/log-gamma.ts';
import { fixedPoint } from './fixed-point.ts';

/** What was seen of how far one agent is from its peers at one task type: the logarithm of how likely that is, by the true difference. */
export interface SeenDifference {
  agent: number;
  logLikelihood(difference: number): number;
}

/** What is believed of a true difference. */
export interface DifferenceBelief {
  mean: number;
  /** Ends of the interval that it lies in with a probability of 90 %. */
  low: number;
  high: number;
  /** Probability that it is above the margin, and below minus the margin. */
  above: number;
  below: number;
}

/** Standard deviations that differences may have, in margins: most are none to speak of, a few are large. */
const SCALES = [0.3, 0.6, 1.2, 2.4, 4.8, 9.6];
/** Before anything is seen, as if so many agents had shown that most are usual. */
const PRIOR = [20, 4, 1, 0.5, 0.25, 0.25];
const LEARNING = { near: 1e-4, rounds: 40 };
/** What is less likely, beside the likeliest, changes nothing. */
const NEGLIGIBLE = 1e-9;

/** Grids in margins, denser towards 0: of what agents are at all types, and of what they are at one. */
const AGENT_GRID = gridOf(45, 0.15);
const CELL_GRID = gridOf(135, 0.05);
/** By point of the grid of agents and scale: how likely it is, with the width it stands for. */
const AGENT_DENSITIES = fillByScale(
  new Float64Array(AGENT_GRID.points.length * SCALES.length),
  (point, scale) =>
    normal(AGENT_GRID.points[point] as number, SCALES[scale] as number) * (AGENT_GRID.widths[point] as number),
);
/** By scale and point of the grid of agents: how likely each point of the other grid is then, with its width; of points [from, to). */
const KERNELS = SCALES.map((scale) =>
  Array.from(AGENT_GRID.points, (agent) => {
    const weights = CELL_GRID.points.map((point, i) => normal(point - agent, scale) * (CELL_GRID.widths[i] as number));
    // Where the grid is too wide for the scale, it must still stand for all.
    const kernel = normalized(weights);
    const { from, to } = rangeOf(kernel);
    return { kernel, from, to };
  }),
);

/**
 * True differences: what an agent is everywhere plus what it is at one type beyond that, each from a mixture of normal distributions
 * around 0 whose shares are learned from all agents together, so that few tasks say little, and one that is far off is not drawn back
 * as far as one distribution for all would. Empirical Bayes, by expectation and maximization on a grid.
 * @param margin difference that is not worth telling, above 0
 * @see Stephens, False discovery rates: a new deal, Biostatistics 18 (2017); Efron, Large-Scale Inference, 2010, chapter 5
 */
export function believeDifferences(seen: readonly SeenDifference[], margin: number): DifferenceBelief[] {
  // One memory for all: there are thousands, with hundreds of numbers each.
  const [points, ofScales] = [CELL_GRID.points.length, AGENT_DENSITIES.length];
  const memory = new Float64Array(seen.length * (points + ofScales));
  const cells = seen.map((its, i) => {
    const from = i * (points + ofScales);
    const byPoint = memory.subarray(from, from + points);
    return likelihoods(its, margin, { byPoint, byScale: memory.subarray(from + points, from + points + ofScales) });
  });
  const byAgent = [...Map.groupBy(cells.keys(), (i) => (seen[i] as SeenDifference).agent).values()];
  // Used again for each agent, in dozens of rounds.
  const room: Float64Array[] = [];
  const [before, after, ratio] = [agentPoints(), agentPoints(), agentPoints()];
  const marginalsOf = (members: readonly number[], ofCells: Float64Array) =>
    members.map((i, m) => {
      room[m] ??= agentPoints();
      return mixed((cells[i] as CellLikelihoods).byScale, ofCells, room[m]);
    });
  const learn = (shares: Float64Array) => {
    const { ofAgents, ofCells } = parted(shares);
    const counts = parted(Float64Array.from([...PRIOR, ...PRIOR]));
    mixed(AGENT_DENSITIES, ofAgents, before);
    for (const members of byAgent) {
      const marginals = marginalsOf(members, ofCells);
      product([before, ...marginals], after);
      const range = rangeOf(after);
      quotient(after, before, range, ratio);
      addShares(counts.ofAgents, AGENT_DENSITIES, ofAgents, ratio, range);
      for (const [m, i] of members.entries()) {
        quotient(after, marginals[m] as Float64Array, range, ratio);
        addShares(counts.ofCells, (cells[i] as CellLikelihoods).byScale, ofCells, ratio, range);
      }
    }
    return Float64Array.of(...normalized(counts.ofAgents), ...normalized(counts.ofCells));
  };
  const prior = normalized(Float64Array.from(PRIOR));
  const { ofAgents, ofCells } = parted(fixedPoint(learn, Float64Array.of(...prior, ...prior), LEARNING));
  const beliefs: DifferenceBelief[] = [];
  const [expected, posterior] = [new Float64Array(CELL_GRID.points.length), new Float64Array(CELL_GRID.points.length)];
  const mixedKernels = Array.from(AGENT_GRID.points, (_, u) => {
    const sum = new Float64Array(CELL_GRID.points.length);
    for (const [k, kernels] of KERNELS.entries()) {
      const { kernel, ...range } = kernels[u] as Kernel;
      addTimes(sum, ofCells[k] as number, kernel, range);
    }
    return sum;
  });
  mixed(AGENT_DENSITIES, ofAgents, before);
  for (const members of byAgent) {
    const marginals = marginalsOf(members, ofCells);
    for (const [m, i] of members.entries()) {
      const others = product([before, ...marginals.filter((_, other) => other !== m)], after);
      const { byPoint, seenIn } = cells[i] as CellLikelihoods;
      expected.fill(0);
      for (const [u, kernel] of mixedKernels.entries()) {
        const weight = others[u] as number;
        if (weight >= NEGLIGIBLE) addTimes(expected, weight, kernel, seenIn);
      }
      beliefs[i] = beliefOf(product([expected, byPoint], posterior), margin);
    }
  }
  return beliefs;
}

/** Log-likelihood of a mean that varies like Student's t. */
export function studentLikelihood(at: number, variance: number, freedom: number): (truth: number) => number {
  const constant = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - 0.5 * Math.log(Math.PI * freedom * variance);
  return (truth) => constant - ((freedom + 1) / 2) * Math.log1p((at - truth) ** 2 / (variance * freedom));
}

/** Log-likelihood of a share of so many tasks, up to a constant; a truth outside of 0..1 is as near to it as can be. */
export function shareLikelihood(share: number, n: number): (truth: number) => number {
  return (truth) => {
    const ratio = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, truth));
    return n * (share * Math.log(ratio) + (1 - share) * Math.log1p(-ratio));
  };
}

const LEAST_SHARE = 1e-4;

interface Kernel {
  kernel: Float64Array;
  from: number;
  to: number;
}

function rangeOf(of: Float64Array): Range {
  const least = NEGLIGIBLE * of.reduce((a, b) => Math.max(a, b));
  return { from: of.findIndex((its) => its > least), to: of.findLastIndex((its) => its > least) + 1 };
}

interface CellLikelihoods {
  /** At each point of the grid of cells, at most 1. */
  byPoint: Float64Array;
  /** Where that is not negligible. */
  seenIn: Range;
  /** By point of the grid of agents and scale. */
  byScale: Float64Array;
}

/** @param to where they are written */
function likelihoods(
  { logLikelihood }: SeenDifference,
  margin: number,
  to: Pick<CellLikelihoods, 'byPoint' | 'byScale'>,
): CellLikelihoods {
  const { byPoint, byScale } = to;
  const { points } = CELL_GRID;
  let top = Number.NEGATIVE_INFINITY;
  for (let g = 0; g < points.length; g++) {
    const log = logLikelihood((points[g] as number) * margin);
    byPoint[g] = log;
    if (log > top) top = log;
  }
  for (let g = 0; g < points.length; g++) byPoint[g] = Math.exp((byPoint[g] as number) - top);
  const seenIn = rangeOf(byPoint);
  fillByScale(byScale, (point, scale) => Math.max(within(KERNELS[scale]?.[point] as Kernel, byPoint, seenIn), 1e-300));
  return { byPoint, seenIn, byScale };
}

/** The sum of a kernel times likelihoods that are seen in [from, to). */
function within({ kernel, from, to }: Kernel, of: Float64Array, seen: Range): number {
  let sum = 0;
  const end = Math.min(to, seen.to);
  for (let g = Math.max(from, seen.from); g < end; g++) sum += (kernel[g] as number) * (of[g] as number);
  return sum;
}

function beliefOf(weights: Float64Array, margin: number): DifferenceBelief {
  const { points } = CELL_GRID;
  let [mean, above, below] = [0, 0, 0];
  for (const [g, weight] of weights.entries()) {
    const point = points[g] as number;
    mean += weight * point;
    if (point > 1) above += weight;
    if (point < -1) below += weight;
  }
  return {
    mean: mean * margin,
    low: quantile(weights, 0.05) * margin,
    high: quantile(weights, 0.95) * margin,
    above,
    below,
  };
}

function quantile(weights: Float64Array, level: number): number {
  let before = 0;
  for (const [g, weight] of weights.entries()) {
    if (before + weight >= level) {
      const [point, width] = [CELL_GRID.points[g] as number, CELL_GRID.widths[g] as number];
      return point + width * ((level - before) / weight - 0.5);
    }
    before += weight;
  }
  return CELL_GRID.points.at(-1) as number;
}

function agentPoints(): Float64Array {
  return new Float64Array(AGENT_GRID.points.length);
}

/** @returns what it fills: by point of the grid of agents, then by scale */
function fillByScale(result: Float64Array, of: (point: number, scale: number) => number): Float64Array {
  let at = 0;
  for (let point = 0; point < AGENT_GRID.points.length; point++) {
    for (let scale = 0; scale < SCALES.length; scale++) result[at++] = of(point, scale);
  }
  return result;
}

/** At each point of the grid of agents, what is by scale mixed in these shares. */
function mixed(byScale: Float64Array, shares: Float64Array, result: Float64Array): Float64Array {
  const scales = shares.length;
  for (let i = 0, at = 0; i < result.length; i++) {
    let sum = 0;
    for (let k = 0; k < scales; k++) sum += (shares[k] as number) * (byScale[at++] as number);
    result[i] = sum;
  }
  return result;
}

function addTimes(sums: Float64Array, times: number, of: Float64Array, { from, to }: Range): void {
  for (let i = from; i < to; i++) sums[i] = (sums[i] as number) + times * (of[i] as number);
}

type Range = Pick<Kernel, 'from' | 'to'>;

function quotient(of: Float64Array, by: Float64Array, { from, to }: Range, result: Float64Array): void {
  for (let i = from; i < to; i++) result[i] = (of[i] as number) / (by[i] as number);
}

/** Of sum 1. Products of many likelihoods are too small for a number: each is taken relative to its largest. */
function product(of: readonly Float64Array[], result: Float64Array): Float64Array {
  result.fill(1);
  for (const its of of) {
    let top = 0;
    for (let i = 0; i < result.length; i++) {
      const next = (result[i] as number) * (its[i] as number);
      result[i] = next;
      if (next > top) top = next;
    }
    if (top > 0) scale(result, 1 / top);
  }
  return scale(result, 1 / total(result));
}

function normalized(of: Float64Array): Float64Array {
  return scale(of.slice(), 1 / total(of));
}

function total(of: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < of.length; i++) sum += of[i] as number;
  return sum;
}

function scale(it: Float64Array, times: number): Float64Array {
  for (let i = 0; i < it.length; i++) it[i] = (it[i] as number) * times;
  return it;
}

/** Adds by scale how likely it is that what was seen comes of it. */
function addShares(
  to: Float64Array,
  byScale: Float64Array,
  shares: Float64Array,
  ratio: Float64Array,
  range: Range,
): void {
  const scales = shares.length;
  for (let i = range.from; i < range.to; i++) {
    const times = ratio[i] as number;
    for (let k = 0; k < scales; k++) {
      to[k] = (to[k] as number) + times * (shares[k] as number) * (byScale[i * scales + k] as number);
    }
  }
}

/** Shares of agents, and those of cells after them. */
function parted(shares: Float64Array): { ofAgents: Float64Array; ofCells: Float64Array } {
  return { ofAgents: shares.subarray(0, SCALES.length), ofCells: shares.subarray(SCALES.length) };
}

function gridOf(half: number, step: number): { points: Float64Array; widths: Float64Array } {
  const at = (i: number) => 0.25 * Math.sinh(i * step);
  const indices = Array.from({ length: 2 * half + 1 }, (_, i) => i - half);
  return {
    points: Float64Array.from(indices, at),
    widths: Float64Array.from(indices, (i) => at(i + 0.5) - at(i - 0.5)),
  };
}

function normal(z: number, deviation: number): number {
  return Math.exp(-0.5 * (z / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
}
