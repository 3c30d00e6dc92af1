import type { EpochMs } from '../model/time.ts';
import { attainment, type CapacityObjective, impossible, queueOf, requireObjective } from './capacity-objective.ts';
import type { PoolSupply, PoolWork } from './pool-work.ts';
import { requireSupply } from './required-agents.ts';
import { quantilesOf, type WorkloadForecast } from './workload-forecast.ts';

const MINUTE_MS = 60_000;

export type CapacityAtObjective =
  | {
      status: 'known';
      /** The most tasks a minute that are served as the objective asks. */
      perMin: number;
      /** Slots that are counted on: those to spare are not. */
      slots: number;
      /** Erlangs for each of them then: the share at work, where nothing is given up. */
      load: number;
    }
  | { status: 'none'; because: string };

/**
 * What a pool carries at its objective: the inverse of requiredAgents. Those to spare and those that are not there are
 * not counted on.
 * @param agents whole number, 0 or more
 * @throws RangeError on a parameter out of its range
 */
export function capacityAtObjective(
  agents: number,
  work: PoolWork,
  supply: PoolSupply,
  objective: CapacityObjective,
): CapacityAtObjective {
  requireSupply(supply);
  requireObjective(objective);
  if (!(Number.isInteger(agents) && agents >= 0)) {
    throw new RangeError(`agents must be a whole number, 0 or more; got ${agents}`);
  }
  const { slotsPerAgent, availability, spareAgents } = supply;
  const slots = Math.floor((agents - spareAgents) * slotsPerAgent * availability + 1e-9);
  if (slots < 1) return { status: 'none', because: `of ${agents} agents and ${spareAgents} to spare no slot is left` };
  const because = impossible(objective, work);
  if (because !== null) return { status: 'none', because };
  const isMet = (offeredLoad: number) => {
    const { share, wanted } = attainment(queueOf(slots, offeredLoad, work), objective);
    return share >= wanted;
  };
  let [low, high] = [0, slots];
  // Where some give up more may come than fits.
  while (isMet(high)) [low, high] = [high, 2 * high];
  // To a millionth of what it has.
  for (let i = 0; i < 20 || high - low > 1e-6 * slots; i += 1) {
    const middle = (low + high) / 2;
    if (isMet(middle)) low = middle;
    else high = middle;
  }
  return { status: 'known', perMin: (low / work.serviceMs) * MINUTE_MS, slots, load: low / slots };
}

/** What is left of a capacity at the step of a forecast that leaves the least. */
export interface Headroom {
  /** Tasks a minute; below 0 where more is to come than fits. */
  perMin: number;
  /** Share of the capacity that it is; null of none. */
  share: number | null;
  /** The step, and what is to come in it. */
  at: EpochMs;
  forecastPerMin: number;
}

/**
 * Headroom: capacity at the objective less what is to come at most, nineteen times in twenty unless another level is given.
 * @param capacityPerMin 0 or more
 * @returns null of a forecast without steps
 */
export function headroom(forecast: WorkloadForecast, capacityPerMin: number, level = 0.95): Headroom | null {
  const upper = quantilesOf(forecast, level);
  const most = Math.max(...upper);
  if (upper.length === 0) return null;
  const perMin = capacityPerMin - most;
  return {
    ...{ perMin, share: capacityPerMin > 0 ? perMin / capacityPerMin : null, forecastPerMin: most },
    at: forecast.startMs + upper.indexOf(most) * forecast.stepMs,
  };
}
