import { type Queue, waitsOf } from '../queueing/wait-distribution.ts';
import { normalQuantile } from './normal-quantile.ts';
import type { PoolWork } from './pool-work.ts';

/** How well a pool must serve. All shares are above 0 and below 1. */
export type CapacityObjective =
  /** At most such a share of the tasks has to wait. */
  | { kind: 'wait-share'; waitShare: number }
  /** At least such a share is served after a wait no longer than that. */
  | { kind: 'wait-within'; longestWaitMs: number; share: number }
  /** At least such a share is completed within its limit (`slaMs` of the tasks), waiting and working together. */
  | { kind: 'response-within'; slaMs: number; share: number };

/** A pool of so many slots under such a load. */
export function queueOf(
  servers: number,
  offeredLoad: number,
  { serviceMs, serviceCv, arrivalCv, patienceMs }: PoolWork,
): Queue {
  return {
    ...{ servers, offeredLoad, meanService: serviceMs, variability: { arrivalCv, serviceCv } },
    ...(patienceMs !== undefined && { patience: patienceMs }),
  };
}

/** Service times that stand for all: each for one in forty. */
const POINTS = 40;

/** @throws RangeError where a share or a time is out of its range */
export function requireObjective(objective: CapacityObjective): void {
  const share = objective.kind === 'wait-share' ? objective.waitShare : objective.share;
  if (!(share > 0 && share < 1)) throw new RangeError(`the share of an objective must be within (0, 1); got ${share}`);
  if (objective.kind === 'wait-within' && !(objective.longestWaitMs >= 0)) {
    throw new RangeError(`longestWaitMs must be 0 or more; got ${objective.longestWaitMs}`);
  }
  if (objective.kind === 'response-within' && !(objective.slaMs > 0)) {
    throw new RangeError(`slaMs must be above 0; got ${objective.slaMs}`);
  }
}

/** The share of the tasks that are served as the objective asks, and that it asks for. */
export function attainment(queue: Queue, objective: CapacityObjective): { share: number; wanted: number } {
  const waits = waitsOf(queue);
  switch (objective.kind) {
    case 'wait-share':
      return { share: waits.servedWithin(0), wanted: 1 - objective.waitShare };
    case 'wait-within':
      return { share: waits.servedWithin(objective.longestWaitMs), wanted: objective.share };
    case 'response-within': {
      const times = serviceTimes(queue.meanService, queue.variability.serviceCv);
      const inTime = times.map((ms) => (ms > objective.slaMs ? 0 : waits.servedWithin(objective.slaMs - ms)));
      return { share: inTime.reduce((sum, share) => sum + share, 0) / POINTS, wanted: objective.share };
    }
  }
}

/**
 * Why no number of agents can meet it: more tasks take longer than they may than are allowed to.
 * @returns null where some number can
 */
export function impossible(objective: CapacityObjective, { serviceMs, serviceCv }: PoolWork): string | null {
  if (objective.kind !== 'response-within') return null;
  const inTime = serviceTimes(serviceMs, serviceCv).filter((ms) => ms <= objective.slaMs).length / POINTS;
  if (inTime >= objective.share) return null;
  return `even without any wait only ${percent(inTime)} of the tasks take no longer than their limit of ${seconds(objective.slaMs)}, and ${percent(objective.share)} are to: more agents do not help, faster ones or another limit would`;
}

/** In words, after "so that". */
export function wordsOfObjective(objective: CapacityObjective): string {
  switch (objective.kind) {
    case 'wait-share':
      return `at most ${percent(objective.waitShare)} of the tasks wait`;
    case 'wait-within':
      return `${percent(objective.share)} of the tasks wait no longer than ${seconds(objective.longestWaitMs)}`;
    case 'response-within':
      return `${percent(objective.share)} of the tasks are done within ${seconds(objective.slaMs)}`;
  }
}

function serviceTimes(meanMs: number, cv: number): number[] {
  const variance = Math.log1p(cv ** 2);
  return Array.from({ length: POINTS }, (_, i) => {
    return meanMs * Math.exp(Math.sqrt(variance) * normalQuantile((i + 0.5) / POINTS) - variance / 2);
  });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1_000).toPrecision(3))} s`;
}
