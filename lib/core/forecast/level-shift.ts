/** A lasting change of level of late: from where on, and how the values before it translate into those after it. */
export interface LevelShift {
  /** Index of the first value on the new level. */
  from: number;
  /** New level over what was usual; null where the change is better told as a difference, because signs or zeros are in the way. */
  ratio: number | null;
  /** New level less what was usual. */
  difference: number;
}

/**
 * Stretches of so many seasons up to now are looked at, the shortest first. What had lasted for less than a whole one did
 * not go on in any of nine hourly series of M4: a holiday, an outage.
 */
const STRETCHES = [1, 2];
/** A shorter stretch than so many steps is chance. */
const LEAST_STEPS = 6;
/** What is usual at a phase is the median of so many rounds of the day, or of the week where that is known. */
const SHORT_ROUNDS = 4;
const LONG_ROUNDS = 2;
/** So many stretches must have been seen before the one in question. */
const LEAST_STRETCHES = 8;
/** It must be so many times as far from the usual as any before it, and by so much of the level, on one side nearly throughout. */
const BEYOND_ANY = 1.3;
const LEAST_CHANGE = 0.15;
const ONE_SIDED = 0.9;

/**
 * Whether the last values have left what was usual at their phase for good, as far as such a stretch can tell: further off than
 * any stretch as long was before, all on one side. A weekend is no shift, because there was one before.
 * @param values equally spaced, without gaps
 * @param periods seasons that were seen at least twice, shortest first
 * @returns null where there is none
 */
export function findLevelShift(values: Float64Array, periods: readonly number[]): LevelShift | null {
  const [short, long] = periods;
  if (short === undefined) return null;
  const [lag, rounds] =
    long !== undefined && values.length >= (LONG_ROUNDS + 2) * long ? [long, LONG_ROUNDS] : [short, SHORT_ROUNDS];
  const start = lag * rounds;
  if (values.length <= start) return null;
  const usual = usualValues(values, lag, rounds);
  const above = values.map((value, at) => (at < start ? 0 : value - (usual[at] as number)));
  const sums = runningSums(above);
  for (const seasons of STRETCHES) {
    const steps = Math.round(short * seasons);
    if (steps < LEAST_STEPS || values.length - start < (LEAST_STRETCHES + 1) * steps) continue;
    const meanAbove = (end: number) => ((sums[end] as number) - (sums[end - steps] as number)) / steps;
    const now = meanAbove(values.length);
    let furthest = 0;
    for (let end = start + steps; end <= values.length - steps; end += 1) {
      furthest = Math.max(furthest, Math.abs(meanAbove(end)));
    }
    const level = meanAbsolute(usual.subarray(-steps));
    const sameSide = above.subarray(-steps).reduce((count, value) => count + (value * now > 0 ? 1 : 0), 0);
    if (Math.abs(now) <= BEYOND_ANY * furthest || Math.abs(now) <= LEAST_CHANGE * level) continue;
    if (sameSide < ONE_SIDED * steps) continue;
    const from = onsetOf(above, values.length - steps, now, start);
    if (values.length - from < steps) continue;
    return { from, ...changeOf(values.subarray(from), usual.subarray(from)) };
  }
  return null;
}

/** The series as if it had always been on its newest level. */
export function onNewLevel(values: Float64Array, { from, ratio, difference }: LevelShift): Float64Array {
  return values.map((value, at) => (at >= from ? value : ratio === null ? value + difference : value * ratio));
}

function usualValues(values: Float64Array, lag: number, rounds: number): Float64Array {
  const sample = new Float64Array(rounds);
  return values.map((_, at) => {
    if (at < lag * rounds) return 0;
    for (let round = 1; round <= rounds; round += 1) sample[round - 1] = values[at - lag * round] as number;
    sample.sort();
    const middle = rounds >> 1;
    return rounds % 2 === 1
      ? (sample[middle] as number)
      : ((sample[middle - 1] as number) + (sample[middle] as number)) / 2;
  });
}

function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let at = 0; at < values.length; at += 1) sums[at + 1] = (sums[at] as number) + (values[at] as number);
  return sums;
}

function meanAbsolute(values: Float64Array): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
}

/** Back from the stretch as long as values lie more than halfway on its side. */
function onsetOf(above: Float64Array, stretch: number, now: number, start: number): number {
  let from = stretch;
  while (from > start && (above[from - 1] as number) / now > 0.5) from -= 1;
  while (from < above.length - 1 && (above[from] as number) / now < 0.5) from += 1;
  return from;
}

function changeOf(after: Float64Array, usual: Float64Array): Pick<LevelShift, 'ratio' | 'difference'> {
  const [sumAfter, sumUsual] = [after, usual].map((values) => values.reduce((sum, value) => sum + value, 0));
  const difference = ((sumAfter ?? 0) - (sumUsual ?? 0)) / after.length;
  const isPositive = after.every((value) => value >= 0) && usual.every((value) => value >= 0);
  return { ratio: isPositive && (sumUsual ?? 0) > 0 ? (sumAfter ?? 0) / (sumUsual ?? 1) : null, difference };
}
