import { type EpochMs, MINUTE_MS, type Minute } from '../model/time.ts';
import { type KpiMinute, kpiSteps, type MeasuredFigure, unitOf } from './kpi-minute.ts';
import { mean } from './mean.ts';
import { loadMoved, type ShiftOutcome, unmeasurable } from './measure-shift.ts';
import type { PoolHistory } from './pool-history.ts';
import { stepEffect } from './step-effect.ts';
import { stepPeers } from './step-peers.ts';

const HOUR_MINUTES = 60;
const DAY_HOURS = 24;
/** Before that many hours, nobody knows what a day is like. */
const MIN_KNOWN_HOURS = 24;
/** From three days on the time of day is taken out. */
const SEASONAL_HOURS = 72;
/** Hours with a figure, of the day that is measured. */
const MIN_MEASURED_HOURS = 18;

export interface Lasting {
  /** By the hour. */
  history: PoolHistory;
  figure: MeasuredFigure;
  decidedMs: EpochMs;
  /** A day, [from, to): whole hours. */
  from: Minute;
  to: Minute;
}

/**
 * How a figure of a pool was on a later day than what was done to it, against what the days before foretell: a step like
 * {@link measureShift}, hour by hour, with the time of day taken out of it and of its peers.
 */
export function measureLasting({ history, figure, decidedMs, from, to }: Lasting): ShiftOutcome {
  const hours = kpiSteps(figure, history.own, HOUR_MINUTES);
  const decidedMinute = decidedMs / MINUTE_MS;
  const known = hours.filter(({ minute }) => minute + HOUR_MINUTES <= decidedMinute);
  const since = hours.filter(({ minute }) => minute >= from && minute < to);
  if (since.length < MIN_MEASURED_HOURS)
    return unmeasurable(
      `${figure} is known of only ${since.length} hours of the day, ${MIN_MEASURED_HOURS} are needed`,
    );
  if (known.length < MIN_KNOWN_HOURS)
    return unmeasurable(`the pool has only ${known.length} hours of history, ${MIN_KNOWN_HOURS} are needed`);
  const moved = loadMoved(known, since, 'an hour');
  if (moved) return unmeasurable(moved);
  const last = known.at(-1)!.minute;
  const withoutDay = (its: readonly KpiMinute[]) => withoutTimeOfDay(its, last);
  const own = withoutDay([...known, ...since]);
  const peers = [...history.peers].map(
    ([pool, points]) => [pool, withoutDay(kpiSteps(figure, points, HOUR_MINUTES))] as const,
  );
  const [before, now] = [own.slice(0, known.length), own.slice(known.length)];
  const beside = stepPeers({ known: before, since: now }, new Map(peers));
  const told = stepEffect({
    known: before.map(({ value }) => value),
    since: now.map(({ value }) => value),
    ahead: Math.max(1, Math.round((from - last) / HOUR_MINUTES)),
    peers: [...beside.values()],
  });
  const step = { ...told, standardError: told.standardError * lostToTimeOfDay(known.length) };
  const unit = unitOf(figure);
  const words = (value: number) => `${Number(value.toPrecision(3))} ${unit}`;
  return {
    status: 'measured',
    ...{ steps: [step], unit, measured: since.length },
    n: since.reduce((sum, { n }) => sum + n, 0),
    evidence: [
      `${figure} was ${words(mean(since.map(({ value }) => value)))} in ${since.length} hours, ${words(step.estimate)} from what ${known.length} hours before foretell${beside.size === 0 ? '' : ` beside ${[...beside.keys()].join(', ')}`}`,
    ],
  };
}

/** Less the mean of each hour of the day up to the last known one, plus the mean of all; as it is where little is known. */
function withoutTimeOfDay(hours: readonly KpiMinute[], last: Minute): KpiMinute[] {
  const known = hours.filter(({ minute }) => minute <= last);
  if (known.length < SEASONAL_HOURS) return [...hours];
  const hourOf = ({ minute }: KpiMinute) => Math.floor(minute / HOUR_MINUTES) % DAY_HOURS;
  const level = mean(known.map(({ value }) => value));
  const means = new Map([...Map.groupBy(known, hourOf)].map(([hour, its]) => [hour, mean(its.map((it) => it.value))]));
  return hours.map((it) => ({ ...it, value: it.value - (means.get(hourOf(it)) ?? level) + level }));
}

/** The means of the hours took their part of what is left over: with it, that is as large as it was. */
function lostToTimeOfDay(hours: number): number {
  return hours < SEASONAL_HOURS ? 1 : Math.sqrt(hours / (hours - DAY_HOURS));
}
