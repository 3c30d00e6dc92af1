/** A cycle as a sum of waves, each a cosine and a sine around the middle of the series. */
export interface HarmonicFit {
  /** Steps a cycle; need not be whole. */
  period: number;
  /** Waves a cycle of each, the one that explains most first. */
  waves: number[];
  /** Sum of squares that is left of the series with the first k of these and a straight line, k = 0..waves.length. */
  left: Float64Array;
  /** What is left of the series, without the line too, when the first k waves are taken out. */
  rest(k: number): Float64Array;
}

/**
 * Least squares fit of a straight line and so many harmonics of a period. Around the middle of a series cosines and sines are
 * orthogonal to each other, so that two small systems of equations with known sums are solved instead of a large one.
 * @param values without gaps
 * @param period steps a cycle, 2 or more
 * @param harmonics waves of 1 to so many a cycle; at most period ÷ 2
 */
export function fitHarmonics(values: Float64Array, period: number, harmonics: number): HarmonicFit {
  const n = values.length;
  const middle = (n - 1) / 2;
  const omega = (2 * Math.PI) / period;
  let [total, constant, slope] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    const x = values[t] as number;
    total += x * x;
    constant += x;
    slope += x * (t - middle);
  }
  const sums = waveSums(values, omega, harmonics);
  const waves = sums.toSorted((a, b) => b.power - a.power).map(({ wave }) => wave);
  // Of each half: first the constant or the slope, then the waves.
  const order = [0, ...waves];
  const even = Float64Array.from(order, (wave) => (wave === 0 ? constant : (sums[wave - 1]?.cosine as number)));
  const odd = Float64Array.from(order, (wave) => (wave === 0 ? slope : (sums[wave - 1]?.sine as number)));
  const among = (i: number, j: number) => [order[i] as number, order[j] as number] as const;
  const evens = factor(order.length, (i, j) => {
    const [one, other] = among(i, j);
    return (cosineSum(omega * (one - other), n) + cosineSum(omega * (one + other), n)) / 2;
  });
  const odds = factor(order.length, (i, j) => {
    const [one, other] = among(i, j);
    if (one === 0 && other === 0) return (n * (n * n - 1)) / 12;
    if (one === 0 || other === 0) return slopeSum(omega * (one + other), n);
    return (cosineSum(omega * (one - other), n) - cosineSum(omega * (one + other), n)) / 2;
  });
  const [ofEven, ofOdd] = [forward(evens, even), forward(odds, odd)];
  const left = new Float64Array(order.length);
  let remains = total;
  for (let k = 0; k < order.length; k++) {
    remains -= (ofEven[k] as number) ** 2 + (ofOdd[k] as number) ** 2;
    left[k] = Math.max(0, remains);
  }
  const taken = new Map<number, { cosine: Float64Array; sine: Float64Array }>();
  return {
    period,
    waves,
    left,
    rest(k) {
      const [a, b] = [backward(evens, ofEven, k + 1), backward(odds, ofOdd, k + 1)];
      const rest = new Float64Array(n);
      for (let t = 0; t < n; t++) rest[t] = (values[t] as number) - (a[0] as number) - (b[0] as number) * (t - middle);
      for (let i = 1; i <= k; i++) {
        const wave = order[i] as number;
        const { cosine, sine } = taken.get(wave) ?? waveOf(omega * wave, n);
        taken.set(wave, { cosine, sine });
        const ofCosine = a[i] as number;
        const ofSine = b[i] as number;
        for (let t = 0; t < n; t++) {
          rest[t] = (rest[t] as number) - ofCosine * (cosine[t] as number) - ofSine * (sine[t] as number);
        }
      }
      return rest;
    },
  };
}

interface WaveSum {
  wave: number;
  /** Sums of the series times the cosine and the sine. */
  cosine: number;
  sine: number;
  power: number;
}

