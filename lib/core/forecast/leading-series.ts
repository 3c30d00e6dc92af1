import { normalTail } from '../detect/normal-tail.ts';
import { fitHarmonics } from './seasonality-harmonics.ts';
import { innovationOf } from './seasonality-innovation.ts';
import { evenSeries } from './seasonality-preparation.ts';

/** A series whose past tells of another's future. */
export interface Lead {
  /** Name of the series that leads. */
  leader: string;
  follower: string;
  /** Steps by which it is ahead, 1 or more. */
  lag: number;
  /** By how much the root mean square error of held-out forecasts is smaller with it than with the follower's own past alone, 0..1. */
  lift: number;
  /** Chance of such a correlation at any lag without a lead. */
  p: number;
  /** Correlation of what is new in both, at the lag; -1..1. */
  correlation: number;
}

export interface LeadSearch {
  /** Longest lag, in steps. */
  maxLag: number;
  /** Steps ahead that forecasts are made for; lags are at least as long. */
  horizon?: number;
  /** Cycles that series may share, in steps: taken out first, for two that both have a day are alike without any lead. */
  periods?: readonly number[];
  /** Expected share of false ones among what is found, 0..1. */
  falseDiscoveryRate?: number;
}

/** What is new in a series at each step: not told by its cycles, its trend and its own past. */
interface Prepared {
  name: string;
  /** Without cycles and trend. */
  values: Float64Array;
  news: Float64Array;
  order: number;
}

/** Fewer steps than this, beside the lags, tell nothing of leads. */
const LEAST_VALUES = 40;
/** Own past that may tell of the next step. */
const MEMORY = 12;
const DEFAULT_FALSE_DISCOVERY_RATE = 0.05;
/** Of the series, the part that held-out forecasts are made for, in so many blocks: each from what was before it. */
const HELD_OUT = { share: 0.5, blocks: 5 };
/** Helps less than this are of no use to anybody. */
const LEAST_LIFT = 0.01;

/**
 * Which of several series lead which, by how many steps, and how much better a forecast gets. Cycles and trends are taken out of
 * each; then what its own past tells (prewhitening), so that two series with a memory do not seem to go together by chance; what
 * is new in one is correlated with what is new in the other some steps later. Chances are corrected for the number of lags, and for
 * the number of pairs by the false discovery rate. What passes must also help: forecasts of later blocks, made from what was
 * before them, have a smaller error with the leader than with the follower's own past alone (Granger's meaning of "causes").
 * A lead may have a common cause behind it: it foretells, no more.
 * @param series by name, equally long and in step; NaN where missing
 * @returns strongest lift first; of a pair the best lag
 * @throws RangeError where the series differ in length, or maxLag or horizon is not a whole number of 1 or more
 * @see Granger, Econometrica 37 (1969); Haugh, JASA 71 (1976); Benjamini, Hochberg, J. R. Stat. Soc. B 57 (1995)
 */
export function leadingSeries(series: ReadonlyMap<string, ArrayLike<number>>, search: LeadSearch): Lead[] {
  const { maxLag, horizon = 1, periods = [], falseDiscoveryRate = DEFAULT_FALSE_DISCOVERY_RATE } = search;
  if (!(Number.isInteger(horizon) && horizon >= 1 && Number.isInteger(maxLag) && maxLag >= horizon)) {
    throw new RangeError(`maxLag and horizon must be whole numbers, 1 <= horizon <= maxLag; got ${maxLag}, ${horizon}`);
  }
  const lengths = new Set([...series.values()].map(({ length }) => length));
  if (lengths.size > 1) throw new RangeError(`series must be equally long; got ${[...lengths].join(', ')}`);
  const [length = 0] = lengths;
  if (length < LEAST_VALUES + maxLag) return [];
  const prepared = [...series].flatMap(([name, values]) => {
    const even = evenSeries(values);
    return even === null ? [] : [prepare(name, withoutCycles(even, periods))];
  });
  const pairs = prepared.flatMap((leader) => {
    return prepared
      .filter((follower) => follower !== leader)
      .map((follower) => ({ leader, follower, ...strongestLag(leader, follower, { maxLag, horizon }) }));
  });
  const limit = discoveryLimit(
    pairs.map(({ p }) => p),
    falseDiscoveryRate,
  );
  return pairs
    .filter(({ p }) => p <= limit)
    .map(({ leader, follower, lag, p, correlation }) => {
      const lift = heldOutLift(leader, follower, { lag, horizon });
      return { leader: leader.name, follower: follower.name, lag, lift, p, correlation };
    })
    .filter(({ lift }) => lift >= LEAST_LIFT)
    .sort((a, b) => b.lift - a.lift);
}

/** Waves of a cycle that are taken out. */
const MOST_WAVES = 12;

function withoutCycles(values: Float64Array, periods: readonly number[]): Float64Array {
  const n = values.length;
  let rest = fitHarmonics(values, n, 0).rest(0);
  for (const period of periods.filter((period) => period >= 2 && period <= n / 2)) {
    const waves = Math.min(MOST_WAVES, Math.floor(period / 2));
    rest = fitHarmonics(rest, period, waves).rest(waves);
  }
  return rest;
}

