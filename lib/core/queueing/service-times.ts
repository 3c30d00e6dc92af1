import { normalTail } from '../detect/normal-tail.ts';

/** How long tasks are worked on: log-normal of a mean and CV (what is measured), exponential, or always the same. */
export type ServiceTimes =
  | { kind: 'lognormal'; mean: number; cv: number }
  | { kind: 'exponential'; mean: number }
  | { kind: 'deterministic'; mean: number };

/**
 * Mean of the smaller of a service time and a limit, ∫₀ˣ P(S > u) du: the work that is done on a task within x of its
 * arrival where servers are enough.
 * @param limit x, 0 or more, in the unit of the mean
 * @throws RangeError where the mean is not above 0, the CV or the limit below 0
 * @example workWithin({ kind: 'exponential', mean: 2 }, 2) // 2·(1 − 1/e) = 1.264
 */
export function workWithin(service: ServiceTimes, limit: number): number {
  requireService(service);
  if (!(limit >= 0)) throw new RangeError(`limit must be 0 or more; got ${limit}`);
  const { mean } = service;
  if (limit === Number.POSITIVE_INFINITY) return mean;
  if (service.kind === 'exponential') return mean * -Math.expm1(-limit / mean);
  if (service.kind === 'deterministic' || service.cv === 0) return Math.min(limit, mean);
  if (limit === 0) return 0;
  const variance = Math.log1p(service.cv ** 2);
  const sigma = Math.sqrt(variance);
  const z = (Math.log(limit / mean) + variance / 2) / sigma;
  return mean * normalTail(sigma - z) + limit * normalTail(z);
}

/** @throws RangeError */
export function requireService(service: ServiceTimes): void {
  if (!(service.mean > 0 && service.mean < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`the mean of service times must be above 0; got ${service.mean}`);
  }
  if (service.kind === 'lognormal' && !(service.cv >= 0)) {
    throw new RangeError(`the CV of service times must be 0 or more; got ${service.cv}`);
  }
}
