import type { ArrivalSpec, Scenario } from '../scenario/scenario.ts';
import { hashNumbers, type OpenStream, streamsOf } from './counted-random.ts';
import { type FaultWindow, loadFactor } from './fault-window.ts';
import { MINUTE_US, minutes, type SimTime, seconds } from './sim-time.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A workflow about to begin. */
export interface Birth {
  at: SimTime;
  /** Number of the workflow, unique within the run. */
  id: string;
  /** What its luck is drawn by. */
  key: number;
  row?: RecordedArrival;
}

/** One row of a recorded workload: a workflow, and what is known of its first step. */
export interface RecordedArrival {
  /** From the start of the scenario, 0 or more. */
  atMs: number;
  /** Drawn by weight where absent. */
  workflowType?: string;
  inputTokens?: number;
  outputTokens?: number;
}

/** Births in order of time; null when no other comes. */
export type ArrivalSource = () => Birth | null;

type PoissonSpec = Extract<ArrivalSpec, { kind: 'poisson' }>;

/**
 * What comes from outside: one source for the usual load and one for what each fault adds to it, so that the usual
 * workflows are the same with and without the fault. A closed population makes its own arrivals.
 * @param rows of a recorded workload, in order of time
 */
export function arrivalSources(
  scenario: Scenario,
  windows: readonly FaultWindow[],
  rows: readonly RecordedArrival[],
  seed: number,
): ArrivalSource[] {
  const { arrivals } = scenario;
  if (arrivals.kind === 'closed') return [];
  const loads = windows.filter((window) => loadFactor(window, window.until - 1) !== 1);
  const remaining = (at: SimTime) => loads.reduce((share, window) => share * Math.min(1, loadFactor(window, at)), 1);
  const streams = streamsOf(seed, 'arrivals');
  if (arrivals.kind === 'recorded') {
    return [recorded(rows, remaining, streams), ...loads.map((window) => copies(rows, window, seed))];
  }
  const [rate, peak] = [ratePerUs(scenario, arrivals), peakPerUs(arrivals)];
  const end = minutes(scenario.minutes);
  const usual = poisson({ from: 0, until: end, rate, peak, keep: remaining, streams, prefix: 'w', keyOf: (n) => n });
  const added = loads.map((window) => {
    const most = Math.max(loadFactor(window, window.from), loadFactor(window, window.until - 1)) - 1;
    return poisson({
      from: window.from,
      until: window.until,
      rate: (at) => rate(at) * Math.max(0, loadFactor(window, at) - 1),
      peak: peak * Math.max(0, most),
      keep: () => 1,
      streams: streamsOf(seed, `arrivals/${window.index}`),
      prefix: `x${window.index}-`,
      keyOf: (n) => hashNumbers(n, window.index + 1, 1),
    });
  });
  return [usual, ...added];
}

interface PoissonProcess {
  from: SimTime;
  until: SimTime;
  /** Per microsecond, never above the peak. */
  rate: (at: SimTime) => number;
  peak: number;
  /** Share that is kept of what the rate brings. */
  keep: (at: SimTime) => number;
  streams: OpenStream;
  prefix: string;
  keyOf: (number: number) => number;
}

/** By thinning a homogeneous process of the highest rate (Lewis and Shedler, 1979). */
function poisson({ from, until, rate, peak, keep, streams, prefix, keyOf }: PoissonProcess): ArrivalSource {
  let [at, candidate, number] = [from, 0, 0];
  return () => {
    if (peak === 0) return null;
    for (;;) {
      const random = streams(candidate++);
      at += random.exponential(1 / peak);
      if (at >= until) return null;
      if (random.uniform() * peak >= rate(at)) continue;
      number += 1;
      if (random.uniform() < keep(at)) return { at: Math.round(at), id: `${prefix}${number}`, key: keyOf(number) };
    }
  };
}

function recorded(rows: readonly RecordedArrival[], keep: (at: SimTime) => number, streams: OpenStream): ArrivalSource {
  let number = 0;
  return () => {
    for (let row = rows[number]; row !== undefined; row = rows[number]) {
      number += 1;
      const at = Math.round(row.atMs * 1_000);
      if (streams(number).uniform() < keep(at)) return { at, id: `w${number}`, key: number, row };
    }
    return null;
  };
}

