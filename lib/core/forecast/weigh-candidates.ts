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
 * Weights of the candidates, for each part of the horizon, by how far off they were there and on the whole (weighted geometric mean),
 * half by absolute error and half by relative error, for the first alone would care for the peaks of a series only, the second
 * for its nights.
 * @param parts of the horizon
 * @returns what gives the weights by part, heaviest first, summing up to 1; `without` is an origin that is left out, so that what is
 *   told of it was not chosen by it
 */
export function candidateWeights(
  candidates: readonly CandidateErrors[],
  parts: number,
): (without: number | null) => Weighted[][] {
  const absolute = candidates.map((errors) => new FadedMeans(errors.absolute, parts));
  const relative = candidates.map((errors) => new FadedMeans(errors.relative, parts));
  const [absoluteThere, relativeThere, absoluteAll, relativeAll] = Array.from(
    { length: 4 },
    () => new Float64Array(candidates.length),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  return (without) => {
    for (let i = 0; i < candidates.length; i += 1) {
      absoluteAll[i] = (absolute[i] as FadedMeans).overall(without);
      relativeAll[i] = (relative[i] as FadedMeans).overall(without);
    }
    const overall = scores(absoluteAll, relativeAll);
    return Array.from({ length: parts }, (_, part) => {
      for (let i = 0; i < candidates.length; i += 1) {
        absoluteThere[i] = (absolute[i] as FadedMeans).of(part, without);
        relativeThere[i] = (relative[i] as FadedMeans).of(part, without);
      }
      const there = scores(absoluteThere, relativeThere);
      for (let i = 0; i < there.length; i += 1) {
        there[i] = (there[i] as number) ** PART_SHARE * (overall[i] as number) ** (1 - PART_SHARE);
      }
      return weightsOf(there);
    });
  };
}

function weightsOf(scored: Float64Array): Weighted[] {
  const sorted = scored.slice().sort();
  const best = sorted[0] ?? 1;
  const last = sorted[Math.min(KEPT, sorted.length) - 1] ?? 1;
  const kept: Weighted[] = [];
  let total = 0;
  for (let candidate = 0; candidate < scored.length && kept.length < KEPT; candidate += 1) {
    const score = scored[candidate] as number;
    if (score > last) continue;
    const weight = (best / score) ** POWER;
    total += weight;
    kept.push({ candidate, weight });
  }
  for (const one of kept) one.weight /= total;
  return kept.sort((a, b) => b.weight - a.weight);
}

/** How many times as far off as the best, by the mean of both kinds of error; 1 for all that are never off, as the best. */
function scores(absolute: Float64Array, relative: Float64Array): Float64Array {
  let [leastAbsolute, leastRelative] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < absolute.length; i += 1) {
    leastAbsolute = Math.min(leastAbsolute, absolute[i] as number);
    leastRelative = Math.min(leastRelative, relative[i] as number);
  }
  return absolute.map((error, i) => (ratio(error, leastAbsolute) + ratio(relative[i] as number, leastRelative)) / 2);
}

function ratio(error: number, least: number): number {
  return (error + 1e-12) / (least + 1e-12);
}

/** Mean errors by part over the origins, the newer the more; any origin can be left out without going over the others again. */
class FadedMeans {
  readonly #errors: Float64Array;
  readonly #parts: number;
  readonly #weights: Float64Array;
  readonly #sums: Float64Array;
  readonly #totals: Float64Array;

  constructor(errors: Float64Array, parts: number) {
    const origins = errors.length / parts;
    this.#errors = errors;
    this.#parts = parts;
    this.#weights = Float64Array.from({ length: origins }, (_, origin) => FORGETTING ** (origins - 1 - origin));
    this.#sums = new Float64Array(parts);
    this.#totals = new Float64Array(parts);
    for (let origin = 0; origin < origins; origin += 1) {
      for (let part = 0; part < parts; part += 1) this.#add(origin, part);
    }
  }

  of(part: number, without: number | null): number {
    let [sum, total] = [this.#sums[part] as number, this.#totals[part] as number];
    const left = without === null ? Number.NaN : (this.#errors[without * this.#parts + part] as number);
    if (without !== null && !Number.isNaN(left)) {
      const weight = this.#weights[without] as number;
      sum -= weight * left;
      total -= weight;
    }
    // What is left of all is rounding.
    return total < 1e-9 ? 0 : Math.max(0, sum / total);
  }

  overall(without: number | null): number {
    let sum = 0;
    for (let part = 0; part < this.#parts; part += 1) sum += this.of(part, without);
    return sum / this.#parts;
  }

  #add(origin: number, part: number): void {
    const error = this.#errors[origin * this.#parts + part] as number;
    if (Number.isNaN(error)) return;
    const weight = this.#weights[origin] as number;
    this.#sums[part] = (this.#sums[part] as number) + weight * error;
    this.#totals[part] = (this.#totals[part] as number) + weight;
  }
}
