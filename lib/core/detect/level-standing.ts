import type { Minute } from '../model/time.ts';
import { deviationAt, deviationNeeded } from './false-alarm-budget.ts';
import { seriesKinds } from './series-kind.ts';
import type { RecentMinute, SeriesReading } from './watch.ts';

/** How far from its level a series must be, and for how long, before someone must know. */
export type LevelCondition = {
  /** Times its level: above 1 for one that rises, below 1 for one that falls; 1 where only the change counts. */
  timesLevel: number;
  /** Away from its level by so much at least, in the unit of the series. */
  leastChange: number;
  /** Standard deviations from its level, or with one more those of the minutes together; more where the false alarms of many series have to be kept down. */
  deviation: number;
  /** In so many of the last minutes, this one among them ... */
  breachingMinutes: number;
  ofMinutes: number;
  /** ... or in this one alone, if it is so many times its level, and by chance with this probability at most; 0 for never. */
  extremeTimes: number;
  extremeP: number;
  /** Tasks or calls of the last minutes together, at least. */
  leastN: number;
};

export interface Standing {
  verdict: 'breach' | 'suspect' | 'clear' | 'unknown';
  /** First minute of the unbroken run of minutes away from the level that leads to this one; this one where there is none. */
  since: Minute;
}

/** How a reading is judged besides its condition. */
export interface Judging {
  harmful: 'up' | 'down';
  /** Series that the rule judges in this minute; null where something else keeps false alarms down. */
  series: number | null;
  /** See {@link DetectionContext.strictness}. */
  strictness: number;
}

/** Closer to its level than this part of the distance that counts as breach, a series is normal again. */
const CLEAR_PART = 0.5;
/** Minutes that follow each other are somewhat alike: together they must be further out than one, by so many deviations. */
const TOGETHER_MARGIN = 1;

/**
 * Judges a reading against its level: minute by minute, and, where each is too small a sample to be sure of, together. Between normal and too far it is unknown, so that an alert neither fires nor ends;
 * too far, but not for long enough, it is suspect.
 */
export function standingOf(reading: SeriesReading, condition: LevelCondition, judging: Judging): Standing {
  const { minute, expected, recent } = reading;
  const unknown: Standing = { verdict: 'unknown', since: minute };
  if (expected === null) return unknown;
  const isAway = ({ value }: Pick<RecentMinute, 'value'>) =>
    isBeyond(value, expected, condition, { ...judging, strictness: judging.strictness * CLEAR_PART });
  const needed = Math.max(condition.deviation, judging.series === null ? 0 : deviationNeeded(judging.series));
  // Without a distance that counts, only the spread tells what is normal.
  // Of a volume what one minute has is what the next one has as well.
  const isVolume = seriesKinds[reading.kind].isVolume || reading.kind === 'queued';
  const isBySpreadAlone = condition.timesLevel === 1 && condition.leastChange === 0;
  const isNormal = isBySpreadAlone ? harmfully(reading.deviation, judging) < needed * CLEAR_PART : !isAway(reading);
  if (isNormal) return { verdict: 'clear', since: minute };
  const window = recent.filter((it) => it.minute > minute - condition.ofMinutes);
  if (window.reduce((sum, { n }) => sum + n, 0) < condition.leastN) return unknown;
  const isBreaching = (it: Pick<RecentMinute, 'value' | 'deviation'>, deviation = needed) =>
    harmfully(it.deviation, judging) >= deviation && isBeyond(it.value, expected, condition, judging);
  const since = onset(window, minute, isAway);
  const isFar = (it: Pick<RecentMinute, 'value'>) => isBeyond(it.value, expected, condition, judging);
  const isTogether =
    !(isBySpreadAlone || isVolume) &&
    isFar(reading) &&
    window.filter(isFar).length >= condition.breachingMinutes &&
    deviationTogether(window, judging) >= needed + TOGETHER_MARGIN;
  if (!isBreaching(reading) && !isTogether) return { verdict: 'unknown', since };
  const isLasting = window.filter((it) => isBreaching(it)).length >= condition.breachingMinutes;
  const extreme = { ...condition, timesLevel: condition.extremeTimes };
  const isExtreme =
    isBreaching(reading, Math.max(needed, deviationAt(condition.extremeP))) &&
    isBeyond(reading.value, expected, extreme, judging);
  return { verdict: isLasting || isExtreme || isTogether ? 'breach' : 'suspect', since };
}

/** Of several minutes taken together, as if they were independent (Stouffer). */
function deviationTogether(window: readonly RecentMinute[], judging: Judging): number {
  return window.reduce((sum, it) => sum + harmfully(it.deviation, judging), 0) / Math.sqrt(window.length);
}

function isBeyond(
  value: number,
  expected: number,
  { timesLevel, leastChange }: Pick<LevelCondition, 'timesLevel' | 'leastChange'>,
  { harmful, strictness }: Pick<Judging, 'harmful' | 'strictness'>,
): boolean {
  const limit = expected * (1 + (timesLevel - 1) * strictness);
  const change = leastChange * strictness;
  return harmful === 'up' ? value >= limit && value - expected >= change : value <= limit && expected - value >= change;
}

function harmfully(deviation: number, { harmful }: Pick<Judging, 'harmful'>): number {
  return harmful === 'up' ? deviation : -deviation;
}

function onset(
  window: readonly RecentMinute[],
  minute: Minute,
  isAway: (it: Pick<RecentMinute, 'value'>) => boolean,
): Minute {
  let since = minute;
  for (const it of window.toReversed()) {
    if (it.minute < since - 1 || !isAway(it)) break;
    since = it.minute;
  }
  return since;
}
