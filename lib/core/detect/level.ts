/** The recent level of a series, and how much it varies from minute to minute; on whatever scale its values are given. */
export interface Level {
  /** Minutes that are in it, older ones counting less. */
  weight: number;
  mean: number;
  /** Mean squared distance of a minute's value from the level as it was then. */
  variance: number;
  /** Mean of what its minutes' values vary by their small samples alone, as a variance: part of the one above. */
  sampled: number;
  /** Minutes in a row that were left out, because something seemed wrong. */
  leftOut: number;
}

/** One minute of a series. */
export interface LevelValue {
  value: number;
  /** Standard deviation that the value has by its small sample alone, on the same scale; above 0. */
  sampling: number;
}

export const noLevel: Level = { weight: 0, mean: 0, variance: 0, sampled: 0, leftOut: 0 };

/** A minute counts e-fold less after this many more. */
const MEMORY_MINUTES = 60;
/** A value further out than this many standard deviations is taken in as if it were that far out. */
const WINSOR = 3;
/** What is further out than this is left out. */
const OUTLYING = 4;
/** What lasts this long is a new level. */
const LEFT_OUT_MINUTES = 120;
/** From this weight on a level says something. */
export const KNOWN_WEIGHT = 10;

/**
 * The level after one more minute: exponentially weighted mean and variance, of smaller samples than usual less. Values are
 * winsorized and far ones left out, so that neither a single outlier nor a fault that is being alerted about becomes normal;
 * what lasts for two hours does.
 */
export function levelAfter(level: Level, { value, sampling }: LevelValue): Level {
  if (level.weight === 0)
    return { weight: 1, mean: value, variance: sampling ** 2, sampled: sampling ** 2, leftOut: 0 };
  const isKnown = level.weight >= KNOWN_WEIGHT;
  if (isKnown && Math.abs(deviationFrom(level, { value, sampling })) > OUTLYING) {
    if (level.leftOut < LEFT_OUT_MINUTES) return { ...level, leftOut: level.leftOut + 1 };
    return { ...level, weight: KNOWN_WEIGHT / 2, mean: value, leftOut: 0 };
  }
  const weight = level.weight * Math.exp(-1 / MEMORY_MINUTES) + 1;
  // A minute of one task says next to nothing: it counts by what its sample is worth beside the others'.
  const gain = Math.min(1, level.sampled / sampling ** 2) / weight;
  const reach = WINSOR * spreadOf(level, sampling);
  const deviation = value - level.mean;
  const taken = isKnown ? Math.min(reach, Math.max(-reach, deviation)) : deviation;
  return {
    weight,
    mean: level.mean + gain * taken,
    variance: (1 - gain) * (level.variance + gain * taken ** 2),
    sampled: level.sampled + gain * (sampling ** 2 - level.sampled),
    leftOut: 0,
  };
}

/** The weight of a level that so many minutes are in, none of them left out. */
export function weightAfter(minutes: number): number {
  return (1 - Math.exp(-minutes / MEMORY_MINUTES)) / (1 - Math.exp(-1 / MEMORY_MINUTES));
}

/** How many standard deviations a value is above the level; of a level that is not known yet, nothing can be said: 0. */
export function deviationFrom(level: Level, { value, sampling }: LevelValue): number {
  if (level.weight < KNOWN_WEIGHT) return 0;
  return (value - level.mean) / spreadOf(level, sampling);
}

/**
 * Standard deviation that a minute with such a sample is expected to have from the level: what minutes vary by beyond their
 * samples, and its own. Of few minutes both are known badly: then it is up to 1.4 times as large.
 */
function spreadOf({ weight, variance, sampled }: Level, sampling: number): number {
  const between = Math.max(0, variance - sampled);
  return Math.sqrt((between + sampling ** 2) * (1 + KNOWN_WEIGHT / weight));
}
