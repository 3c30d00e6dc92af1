import type { EpochMs } from '../model/time.ts';
import type { Calendar } from './calendar.ts';

/** Twice is a coincidence. */
export const LEAST_OCCURRENCES = 3;
/** Onsets are told no better than that. */
const LEAST_SPAN_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/** Occurrences that keep a calendar. */
export interface Pattern {
  calendar: Calendar;
  /** Indices of the onsets, one for each cycle that had any. */
  hits: number[];
  /** Cycle of each. */
  cycles: number[];
  /** From which moment cycles are counted. */
  firstMs: EpochMs;
  /** Mean distance from the beginning of the cycle. */
  offsetMs: number;
  /** Range of distances. */
  spanMs: number;
  /** Cycles from the first to the last hit. */
  length: number;
  /**
   * Bound of the number of patterns, as good or better, that would be expected in such a history if incidents came by chance.
   */
  expectedByChance: number;
}

/**
 * The most surprising pattern of a cause in a calendar: a scan statistic over all times of the cycle, all widths and all beginnings.
 *
 * Null: incidents of the cause come by chance, as many as there were, more often at hours at which incidents of any cause do. Then a
 * window of width s at a time of the cycle has one with probability p = 1 − exp(−λ r s): λ the larger of the rates of the whole history
 * and of the pattern's own stretch of it (chance may come in bursts), r = `rateAt` that time. A pattern of K hits in M cycles that begins
 * with a given incident has K widths' worth of places for the window and a probability of at most K P(Bin(M − 1, p) ≥ K − 1); summed up
 * over the A incidents that could begin one of that length, A K P(...) patterns are expected. As that falls with s, taking the observed
 * width is no further look; a factor 1 + ln A pays for looking again while the history grows; the looks over K and M − K are paid for by dividing by weights that add up to at most 1.
 * @param onsetsMs in order
 * @param ends of the history that was looked at
 * @param rateAt how many times as often as on the average incidents begin then; 1 or more. Given the onsets of the pattern, to be left out
 * @param worst patterns of which more are expected by chance are not looked at
 */
export function mostRegular(
  onsetsMs: readonly EpochMs[],
  calendar: Calendar,
  { fromMs, nowMs }: { fromMs: EpochMs; nowMs: EpochMs },
  rateAt: (atMs: EpochMs, leftOut: readonly EpochMs[]) => number,
  worst: number,
): Pattern | null {
  const perMs = (onsetsMs.length - 1) / Math.max(nowMs - fromMs, DAY_MS);
  let best: Pattern | null = null;
  for (const firstMs of onsetsMs) {
    for (const { hits, cycles, spanMs } of growing(onsetsMs, firstMs, calendar)) {
      const last = cycles.length - 1;
      for (let begin = 0; begin <= last + 1 - LEAST_OCCURRENCES; begin++) {
        const bound = best?.expectedByChance ?? worst;
        const length = (cycles[last] as number) - (cycles[begin] as number) + 1;
        const candidate = { onsetsMs, hits, begin, length, spanMs, calendar, perMs, nowMs };
        const expectedByChance = expected(candidate, rateAt, bound);
        if (expectedByChance >= bound) continue;
        const its = { hits: hits.slice(begin), cycles: cycles.slice(begin) };
        best = {
          ...its,
          calendar,
          firstMs,
          offsetMs: meanOffset(onsetsMs, its, calendar, firstMs),
          spanMs,
          length,
          expectedByChance,
        };
      }
    }
  }
  return best;
}

/** Onsets of which that at `firstMs` is the least far into its cycle, one of each cycle, in order of cycles: more and more, by their distance. */
function* growing(
  onsetsMs: readonly EpochMs[],
  firstMs: EpochMs,
  calendar: Calendar,
): Generator<{ hits: readonly number[]; cycles: readonly number[]; spanMs: number }> {
  const own = firstMs - beginOf(firstMs, firstMs, calendar);
  const near: { index: number; cycle: number; distance: number }[] = [];
  for (let index = 0; index < onsetsMs.length; index++) {
    const atMs = onsetsMs[index] as EpochMs;
    const cycle = calendar.cycleOf(atMs, firstMs);
    if (cycle === null) continue;
    const distance = atMs - (calendar.begin(cycle, firstMs) as EpochMs) - own;
    if (distance >= 0 && distance <= calendar.widestMs) near.push({ index, cycle, distance });
  }
  near.sort((a, b) => a.distance - b.distance);
  const hits: number[] = [];
  const cycles: number[] = [];
  for (const { index, cycle, distance } of near) {
    // A second of the same cycle makes no pattern better.
    if (cycles.includes(cycle)) continue;
    const place = cycles.filter((it) => it < cycle).length;
    hits.splice(place, 0, index);
    cycles.splice(place, 0, cycle);
    if (hits.length >= LEAST_OCCURRENCES) yield { hits, cycles, spanMs: distance };
  }
}

