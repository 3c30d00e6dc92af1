import { fingerprint } from './fingerprint.ts';

/** Numbers in [0, 1) by mulberry32, the same for the same seed. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A seed that is the same for the same text. */
export function seedOf(text: string): number {
  return Number.parseInt(fingerprint(text).slice(0, 8), 16);
}
