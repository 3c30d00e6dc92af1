import { describe, expect, test } from 'vitest';
import { leakage, welchT } from '../../bench/key-timing/leakage.ts';
import { createRandom } from '../../lib/sim/random.ts';

const THRESHOLD = 4.5;

const inputs = (name: string) => Array.from({ length: 64 }, (_, i) => `${name} ${i}`);

/** Times as machines have them, and so much longer for one of the classes. */
async function measured({ moreNs = 0, ownNs = 0, seed }: { moreNs?: number; ownNs?: number; seed: number }) {
  const random = createRandom(seed, 'times');
  const own = new Map([...inputs('near'), ...inputs('far')].map((input) => [input, ownNs * random.uniform(0, 1)]));
  const took = (input: string) =>
    random.logNormal(200, 0.3) +
    (random.int(50) === 0 ? 50_000 : 0) +
    (own.get(input) ?? 0) +
    (input.startsWith('near') ? moreNs : 0);
  return (await leakage(inputs('near'), inputs('far'), 5_000, createRandom(seed, 'order'), took)).t;
}

describe('a leak of time', () => {
  test('is found where a class takes a few nanoseconds longer, among delays that are thousands of times as long', async () => {
    for (let seed = 1; seed <= 20; seed++) expect(await measured({ moreNs: 20, seed })).toBeGreaterThan(THRESHOLD);
  });

  test('is not found where there is none', async () => {
    for (let seed = 1; seed <= 20; seed++) expect(await measured({ seed })).toBeLessThan(THRESHOLD);
  });

  test('is not found where each input has a time of its own, which no class has', async () => {
    for (let seed = 1; seed <= 20; seed++) expect(await measured({ ownNs: 200, seed })).toBeLessThan(THRESHOLD);
  });
});

test.each([
  // By hand: means 3 and 5, variances 2.5 each, so −2 / sqrt(2.5 / 5 + 2.5 / 5).
  { a: [1, 2, 3, 4, 5], b: [3, 4, 5, 6, 7], t: -2 },
  { a: [1, 1], b: [1, 1], t: 0 },
  { a: [2, 2], b: [1, 1], t: Number.POSITIVE_INFINITY },
])('Welch’s t of $a and $b is $t', ({ a, b, t }) => {
  expect(welchT(a, b)).toBe(t);
});
