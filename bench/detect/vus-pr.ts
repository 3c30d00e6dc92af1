import type { Stretch } from './labelled-series.ts';

/**
 * Volume under the surface of precision and recall: the area under a range-based precision-recall curve, averaged over how much
 * tolerance an anomaly's edges get, from none to `width` points. Points near an edge count in part. Needs no threshold.
 * Complexity O(width · (events · width + their points + thresholds)) + O(n log n).
 * @param scores one for each point; only their order counts
 * @param events apart from each other, in order
 * @param width the series' own period, in points
 * @returns 0..1
 * @throws RangeError when there is no event
 * @see Paparrizos et al., "Volume Under the Surface", VLDB 2022; TSB-AD, RangeAUC_volume_opt
 */
export function vusPr(
  scores: ArrayLike<number>,
  events: readonly Stretch[],
  width: number,
  thresholdCount = 250,
): number {
  if (events.length === 0) throw new RangeError('VUS-PR needs an event');
  const { bucketOf, predicted } = bucket(scores, thresholdCount);
  let sum = 0;
  for (let tolerance = 0; tolerance <= width; tolerance++)
    sum += rangeAveragePrecision(bucketOf, predicted, events, tolerance);
  return sum / (width + 1);
}

/** Thresholds are scores of evenly spaced ranks. @returns the first threshold that a point reaches, and how many reach each */
function bucket(
  scores: ArrayLike<number>,
  thresholdCount: number,
): { bucketOf: Int32Array; predicted: readonly number[] } {
  const n = scores.length;
  const sorted = Float64Array.from(scores as ArrayLike<number>).sort();
  const step = (n - 1) / (thresholdCount - 1);
  const thresholds = Array.from(
    { length: thresholdCount },
    (_, k) => sorted[n - 1 - (k === thresholdCount - 1 ? n - 1 : Math.trunc(k * step))]!,
  );
  const bucketOf = Int32Array.from({ length: n }, (_, i) => {
    let [low, high] = [0, thresholdCount - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (scores[i]! >= thresholds[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  const reached = new Float64Array(thresholdCount);
  for (const k of bucketOf) reached[k]! += 1;
  return { bucketOf, predicted: cumulated(reached) };
}

function rangeAveragePrecision(
  bucketOf: Int32Array,
  predicted: readonly number[],
  events: readonly Stretch[],
  tolerance: number,
): number {
  const half = Math.floor(tolerance / 2);
  const n = bucketOf.length;
  const labels = new Map<number, number>();
  let eventPoints = 0;
  for (const [first, last] of events) {
    eventPoints += last - first + 1;
    for (let i = first; i <= last; i++) labels.set(i, Number.POSITIVE_INFINITY);
    for (let i = last + 1; i < Math.min(last + half + 1, n); i++)
      labels.set(i, (labels.get(i) ?? 0) + Math.sqrt(1 - (i - last) / tolerance));
    for (let i = Math.max(first - half, 0); i < first; i++)
      labels.set(i, (labels.get(i) ?? 0) + Math.sqrt(1 - (first - i) / tolerance));
  }
  const [inside, near, met] = [predicted, predicted, predicted].map(() => new Float64Array(predicted.length));
  for (const [i, label] of labels)
    if (label === Number.POSITIVE_INFINITY) inside![bucketOf[i]!]! += 1;
    else near![bucketOf[i]!]! += Math.min(1, label);
  const ranges = toleratedRanges(events, half, n);
  for (const [first, last] of ranges) {
    let earliest = predicted.length - 1;
    for (let i = first; i <= last; i++) earliest = Math.min(earliest, bucketOf[i]!);
    met![earliest]! += 1;
  }
  const [insideUpTo, nearUpTo, metUpTo] = [cumulated(inside!), cumulated(near!), cumulated(met!)];
  let [area, recallBefore] = [0, 0];
  for (const [k, count] of predicted.entries()) {
    const found = insideUpTo[k]! + nearUpTo[k]!;
    // Halfway between the labels and the labels with as much tolerance as was used.
    const wanted = eventPoints + nearUpTo[k]! / 2;
    const recall = Math.min(found / wanted, 1) * (metUpTo[k]! / ranges.length);
    area += (recall - recallBefore) * (found / count);
    recallBefore = recall;
  }
  return area;
}

/** Events with their tolerance, those that overlap or touch as one. */
function toleratedRanges(events: readonly Stretch[], half: number, n: number): Stretch[] {
  const ranges: Stretch[] = [];
  for (const [first, last] of events) {
    const before = ranges.at(-1);
    if (before && before[1] >= first - half) ranges[ranges.length - 1] = [before[0], last + half];
    else ranges.push([Math.max(first - half, 0), last + half]);
  }
  return ranges.map(([first, last]) => [first, Math.min(last, n - 1)]);
}

function cumulated(values: Float64Array): readonly number[] {
  let sum = 0;
  return Array.from(values, (value) => {
    sum += value;
    return sum;
  });
}
