/** More than this share of the completions, and the laws of operational analysis do not hold of a stretch. */
export const MOST_IMBALANCE = 0.05;
/** Fewer jobs than this are no backlog, whatever the share. */
const FEWEST_JOBS = 3;
const FEWEST_MINUTES = 3;

/** Whether about as many jobs left a station as arrived at it. */
export interface FlowBalance {
  /** (arrivals − completions) ÷ completions; null where too little is known. */
  imbalance: number | null;
  /** Jobs that wait, by how many more or fewer they got in a minute. */
  growthPerMin: number | null;
  isBalanced: boolean;
}

/**
 * Job-flow balance, told by what waits: what arrives and does not leave is in the queue. Where no queue length is
 * known, jobs that end had waited so long behind those before them (Little's law), so that by how much longer they wait
 * than a minute ago tells how much the queue has grown.
 * @param queued mean number waiting by minute; NaN where it is not known
 * @param waitMs mean wait of the jobs that ended, by minute; NaN without any
 * @param completed by minute
 */
export function flowBalance(
  queued: ArrayLike<number>,
  waitMs: ArrayLike<number>,
  completed: ArrayLike<number>,
): FlowBalance {
  const minutes = completed.length;
  const jobs = sumOf(completed);
  const perMin = jobs / minutes;
  const ofQueue = slopeOf(queued);
  const ofWait = ofQueue === null ? slopeOf(waitMs) : null;
  const growthPerMin = ofQueue ?? (ofWait === null ? null : (ofWait / 60_000) * perMin);
  if (growthPerMin === null || jobs === 0) return { imbalance: null, growthPerMin, isBalanced: true };
  const imbalance = growthPerMin / perMin;
  const isBalanced = Math.abs(imbalance) <= MOST_IMBALANCE || Math.abs(growthPerMin * minutes) < FEWEST_JOBS;
  return { imbalance, growthPerMin, isBalanced };
}

/** By how much a value grows from one minute to the next, by least squares; null where fewer than half are known. */
function slopeOf(values: ArrayLike<number>): number | null {
  let [n, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  for (let x = 0; x < values.length; x++) {
    const y = values[x] as number;
    if (Number.isNaN(y)) continue;
    n += 1;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  if (n < FEWEST_MINUTES || n * 2 < values.length) return null;
  return (n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX);
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}
