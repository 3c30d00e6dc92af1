import { type MetricRollup, mergeMetricRollup } from '../kpi/metric-rollup.ts';
import { poolOf } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { type AgentCourse, coursesAfter } from '../predict/agent-course.ts';
import { type Foresight, noForesight } from '../predict/foresight.ts';
import type { KeptTally } from '../slo/budget-tallies.ts';
import { type DetectionContext, figuresAt, LOOKBACK_MINUTES, type MinuteSeen } from './detection-context.ts';
import { type ErrorMemory, errorsAfter, noErrors } from './error-memory.ts';
import { hasLeft } from './has-left.ts';
import { type HotMinutes, hotMinutesAfter } from './hot-minutes.ts';
import { type HourlyPeaks, peaksAfter } from './hourly-peaks.ts';
import { deviationFrom, KNOWN_WEIGHT, type Level, levelAfter, noLevel } from './level.ts';
import { memoryAfter } from './memory-in-use.ts';
import type { MinuteFigures } from './minute-figures.ts';
import { type SeriesScope, seriesId } from './series-id.ts';
import {
  metricValue,
  partSeries,
  type SeriesKindName,
  type SeriesValue,
  seriesKinds,
  subjectSeries,
  versionSeries,
} from './series-kind.ts';
import type { ShareRing } from './share-ring.ts';
import { slotsInUseAfter } from './slots-in-use.ts';
import { compareVersions, type VersionsSeen } from './version-comparison.ts';
import { type VolumesOfTheWeek, volumesAfter } from './volumes-of-the-week.ts';

/** How a series stood in one of the last minutes, compared with its level then. */
export interface RecentMinute {
  minute: Minute;
  value: number;
  n: number;
  /** Standard deviations above its level; 0 while the level was not known. */
  deviation: number;
}

/** What is remembered of one series between minutes. */
export interface SeriesMemory {
  level: Level;
  /** The newest minute that is in it. */
  minute: Minute;
  /** The newest minutes, at most {@link LOOKBACK_MINUTES} and none older than that, in order of time. */
  recent: RecentMinute[];
}

/** What detection remembers of a system between minutes. */
export interface Watch {
  series: Map<string, SeriesMemory>;
  /** By the budget's name. */
  budgets: Map<string, KeptTally>;
  /** By agent, of those that report memory. */
  memory: ReadonlyMap<string, ShareRing>;
  /** By agent, of those that had hardly anything left lately. */
  hot: ReadonlyMap<string, HotMinutes>;
  /** Part of its slots that is at work, and the most slots that were in each hour, by pool. */
  inUse: ReadonlyMap<string, ShareRing>;
  peaks: ReadonlyMap<string, HourlyPeaks>;
  /** By pool. */
  volumes: ReadonlyMap<string, VolumesOfTheWeek>;
  errors: ErrorMemory;
  /** What agents did lately beside their peers, by agent. */
  courses: ReadonlyMap<string, AgentCourse>;
  /** What was learned of its breakdowns; by whoever knows the alerts. */
  foresight: Foresight;
}

export const noWatch = (): Watch => ({
  ...{ series: new Map(), budgets: new Map() },
  ...{ memory: new Map(), hot: new Map(), inUse: new Map(), peaks: new Map(), volumes: new Map() },
  errors: noErrors,
  courses: new Map(),
  foresight: noForesight,
});

/** How a series stands in one minute, compared with its level before. */
export interface SeriesReading extends SeriesValue {
  kind: SeriesKindName;
  scope: SeriesScope;
  minute: Minute;
  /** What its level was, in its own unit; null while it is not known. */
  expected: number | null;
  /** Standard deviations above its level, harmful or not; 0 while the level is not known. */
  deviation: number;
  /** Minutes that its level is made of, older ones counting less. */
  weight: number;
  /** This and the minutes before it that the series had a value in, at most {@link LOOKBACK_MINUTES} back, in order of time. */
  recent: readonly RecentMinute[];
}

/** More series than this are not watched: the State of a system has its limits. Pools come first, metrics last. */
export const MAX_SERIES = 1_000;
/** A series that has said nothing for so long is forgotten. */
const FORGOTTEN_MINUTES = 14 * 24 * 60;

/**
 * Reads every series of the judged minute against its level so far, and takes the minute in.
 * @returns the readings by series id, and the watch after it; a minute that is in it already is read, not taken in again
 */
