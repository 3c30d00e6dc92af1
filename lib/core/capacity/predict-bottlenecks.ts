import { standardNormals } from '../bottleneck/block-bootstrap.ts';
import type { Bottleneck, ExpectedGain, Relief } from '../bottleneck/bottleneck.ts';
import { serviceDemandMs, utilizationAt } from '../bottleneck/operational-laws.ts';
import type { EpochMs } from '../model/time.ts';
import { whittWait } from '../queueing/variability.ts';
import { mixedWork } from './pool-work.ts';
import type { Station, TaskDemand } from './station.ts';
import { firstReach } from './time-to-saturation.ts';
import type { VisitRatios } from './visit-ratios.ts';
import { quantilesOf, type WorkloadForecast } from './workload-forecast.ts';

const MINUTE_MS = 60_000;
const DRAWS = 400;
/** A fixed one: the same input always gives the same answer. */
const SEED = 20_260_101;
/** Relative error of a demand that more tasks do not make smaller: agents differ, and the next day is not like this one. */
const LEAST_ERROR = 0.02;
/** Waits this many times the time at work are told as growing without end. */
const MOST_TOLD = 100;

/** What is to come, of one class: workflows of a type, or tasks of one. */
export interface ClassForecast {
  /** As in the visit ratios. */
  id: string;
  /** As it was measured, a minute. */
  nowPerMin: number;
  forecast: WorkloadForecast;
}

/** A bottleneck of the future: utilization, wait and gain are those at the step of the forecast that asks most of it. */
export interface PredictedBottleneck extends Omit<Bottleneck, 'pathShare' | 'confidence'> {
  /** Share of its servers at work then, 0..; above its limit where more comes than fits. */
  utilization: number;
  /** That of all together that is at its limit: times as much as now arrives, with the mix of that step. Null where nothing arrives. */
  loadFactor: number | null;
  /** When the mean of the forecast brings it to its limit, and when the upper and the lower tenth do; null where not within it. */
  saturates: { atMs: EpochMs | null; earliestMs: EpochMs | null; latestMs: EpochMs | null; reason: string | null };
  /** Mean wait of its tasks at its busiest step; null where it is no queue, and where the wait grows without end. */
  waitMs: number | null;
  /** Probability that it is full before the next one, by how well demands are known, 0..1; null for the last. */
  confidence: number | null;
}

/**
 * What will be full first when a workload comes: by the forced flow law tasks come at Σ classes λ·V, by the utilization
 * law they keep Σ λ·V·S ÷ m of the servers at work. What reaches its limit first comes first; of those that do not
 * within the forecast, the fullest. Everything is taken to serve what comes to it, as if nothing before it were full: so the
 * ranks of those after the first are the order in which they would be, were those before them relieved.
 * @param classes with forecasts of the same steps
 * @param visits tasks of each type that one of each class brings; a class without any brings nothing
 * @throws RangeError where the forecasts have different steps
 */
export function predictBottlenecks(
  stations: readonly Station[],
  classes: readonly ClassForecast[],
  visits: VisitRatios,
): PredictedBottleneck[] {
  requireSameSteps(classes);
  const steps = classes[0]?.forecast;
  if (!steps || steps.mean.length === 0) return [];
  const totals = steps.mean.map((_, step) => classes.reduce((sum, { forecast }) => sum + meanAt(forecast, step), 0));
  const nowPerMin = classes.reduce((sum, its) => sum + its.nowPerMin, 0);
  const rates = {
    mean: classes.map(({ forecast }) => forecast.mean),
    // Classes that grow together: their upper tenths come together.
    upper: classes.map(({ forecast }) => quantilesOf(forecast, 0.9)),
    lower: classes.map(({ forecast }) => quantilesOf(forecast, 0.1)),
  };
  const loaded = stations
    .map((station) => loadOf(station, { classes, rates, visits, steps }))
    .filter(({ fullness }) => fullness.some((share) => share > 0))
    .sort((a, b) => earlierOf(a, b, 1, 1) || (nameOf(a.station) < nameOf(b.station) ? -1 : 1));
  const sureness = confidences(loaded);
  return loaded.map((load, i): PredictedBottleneck => {
    const { station, peak, work } = load;
    const { kind, id, servers } = station;
    const total = totals[peak] as number;
    const fullness = load.fullness[peak] as number;
    const wait = waitAt(load);
    const isEndless = wait !== null && wait > MOST_TOLD * (work?.serviceMs ?? 0);
    const factor = loadFactorOf(load, totals, nowPerMin);
    return {
      ...{ rank: i + 1, kind, id, servers, utilization: utilizationOf(station, fullness) },
      demandMs: serviceDemandMs(load.busyMsPerMin[peak] as number, total),
      waitMs: wait === null || isEndless ? null : wait,
      waitShare: wait === null || !work ? null : isEndless ? 1 : wait / (wait + work.serviceMs),
      loadFactor: factor,
      saturates: saturationOf(load, steps),
      evidence: evidenceOf(load, { totals, nowPerMin, factor, wait: isEndless ? Number.POSITIVE_INFINITY : wait }),
      confidence: sureness[i] ?? null,
      expectedGain: gainOf(load, loaded, totals),
    };
  });
}