function beginOf(atMs: EpochMs, firstMs: EpochMs, calendar: Calendar): EpochMs {
  const cycle = calendar.cycleOf(atMs, firstMs);
  return (cycle === null ? null : calendar.begin(cycle, firstMs)) ?? Number.NaN;
}

function meanOffset(
  onsetsMs: readonly EpochMs[],
  { hits, cycles }: Pick<Pattern, 'hits' | 'cycles'>,
  calendar: Calendar,
  firstMs: EpochMs,
): number {
  const offsets = hits.map((index, i) => (onsetsMs[index] ?? 0) - (calendar.begin(cycles[i] as number, firstMs) ?? 0));
  return offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
}

/** Hits from `begin` on, of those found. */
interface Candidate {
  onsetsMs: readonly EpochMs[];
  hits: readonly number[];
  begin: number;
  length: number;
  spanMs: number;
  calendar: Calendar;
  perMs: number;
  nowMs: EpochMs;
}

/** How many such patterns come by chance; more than `bound` is not told exactly. */
function expected(
  { onsetsMs, hits, begin, length, spanMs, calendar, perMs, nowMs }: Candidate,
  rateAt: (atMs: EpochMs, leftOut: readonly EpochMs[]) => number,
  bound: number,
): number {
  const width = Math.max(spanMs, LEAST_SPAN_MS);
  const count = hits.length - begin;
  const [n, k] = [length - 1, count - 1];
  // As many as chance brings, or nearly: most candidates end here.
  if (n * perMs * width > k / 2) return Number.POSITIVE_INFINITY;
  const [first, last] = [hits[begin] as number, hits.at(-1) as number];
  const [firstMs, lastMs] = [onsetsMs[first] as EpochMs, onsetsMs[last] as EpochMs];
  const perMsThen = Math.max(perMs, (last - first) / Math.max(lastMs - firstMs, DAY_MS));
  const latestMs = nowMs - n * (calendar.periodMs ?? 0) + width;
  const begun = Math.max(first + 1, countUntil(onsetsMs, latestMs));
  // A history is looked at again and again while it grows: later beginnings may use less of what may go wrong.
  const looks = (begun * (1 + Math.log(begun)) * count) / weightOf(count, length);
  const at = (rate: number) => looks * binomialTail(n, k, 1 - Math.exp(-perMsThen * rate * width));
  // The rate at that hour takes longer to tell, and makes it only worse.
  const least = at(1);
  if (least >= bound) return least;
  const times = hits.slice(begin).map((index) => onsetsMs[index] as EpochMs);
  return at(rateAt(firstMs, times));
}

/** How many of the sorted moments are not later. */
function countUntil(sorted: readonly EpochMs[], atMs: EpochMs): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as EpochMs) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a pattern may use of what may go wrong, of 1: most where it is told soonest. */
function weightOf(count: number, length: number): number {
  if (length === LEAST_OCCURRENCES) return 0.7;
  // 1/2 + 1/4 + ... over counts, and over misses.
  const misses = length - count;
  return 0.3 * 2 ** -(count - LEAST_OCCURRENCES + 1) * 2 ** -(misses + 1);
}

/** P(Bin(n, p) ≥ k). @example binomialTail(2, 2, 0.1) // 0.01 */
function binomialTail(n: number, k: number, p: number): number {
  if (k <= 0) return 1;
  if (p >= 1) return 1;
  let term = (1 - p) ** n;
  let below = 0;
  let above = 0;
  for (let i = 0; i <= n; i++) {
    if (i < k) below += term;
    else above += term;
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return above > 0 ? above : Math.max(0, 1 - below);
}