export function watchMinute(
  watch: Watch,
  seen: VersionsSeen,
): { watch: Watch; readings: DetectionContext['readings'] } {
  const readings = new Map<string, SeriesReading>();
  const series = new Map(watch.series);
  for (const { id, scope, kind, minute, value } of seriesOf(seen)) {
    const memory = series.get(id);
    if (!memory && series.size >= MAX_SERIES) continue;
    const { level } = memory ?? { level: noLevel };
    const isKnown = level.weight >= KNOWN_WEIGHT;
    const deviation = deviationFrom(level, value.judged);
    const isTakenIn = memory !== undefined && memory.minute >= minute;
    const before = (memory?.recent ?? []).filter((it) => it.minute > minute - LOOKBACK_MINUTES && it.minute <= minute);
    const recent = isTakenIn ? before : [...before, { minute, value: value.value, n: value.n, deviation }];
    readings.set(id, {
      ...value,
      ...{ kind, scope, minute },
      expected: isKnown ? seriesKinds[kind].back(level.mean) : null,
      ...{ deviation, recent, weight: level.weight },
    });
    if (isTakenIn) continue;
    series.set(id, { level: levelAfter(level, value.judged), minute, recent });
  }
  for (const [id, { minute }] of series) if (seen.minute - minute > FORGOTTEN_MINUTES) series.delete(id);
  const [memory, hot] = [memoryAfter(watch.memory, seen), hotMinutesAfter(watch.hot, seen)];
  const inUse = slotsInUseAfter(watch.inUse, seen, readings);
  const peaks = inUse === watch.inUse ? watch.peaks : peaksAfter(watch.peaks, inUse, seen);
  const volumes = volumesAfter(watch.volumes, seen, readings);
  const errors = errorsAfter(watch.errors, seen);
  const courses = coursesAfter(watch.courses, seen);
  return { watch: { ...watch, series, memory, hot, inUse, peaks, volumes, errors, courses }, readings };
}

interface SeriesMinute {
  id: string;
  scope: SeriesScope;
  kind: SeriesKindName;
  minute: Minute;
  value: SeriesValue;
}

function* seriesOf(seen: VersionsSeen): Generator<SeriesMinute> {
  // A volume is complete once everybody has had a minute to report.
  const [now, before] = [figuresAt(seen, seen.minute), figuresAt(seen, seen.minute - 1)];
  if (now) yield* seriesIn(subjectsOf(now), seen.minute, false);
  if (before) {
    for (const series of seriesIn(subjectsOf(before), seen.minute - 1, true)) {
      // What agents that have said goodbye do not do any more is no change of level.
      if (series.scope.kind !== 'pool' || !hasLeft(seen, series.scope.id)) yield series;
    }
  }
  if (now) yield* seriesIn(partsOf(now), seen.minute, false);
  yield* seriesIn(metricsOf(seen), seen.minute, false);
  yield* seriesIn(versionsOf(seen), seen.minute, false);
}

type Subject = [SeriesScope, ReadonlyMap<SeriesKindName, SeriesValue>];

function* seriesIn(subjects: Iterable<Subject>, minute: Minute, isVolume: boolean): Generator<SeriesMinute> {
  for (const [scope, series] of subjects) {
    for (const [kind, value] of series) {
      if (seriesKinds[kind].isVolume === isVolume) yield { id: seriesId(kind, scope), scope, kind, minute, value };
    }
  }
}

function* subjectsOf({ fleet, pools, taskTypes }: MinuteFigures): Generator<Subject> {
  yield [{ kind: 'fleet' }, subjectSeries(fleet)];
  for (const [id, pool] of pools) yield [{ kind: 'pool', id }, subjectSeries(pool)];
  for (const [id, taskType] of taskTypes) yield [{ kind: 'taskType', id }, subjectSeries(taskType)];
}

function* partsOf({ parts }: MinuteFigures): Generator<Subject> {
  for (const { kind, name, ...part } of parts.values()) yield [{ kind, id: name }, partSeries(part)];
}

function* versionsOf(seen: VersionsSeen): Generator<Subject> {
  for (const comparison of compareVersions(seen)) {
    const { pool, version } = comparison;
    yield [{ kind: 'version', id: version, pool }, versionSeries(comparison)];
  }
}

/** Metrics of agents by their pools: a series each would be too many. */
function* metricsOf({ minutes, minute, roster }: MinuteSeen): Generator<Subject> {
  const sums = new Map<string, { scope: SeriesScope; rollup: MetricRollup }>();
  for (const rollup of minutes.get(minute)?.metrics ?? []) {
    const pool = rollup.agent === '' ? rollup.pool : poolOf(roster.get(rollup.agent));
    const key = `${rollup.name}\n${pool}`;
    const sum = sums.get(key);
    if (sum) mergeMetricRollup(sum.rollup, rollup);
    else sums.set(key, { scope: { kind: 'metric', id: rollup.name, pool }, rollup: { ...rollup } });
  }
  for (const { scope, rollup } of sums.values()) yield [scope, new Map([['metric', metricValue(rollup)]])];
}
