import type { Random } from '../random.ts';

/**
 * Random numbers by position: number n of a stream is a hash of (seed, kind, ids, n), so that a stream costs nothing to
 * open. The engine opens several for each attempt, and {@link createRandom} hashes a name and warms up for each.
 * A pair of 32-bit keys; two rounds of the finaliser of 32-bit SplitMix with the keys in between.
 */
export class CountedRandom implements Random {
  readonly #one: number;
  readonly #two: number;
  #position = 0;

  constructor(one: number, two: number) {
    this.#one = one;
    this.#two = two;
  }

  uniform(low = 0, high = 1): number {
    const word = mix(mix(this.#one + Math.imul(this.#position++, 0x9e3779b9)) ^ this.#two);
    return low + ((word >>> 0) / 2 ** 32) * (high - low);
  }

  int(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  normal(mean: number, standardDeviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(this.normal(0, sigma));
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }
}

/** Opens the stream of up to three whole numbers (a workflow, its step, an attempt); they count modulo 2^32. */
export type OpenStream = (first: number, second?: number, third?: number) => CountedRandom;

/**
 * The streams of one kind (what is drawn for "arrival", "attempt", "agent"), by number. Streams of different seed, kind
 * or number are independent, so what one attempt draws does not depend on which others there are: two runs that differ
 * in policy share all other luck (common random numbers).
 */
export function streamsOf(seed: number, kind: string): OpenStream {
  if (!Number.isFinite(seed)) throw new RangeError(`seed must be a finite number; got ${seed}`);
  const [keyOne, keyTwo] = [hashText(`${seed}/${kind}`, 0x811c9dc5), hashText(`${kind}/${seed}`, 0x2545f491)];
  return (first, second = 0, third = 0) => {
    const one = mix(mix(mix(keyOne ^ Math.imul(first, 0x85ebca6b)) + second) + third);
    const two = mix(mix(mix(keyTwo + first) ^ Math.imul(second, 0xc2b2ae35)) ^ Math.imul(third, 0x27d4eb2f));
    return new CountedRandom(one, two);
  };
}

/** A 32-bit whole number of several, by which what was derived from something (a repeated request) is numbered. */
export function hashNumbers(first: number, second: number, third = 0): number {
  return mix(mix(mix(first ^ 0x5bd1e995) + Math.imul(second, 0x85ebca6b)) ^ Math.imul(third, 0xc2b2ae35)) >>> 0;
}

/** FNV-1a over the text, then mixed. */
export function hashText(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** @see https://github.com/skeeto/hash-prospector for the constants */
function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return hash ^ (hash >>> 15);
}
