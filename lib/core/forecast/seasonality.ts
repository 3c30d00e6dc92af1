import { autocorrelation, periodogram } from './periodogram.ts';
import { fitHarmonics } from './seasonality-harmonics.ts';
import { type Innovation, innovationOf } from './seasonality-innovation.ts';
import { evenSeries, stepOf, withoutStep } from './seasonality-preparation.ts';

/** A cycle that a series repeats. */
export interface Season {
  /** Steps a cycle; measured, so not a whole number as a rule. */
  period: number;
  /** Share of what varies, trend aside, that the cycle explains: 1 − var(rest) ÷ var(season + rest), 0..1. */
  strength: number;
  /** How much likelier the series is with the cycle than by its own past alone, in twice the log-likelihood, penalties paid. */
  evidence: number;
}

/** With fewer cycles than this nothing can be said to be repeated. */
const LEAST_CYCLES = 2.8;
/** A series that is shorter shows nothing. */
const LEAST_VALUES = 12;
/** Waves of one cycle: those that explain most, out of so many. */
const WAVES = [1, 2, 3, 5, 8, 12];
const MOST_WAVES = 12;
/** Seasons of less evidence are what autocorrelated noise shows now and then. */
const LEAST_EVIDENCE = 12;
/** A season that explains less is of no use. */
const LEAST_STRENGTH = 0.1;
/** Seasons beyond the wanted ones that are looked for: some turn out to be too weak, or part of another. */
const MOST_ASIDE = 2;
/** Changes of level that are taken out. */
const MOST_STEPS = 2;
/** Periods that are compared closely, out of those that a first look brings up. */
const FINALISTS = 2;
/** Cycles of frequencies that are less apart than this, relatively, are one. */
const SIDES = 0.1;
/** A long cycle is looked at in at least so many points. */
const POINTS_A_CYCLE = 24;
/** Memory that is allowed to noise, in steps. */
const MEMORY = 12;

/**
 * Which cycles a series has, without being told any. Peaks of its periodogram and of its autocorrelation are only suggestions:
 * a cycle counts when the series is clearly likelier as cycle + trend + noise with a memory than as trend + noise with a memory
 * alone, all waves and the memory paid for by Schwarz's criterion. What merely wanders (a random walk, a memory of any length, a
 * tendency to swing) is explained by the second already. Harmonics are part of their cycle. What was found is taken out, and
 * the rest searched again.
 * @param values equally spaced; NaN where missing
 * @param given minPeriod 3 or more; maxPeriod in steps, at most a third of the series or so; most seasons to return
 * @returns in order of strength; empty where there are none, and of fewer than 12 values
 * @see Priestley, Spectral Analysis and Time Series, 1981, chapter 6; Hyndman, Athanasopoulos, Forecasting, 4.3 (strength)
 */
export function findSeasons(
  values: ArrayLike<number>,
  given: { minPeriod?: number; maxPeriod?: number; most?: number } = {},
): Season[] {
  const even = evenSeries(values);
  if (even === null || even.length < LEAST_VALUES) return [];
  const n = even.length;
  const minPeriod = Math.max(3, given.minPeriod ?? 3);
  const maxPeriod = Math.min(given.maxPeriod ?? Number.POSITIVE_INFINITY, n / LEAST_CYCLES);
  let rest = fitHarmonics(even, n, 0).rest(0);
  const { most = 3 } = given;
  const found: Season[] = [];
  let steps = 0;
  while (found.length < most + MOST_ASIDE && maxPeriod >= minPeriod) {
    const best = strongestCycle(rest, { minPeriod, maxPeriod, found });
    const isSeason = best !== null && best.evidence >= LEAST_EVIDENCE;
    const left = isSeason ? fitHarmonics(rest, best.period, wavesIn(best.period, MOST_WAVES)).rest(best.waves) : rest;
    const level = steps < MOST_STEPS ? stepOf(left) : null;
    if (level !== null) {
      // A level that changed hides cycles and bends those that are found: both are looked for again without it.
      steps += 1;
      rest = fitHarmonics(withoutStep(rest, level), n, 0).rest(0);
      continue;
    }
    if (!isSeason) break;
    const season = rest.map((x, t) => x - (left[t] as number));
    const { period, evidence } = best;
    const strength = strengthOf(season, left, period);
    found.push({ period, strength, evidence });
    rest = left;
  }
  const seasons = found.filter(({ strength }) => strength >= LEAST_STRENGTH);
  return seasons
    .filter((season) => !seasons.some((longer) => isPartOf(season, longer, n)))
    .sort((a, b) => b.strength - a.strength)
    .slice(0, most);
}