/** More of a recorded workload: each row of the time once more, or so often, within the following ten seconds. */
function copies(rows: readonly RecordedArrival[], window: FaultWindow, seed: number): ArrivalSource {
  const streams = streamsOf(seed, `arrivals/${window.index}`);
  const births = rows.flatMap((row, index): Birth[] => {
    const at = Math.round(row.atMs * 1_000);
    const random = streams(index);
    const extra = Math.max(0, loadFactor(window, at) - 1);
    const count = Math.floor(extra) + (random.uniform() < extra % 1 ? 1 : 0);
    return Array.from({ length: count }, (_, copy) => ({
      at: at + seconds(random.uniform(0, 10)),
      id: `x${window.index}-${index + 1}-${copy + 1}`,
      key: hashNumbers(index, window.index + 1, copy + 1),
      row,
    }));
  });
  births.sort((one, other) => one.at - other.at);
  let next = 0;
  return () => births[next++] ?? null;
}

/** Workflows per microsecond by time of day and week, without faults. */
function ratePerUs({ startMs }: Scenario, spec: PoissonSpec): (at: SimTime) => number {
  const { perMinute, dailyAmplitude, peakHour, weekendFactor } = spec;
  const bursts = spec.bursts.map(({ atMinute, minutes: length, factor }) => ({
    from: minutes(atMinute),
    until: minutes(atMinute + length),
    factor,
  }));
  const isPlain = dailyAmplitude === 0 && weekendFactor === 1 && bursts.length === 0;
  if (isPlain) return () => perMinute / MINUTE_US;
  return (at) => {
    const ms = startMs + at / 1_000;
    const hour = (ms % DAY_MS) / HOUR_MS;
    // 1 January 1970 was a Thursday.
    const weekday = (Math.floor(ms / DAY_MS) + 4) % 7;
    const daily = 1 + dailyAmplitude * Math.cos(((hour - peakHour) / 24) * 2 * Math.PI);
    const weekly = weekday === 0 || weekday === 6 ? weekendFactor : 1;
    const burst = bursts.reduce((product, it) => (at >= it.from && at < it.until ? product * it.factor : product), 1);
    return (perMinute / MINUTE_US) * daily * weekly * burst;
  };
}

function peakPerUs({ perMinute, dailyAmplitude, weekendFactor, bursts }: PoissonSpec): number {
  const burst = bursts.reduce((product, { factor }) => product * Math.max(1, factor), 1);
  return (perMinute / MINUTE_US) * (1 + dailyAmplitude) * Math.max(1, weekendFactor) * burst;
}

/**
 * Expected workflows of a minute, the load of faults included.
 * Of a closed population the most it can bring, when nothing makes it wait.
 */
export function expectedWorkflows(
  scenario: Scenario,
  windows: readonly FaultWindow[],
  rows: readonly RecordedArrival[],
  minute: number,
): number {
  const { arrivals } = scenario;
  const middle = minutes(minute + 0.5);
  const factor = loadAt(windows, middle);
  if (arrivals.kind === 'closed') return (factor * arrivals.customers * 60) / (arrivals.thinkS + meanWorkS(scenario));
  if (arrivals.kind === 'poisson') return factor * ratePerUs(scenario, arrivals)(middle) * MINUTE_US;
  const [from, until] = [minute * 60_000, (minute + 1) * 60_000];
  return factor * rows.filter(({ atMs }) => atMs >= from && atMs < until).length;
}

/** All load factors together: what takes away takes from the usual load, and what adds to it adds a share each. */
function loadAt(windows: readonly FaultWindow[], at: SimTime): number {
  const factors = windows.map((window) => loadFactor(window, at));
  const remaining = factors.reduce((share, factor) => share * Math.min(1, factor), 1);
  return factors.reduce((sum, factor) => sum + Math.max(0, factor - 1), remaining);
}

/** Mean time at work of a workflow whose steps follow each other. */
function meanWorkS({ workflows, taskTypes }: Scenario): number {
  const workOf = new Map(taskTypes.map(({ taskType, service }) => [taskType, service.meanS]));
  const [work, weight] = workflows.reduce(
    ([work, weight], it) => [
      work +
        it.weight * it.steps.reduce((sum, step) => sum + (workOf.get(step.taskType) ?? 0) / (1 - step.repeatShare), 0),
      weight + it.weight,
    ],
    [0, 0],
  );
  return work / weight;
}
