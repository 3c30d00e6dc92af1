import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { batchMark } from '../../../lib/core/model/batch-mark.ts';

test('a mark has eleven characters, and no two of 300,000 ids have the same, alike as they may be', () => {
  const marks = new Set<string>();
  const ids = (i: number) => [
    `batch-${i}`,
    `018f2c1e-7b00-7000-8000-${i.toString(16).padStart(12, '0')}`,
    createHash('sha256').update(String(i)).digest('hex'),
  ];
  for (let i = 0; i < 100_000; i++) for (const id of ids(i)) marks.add(batchMark(id));
  expect(marks.size).toBe(300_000);
  expect([...marks].every((mark) => /^[\w-]{11}$/.test(mark))).toBe(true);
});

test('each of its bits changes with half of all changes of an id by one character', () => {
  const flips = new Array<number>(11).fill(0);
  const ROUNDS = 20_000;
  for (let i = 0; i < ROUNDS; i++) {
    const [one, other] = [batchMark(`batch-${i}`), batchMark(`batch-${i + 1}`)];
    for (let at = 0; at < 11; at++) if (one[at] !== other[at]) flips[at] = (flips[at] ?? 0) + 1;
  }
  // Of the 64 letters, or of 16 in the last place, another one is as good as any.
  for (const [at, count] of flips.entries()) expect(count / ROUNDS).toBeGreaterThan(at === 10 ? 0.92 : 0.97);
});