/** Whether a season is no more than one of the first waves of a longer and stronger one that was found after it. */
function isPartOf({ period, strength }: Season, longer: Season, n: number): boolean {
  const times = Math.round(longer.period / period);
  if (times < 2 || times > 4 || strength > longer.strength) return false;
  return Math.abs(1 / period - times / longer.period) < 0.75 / n;
}

interface Cycle {
  period: number;
  waves: number;
  evidence: number;
}

function strongestCycle(
  values: Float64Array,
  { minPeriod, maxPeriod, found }: { minPeriod: number; maxPeriod: number; found: readonly Season[] },
): Cycle | null {
  const n = values.length;
  const isKnown = (period: number) => found.some((season) => isNear(period, season.period, n));
  const ofValues = periodogram(values, 2);
  const spectrum = {
    ...ofValues,
    n,
    correlation: autocorrelation(ofValues, Math.min(n - 1, Math.ceil(maxPeriod) + 1)),
  };
  const candidates = suggestedPeriods(spectrum, { minPeriod, maxPeriod }).filter((period) => !isKnown(period));
  const scaled = new Map<number, Scaled>();
  // Long cycles are seen as well in means of a few steps, in a fraction of the time.
  const widthOf = (period: number) => Math.max(1, Math.floor(period / POINTS_A_CYCLE));
  const scaledOnce = (width: number): Scaled => {
    const of = scaled.get(width) ?? scaledTo(values, width);
    scaled.set(width, of);
    return of;
  };
  const closelyAt = (period: number, width: number): Cycle => {
    const of = scaledOnce(width);
    const within = { minPeriod: minPeriod / width, maxPeriod: maxPeriod / width };
    const cycle = cycleOf(of, refined(of.values, period / width, within));
    return { ...cycle, period: cycle.period * width };
  };
  let best: Cycle | null = null;
  for (const candidate of likeliest(spectrum, candidates)) {
    const cycle = closelyAt(candidate, widthOf(candidate));
    if (!isKnown(cycle.period) && (best === null || cycle.evidence > best.evidence)) best = cycle;
  }
  const longer = cycleOfCycles(found, spectrum, maxPeriod);
  if (longer !== null && !isKnown(longer)) {
    const width = widthOf(longer);
    // Not refined: a multiple of what is known to a fraction of a step, whose own first waves may be of no size.
    const cycle = cycleOf(scaledOnce(width), longer / width);
    const period = cycle.period * width;
    if (!isKnown(period) && (best === null || cycle.evidence > best.evidence)) best = { ...cycle, period };
  }
  if (best === null) return null;
  // Two or three cycles fit as one at least as well: the shorter is meant unless the longer says clearly more.
  for (const parts of [2, 3]) {
    const period = best.period / parts;
    const width = widthOf(best.period);
    if (period < Math.max(minPeriod, 3 * width) || isKnown(period)) continue;
    const part = closelyAt(period, width);
    if (part.evidence < best.evidence - LEAST_EVIDENCE) continue;
    const closer = closelyAt(period, widthOf(period));
    if (closer.evidence > LEAST_EVIDENCE && !isKnown(closer.period)) return closer;
  }
  return best;
}

/** Of so many found cycles on end, those after which the series is most like itself: days that differ over a week. */
function cycleOfCycles(found: readonly Season[], { correlation }: Spectrum, maxPeriod: number): number | null {
  let best: { period: number; likeness: number } | null = null;
  for (const { period } of found) {
    for (let times = 2; times <= 8 && times * period <= maxPeriod; times++) {
      const likeness = correlation[Math.round(times * period)] ?? 0;
      if (best === null || likeness > best.likeness) best = { period: times * period, likeness };
    }
  }
  return best === null ? null : best.period;
}