interface Load {
  station: Station;
  /** By step, of the mean of the forecast: time at work a minute, and the share of the room below the limit that it fills. */
  busyMsPerMin: number[];
  fullness: number[];
  /** Of the upper and the lower tenth. */
  upper: number[];
  lower: number[];
  /** When the mean reaches the limit. */
  atMs: EpochMs | null;
  /** The fullest step. */
  peak: number;
  /** What its tasks are like then; null where they take no time. */
  work: { perMin: number; serviceMs: number; serviceCv: number } | null;
  /** Relative standard error of its demand. */
  error: number;
}

/** What is to come: by class and step, a minute, the mean and the upper and lower tenth. */
interface Coming {
  classes: readonly ClassForecast[];
  rates: Record<'mean' | 'upper' | 'lower', readonly (readonly number[])[]>;
  visits: VisitRatios;
  steps: WorkloadForecast;
}

function loadOf(station: Station, { classes, rates, visits, steps }: Coming): Load {
  const asked = classes.map(({ id }) => demandsOf(station, visits.get(id) ?? new Map()));
  const demandMs = asked.map((of) => of.reduce((sum, { tasks, demand }) => sum + tasks * demand.serviceMs, 0));
  const busy = (perMin: readonly (readonly number[])[]) =>
    steps.mean.map((_, step) => demandMs.reduce((sum, ms, i) => sum + ms * (perMin[i]?.[step] ?? 0), 0));
  const fullnessOf = (busyMs: readonly number[]) =>
    busyMs.map((ms) => utilizationAt(1 / MINUTE_MS, { demandMs: ms, servers: station.servers * roomOf(station) }));
  const busyMsPerMin = busy(rates.mean);
  const fullness = fullnessOf(busyMsPerMin);
  const peak = fullness.indexOf(Math.max(...fullness));
  const tasks = classes.flatMap(({ forecast }, i) => {
    return (asked[i] ?? []).map(({ tasks: each, demand }) => ({ ...demand, perMin: each * meanAt(forecast, peak) }));
  });
  const mixed = mixedWork(tasks);
  return {
    ...{
      station,
      busyMsPerMin,
      fullness,
      upper: fullnessOf(busy(rates.upper)),
      lower: fullnessOf(busy(rates.lower)),
      peak,
    },
    atMs: firstReach(fullness, 1, steps),
    work: mixed && { ...mixed, perMin: tasks.reduce((sum, { perMin }) => sum + perMin, 0) },
    error: errorOf(tasks),
  };
}

function demandsOf(station: Station, visits: ReadonlyMap<string, number>): { tasks: number; demand: TaskDemand }[] {
  return [...visits].flatMap(([type, each]) => {
    const demand = station.demands.get(type);
    return demand && each * demand.share > 0 ? [{ tasks: each * demand.share, demand }] : [];
  });
}

/** Of a sum of demands: each is a mean of n times, of a number of visits that was counted itself. */
function errorOf(tasks: readonly (TaskDemand & { perMin: number })[]): number {
  const busy = tasks.reduce((sum, { perMin, serviceMs }) => sum + perMin * serviceMs, 0);
  const variance = tasks.reduce((sum, { perMin, serviceMs, serviceCv, n }) => {
    return sum + (perMin * serviceMs) ** 2 * ((1 + serviceCv ** 2) / Math.max(1, n));
  }, 0);
  return busy === 0 ? LEAST_ERROR : Math.sqrt(variance / busy ** 2 + LEAST_ERROR ** 2);
}

/** Below 0 where the first is full earlier, or never, and fuller. @param times the factors that their demands are off by */
function earlierOf(a: Load, b: Load, timesA: number, timesB: number): number {
  const [reachA, reachB] = [reachOf(a, timesA), reachOf(b, timesB)];
  if (reachA !== reachB) return reachA - reachB;
  return (b.fullness[b.peak] as number) * timesB - (a.fullness[a.peak] as number) * timesA;
}

/** Steps until it is full; a large number where it never is. */
function reachOf({ fullness }: Load, times: number): number {
  const first = firstReach(fullness, 1 / times, { startMs: 0, stepMs: 1 });
  return first ?? Number.MAX_SAFE_INTEGER;
}

/** Of each but the last, how often it is full before the next one when demands are drawn as they may be. */
function confidences(loads: readonly Load[]): number[] {
  const normal = standardNormals(SEED);
  const draws = Array.from({ length: DRAWS }, () => loads.map(({ error }) => Math.exp(error * normal())));
  return loads.slice(1).map((next, i) => {
    const its = loads[i] as Load;
    const before = draws.filter((times) => earlierOf(its, next, times[i] as number, times[i + 1] as number) < 0);
    return before.length / DRAWS;
  });
}

