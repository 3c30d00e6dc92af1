/**
 * Power of a series at equally spaced frequencies, by the fast Fourier transform of the series with zeros behind it.
 * @param values of mean 0 or nearly: their mean would leak into low frequencies
 * @param padding how many times as long the transformed series is at least, 1 or more: so much finer are the frequencies
 * @returns power of frequency i ÷ size, i = 0..size ÷ 2, as |sum|² ÷ length
 * @example periodogram([1, -1, 1, -1], 1).power // [0, 0, 4]: all of it at two steps a cycle
 */
export function periodogram(values: ArrayLike<number>, padding: number): { size: number; power: Float64Array } {
  const size = powerOfTwo(values.length * padding);
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  real.set(values);
  transform(real, imaginary);
  const power = new Float64Array(size / 2 + 1);
  for (let i = 0; i < power.length; i++) {
    power[i] = ((real[i] ?? 0) ** 2 + (imaginary[i] ?? 0) ** 2) / values.length;
  }
  return { size, power };
}

/**
 * Correlation of a series with itself so many steps later, by the transform of its power spectrum (Wiener and Khinchin).
 * The sums of few products at long lags are not scaled up: what is far apart counts less.
 * @param of the periodogram of a series of mean 0, with padding of 2 or more
 * @param maxLag below the length of the series
 * @returns by lag, 0..maxLag; 0 everywhere of a series without any variance
 */
export function autocorrelation({ size, power }: { size: number; power: Float64Array }, maxLag: number): Float64Array {
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < size; i++) real[i] = power[i <= size / 2 ? i : size - i] as number;
  transform(real, imaginary);
  const variance = real[0] ?? 0;
  return variance > 0 ? real.slice(0, maxLag + 1).map((sum) => sum / variance) : new Float64Array(maxLag + 1);
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, least)));
}

/** Fourier transform in place, of a power of two values (Cooley and Tukey, radix 2). */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const x = real[i] as number;
      real[i] = real[j] as number;
      real[j] = x;
      const y = imaginary[i] as number;
      imaginary[i] = imaginary[j] as number;
      imaginary[j] = y;
    }
  }
  const { cosines, sines } = turnsOf(n);
  // No pairs are taken apart here: the arrays that they make would take most of the time.
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    const stride = n / length;
    for (let start = 0; start < n; start += length) {
      for (let k = 0; k < half; k++) {
        const c = cosines[k * stride] as number;
        const s = sines[k * stride] as number;
        const near = start + k;
        const far = near + half;
        const a = real[far] as number;
        const b = imaginary[far] as number;
        const x = a * c - b * s;
        const y = a * s + b * c;
        const nearReal = real[near] as number;
        const nearImaginary = imaginary[near] as number;
        real[far] = nearReal - x;
        imaginary[far] = nearImaginary - y;
        real[near] = nearReal + x;
        imaginary[near] = nearImaginary + y;
      }
    }
  }
}

/** The last size's: series of one length come one after the other. */
let lastTurns = { cosines: new Float64Array(0), sines: new Float64Array(0) };

function turnsOf(n: number): { cosines: Float64Array; sines: Float64Array } {
  if (lastTurns.cosines.length === n / 2) return lastTurns;
  const cosines = new Float64Array(n / 2);
  const sines = new Float64Array(n / 2);
  for (let i = 0; i < n / 2; i++) {
    cosines[i] = Math.cos((2 * Math.PI * i) / n);
    sines[i] = -Math.sin((2 * Math.PI * i) / n);
  }
  lastTurns = { cosines, sines };
  return lastTurns;
}
