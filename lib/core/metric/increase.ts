import type { Distribution, ExponentialBuckets, PointEvent } from '../model/event.ts';

/** By how much a running total grew; a histogram's without the extremes, which a total does not tell. */
export type Increase = { value: number } | { distribution: Distribution };

/**
 * What a cumulative point adds to the one before it. A total that starts anew, or that has become smaller, was reset:
 * then all of it is new.
 * @param before the point before it in the series; null at first sight, when all of it is new
 */
export function increaseOf(point: PointEvent, before: PointEvent | null): Increase {
  const isReset = before !== null && point.startMs !== before.startMs && (point.startMs ?? 0) > (before.startMs ?? 0);
  const base = isReset ? null : before;
  if (point.distribution) return { distribution: distributionIncrease(point.distribution, base?.distribution) };
  const value = point.value ?? 0;
  const from = base?.value ?? 0;
  return { value: value >= from ? value - from : value };
}

function distributionIncrease(now: Distribution, before: Distribution | undefined): Distribution {
  if (!before || now.count < before.count) return withoutExtremes(now);
  const buckets = bucketsIncrease(now, before);
  return { count: now.count - before.count, sum: now.sum - before.sum, ...(buckets ? { buckets } : {}) };
}

function withoutExtremes({ count, sum, buckets }: Distribution): Distribution {
  return { count, sum, ...(buckets ? { buckets } : {}) };
}

/** Undefined where the layouts cannot be compared. */
function bucketsIncrease(now: Distribution, before: Distribution): Distribution['buckets'] {
  if (!now.buckets || !before.buckets) return undefined;
  if ('bounds' in now.buckets) {
    if (!('bounds' in before.buckets)) return undefined;
    const { bounds, counts } = now.buckets;
    const old = before.buckets;
    if (bounds.length !== old.bounds.length || bounds.some((bound, i) => bound !== old.bounds[i])) return undefined;
    return { bounds, counts: counts.map((count, i) => Math.max(0, count - (old.counts[i] ?? 0))) };
  }
  if ('bounds' in before.buckets) return undefined;
  const scale = Math.min(now.buckets.scale, before.buckets.scale);
  const to = downscale(now.buckets, scale);
  const from = downscale(before.buckets, scale);
  return {
    scale,
    zeroCount: Math.max(0, to.zeroCount - from.zeroCount),
    positive: sideIncrease(to.positive, from.positive),
    negative: sideIncrease(to.negative, from.negative),
  };
}

type Side = ExponentialBuckets['positive'];

/** The same counts in wider buckets: each step down merges neighbours in pairs. */
export function downscale(buckets: ExponentialBuckets, scale: number): ExponentialBuckets {
  const by = buckets.scale - scale;
  if (by <= 0) return buckets;
  return {
    scale,
    zeroCount: buckets.zeroCount,
    positive: mergedSide(buckets.positive, by),
    negative: mergedSide(buckets.negative, by),
  };
}

function mergedSide({ offset, counts }: Side, by: number): Side {
  if (counts.length === 0) return { offset: 0, counts: [] };
  const width = 2 ** by;
  const first = Math.floor(offset / width);
  const merged = new Array<number>(Math.floor((offset + counts.length - 1) / width) - first + 1).fill(0);
  counts.forEach((count, i) => {
    const at = Math.floor((offset + i) / width) - first;
    merged[at] = (merged[at] ?? 0) + count;
  });
  return { offset: first, counts: merged };
}

function sideIncrease(now: Side, before: Side): Side {
  const counts = now.counts.map((count, i) => {
    const old = before.counts[now.offset + i - before.offset] ?? 0;
    return Math.max(0, count - old);
  });
  return { offset: now.offset, counts };
}
