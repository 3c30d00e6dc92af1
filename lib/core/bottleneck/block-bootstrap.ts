import { uniform } from '../model/uniform.ts';

/**
 * Moving-block bootstrap: places of a series drawn anew, with replacement, in runs of neighbours, because a minute is
 * like the one before it. Runs have ⌈n^⅓⌉ places and go on at the beginning after the end.
 * @param length of the series
 * @param draws how many series
 * @param seed the same one draws the same
 * @returns of each draw, which places it consists of
 * @see Künsch: The Jackknife and the Bootstrap for General Stationary Observations, Annals of Statistics 17(3), 1989
 */
export function blockBootstrap(length: number, draws: number, seed: number): Int32Array[] {
  const block = Math.ceil(Math.cbrt(length));
  const random = uniform(seed);
  return Array.from({ length: draws }, () => {
    const places = new Int32Array(length);
    for (let at = 0; at < length; at += block) {
      const start = Math.floor(random() * length);
      for (let i = 0; i < block && at + i < length; i++) places[at + i] = (start + i) % length;
    }
    return places;
  });
}

/**
 * Standard normal numbers, the same for the same seed (Box and Muller).
 * @example standardNormals(7)() // a number that is beyond ±1.96 once in twenty
 */
export function standardNormals(seed: number): () => number {
  const random = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
