import type { EpochMs } from '../model/time.ts';
import { fewestServers } from '../queueing/fewest-servers.ts';
import { peakLoads } from '../queueing/modified-offered-load.ts';
import { squareRootStaffing } from '../queueing/square-root-staffing.ts';
import { waitFactor } from '../queueing/variability.ts';
import { waitsOf } from '../queueing/wait-distribution.ts';
import {
  attainment,
  type CapacityObjective,
  impossible,
  queueOf,
  requireObjective,
  wordsOfObjective,
} from './capacity-objective.ts';
import type { PoolSupply, PoolWork } from './pool-work.ts';
import { quantilesOf, type WorkloadForecast } from './workload-forecast.ts';

const MINUTE_MS = 60_000;
/** Coefficients of variation this near to 1 change waits by less than a tenth. */
const NEAR_ONE = 0.05;

export type RequiredAgents =
  | {
      status: 'met';
      /** With those to spare. */
      agents: number;
      /** Slots that must be there for the objective. */
      slots: number;
      /** Erlangs: slots at work on average. */
      offeredLoad: number;
      /** β: (slots − load) ÷ √load; 0 without load. */
      safety: number;
      /** Share of those slots at work. */
      utilization: number;
      /** Share of the tasks that wait, and the mean wait of all, with them. */
      waitShare: number;
      meanWaitMs: number;
      /** One sentence each. */
      words: string[];
    }
  | { status: 'infeasible'; because: string };

/**
 * Fewest agents that serve a load as the objective asks, by the exact figures of Erlang C with Whitt's correction for
 * uneven work, divided by slots and availability, with those to spare.
 * @param offeredLoad erlangs, 0 or more: arrivals times service time
 * @throws RangeError on a parameter out of its range
 * @example requiredAgents(10, { serviceMs: 180_000, serviceCv: 1, arrivalCv: 1 }, { slotsPerAgent: 2, availability: 1, spareAgents: 1 }, { kind: 'wait-share', waitShare: 0.2 }) // 14 slots: 7 agents and 1
 */
export function requiredAgents(
  offeredLoad: number,
  work: PoolWork,
  supply: PoolSupply,
  objective: CapacityObjective,
): RequiredAgents {
  requireSupply(supply);
  requireObjective(objective);
  if (!(offeredLoad >= 0 && offeredLoad < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`offeredLoad must be 0 or more; got ${offeredLoad}`);
  }
  const because = impossible(objective, work);
  if (because !== null) return { status: 'infeasible', because };
  const { slotsPerAgent, availability, spareAgents } = supply;
  if (offeredLoad === 0) {
    return {
      ...{ status: 'met', agents: spareAgents, slots: 0, offeredLoad, safety: 0, utilization: 0 },
      ...{ waitShare: 0, meanWaitMs: 0, words: ['Nothing is expected to arrive.'] },
    };
  }
  const slots = fewestServers((servers) => {
    const { share, wanted } = attainment(queueOf(servers, offeredLoad, work), objective);
    return share >= wanted;
  }, Math.floor(offeredLoad) + 1);
  if (slots === null) return { status: 'infeasible', because: 'no number of agents is enough' };
  const { waitShare, meanWait } = waitsOf(queueOf(slots, offeredLoad, work));
  const needed = Math.ceil(slots / (slotsPerAgent * availability) - 1e-9);
  const safety = (slots - offeredLoad) / Math.sqrt(offeredLoad);
  return {
    ...{ status: 'met', agents: needed + spareAgents, slots, offeredLoad, safety, utilization: offeredLoad / slots },
    ...{ waitShare, meanWaitMs: meanWait },
    words: wordsOf({ offeredLoad, slots, needed, safety, work, supply, objective, waitShare, meanWaitMs: meanWait }),
  };
}

export interface RequiredStep {
  at: EpochMs;
  /** The quantile of the arrivals that is planned for, a minute. */
  perMin: number;
  required: RequiredAgents;
}

