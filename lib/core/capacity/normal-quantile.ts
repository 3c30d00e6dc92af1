import { normalTail } from '../detect/normal-tail.ts';

/**
 * Quantile of the standard normal distribution, by bisection of its tail: to 1e-12.
 * @param level above 0, below 1
 * @throws RangeError outside
 * @example normalQuantile(0.975) // 1.959964
 */
export function normalQuantile(level: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be within (0, 1); got ${level}`);
  // The tail is told to small relative error only above 0.
  if (level < 0.5) return -normalQuantile(1 - level);
  let [low, high] = [0, 40];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > 1 - level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
