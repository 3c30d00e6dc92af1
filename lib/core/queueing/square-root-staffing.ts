import { normalDensity, normalHazard } from '../detect/normal-hazard.ts';
import { normalTail } from '../detect/normal-tail.ts';

/**
 * Square-root safety staffing: N = R + β·√R servers for R erlangs. It says why large pools need less room than small ones:
 * what is to spare grows with the root of the load. As explanation beside the exact figure; it is within a server or two of it.
 * @param safety β, any number; see {@link safetyForWaitShare}
 * @returns servers, not rounded
 * @throws RangeError on a parameter out of its range, here and below
 * @see Halfin, Whitt: Heavy-Traffic Limits for Queues with Many Exponential Servers, Operations Research 29(3), 1981
 * @example squareRootStaffing(100, 1.062) // 110.62
 */
export function squareRootStaffing(offeredLoad: number, safety: number): number {
  if (!(offeredLoad >= 0)) throw new RangeError(`offeredLoad must be 0 or more; got ${offeredLoad}`);
  return offeredLoad + safety * Math.sqrt(offeredLoad);
}

/**
 * Share of the tasks that wait at a safety of β, in the limit of many servers: [1 + β·Φ(β) ÷ φ(β)]⁻¹.
 * @param safety 0 or more; at 0 all wait
 * @example halfinWhittWaitShare(1.062) // 0.2
 */
export function halfinWhittWaitShare(safety: number): number {
  if (!(safety >= 0)) throw new RangeError(`safety must be 0 or more; got ${safety}`);
  return 1 / (1 + (safety * (1 - normalTail(safety))) / normalDensity(safety));
}

/**
 * The β at which such a share of the tasks waits: the inverse of {@link halfinWhittWaitShare}.
 * @param waitShare above 0, below 1
 * @example safetyForWaitShare(0.2) // 1.062
 */
export function safetyForWaitShare(waitShare: number): number {
  if (!(waitShare > 0 && waitShare < 1)) throw new RangeError(`waitShare must be within (0, 1); got ${waitShare}`);
  let [low, high] = [0, 1];
  while (halfinWhittWaitShare(high) > waitShare) [low, high] = [high, 2 * high];
  // To the last digit that matters: 60 halvings.
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (halfinWhittWaitShare(middle) > waitShare) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Garnett's approximation of the share that waits where who waits gives up after an exponential patience, in the limit of
 * many servers: [1 + √(θ/μ) · h(β·√(μ/θ)) ÷ h(−β)]⁻¹ with β = (N − R) ÷ √R and the hazard h = φ ÷ (1 − Φ).
 * @param patience mean, above 0, in the unit of meanService
 * @see Garnett, Mandelbaum, Reiman: Designing a Call Center with Impatient Customers, M&SOM 4(3), 2002
 * @example garnettWaitShare(110, 100, 1, 1) // 0.1587; exactly 0.1706 (Erlang A)
 */
export function garnettWaitShare(servers: number, offeredLoad: number, meanService: number, patience: number): number {
  if (!(servers > 0)) throw new RangeError(`servers must be above 0; got ${servers}`);
  if (!(offeredLoad > 0)) throw new RangeError(`offeredLoad must be above 0; got ${offeredLoad}`);
  if (!(meanService > 0 && patience > 0)) {
    throw new RangeError(`mean times must be above 0; got ${meanService} and ${patience}`);
  }
  const safety = (servers - offeredLoad) / Math.sqrt(offeredLoad);
  // θ/μ: patience and service are 1/θ and 1/μ.
  const ratio = Math.sqrt(meanService / patience);
  return 1 / (1 + (ratio * normalHazard(safety / ratio)) / normalHazard(-safety));
}
