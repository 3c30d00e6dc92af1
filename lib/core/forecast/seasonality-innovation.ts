/** Orders that are tried after the best so far. */
const PATIENCE = 4;

/** How well a series can be told from its own past. */
export interface Innovation {
  /** Order of the autoregression, 0 where its past tells nothing. */
  order: number;
  /** What the sum of squares per value of the one-step errors is, above 0. */
  variance: number;
  /** x(t) = Σ coefficients[i] · x(t − 1 − i) + e(t); as many as the order. */
  coefficients: number[];
}

/**
 * The autoregression of a series whose order is worth its parameters (Schwarz's criterion), by Burg's method: its forward and
 * backward errors are used together, so that short series with long memory are not told as less than they are.
 * @param values of mean 0; with none that vary the variance is tiny, not 0
 * @param maxOrder 0 or more
 * @see Burg, Maximum entropy spectral analysis, 1967
 */
export function innovationOf(values: Float64Array, maxOrder: number): Innovation {
  const n = values.length;
  let power = 0;
  for (let t = 0; t < n; t++) power += (values[t] as number) ** 2;
  power = Math.max(power / n, Number.MIN_VALUE * 1e20);
  const [forward, backward] = [values.slice(), values.slice()];
  let coefficients: number[] = [];
  let best: Innovation = { order: 0, variance: power, coefficients };
  let bestCriterion = n * Math.log(power);
  const most = Math.min(maxOrder, n - 2);
  let products = 0;
  let squares = 0;
  for (let t = 1; t < n; t++) {
    const f = values[t] as number;
    const b = values[t - 1] as number;
    products += f * b;
    squares += f * f + b * b;
  }
  for (let order = 1; order <= most && order <= best.order + PATIENCE && squares > 0; order++) {
    const reflection = (2 * products) / squares;
    const before = coefficients;
    coefficients = [...before.map((of, i) => of - reflection * (before[order - 2 - i] ?? 0)), reflection];
    power *= Math.max(1e-12, 1 - reflection ** 2);
    const criterion = n * Math.log(power) + order * Math.log(n);
    if (criterion < bestCriterion) {
      bestCriterion = criterion;
      best = { order, variance: power, coefficients };
    }
    // The errors of this order, and from them what the next one needs: of each backward error, that of one step before.
    products = 0;
    squares = 0;
    let earlier = 0;
    for (let t = order; t < n; t++) {
      const f = forward[t] as number;
      const b = backward[t - order] as number;
      const nextForward = f - reflection * b;
      const nextBackward = b - reflection * f;
      forward[t] = nextForward;
      backward[t - order] = nextBackward;
      if (t > order) {
        products += nextForward * earlier;
        squares += nextForward * nextForward + earlier * earlier;
      }
      earlier = nextBackward;
    }
  }
  return best;
}
