import { NormalEquations } from '../forecast/normal-equations.ts';
import { fitAutoregression, MIN_VALUES } from './autoregression.ts';
import { mean } from './mean.ts';

/** A figure minute by minute, and the same minutes of others that nothing was done to. */
export interface ControlledSeries {
  /** Up to the decision, equally spaced; the last value is what the decision was made upon. {@link MIN_VALUES} or more. */
  known: readonly number[];
  /** The minutes to compare, one after the other; 1 or more. */
  since: readonly number[];
  /** Steps from the last known value to the first of `since`: 1 where none lies between. */
  ahead: number;
  /** How many of the known values are from before what is answered began; all of them when absent. */
  calm?: number;
  /** Each with as many values as the series itself; those beyond what the history can bear are left out. */
  peers?: readonly Pick<ControlledSeries, 'known' | 'since'>[];
}

export interface StepEffect {
  /** How far `since` lies from where it would have been, in the unit of the series. */
  estimate: number;
  /** Of the estimate: what the model expects, widened where placebos went astray by more. */
  standardError: number;
  /** Degrees of freedom of the standard error. */
  freedom: number;
  /** Correlation of what is left over with itself a minute before, 0..0.95. */
  phi: number;
  /** Moments before the decision at which the same was worked out though nothing was done. */
  placebos: number;
  /** Root mean square of what placebos gave, in their own standard errors; null without any. 1 is as expected. */
  placeboSpread: number | null;
}

/** Known values that each peer must have, so that its weight is more than chance. */
const VALUES_PER_PEER = 15;
/** At most so many placebos, evenly spread: neighbours tell the same. */
const MOST_PLACEBOS = 120;
/** The model is believed as if so many placebos had borne it out. */
const PRIOR_PLACEBOS = 10;

/**
 * The size of a step at a known moment, by generalized least squares: value = level + weights · peers + step + noise, where
 * noise is an autoregression of first order that starts at the last known value. So an extreme value that goes back by itself
 * is no step, what moves the peers as well is none, and each minute counts for what it adds to those before.
 *
 * The noise is fitted to what was known only. How wrong the model is shows at calm moments at which nothing was done (placebo in
 * time): where these gave more than their standard errors allow, that of the estimate is widened by as much.
 * @throws RangeError with fewer known values than {@link MIN_VALUES}, none since, or peers of another length
 * @see Box and Tiao: Intervention Analysis with Applications to Economic and Environmental Problems, JASA 70, 1975
 */
export function stepEffect(series: ControlledSeries): StepEffect {
  const { known, since, ahead, calm = known.length, peers = [] } = series;
  if (since.length === 0) throw new RangeError('a step effect needs 1 value or more since; got 0');
  if (peers.some((peer) => peer.known.length !== known.length || peer.since.length !== since.length))
    throw new RangeError('peers must have as many values as the series itself');
  const usable = peers.filter(({ known }) => variesIn(known)).slice(0, Math.floor(known.length / VALUES_PER_PEER));
  const controlled = { known, since, ahead, peers: usable };
  const { estimate, standardError, freedom, phi } = estimateStep(controlled);
  const placebos = placeboSteps(controlled, calm);
  const spread = placebos.length === 0 ? null : Math.sqrt(mean(placebos.map((it) => it ** 2)));
  // Placebos of overlapping windows are few: as many as windows fit side by side.
  const independent = placebos.length === 0 ? 0 : calm / (since.length + ahead - 1);
  const widening = Math.sqrt(((spread ?? 1) ** 2 * independent + PRIOR_PLACEBOS) / (independent + PRIOR_PLACEBOS));
  return {
    ...{ estimate, standardError: standardError * Math.max(1, widening), freedom, phi },
    ...{ placebos: placebos.length, placeboSpread: spread },
  };
}

type Controlled = Required<Omit<ControlledSeries, 'calm'>>;

