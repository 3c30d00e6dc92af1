/** How far off a candidate was at each origin: mean absolute error, and mean absolute error as part of the two values. */
export interface CandidateErrors {
  absolute: Float64Array;
  relative: Float64Array;
}

export interface Weighted {
  /** Index among the candidates. */
  candidate: number;
  weight: number;
}

/** So many candidates are kept. */
const KEPT = 16;
/** Weights go with this power of the best one's error over a candidate's. */
const POWER = 8;
/** An origin counts so much less than the next one. */
const FORGETTING = 0.93;

/**
 * Weights of the candidates by how far off they were, half by absolute error and half by relative error: the first alone would
 * care for the peaks of a series only, the second for its nights.
 * @param without an origin that is left out, so that what is told of it was not chosen by it
 * @returns heaviest first, summing up to 1
 */
export function weighCandidates(candidates: readonly CandidateErrors[], without: number | null): Weighted[] {
  const absolute = candidates.map((errors) => meanError(errors.absolute, without));
  const relative = candidates.map((errors) => meanError(errors.relative, without));
  const [leastAbsolute, leastRelative] = [Math.min(...absolute), Math.min(...relative)];
  const scored = candidates.map((_, candidate) => ({
    candidate,
    error: (ratio(absolute[candidate], leastAbsolute) + ratio(relative[candidate], leastRelative)) / 2,
  }));
  const kept = scored.sort((a, b) => a.error - b.error).slice(0, KEPT);
  const best = kept[0]?.error ?? 1;
  const weights = kept.map(({ error }) => (best / error) ** POWER);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return kept.map(({ candidate }, i) => ({ candidate, weight: (weights[i] as number) / total }));
}

function meanError(errors: Float64Array, without: number | null): number {
  let [sum, weights] = [0, 0];
  for (let i = errors.length - 1, weight = 1; i >= 0; i -= 1, weight *= FORGETTING) {
    // Nothing is known of an origin whose outcomes are all missing.
    if (i === without || Number.isNaN(errors[i])) continue;
    sum += weight * (errors[i] as number);
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** How many times as far off as the best; 1 for all where the best is never off and so is this one. */
function ratio(error = 0, least = 0): number {
  return (error + 1e-12) / (least + 1e-12);
}