/** Nothing is kept of the waves: periods are tried by the hundred, and most of them never taken out. */
function waveSums(values: Float64Array, omega: number, harmonics: number): WaveSum[] {
  const n = values.length;
  return Array.from({ length: harmonics }, (_, i) => {
    const step = omega * (i + 1);
    const turnCosine = Math.cos(step);
    const turnSine = Math.sin(step);
    let c = Math.cos((step * (n - 1)) / 2);
    let s = -Math.sin((step * (n - 1)) / 2);
    let cosine = 0;
    let sine = 0;
    for (let t = 0; t < n; t++) {
      const x = values[t] as number;
      cosine += x * c;
      sine += x * s;
      const turned = c * turnCosine - s * turnSine;
      s = s * turnCosine + c * turnSine;
      c = turned;
    }
    return { wave: i + 1, cosine, sine, power: cosine ** 2 + sine ** 2 };
  });
}

/** Cosine and sine of a frequency at each point, by turning from one to the next. */
function waveOf(omega: number, n: number): { cosine: Float64Array; sine: Float64Array } {
  const [cosine, sine] = [new Float64Array(n), new Float64Array(n)];
  const turnCosine = Math.cos(omega);
  const turnSine = Math.sin(omega);
  let c = Math.cos((omega * (n - 1)) / 2);
  let s = -Math.sin((omega * (n - 1)) / 2);
  for (let t = 0; t < n; t++) {
    cosine[t] = c;
    sine[t] = s;
    const turned = c * turnCosine - s * turnSine;
    s = s * turnCosine + c * turnSine;
    c = turned;
  }
  return { cosine, sine };
}

/** Σ cos(ωu) over the n points around the middle. */
function cosineSum(omega: number, n: number): number {
  const half = Math.sin(omega / 2);
  return Math.abs(half) < 1e-12 ? n : Math.sin((n * omega) / 2) / half;
}

/** Σ u·sin(ωu) over the same: minus the derivative of the sum of cosines. */
function slopeSum(omega: number, n: number): number {
  const [sine, cosine] = [Math.sin(omega / 2), Math.cos(omega / 2)];
  if (Math.abs(sine) < 1e-9) return 0;
  const [sines, cosines] = [Math.sin((n * omega) / 2), Math.cos((n * omega) / 2)];
  return (sines * cosine - n * cosines * sine) / (2 * sine * sine);
}

/** Cholesky factor; a term that earlier ones make already is given no part. */
function factor(size: number, entry: (i: number, j: number) => number): Float64Array[] {
  const rows: Float64Array[] = [];
  for (let i = 0; i < size; i++) {
    const row = new Float64Array(i + 1);
    for (let j = 0; j < i; j++) {
      let sum = entry(i, j);
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * (rows[j]?.[k] as number);
      row[j] = sum / (rows[j]?.[j] as number);
    }
    const own = entry(i, i);
    let diagonal = own;
    for (let k = 0; k < i; k++) diagonal -= (row[k] as number) ** 2;
    row[i] = diagonal > 1e-9 * own ? Math.sqrt(diagonal) : Number.POSITIVE_INFINITY;
    rows.push(row);
  }
  return rows;
}

function forward(rows: readonly Float64Array[], right: Float64Array): Float64Array {
  const solved = new Float64Array(right.length);
  for (const [i, row] of rows.entries()) {
    let sum = right[i] as number;
    for (let k = 0; k < i; k++) sum -= (row[k] as number) * (solved[k] as number);
    solved[i] = sum / (row[i] as number);
  }
  return solved;
}

function backward(rows: readonly Float64Array[], right: Float64Array, size: number): Float64Array {
  const solved = new Float64Array(size);
  for (let i = size - 1; i >= 0; i--) {
    let sum = right[i] as number;
    for (let k = i + 1; k < size; k++) sum -= (rows[k]?.[i] as number) * (solved[k] as number);
    const diagonal = rows[i]?.[i] as number;
    solved[i] = Number.isFinite(diagonal) ? sum / diagonal : 0;
  }
  return solved;
}