/** Mean wait at the fullest step; null of what is no queue, Infinity where it is full. */
function waitAt({ station, work, fullness, peak }: Load): number | null {
  if (!station.isQueue || !work) return null;
  const utilization = utilizationOf(station, fullness[peak] as number);
  if (utilization >= 1) return Number.POSITIVE_INFINITY;
  // Agents that were there for a part of the time make a number of servers that is not whole.
  const servers = Math.max(1, Math.round(station.servers));
  const load = servers * utilization;
  return whittWait(servers, load, work.serviceMs, { arrivalCv: station.arrivalCv, serviceCv: work.serviceCv });
}

function loadFactorOf(load: Load, totals: readonly number[], nowPerMin: number): number | null {
  const { fullness, atMs, peak } = load;
  const step = atMs === null ? peak : fullness.findIndex((share) => share > 1);
  const full = (totals[step] as number) / (fullness[step] as number);
  return nowPerMin > 0 ? full / nowPerMin : null;
}

function saturationOf(load: Load, steps: WorkloadForecast): PredictedBottleneck['saturates'] {
  const { atMs, fullness, peak, upper, lower } = load;
  const most = percent(fullness[peak] as number);
  return {
    atMs,
    earliestMs: firstReach(upper, 1, steps),
    latestMs: firstReach(lower, 1, steps),
    reason: atMs === null ? `at the most ${most} of what it can do is asked of it within the forecast` : null,
  };
}

/** The bound is the rate of all classes together, with the mix of the fullest step, at which the first thing is full. */
function gainOf(load: Load, all: readonly Load[], totals: readonly number[]): ExpectedGain | null {
  const step = all[0]?.peak ?? 0;
  const total = totals[step] as number;
  if (total === 0) return null;
  const shareOf = (its: Load) => its.fullness[step] as number;
  const boundIf = (times: number) => {
    const shares = all.map((its) => shareOf(its) * (its === load ? times : 1));
    const most = Math.max(...shares);
    return { boundPerMin: total / most, first: all[shares.indexOf(most)] as Load };
  };
  const { boundPerMin } = boundIf(1);
  const reliefOf = (times: number): Relief => {
    const relieved = boundIf(times).boundPerMin;
    return { boundPerMin: relieved, gain: relieved / boundPerMin - 1 };
  };
  const { agents } = load.station;
  const next = boundIf(0.5).first.station;
  return {
    boundPerMin,
    oneMoreAgent: agents === null ? null : reliefOf(agents / (agents + 1)),
    demandHalved: reliefOf(0.5),
    next: all.length > 1 ? { kind: next.kind, id: next.id } : null,
  };
}

function evidenceOf(
  { station, fullness, peak, work, error }: Load,
  of: { totals: readonly number[]; nowPerMin: number; factor: number | null; wait: number | null },
): string[] {
  const { servers, isQueue, measuredUtilization, limit, idle, agents } = station;
  const grows = of.nowPerMin > 0 ? (of.totals[peak] as number) / of.nowPerMin : null;
  const then = percent(utilizationOf(station, fullness[peak] as number));
  const what = isQueue
    ? `${shown(servers)} slots${agents === null ? '' : ` of ${agents} ${agents === 1 ? 'agent' : 'agents'}`}`
    : 'what it can do';
  return [
    `${measuredUtilization === null ? '' : `${percent(measuredUtilization)} of ${what} was at work when it was measured; `}${then} of ${what} is asked for${idle > 0 ? `, ${percent(idle)} of it whatever is done,` : ''} at the busiest step${grows === null ? '' : `, when ${shown(grows)} times as much arrives as now`}`,
    ...(of.factor === null
      ? []
      : [
          `full${limit < 1 ? ` (${percent(limit)})` : ''} at ${shown(of.factor)} times what arrives now, with the mix of then`,
        ]),
    ...(work && isQueue
      ? [
          `${shown(work.perMin)} tasks a minute of ${shown(work.serviceMs / 1_000)} s each (CV ${work.serviceCv.toFixed(2)})`,
        ]
      : []),
    ...(of.wait === null
      ? []
      : [
          of.wait === Number.POSITIVE_INFINITY
            ? 'its queue grows without end then'
            : `tasks wait ${shown(of.wait / 1_000)} s on average then`,
        ]),
    `its demand is known to ± ${percent(2 * error)}`,
  ];
}

/** What work can fill of each server. */
function roomOf({ limit, idle }: Station): number {
  return limit - idle;
}

function utilizationOf(station: Station, fullness: number): number {
  return station.idle + fullness * roomOf(station);
}

function requireSameSteps(classes: readonly ClassForecast[]): void {
  const first = classes[0]?.forecast;
  for (const { id, forecast } of classes) {
    const { startMs, stepMs, mean } = forecast;
    if (!first || startMs !== first.startMs || stepMs !== first.stepMs || mean.length !== first.mean.length) {
      throw new RangeError(`the forecast of "${id}" has other steps than the first`);
    }
  }
}

function meanAt({ mean }: WorkloadForecast, step: number): number {
  return mean[step] ?? 0;
}

function nameOf({ kind, id }: Station): string {
  return `${kind} ${id}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function shown(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