function prepare(name: string, values: Float64Array): Prepared {
  const { order, coefficients } = innovationOf(values, Math.min(MEMORY, Math.floor(values.length / 10)));
  const news = values.map((x, t) => {
    if (t < order) return 0;
    let expected = 0;
    for (let i = 0; i < order; i++) expected += (coefficients[i] as number) * (values[t - 1 - i] as number);
    return x - expected;
  });
  return { name, values, news, order };
}

/** Where what is new in one follows what is new in the other most closely, and the chance of that among so many lags. */
function strongestLag(leader: Prepared, follower: Prepared, { maxLag, horizon }: { maxLag: number; horizon: number }) {
  const n = leader.news.length;
  const scale = Math.sqrt(sumOfProducts(leader.news, leader.news, 0) * sumOfProducts(follower.news, follower.news, 0));
  let best = { lag: horizon, correlation: 0, p: 1 };
  if (!(scale > 0)) return best;
  for (let lag = horizon; lag <= maxLag; lag++) {
    // Of fewer products the sum is as uncertain as it is smaller: Haugh's scaling.
    const correlation = sumOfProducts(leader.news, follower.news, lag) / scale;
    const z = (Math.abs(correlation) * n) / Math.sqrt(n - lag);
    const p = Math.min(1, 2 * normalTail(z) * (maxLag - horizon + 1));
    if (p < best.p || (p === best.p && Math.abs(correlation) > Math.abs(best.correlation)))
      best = { lag, correlation, p };
  }
  return best;
}

function sumOfProducts(earlier: Float64Array, later: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < later.length; t++) sum += (earlier[t - lag] as number) * (later[t] as number);
  return sum;
}

/** The largest chance that is still a discovery, when of all discoveries at most this share may be false; -1 where none is. */
function discoveryLimit(chances: readonly number[], rate: number): number {
  const sorted = chances.toSorted((a, b) => a - b);
  for (let i = sorted.length; i >= 1; i--) {
    const p = sorted[i - 1] as number;
    if (p <= (rate * i) / sorted.length) return p;
  }
  return -1;
}

/** Rolling origin: each block is forecast by regressions on what was before it, with the leader and without. */
function heldOutLift(leader: Prepared, follower: Prepared, { lag, horizon }: { lag: number; horizon: number }): number {
  const n = follower.values.length;
  const order = Math.max(1, follower.order);
  const rowAt = (t: number, isWithLeader: boolean) => {
    const row = [1];
    for (let i = 0; i < order; i++) row.push(follower.values[t - horizon - i] as number);
    // Around the lag too: what is new in the leader may take a step or two to arrive.
    if (isWithLeader) {
      for (const around of [lag - 1, lag, lag + 1])
        if (around >= horizon) row.push(leader.values[t - around] as number);
    }
    return row;
  };
  const first = Math.max(horizon + order, lag + 2);
  const heldOut = Math.floor((n - first) * HELD_OUT.share);
  const errors = { own: 0, both: 0 };
  for (let block = 0; block < HELD_OUT.blocks; block++) {
    const from = n - heldOut + Math.floor((block * heldOut) / HELD_OUT.blocks);
    const to = n - heldOut + Math.floor(((block + 1) * heldOut) / HELD_OUT.blocks);
    for (const [which, isWithLeader] of [
      ['own', false],
      ['both', true],
    ] as const) {
      // What was not yet known at the first origin of the block is not learnt from.
      const weights = regress((t) => rowAt(t, isWithLeader), follower.values, { from: first, to: from - horizon + 1 });
      for (let t = from; t < to; t++) {
        const expected = rowAt(t, isWithLeader).reduce((sum, x, i) => sum + x * (weights[i] as number), 0);
        errors[which] += ((follower.values[t] as number) - expected) ** 2;
      }
    }
  }
  return errors.own > 0 ? Math.max(0, 1 - Math.sqrt(errors.both / errors.own)) : 0;
}

/** Least squares by the normal equations, with as little ridge as keeps them solvable. */
function regress(
  rowAt: (t: number) => number[],
  values: Float64Array,
  { from, to }: { from: number; to: number },
): number[] {
  const size = rowAt(from).length;
  const matrix = Array.from({ length: size }, () => new Array<number>(size + 1).fill(0));
  for (let t = from; t < to; t++) {
    const row = rowAt(t);
    for (let i = 0; i < size; i++) {
      const line = matrix[i] as number[];
      for (let j = 0; j < size; j++) line[j] = (line[j] as number) + (row[i] as number) * (row[j] as number);
      line[size] = (line[size] as number) + (row[i] as number) * (values[t] as number);
    }
  }
  for (let i = 0; i < size; i++)
    (matrix[i] as number[])[i] = ((matrix[i] as number[])[i] as number) * (1 + 1e-9) + 1e-12;
  for (let i = 0; i < size; i++) {
    const pivot = matrix[i] as number[];
    for (let k = i + 1; k < size; k++) {
      const row = matrix[k] as number[];
      const times = (row[i] as number) / (pivot[i] as number);
      for (let j = i; j <= size; j++) row[j] = (row[j] as number) - times * (pivot[j] as number);
    }
  }
  const weights = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    const row = matrix[i] as number[];
    let sum = row[size] as number;
    for (let j = i + 1; j < size; j++) sum -= (row[j] as number) * (weights[j] as number);
    weights[i] = sum / (row[i] as number);
  }
  return weights;
}
