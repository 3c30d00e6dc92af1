/** P(wait) ≤ 20 % by Halfin and Whitt: [1 + β·Φ(β)/φ(β)]⁻¹ = 0.2. */
const BETA = 1.062;
const MOST = 0.95;

/**
 * How busy slots may be so that about one task in five waits, by square-root safety staffing: a load of R erlangs needs
 * N = R + β·√R slots, which are then busy for R/N of the time. Where there are fewer slots than that, by the load that they can
 * take. At most 0.95. Larger pools may be busier.
 * @param offeredLoad erlangs, 0 or more
 * @param slots that share the work, above 0
 * @see Halfin, Whitt: Heavy-Traffic Limits for Queues with Many Exponential Servers, Operations Research 29(3), 1981
 * @example allowedUtilization(10, 50) // 0.7486: 13.4 slots
 * @example allowedUtilization(10, 4) // 0.5916: 4 slots take 2.4 erlangs
 */
export function allowedUtilization(offeredLoad: number, slots: number): number {
  if (!(slots > 0)) throw new RangeError(`slots must be above 0; got ${slots}`);
  if (!(offeredLoad >= 0)) throw new RangeError(`offeredLoad must be 0 or more; got ${offeredLoad}`);
  const root = (Math.sqrt(BETA * BETA + 4 * slots) - BETA) / 2;
  const load = Math.min(offeredLoad, root * root);
  // Of no load at all, nothing has to wait: what a slot may take then does not matter, but must not be nothing.
  return Math.min(MOST, Math.max(1e-3, load / (load + BETA * Math.sqrt(load) || 1)));
}