/**
 * Agents for each step of a forecast. What is planned for is the most that is at work at any time of the step (modified offered
 * load), which lags behind the arrivals where tasks take long.
 * @param level quantile of the arrivals to plan for: 0.9 is above what comes nine times in ten
 */
export function requiredByStep(
  forecast: WorkloadForecast,
  level: number,
  of: { work: PoolWork; supply: PoolSupply; objective: CapacityObjective },
): RequiredStep[] {
  const arrivals = quantilesOf(forecast, level);
  const { serviceMs, serviceCv } = of.work;
  const loads = peakLoads(
    { step: forecast.stepMs, rates: arrivals.map((perMin) => perMin / MINUTE_MS) },
    { kind: 'lognormal', mean: serviceMs, cv: serviceCv },
  );
  return arrivals.map((perMin, i) => ({
    at: forecast.startMs + i * forecast.stepMs,
    perMin,
    required: requiredAgents(loads[i] as number, of.work, of.supply, of.objective),
  }));
}

/** @throws RangeError */
export function requireSupply({ slotsPerAgent, availability, spareAgents }: PoolSupply): void {
  if (!(slotsPerAgent > 0)) throw new RangeError(`slotsPerAgent must be above 0; got ${slotsPerAgent}`);
  if (!(availability > 0 && availability <= 1)) {
    throw new RangeError(`availability must be within (0, 1]; got ${availability}`);
  }
  if (!(Number.isInteger(spareAgents) && spareAgents >= 0)) {
    throw new RangeError(`spareAgents must be a whole number, 0 or more; got ${spareAgents}`);
  }
}

interface Sized {
  offeredLoad: number;
  slots: number;
  needed: number;
  safety: number;
  work: PoolWork;
  supply: PoolSupply;
  objective: CapacityObjective;
  waitShare: number;
  meanWaitMs: number;
}

function wordsOf(sized: Sized): string[] {
  const { offeredLoad, slots, needed, safety, work, supply, objective } = sized;
  const perMin = (offeredLoad / work.serviceMs) * MINUTE_MS;
  const { slotsPerAgent, availability, spareAgents } = supply;
  const rule = Math.ceil(squareRootStaffing(offeredLoad, safety) - 1e-9);
  const twice = 2 * offeredLoad + safety * Math.sqrt(2 * offeredLoad);
  const factor = waitFactor(slots, Math.min(offeredLoad, 0.999 * slots), work);
  const isUneven = Math.abs(work.serviceCv - 1) > NEAR_ONE || Math.abs(work.arrivalCv - 1) > NEAR_ONE;
  return [
    `${shown(perMin)} tasks a minute of ${shown(work.serviceMs / 1_000)} s each keep ${shown(offeredLoad)} slots at work on average (the offered load).`,
    `So that ${wordsOfObjective(objective)}, it takes ${slots} slots: ${percent(sized.waitShare)} of the tasks wait, and all together ${shown(sized.meanWaitMs / 1_000)} s on average.`,
    `By the square-root rule ${rule} = ${shown(offeredLoad)} + ${safety.toFixed(2)} × √${shown(offeredLoad)}: for twice the load it would take ${shown(twice)} slots, not ${2 * slots}.`,
    ...(isUneven
      ? [
          `Work is ${factor > 1 ? 'less' : 'more'} even than Erlang's formula has it (CV of service times ${work.serviceCv.toFixed(2)}, of arrivals ${work.arrivalCv.toFixed(2)}): waits are ${shown(factor)} times as long.`,
        ]
      : []),
    ...(work.patienceMs === undefined
      ? []
      : [`What waits is given up after ${shown(work.patienceMs / 1_000)} s on average, and not served as asked then.`]),
    `With ${shown(slotsPerAgent)} ${slotsPerAgent === 1 ? 'slot' : 'slots'} an agent${availability < 1 ? `, of which ${percent(availability)} are there at any time,` : ''} that is ${needed} ${needed === 1 ? 'agent' : 'agents'}${spareAgents > 0 ? `, and ${spareAgents} to spare` : ''}.`,
  ];
}

function shown(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
