import type { Random } from '../../lib/sim/random.ts';

/** How far two classes of inputs are apart in time. */
export interface Leakage {
  /** Welch's |t| of the means of inputs, the largest over all cuts. */
  t: number;
  /** Of the means, where the tenth that took longest is left out; in nanoseconds. */
  differenceNs: number;
}

/** Shares of the shortest times that are looked at: the longest ones are the machine's, and hide what is small. */
const CUTS = [0.5, 0.75, 0.9, 1];
const WARM_UP = 0.05;

/**
 * Measures two classes of inputs in an order that is drawn anew for each pair, so that what drifts meets both alike. An input has a
 * time of its own, by where it lies in memory and where its hash falls, and keeps it: a hundred measurements of it are one draw of its
 * class and no hundred. So the classes are compared by the means of their inputs, of which there should be hundreds.
 * @param one at least two inputs
 * @param other at least two inputs
 * @param pairs of each class
 * @param measure how long an input takes, in nanoseconds
 * @see Reparaz, Balasch, Verbauwhede: Dude, is my code constant time? DATE 2017, of the order and the cuts
 */
export async function leakage(
  one: readonly string[],
  other: readonly string[],
  pairs: number,
  random: Random,
  measure: (input: string) => number | Promise<number>,
): Promise<Leakage> {
  const warmUp = Math.ceil(WARM_UP * pairs);
  const classes = [one, other] as const;
  const times = classes.map((inputs) => inputs.map((): number[] => []));
  for (let pair = -warmUp; pair < pairs; pair++) {
    const first = random.int(2);
    for (const which of [first, 1 - first]) {
      const inputs = classes[which] as readonly string[];
      const at = random.int(inputs.length);
      const took = measure(inputs[at] as string);
      const tookNs = typeof took === 'number' ? took : await took;
      if (pair >= 0) times[which]?.[at]?.push(tookNs);
    }
  }
  const all = times.flat(2).sort((a, b) => a - b);
  const cut = (share: number) => {
    const upTo = all[Math.ceil(share * all.length) - 1] ?? Number.POSITIVE_INFINITY;
    return times.map((inputs) => meansOf(inputs.map((list) => list.filter((ns) => ns <= upTo)))) as [
      number[],
      number[],
    ];
  };
  const [a, b] = cut(0.9);
  return {
    t: Math.max(...CUTS.map((share) => Math.abs(welchT(...cut(share))))),
    differenceNs: meanOf(a) - meanOf(b),
  };
}

/** Of the lists that hold anything. */
function meansOf(lists: readonly number[][]): number[] {
  return lists.filter((list) => list.length > 0).map(meanOf);
}

/**
 * Welch's t: the difference of two means in standard errors, where the variances need not be equal. 0 where nothing varies.
 * @example welchT([1, 2, 3, 4, 5], [3, 4, 5, 6, 7]) // −2
 */
export function welchT(a: readonly number[], b: readonly number[]): number {
  const error = Math.sqrt(varianceOf(a) / a.length + varianceOf(b) / b.length);
  const difference = meanOf(a) - meanOf(b);
  if (error > 0) return difference / error;
  return difference === 0 ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample. */
function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
