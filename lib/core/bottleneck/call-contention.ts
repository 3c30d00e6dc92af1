/** Calls of one tool or model by one half of those who call it, by minute. */
export interface Calls {
  calls: Float64Array;
  durationUs: Float64Array;
}

/** Fewer calls of a half in a minute do not tell how long they take. */
const FEWEST_CALLS = 3;
const FEWEST_MINUTES = 8;
/** Of log duration, in common: 1 % more or less is no waiting worth telling. */
const LEAST_VARIANCE = 0.01 ** 2;
/** One-sided, about p = 0.005 with 8 minutes and 0.002 with 30. */
const LEAST_T = 3;

/**
 * Whether those who call a tool wait for each other at it.
 *
 * A tool says nothing of its servers, and calls that take long do not tell whether they wait. But callers that wait in one
 * queue are slow in the same minutes, while the luck of their own calls has nothing to do with that of the others'. So
 * the callers are split in halves, and contention is what the mean durations of both have in common, minute by minute.
 */
export function isContended(halves: readonly [Calls, Calls]): boolean {
  const { minutes, ofDurations, varianceA, varianceB } = commonVariation(halves, everyMinute(halves[0]));
  if (minutes < FEWEST_MINUTES || ofDurations < LEAST_VARIANCE) return false;
  const correlation = Math.min(0.999_999, ofDurations / Math.sqrt(varianceA * varianceB));
  return correlation * Math.sqrt((minutes - 2) / (1 - correlation ** 2)) >= LEAST_T;
}

/**
 * Utilization of a tool at which calls wait for each other: by how many per cent all of them get slower where one per
 * cent more are under way, u = √(common variance of log duration ÷ variance of log calls under way). Exact for one
 * server, where R = S + S·N and the share of waiting is the utilization; 1 for a closed system whose jobs all queue at
 * the tool: there the calls under way hardly vary, and what they take varies with the tool alone.
 * @param places minutes to look at, with repetitions
 * @returns 0..1
 */
export function contentionUtilization(halves: readonly [Calls, Calls], places: ArrayLike<number>): number {
  const { minutes, ofDurations, withCalls } = commonVariation(halves, places);
  if (minutes < 2 || ofDurations <= 0) return 0;
  return withCalls <= 0 ? 1 : ofDurations / (ofDurations + withCalls);
}

/** Variances of logarithms over the minutes in which both halves made calls enough. */
function commonVariation([a, b]: readonly [Calls, Calls], places: ArrayLike<number>) {
  const durations: [number, number][] = [];
  const rates: [number, number][] = [];
  for (let i = 0; i < places.length; i++) {
    const at = places[i] as number;
    const [callsA, callsB] = [a.calls[at] as number, b.calls[at] as number];
    const [usA, usB] = [a.durationUs[at] as number, b.durationUs[at] as number];
    if (callsA < FEWEST_CALLS || callsB < FEWEST_CALLS || usA === 0 || usB === 0) continue;
    durations.push([Math.log(usA / callsA), Math.log(usB / callsB)]);
    rates.push([Math.log(callsA), Math.log(callsB)]);
  }
  const [ofA, ofB] = [durations.map(([log]) => log), durations.map(([, log]) => log)];
  const [callsOfA, callsOfB] = [rates.map(([log]) => log), rates.map(([, log]) => log)];
  return {
    minutes: durations.length,
    ofDurations: covariance(ofA, ofB),
    varianceA: covariance(ofA, ofA),
    varianceB: covariance(ofB, ofB),
    withCalls: (covariance(ofA, callsOfB) + covariance(ofB, callsOfA)) / 2,
  };
}

function covariance(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length < 2) return 0;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  return xs.reduce((sum, x, i) => sum + (x - meanX) * ((ys[i] ?? 0) - meanY), 0) / (xs.length - 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function everyMinute({ calls }: Calls): number[] {
  return [...calls.keys()];
}
