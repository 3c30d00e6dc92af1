import type { AlertKind, AlertScope } from '../alert/alert.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import type { EpochMs } from '../model/time.ts';
import { afterDeploys, type Calendar, type CalendarKind, calendarWords, daily, monthly, weekly } from './calendar.ts';
import { clusterIncidents, type IncidentCluster, type PastAlert } from './incident-cluster.ts';
import { IncidentRate } from './incident-rate.ts';
import { LEAST_OCCURRENCES, mostRegular, type Pattern } from './regularity.ts';

/** A fault that comes again by a calendar. Plain JSON. */
export interface RecurringIncident {
  title: string;
  /** null where alerts of several kinds have the same likely cause. */
  kind: AlertKind | null;
  scope: AlertScope;
  calendar: {
    kind: CalendarKind;
    /** For people: "Mondays about 09:10 UTC". */
    words: string;
    /** Range of the times within the cycle at which it began. */
    spanMs: number;
  };
  /** In order; `alert` is the first of its alerts. */
  occurrences: { atMs: EpochMs; alert: string }[];
  /** Cycles between the first and the last that passed without it. */
  missed: number;
  /** null where it comes after deploys. */
  nextMs: EpochMs | null;
  /** 1 ÷ (1 + how many such patterns would be expected by chance among all causes), 0..1: how likely it is that it is none, where one is there. */
  confidence: number;
  /** Titles of other clusters that came at the same times. */
  together: string[];
}

export interface RecurrenceInput {
  /** Alerts that fired in [fromMs, nowMs). */
  alerts: readonly PastAlert[];
  /** Every change of that time, also of which nothing came; absent where they are not known: then nothing is told after deploys. */
  changes?: readonly FleetChange[];
  fromMs: EpochMs;
  nowMs: EpochMs;
}

/**
 * Patterns that may be expected by chance in a history, all causes and calendars together. The bound counts more than there are (see
 * regularity.ts): fewer come true.
 */
const MOST_BY_CHANCE = 0.8;
/** What each calendar may use of it. */
const shareOf: Readonly<Record<CalendarKind, number>> = {
  weekly: 0.7,
  daily: 0.1,
  'after deploys': 0.1,
  'day of month': 0.1,
};
/** The null is not that well known. */
const SUREST = 0.999;
/** Cycles that may pass without it before it counts as over. */
const MOST_MISSED_SINCE = 2;
/** Occurrences so near each other are of one happening. */
const TOGETHER_MS = 2 * 3_600_000;

/**
 * Which faults come again by a calendar: every week at the same time, every day, on a day of the month, or so long after deploys. Time of
 * day alone is none: incidents that come when people work are no pattern.
 * @returns the surest first
 */
export function recurringIncidents({ alerts, changes, fromMs, nowMs }: RecurrenceInput): RecurringIncident[] {
  const clusters = clusterIncidents(alerts.filter(({ onsetMs }) => onsetMs >= fromMs && onsetMs < nowMs));
  const testable = clusters.filter(({ incidents }) => incidents.length >= LEAST_OCCURRENCES);
  const rate = new IncidentRate(onsetsOfAll(clusters));
  const found = testable.flatMap((cluster) => {
    const onsets = cluster.incidents.map(({ atMs }) => atMs);
    return calendarsOf(cluster, changes).flatMap((calendar) => {
      const most = (MOST_BY_CHANCE * shareOf[calendar.kind]) / testable.length;
      const pattern = mostRegular(onsets, calendar, { fromMs, nowMs }, (at, out) => rate.at(at, out), most);
      if (!pattern || isOver(pattern, nowMs)) return [];
      const byChance = (pattern.expectedByChance * testable.length) / shareOf[calendar.kind];
      return [{ cluster, pattern, byChance }];
    });
  });
  const told: RecurringIncident[] = [];
  // What a longer pattern says is not said again by a shorter one.
  for (const { cluster, pattern, byChance } of found.sort((a, b) => a.byChance - b.byChance)) {
    const incident = described(cluster, pattern, byChance, nowMs);
    const same = told.find((other) => isSameHappening(other, incident));
    if (!same) told.push(incident);
    else if (same.title !== incident.title && !same.together.includes(incident.title))
      same.together.push(incident.title);
  }
  return told;
}

/** One onset for each cause that alerts of a moment may have: kinds that raise several alerts count as often. */
function onsetsOfAll(clusters: readonly IncidentCluster[]): EpochMs[] {
  return clusters.flatMap(({ incidents }) => incidents.map(({ atMs }) => atMs));
}

function calendarsOf({ scope }: IncidentCluster, changes: readonly FleetChange[] | undefined): Calendar[] {
  const its = (changes ?? []).filter(
    ({ event }) => event.pool === undefined || scope.pool === undefined || event.pool === scope.pool,
  );
  const times = its.map(({ event }) => event.atMs).sort((a, b) => a - b);
  return [weekly, daily, monthly(), ...(times.length >= LEAST_OCCURRENCES ? [afterDeploys(times)] : [])];
}

function isOver({ calendar, cycles, firstMs, offsetMs, spanMs }: Pattern, nowMs: EpochMs): boolean {
  const begin = calendar.begin((cycles.at(-1) as number) + MOST_MISSED_SINCE + 1, firstMs);
  return begin !== null && begin + offsetMs + spanMs < nowMs;
}

function described(
  { title, kind, scope, incidents }: IncidentCluster,
  { calendar, hits, cycles, firstMs, offsetMs, spanMs, length }: Pattern,
  byChance: number,
  nowMs: EpochMs,
): RecurringIncident {
  const occurrences = hits.map((index) => ({
    atMs: incidents[index]?.atMs as EpochMs,
    alert: incidents[index]?.alert as string,
  }));
  const [last] = cycles.slice(-1) as [number];
  const usualMs = (calendar.begin(last, firstMs) ?? firstMs) + offsetMs;
  return {
    ...{ title, kind, scope, occurrences },
    calendar: { kind: calendar.kind, words: calendarWords(calendar.kind, usualMs, offsetMs), spanMs },
    missed: length - hits.length,
    nextMs: calendar.periodMs === null ? null : nextOf(calendar, last, firstMs, offsetMs, nowMs),
    confidence: Math.min(SUREST, 1 / (1 + byChance)),
    together: [],
  };
}

function nextOf(calendar: Calendar, last: number, firstMs: EpochMs, offsetMs: number, nowMs: EpochMs): EpochMs | null {
  // Months may lack a day: a year has all.
  for (let cycle = last + 1; cycle < last + 400; cycle++) {
    const begin = calendar.begin(cycle, firstMs);
    if (begin !== null && begin + offsetMs > nowMs) return begin + offsetMs;
  }
  return null;
}

/** Most of one's occurrences are at times of the other's. */
function isSameHappening(told: RecurringIncident, other: RecurringIncident): boolean {
  const shared = other.occurrences.filter(({ atMs }) =>
    told.occurrences.some((it) => Math.abs(it.atMs - atMs) <= TOGETHER_MS),
  );
  return shared.length * 2 >= other.occurrences.length;
}