/** At moments of the first `calm` values, what the step would be said to be, in standard errors. */
function placeboSteps({ known, since, ahead, peers }: Controlled, calm: number): number[] {
  const least = Math.max(MIN_VALUES, VALUES_PER_PEER * peers.length, Math.floor(calm / 3));
  const last = calm - (ahead - 1) - since.length;
  const stride = Math.max(1, Math.ceil((last - least + 1) / MOST_PLACEBOS));
  const placebos: number[] = [];
  for (let moment = last; moment >= least; moment -= stride) {
    const cut = (values: readonly number[]) => ({
      known: values.slice(0, moment),
      since: values.slice(moment + ahead - 1, moment + ahead - 1 + since.length),
    });
    const before = { ...cut(known), ahead, peers: peers.map((peer) => cut(peer.known)) };
    const { estimate, standardError } = estimateStep(before);
    if (standardError > 0) placebos.push(estimate / standardError);
  }
  return placebos;
}

function estimateStep(series: Controlled): Pick<StepEffect, 'estimate' | 'standardError' | 'freedom' | 'phi'> {
  const { known, since, ahead, peers } = series;
  const columns = peers.map((peer) => [...peer.known, ...peer.since]);
  const values = [...known, ...since];
  // Weights first as if noise had no memory, then with the memory of what they leave over.
  let [phi, innovation] = [0, 0];
  for (let round = 0; round < (columns.length > 0 ? 2 : 1); round++) {
    const weights = columns.length > 0 ? weightsOf(known, columns, phi) : [];
    const left = known.map((value, i) => value - weights.reduce((sum, weight, j) => sum + weight * columns[j]![i]!, 0));
    ({ phi, innovation } = fitAutoregression(left));
  }
  const design: number[][] = [...columns, values.map((_, i) => (i < known.length ? 0 : 1))];
  const { coefficients, variance } = regress(values, design, { phi, known: known.length, ahead });
  const freedom = Math.max(4, known.length - 3 - columns.length);
  // The autoregression took two of its figures from the values; each weight takes one more.
  const noise = (innovation * (known.length - 3)) / freedom;
  return { estimate: coefficients.at(-1)!, standardError: Math.sqrt(noise * variance), freedom, phi };
}

function weightsOf(known: readonly number[], columns: readonly number[][], phi: number): number[] {
  const before = columns.map((column) => column.slice(0, known.length));
  return regress(known, before, { phi, known: known.length, ahead: 1 }).coefficients.slice(1);
}

interface Noise {
  phi: number;
  /** Values up to the decision, and steps from the last of them to the next. */
  known: number;
  ahead: number;
}

/**
 * Least squares of values on a level and columns, after what each takes over from the value before has been taken out of both.
 * @returns the coefficients of the level and of each column, and the variance of the last for innovations of variance 1
 */
function regress(values: readonly number[], columns: readonly number[][], noise: Noise) {
  const equations = new NormalEquations(columns.length + 1);
  const row = new Float64Array(columns.length + 1);
  for (let i = 0; i < values.length; i++) {
    const [carry, scale] = carryInto(i, noise);
    const whitened = (of: readonly number[]) => scale * (of[i]! - (i > 0 ? carry * of[i - 1]! : 0));
    row[0] = scale * (1 - carry);
    columns.forEach((column, j) => {
      row[j + 1] = whitened(column);
    });
    equations.add(row, whitened(values));
  }
  const { solution, variance } = equations.solveWithVariance(columns.length);
  return { coefficients: [...solution], variance };
}

/** What value i has of the one before, and the inverse of how far the rest of it spreads, in innovations. */
function carryInto(i: number, { phi, known, ahead }: Noise): [carry: number, scale: number] {
  if (i === 0) return [0, Math.sqrt(1 - phi ** 2)];
  if (i !== known || ahead === 1) return [phi, 1];
  return [phi ** ahead, Math.sqrt((1 - phi ** 2) / (1 - phi ** (2 * ahead)))];
}

function variesIn(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0]);
}
