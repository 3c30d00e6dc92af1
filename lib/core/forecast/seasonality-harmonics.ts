/** A cycle as a sum of waves: the fundamental and its harmonics, each a cosine and a sine around the middle of the series. */
export interface HarmonicFit {
  /** Steps a cycle; need not be whole. */
  period: number;
  harmonics: number;
  /** Sum of squares that is left of the series with the first k harmonics and a straight line, k = 0..harmonics. */
  left: Float64Array;
  /** What is left of the series, without the line too, when k harmonics are taken out. */
  rest(k: number): Float64Array;
}

/**
 * Least squares fit of a straight line and so many harmonics of a period. Around the middle of a series cosines and sines are
 * orthogonal to each other, so that two small systems of equations with known sums are solved instead of a large one.
 * @param values without gaps
 * @param period steps a cycle, 2 or more
 * @param harmonics at most period ÷ 2
 */
export function fitHarmonics(values: Float64Array, period: number, harmonics: number): HarmonicFit {
  const n = values.length;
  const middle = (n - 1) / 2;
  const omega = (2 * Math.PI) / period;
  // Of each: first the constant or the slope, then the harmonics.
  const even = new Float64Array(harmonics + 1);
  const odd = new Float64Array(harmonics + 1);
  let total = 0;
  const waves = wavesOf(omega, n);
  for (let t = 0; t < n; t++) {
    const x = values[t] as number;
    total += x * x;
    even[0] = (even[0] as number) + x;
    odd[0] = (odd[0] as number) + x * (t - middle);
  }
  for (let k = 1; k <= harmonics; k++) {
    let ofEven = 0;
    let ofOdd = 0;
    for (let t = 0; t < n; t++) {
      const x = values[t] as number;
      ofEven += x * (waves.cosine[t] as number);
      ofOdd += x * (waves.sine[t] as number);
    }
    even[k] = ofEven;
    odd[k] = ofOdd;
    if (k < harmonics) waves.next();
  }
  const evens = factor(harmonics + 1, (i, j) => (cosineSum(omega * (i - j), n) + cosineSum(omega * (i + j), n)) / 2);
  const odds = factor(harmonics + 1, (i, j) => {
    if (i === 0 && j === 0) return (n * (n * n - 1)) / 12;
    if (i === 0 || j === 0) return slopeSum(omega * (i + j), n);
    return (cosineSum(omega * (i - j), n) - cosineSum(omega * (i + j), n)) / 2;
  });
  const [ofEven, ofOdd] = [forward(evens, even), forward(odds, odd)];
  const left = new Float64Array(harmonics + 1);
  let rest = total;
  for (let k = 0; k <= harmonics; k++) {
    rest -= (ofEven[k] as number) ** 2 + (ofOdd[k] as number) ** 2;
    left[k] = Math.max(0, rest);
  }
  return {
    period,
    harmonics,
    left,
    rest(k) {
      const [a, b] = [backward(evens, ofEven, k + 1), backward(odds, ofOdd, k + 1)];
      const rest = new Float64Array(n);
      const [constant, slope] = [a[0] as number, b[0] as number];
      for (let t = 0; t < n; t++) rest[t] = (values[t] as number) - constant - slope * (t - middle);
      const waves = wavesOf(omega, n);
      for (let i = 1; i <= k; i++) {
        const ofCosine = a[i] as number;
        const ofSine = b[i] as number;
        for (let t = 0; t < n; t++) {
          rest[t] =
            (rest[t] as number) - ofCosine * (waves.cosine[t] as number) - ofSine * (waves.sine[t] as number);
        }
        if (i < k) waves.next();
      }
      return rest;
    },
  };
}

/** Cosine and sine of a frequency at each point, and at the next multiple of it after each call of `next`. */
function wavesOf(omega: number, n: number): { cosine: Float64Array; sine: Float64Array; next(): void } {
  const [firstCosine, firstSine] = [new Float64Array(n), new Float64Array(n)];
  const [turnCosine, turnSine] = [Math.cos(omega), Math.sin(omega)];
  let c = Math.cos((omega * (n - 1)) / 2);
  let s = -Math.sin((omega * (n - 1)) / 2);
  for (let t = 0; t < n; t++) {
    firstCosine[t] = c;
    firstSine[t] = s;
    const turned = c * turnCosine - s * turnSine;
    s = s * turnCosine + c * turnSine;
    c = turned;
  }
  const [cosine, sine] = [firstCosine.slice(), firstSine.slice()];
  return {
    cosine,
    sine,
    next() {
      for (let t = 0; t < n; t++) {
        const cosineNow = cosine[t] as number;
        const sineNow = sine[t] as number;
        const c1 = firstCosine[t] as number;
        const s1 = firstSine[t] as number;
        cosine[t] = cosineNow * c1 - sineNow * s1;
        sine[t] = sineNow * c1 + cosineNow * s1;
      }
    },
  };
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
