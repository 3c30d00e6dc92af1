import { normalTail } from '../detect/normal-tail.ts';
import { ReusedMemory } from '../model/reused-memory.ts';
import { type DailyIndex, fitNoises, type NoiseFit, type Whitener } from './noise-fit.ts';

/** How likely it is that the level of the days changed once more for good, and by something, and where, if so, it is most likely to have. */
export interface StepEvidence {
  probability: number;
  /** Place of the first day of the new level. */
  at: number;
}

export interface StepSought {
  /** Places of steps that are known already. */
  known: readonly number[];
  /** The first and the last place at which it may be. */
  from: number;
  to: number;
  /** Standard deviation of the size of steps. */
  spread: number;
  /** A smaller step is as good as none. */
  material: number;
  /** How likely one is before the days are seen. */
  prior: number;
  /** Probability from which on it matters: one that cannot reach it is told as 0. */
  least: number;
}

/** By its place, of a step of 1, for one noise: what is learned of its size beside the level and the columns, and its product with the values. */
interface Steps extends Pick<NoiseFit, 'logLikelihood' | 'squares' | 'freedom'> {
  information: Float64Array;
  over: Float64Array;
}

/** Of thousands of figures, one after the other. */
const memory = new ReusedMemory();

/**
 * Weighs a step against none by their marginal likelihoods: averaged over the noises of the grid, over the days at which it may
 * have come (each as likely), and over its size (normal about 0).
 * @see Kass, Raftery: Bayes Factors, JASA 90, 1995
 */
export function stepEvidence(index: DailyIndex, { known, from, to, prior, least, ...size }: StepSought): StepEvidence {
  const n = index.days.length;
  const columns = known.map((place) => new Float64Array(n).fill(1, place));
  const noises = fitNoises(index, columns, stepsIn);
  // A figure that never moves has no step either.
  if (from > to || noises.some(({ squares }) => squares === 0)) return { probability: 0, at: from };
  const most = Math.max(...noises.map(({ logLikelihood }) => logLikelihood));
  const none = noises.reduce((sum, { logLikelihood }) => sum + Math.exp(logLikelihood - most), 0);
  const byPlace = memory.array('byPlace', n).fill(0);
  const likelihoods = memory.array('likelihoods', n * noises.length);
  for (const [i, steps] of noises.entries()) {
    for (let place = from; place <= to; place++) {
      const its = Math.exp(steps.logLikelihood - most + logBayesFactor(steps, place, size.spread));
      likelihoods[i * n + place] = its;
      byPlace[place] = (byPlace[place] as number) + its;
    }
  }
  let [all, at] = [0, from];
  for (let place = from; place <= to; place++) {
    all += byPlace[place] as number;
    if ((byPlace[place] as number) > (byPlace[at] as number)) at = place;
  }
  const places = to - from + 1;
  const odds = (1 - prior) * none + (prior * all) / places;
  if (!Number.isFinite(odds)) return { probability: 1, at };
  const share = prior / places / odds;
  if (share * all < least) return { probability: 0, at };
  let material = 0;
  for (const [i, steps] of noises.entries()) {
    for (let place = from; place <= to; place++) {
      const its = likelihoods[i * n + place] as number;
      // What is that unlikely beside all others changes nothing.
      if (its > 1e-9 * all) material += its * materialShare(steps, place, size);
    }
  }
  return { probability: share * material, at };
}

/** Of a step at a place against none, where the variance of the noise is what is left beside the step. */
function logBayesFactor(steps: Steps, at: number, spread: number): number {
  const information = steps.information[at] as number;
  if (information === 0) return 0;
  const rest = restOf(steps, at);
  const variance = rest / (steps.freedom - 1) / information;
  const total = variance + spread * spread;
  const size = (steps.over[at] as number) / information;
  const better = steps.freedom * Math.log(steps.squares / rest);
  return (better + Math.log(variance / total) - (size * size) / total) / 2;
}

/** How likely the step at a place is to be material, if it is there. */
function materialShare(
  steps: Steps,
  at: number,
  { spread, material }: Pick<StepSought, 'spread' | 'material'>,
): number {
  const information = steps.information[at] as number;
  if (information === 0) return 0;
  const variance = restOf(steps, at) / (steps.freedom - 1) / information;
  const total = variance + spread * spread;
  // What is believed of the size, having seen it and known how it is spread.
  const middle = ((steps.over[at] as number) / information) * ((spread * spread) / total);
  const deviation = Math.sqrt((variance * spread * spread) / total);
  return normalTail((material - middle) / deviation) + normalTail((material + middle) / deviation);
}

/** Squares that a step at a place leaves. */
function restOf({ information, over, squares }: Steps, at: number): number {
  return Math.max(squares - (over[at] as number) ** 2 / (information[at] as number), 1e-12 * squares);
}

function stepsIn({ phi, own, whitener, left, basis, logLikelihood, squares, freedom }: NoiseFit): Steps {
  const n = left.length;
  const ofNoise = `${phi} ${own}`;
  const all = squaresOfSteps(whitener, memory.array('squares', n));
  const information = memory.array(`information ${ofNoise}`, n);
  information.set(all);
  for (const unit of basis) {
    const parts = stepsTimes(whitener, unit, memory.array('parts', n));
    for (let i = 0; i < n; i++) information[i] = (information[i] as number) - (parts[i] as number) ** 2;
  }
  // Of a step that is known already nothing is left but rounding.
  for (let i = 0; i < n; i++) if (!((information[i] as number) > 1e-9 * (all[i] as number))) information[i] = 0;
  const over = stepsTimes(whitener, left, memory.array(`over ${ofNoise}`, n));
  return { logLikelihood, squares, freedom, information, over };
}

/**
 * By its place, a whitened step of 1 times what is given. A step a day earlier differs from one a day later by its first day and by
 * what is thereby known of the days after: so all of them follow from the last to the first in one pass.
 */
function stepsTimes({ carries, gains, scales }: Whitener, by: Float64Array, products: Float64Array): Float64Array {
  // Of the step that begins a day later, and of being surprised from there on by having known 1 too much.
  let [step, excess] = [0, 0];
  for (let i = by.length - 1; i >= 0; i--) {
    const carry = carries[i + 1] ?? 0;
    const gain = gains[i] as number;
    const first = (scales[i] as number) * (by[i] as number);
    step = first + step + gain * carry * excess;
    excess = (1 - gain) * carry * excess - first;
    products[i] = step;
  }
  return products;
}

/** By its place, a whitened step of 1 times itself: see stepsTimes. */
function squaresOfSteps({ carries, gains, scales }: Whitener, squares: Float64Array): Float64Array {
  let [step, mixed, excess] = [0, 0, 0];
  for (let i = scales.length - 1; i >= 0; i--) {
    const carry = carries[i + 1] ?? 0;
    const added = (gains[i] as number) * carry;
    const kept = (1 - (gains[i] as number)) * carry;
    const first = (scales[i] as number) ** 2;
    step = first + step + 2 * added * mixed + added * added * excess;
    mixed = kept * (mixed + added * excess) - first;
    excess = first + kept * kept * excess;
    squares[i] = step;
  }
  return squares;
}
