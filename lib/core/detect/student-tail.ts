import { normalTail } from './normal-tail.ts';

/**
 * Upper tail of Student's t, P(T > t), by Wallace's normal approximation: too large rather than too small, by up to 20 % at
 * t = 8 and 35 % at t = 15, less for many degrees of freedom.
 * @param freedom degrees of freedom, above 0; the fewer, the more often chance alone goes far
 * @see Wallace, Bounds on normal approximations to Student's and the chi-square distributions, Ann. Math. Stat. 30 (1959)
 * @example studentTail(4.9, 7) // 0.0009, where normalTail(4.9) is 4.8e-7
 */
export function studentTail(t: number, freedom: number): number {
  if (!(freedom > 0)) throw new RangeError(`freedom must be above 0; got ${freedom}`);
  const z = ((8 * freedom + 1) / (8 * freedom + 3)) * Math.sqrt(freedom * Math.log1p((t * t) / freedom));
  return normalTail(t < 0 ? -z : z);
}
