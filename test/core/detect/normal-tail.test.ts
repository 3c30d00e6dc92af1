import { expect, test } from 'vitest';
import { normalTail } from '../../../lib/core/detect/normal-tail.ts';

// Expected values: R 4.3, pnorm(z, lower.tail = FALSE).
test.each([
  { z: 0, tail: 0.5 },
  { z: 1, tail: 0.158655253931457 },
  { z: 1.959963984540054, tail: 0.025 },
  { z: 2.5, tail: 0.00620966532577614 },
  { z: 3, tail: 0.00134989803163009 },
  { z: 6, tail: 9.86587645037701e-10 },
  { z: -1.644853626951473, tail: 0.95 },
])('P(Z > $z) is $tail', ({ z, tail }) => {
  expect(Math.abs(normalTail(z) / tail - 1)).toBeLessThan(1e-9);
});

test('refuses what is not a number', () => {
  expect(() => normalTail(Number.NaN)).toThrow(RangeError);
});
