/**
 * How far off a candidate was: mean absolute error, and mean absolute error as part of the two values, for each part of the
 * horizon at each origin (part p of origin o at p + parts · o); NaN where no outcome is known.
 */
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
/** What a candidate does in a part of the horizon counts so much beside what it does on the whole, of which more is known. */
const PART_SHARE = 0.3;
/** An origin counts so much less than the next one. */
const FORGETTING = 0.93;

/**
 * Weights of the candidates, for each part of the horizon, by how far off they were: there and on the whole (weighted geometric mean),
 * half by absolute error and half by relative error, for the first alone would care for the peaks of a
 * series only, the second for its nights.
 * @param parts of the horizon
 * @param without an origin that is left out, so that what is told of it was not chosen by it
 * @returns by part, heaviest first, summing up to 1
 */
export function weighCandidates(
  candidates: readonly CandidateErrors[],
  parts: number,
  without: number | null,
): Weighted[][] {
  const absolute = candidates.map((errors) => meanErrors(errors.absolute, parts, without));
  const relative = candidates.map((errors) => meanErrors(errors.relative, parts, without));
  const overall = scores(absolute.map(meanOf), relative.map(meanOf));
  return Array.from({ length: parts }, (_, part) => {
    const there = scores(
      absolute.map((errors) => errors[part] ?? 0),
      relative.map((errors) => errors[part] ?? 0),
    );
    return weightsOf(there.map((score, i) => score ** PART_SHARE * (overall[i] as number) ** (1 - PART_SHARE)));
  });
}

function weightsOf(scored: readonly number[]): Weighted[] {
  const kept = scored
    .map((score, candidate) => ({ candidate, score }))
    .sort((a, b) => a.score - b.score)
    .slice(0, KEPT);
  const best = kept[0]?.score ?? 1;
  const weights = kept.map(({ score }) => (best / score) ** POWER);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return kept.map(({ candidate }, i) => ({ candidate, weight: (weights[i] as number) / total }));
}

/** How many times as far off as the best, by the mean of both kinds of error; 1 for all that are never off, as the best. */
function scores(absolute: readonly number[], relative: readonly number[]): number[] {
  const [leastAbsolute, leastRelative] = [Math.min(...absolute), Math.min(...relative)];
  return absolute.map((error, i) => (ratio(error, leastAbsolute) + ratio(relative[i] ?? 0, leastRelative)) / 2);
}

function ratio(error: number, least: number): number {
  return (error + 1e-12) / (least + 1e-12);
}

/** By part, of all origins but one, the newer the more. */
function meanErrors(errors: Float64Array, parts: number, without: number | null): number[] {
  const origins = errors.length / parts;
  const [sums, weights] = [new Float64Array(parts), new Float64Array(parts)];
  for (let origin = origins - 1, weight = 1; origin >= 0; origin -= 1, weight *= FORGETTING) {
    if (origin === without) continue;
    for (let part = 0; part < parts; part += 1) {
      const error = errors[origin * parts + part] as number;
      if (Number.isNaN(error)) continue;
      sums[part] = (sums[part] as number) + weight * error;
      weights[part] = (weights[part] as number) + weight;
    }
  }
  return Array.from(sums, (sum, part) => (weights[part] === 0 ? 0 : sum / (weights[part] as number)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
