/** A stream of pseudo-random numbers. Each call advances only this stream. */
export interface Random {
  /** Uniform in [low, high); 32 bits of resolution. Default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** Uniform integer in 0..count - 1. */
  int(count: number): number;
  /** Gaussian; always takes two uniforms, so that the position in the stream does not depend on the values drawn. */
  normal(mean: number, standardDeviation: number): number;
  /** median · e^(sigma · Z): the median is given because, unlike the mean, it does not move with sigma. */
  logNormal(median: number, sigma: number): number;
  /** Waiting time to the next event of a Poisson process. */
  exponential(mean: number): number;
}

/**
 * A named stream of one seed. Streams with different names are independent of each other, so what one agent or task
 * draws does not change when another draws more or less: two runs that differ in one respect share all other luck
 * (common random numbers).
 * @param seed any finite number; equal seed and name give the same stream
 * @throws RangeError when the seed is not finite
 * @see Doty-Humphrey, PractRand (generator sfc32); Steele, Lea, Flood: SplitMix, OOPSLA 2014 (the mixing of the name)
 */
export function createRandom(seed: number, name: string): Random {
  if (!Number.isFinite(seed)) throw new RangeError(`seed must be a finite number; got ${seed}`);
  const next = sfc32(`${seed}/${name}`);
  const random: Random = {
    uniform: (low = 0, high = 1) => low + next() * (high - low),
    int: (count) => Math.floor(next() * count),
    normal(mean, standardDeviation) {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return mean + standardDeviation * radius * Math.cos(2 * Math.PI * next());
    },
    logNormal: (median, sigma) => median * Math.exp(random.normal(0, sigma)),
    exponential: (mean) => -mean * Math.log(1 - next()),
  };
  return random;
}

/** @returns a function that gives numbers in [0, 1) */
function sfc32(text: string): () => number {
  let [a, b, c, counter] = [wordOf(text, 0), wordOf(text, 1), wordOf(text, 2), 1];
  const next = () => {
    const output = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + output) | 0;
    return (output >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next(); // the author's advice: the first words still show the seed
  return next;
}

/** A 32-bit word of the text: FNV-1a, then the finaliser of 32-bit SplitMix. */
function wordOf(text: string, lane: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b9);
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return hash ^ (hash >>> 15);
}
