import { normalTail } from './normal-tail.ts';

/** From here on the series is as exact, and the tail soon is 0. */
const FAR = 30;

/**
 * Hazard of the standard normal distribution, φ(z) ÷ P(Z > z): the mean of what lies above z.
 * @see Barlow and Proschan: Mathematical Theory of Reliability, 1965, on Mills' ratio
 * @example normalHazard(0) // 0.797885
 */
export function normalHazard(z: number): number {
  return z > FAR ? z + 1 / z - 2 / z ** 3 : normalDensity(z) / normalTail(z);
}

export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}