/** Power at multiples of 1 ÷ size, of a series of n values. */
interface Spectrum {
  size: number;
  power: Float64Array;
  n: number;
  /** By lag. */
  correlation: Float64Array;
}

/** Means of so many values each, and the memory they have by themselves. */
interface Scaled {
  values: Float64Array;
  memory: number;
  alone: Innovation;
}

function scaledTo(values: Float64Array, width: number): Scaled {
  const means = new Float64Array(Math.floor(values.length / width));
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    for (let t = i * width; t < (i + 1) * width; t++) sum += values[t] as number;
    means[i] = sum / width;
  }
  const memory = Math.min(MEMORY, Math.floor(means.length / 8));
  return { values: means, memory, alone: innovationOf(means, memory) };
}

/**
 * The periods that a quick look favours: their first waves leave the least, of the series or of its changes from one step to
 * the next, or it resembles itself most after them. In the first long cycles show, in the second those that a wandering level
 * hides, and in the third those of many waves.
 */
function likeliest({ power, size, n, correlation }: Spectrum, periods: readonly number[]): number[] {
  const ofChanges = power.map((at, i) => at * 4 * Math.sin((Math.PI * i) / size) ** 2);
  const byPower = [power, ofChanges].map((of) => {
    let total = 0;
    for (let i = 0; i < of.length; i++) total += (2 * n * (of[i] as number)) / size;
    return (period: number) => scoreOf(of, { total, n, at: size / period });
  });
  const scores = [...byPower, (period: number) => correlation[Math.round(period)] ?? 0];
  const chosen = scores.flatMap((score) => {
    return periods
      .map((period) => ({ period, score: score(period) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, FINALISTS)
      .map(({ period }) => period);
  });
  return [...new Set(chosen)];
}

/** Schwarz's criterion of one to three waves in white noise, by what the periodogram says of them. */
function scoreOf(power: Float64Array, { total, n, at }: { total: number; n: number; at: number }): number {
  let best = Number.NEGATIVE_INFINITY;
  let left = total;
  for (let k = 1; k <= 3; k++) {
    left -= 2 * (power[Math.round(k * at)] ?? 0);
    best = Math.max(best, n * Math.log(total / Math.max(left, 1e-6 * total)) - 2 * k * Math.log(n));
  }
  return best;
}

function wavesIn(period: number, most: number): number {
  return Math.min(most, Math.floor(period / 2));
}

/**
 * Whether a period is a found one, or one of its first waves, or too near to one to be a cycle of its own: where the size of a
 * cycle comes and goes, there are peaks on both sides of its own.
 */
function isNear(period: number, found: number, n: number): boolean {
  const times = Math.max(1, Math.round(found / period));
  const apart = Math.abs(1 / period - times / found);
  return apart < 0.75 / n || (times <= 3 && apart < (SIDES * times) / found);
}

function cycleOf({ values, memory, alone }: Scaled, period: number): Cycle {
  const n = values.length;
  const largest = wavesIn(period, MOST_WAVES);
  const fit = fitHarmonics(values, period, largest);
  let best: Cycle = { period, waves: 1, evidence: Number.NEGATIVE_INFINITY };
  for (const waves of WAVES) {
    if (waves > largest) break;
    const rest = innovationOf(fit.rest(waves), memory);
    const parameters = 2 * waves + rest.order - alone.order;
    // Which waves were chosen is paid for too: the first waves of a cycle are what it is expected to have.
    const chosen = fit.waves.slice(0, waves);
    const evidence =
      n * Math.log(alone.variance / rest.variance) -
      parameters * Math.log(n) -
      2 * logChoices(Math.max(...chosen), waves);
    if (evidence > best.evidence) best = { period: period / commonPart(chosen), waves, evidence };
  }
  return best;
}

/** Of so many waves that lie within the first ones of a cycle, logarithm of the ways to choose them. */
function logChoices(highest: number, waves: number): number {
  let sum = 0;
  for (let i = 1; i <= waves; i++) sum += Math.log((highest - waves + i) / i);
  return sum;
}

/** Greatest common divisor: waves that are all multiples of one number belong to a cycle that is so many times shorter. */
function commonPart(waves: readonly number[]): number {
  return waves.reduce((one, other) => {
    let [a, b] = [one, other];
    while (b > 0) [a, b] = [b, a % b];
    return a;
  }, 0);
}

/** The period that its waves fit best, nearby. */
function refined(
  values: Float64Array,
  period: number,
  { minPeriod, maxPeriod }: { minPeriod: number; maxPeriod: number },
): number {
  const n = values.length;
  const waves = wavesIn(period, 3);
  const left = (frequency: number) => fitHarmonics(values, 1 / frequency, waves).left[waves] as number;
  let best = { frequency: 1 / period, left: left(1 / period) };
  // Of the highest wave, a cycle more or less over the series is another wave: halved steps begin at a fifth of that.
  for (let step = 0.2 / n; step > 0.01 / n; step /= 2) {
    for (const frequency of [best.frequency - step, best.frequency + step]) {
      if (frequency < 1 / maxPeriod || frequency > 1 / minPeriod) continue;
      const there = left(frequency);
      if (there < best.left) best = { frequency, left: there };
    }
  }
  return 1 / best.frequency;
}

/** Peaks of the periodogram, where they stand out from their neighbourhood or are large, their multiples, and those of the autocorrelation. */
function suggestedPeriods(
  { size, power, n, correlation }: Spectrum,
  { minPeriod, maxPeriod }: { minPeriod: number; maxPeriod: number },
): number[] {
  const [first, last] = [
    Math.max(1, Math.ceil(size / maxPeriod)),
    Math.min(power.length - 2, Math.floor(size / minPeriod)),
  ];
  const sums = new Float64Array(power.length + 1);
  for (let i = 0; i < power.length; i++) sums[i + 1] = (sums[i] as number) + (power[i] as number);
  const peaks: { at: number; power: number; contrast: number }[] = [];
  for (let i = first; i <= last; i++) {
    const here = power[i] as number;
    if (here < (power[i - 1] as number) || here < (power[i + 1] as number)) continue;
    const [from, to] = [Math.floor(i / 1.6), Math.min(power.length, Math.ceil(i * 1.6) + 1)];
    const around = ((sums[to] as number) - (sums[from] as number)) / (to - from);
    peaks.push({ at: i, power: here, contrast: here / around });
  }
  const lines = [
    ...peaks.toSorted((a, b) => b.contrast - a.contrast).slice(0, 5),
    ...peaks.toSorted((a, b) => b.power - a.power).slice(0, 4),
  ];
  const lags: number[] = [];
  for (let lag = Math.ceil(minPeriod); lag <= maxPeriod && lag + 1 < correlation.length; lag++) {
    const here = correlation[lag] as number;
    if (here > 0 && here >= (correlation[lag - 1] as number) && here >= (correlation[lag + 1] as number))
      lags.push(lag);
  }
  lags.sort((a, b) => (correlation[b] as number) - (correlation[a] as number));
  const suggested = [...lines.flatMap(({ at }) => [1, 2, 3].map((times) => (times * size) / at)), ...lags.slice(0, 5)];
  const distinct: number[] = [];
  for (const period of suggested) {
    if (period < minPeriod || period > maxPeriod) continue;
    if (distinct.every((other) => Math.abs(1 / other - 1 / period) > 0.2 / n)) distinct.push(period);
  }
  return distinct;
}

/** Of what a moving mean over a cycle leaves, the share that the season explains. */
function strengthOf(season: Float64Array, left: Float64Array, period: number): number {
  const rest = withoutMovingMean(left, Math.round(period));
  const both = rest.map((x, t) => x + (season[t] as number));
  const whole = varianceOf(both);
  return whole > 0 ? Math.min(1, Math.max(0, 1 - varianceOf(rest) / whole)) : 0;
}

function withoutMovingMean(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let t = 0; t < values.length; t++) sums[t + 1] = (sums[t] as number) + (values[t] as number);
  const half = Math.floor(width / 2);
  return values.map((x, t) => {
    const [from, to] = [Math.max(0, t - half), Math.min(values.length, t + half + 1)];
    return x - ((sums[to] as number) - (sums[from] as number)) / (to - from);
  });
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
}
