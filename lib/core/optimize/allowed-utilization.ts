/** P(wait) ≤ 20 % by Halfin and Whitt: [1 + β·Φ(β)/φ(β)]⁻¹ = 0.2. */
const BETA = 1.062;
const MOST = 0.95;

/**
 * How busy servers may be so that about one task in five waits, by square-root safety staffing: N = R + β·√R solved for the
 * offered load R, divided by N; at most 0.95. Larger pools may be busier.
 * @param servers slots that share their work, above 0
 * @see Halfin, Whitt: Heavy-Traffic Limits for Queues with Many Exponential Servers, Operations Research 29(3), 1981
 * @example allowedUtilization(14) // 0.753: R = 10.5 erlangs
 */
export function allowedUtilization(servers: number): number {
  if (!(servers > 0)) throw new RangeError(`servers must be above 0; got ${servers}`);
  const root = (Math.sqrt(BETA * BETA + 4 * servers) - BETA) / 2;
  return Math.min(MOST, (root * root) / servers);
}
