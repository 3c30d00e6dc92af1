import { probationaryLength, type Stretch } from './labelled-series.ts';

/** What a series' points were given, and where its anomalies are. */
export interface NabSeries {
  /** One for each point; a point is an alarm when its strength reaches the threshold. */
  strengths: ArrayLike<number>;
  windows: readonly Stretch[];
}

export interface NabWeights {
  found: number;
  falseAlarm: number;
  missed: number;
}

/** @see https://github.com/numenta/NAB config/profiles.json */
export const nabProfiles = {
  standard: { found: 1, falseAlarm: 0.11, missed: 1 },
  rewardLowFp: { found: 1, falseAlarm: 0.22, missed: 1 },
  rewardLowFn: { found: 1, falseAlarm: 0.11, missed: 2 },
} as const satisfies Record<string, NabWeights>;

export type NabProfile = keyof typeof nabProfiles;

/** Above every strength: nothing is an alarm. */
const NO_ALARM = Number.POSITIVE_INFINITY;

/**
 * Score of the Numenta Anomaly Benchmark v1.1 of alarms at one threshold. The first alarm in a window earns up to 1, the earlier the
 * more; an alarm elsewhere costs up to `falseAlarm`, the less the sooner it follows a window; a missed window costs `missed`.
 * @returns 0 for a detector that says nothing, 100 for one alarm at the beginning of each window and no other; may be negative
 * @throws RangeError when there is no window
 * @see Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms - the Numenta Anomaly Benchmark", ICMLA 2015; nab/sweeper.py
 */
export function nabScore(corpus: readonly NabSeries[], weights: NabWeights, threshold: number): number {
  let [raw, windowCount] = [0, 0];
  for (const series of corpus) {
    const begin = probationaryLength(series.strengths.length);
    for (const window of series.windows) {
      if (window[1] < begin) continue;
      windowCount += 1;
      const first = firstAlarm(series.strengths, Math.max(window[0], begin), window[1], threshold);
      raw += first === null ? -weights.missed : weights.found * earliness(first, window);
    }
    for (let i = begin; i < series.strengths.length; i++)
      if (series.strengths[i]! >= threshold && !isWithin(series.windows, i))
        raw += weights.falseAlarm * costElsewhere(series.windows, i);
  }
  return normalized(raw, windowCount, weights);
}

/**
 * The threshold at which a corpus scores highest, as NAB's optimizer finds it: among all strengths, of equals the highest.
 * Complexity O(n log n) in the number of points.
 * @returns infinity as the threshold when no alarm at all is best
 */
export function bestNabThreshold(
  corpus: readonly NabSeries[],
  weights: NabWeights,
): { threshold: number; score: number } {
  const points: { strength: number; window: number | null; gain: number }[] = [];
  let windowCount = 0;
  for (const { strengths, windows } of corpus) {
    const begin = probationaryLength(strengths.length);
    const names = windows.map((window) => (window[1] < begin ? null : windowCount++));
    let at = 0;
    for (let i = 0; i < strengths.length; i++) {
      while (at < windows.length && windows[at]![1] < i) at += 1;
      if (i < begin) continue;
      const window = windows[at];
      const inside = window !== undefined && window[0] <= i;
      points.push({
        strength: strengths[i]!,
        window: inside ? (names[at] ?? null) : null,
        gain: inside ? weights.found * earliness(i, window) : weights.falseAlarm * costElsewhere(windows, i),
      });
    }
  }
  points.sort((one, other) => other.strength - one.strength);
  const best: (number | undefined)[] = Array(windowCount);
  let raw = -weights.missed * windowCount;
  let top = { threshold: NO_ALARM, raw };
  for (const [i, { strength, window, gain }] of points.entries()) {
    if (window === null) raw += gain;
    else {
      const before = best[window] ?? -weights.missed;
      best[window] = Math.max(before, gain);
      raw += Math.max(before, gain) - before;
    }
    if (points[i + 1]?.strength !== strength && raw > top.raw + 1e-9) top = { threshold: strength, raw };
  }
  return { threshold: top.threshold, score: normalized(top.raw, windowCount, weights) };
}

function normalized(raw: number, windows: number, { found, missed }: NabWeights): number {
  if (windows === 0) throw new RangeError('a NAB score needs a window after the probationary period');
  return (100 * (raw + missed * windows)) / (windows * (found + missed));
}

function firstAlarm(strengths: ArrayLike<number>, first: number, last: number, threshold: number): number | null {
  for (let i = first; i <= last; i++) if (strengths[i]! >= threshold) return i;
  return null;
}

function isWithin(windows: readonly Stretch[], i: number): boolean {
  return windows.some(([first, last]) => first <= i && i <= last);
}

/** 1 at the first point of a window, and 1 / width short of the middle of the sigmoid at the last. */
function earliness(i: number, [first, last]: Stretch): number {
  return scaledSigmoid(-(last - i + 1) / (last - first + 1)) / scaledSigmoid(-1);
}

/** −1..0: nothing right behind a window, everything three widths behind or where none precedes. */
function costElsewhere(windows: readonly Stretch[], i: number): number {
  const previous = windows.findLast(([, last]) => last < i);
  if (!previous) return -1;
  const [first, last] = previous;
  return scaledSigmoid((i - last) / (last - first));
}

/** @param position −1 at the left end of a window, 0 at its right end, 1 a width behind it */
function scaledSigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}
