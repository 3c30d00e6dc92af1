import { type Minute, minuteOf } from '../model/time.ts';
import { fitAutoregression, forecastWindow, MIN_VALUES, placeboMisses } from './autoregression.ts';
import type { MeasuredChange } from './effect.ts';
import { meanMs, type PoolMinute, type ResponseMoments, sumMoments, varianceMs2 } from './pool-minute.ts';
import { studentQuantile95 } from './student-quantile.ts';

/** Fewer measured minutes with tasks than this are no measurement. */
const MIN_MEASURED = 5;
/** Of the agents work was led away from, this many tasks must have ended since: else nobody can say how they fared. */
const MIN_TARGET_TASKS = 3;
/** Waiting is known where it is reported for this share of the tasks. */
const KNOWN_SHARE = 0.9;
/** From this many on, the misses of placebos give the interval by themselves. */
const MANY_PLACEBOS = 100;

export interface Diversion {
  /** Minutes of the pool, oldest first. */
  minutes: readonly PoolMinute[];
  /** Agents that work was led away from. */
  targets: ReadonlySet<string>;
  /** When what was wrong with them began. */
  onsetMs: number;
  /** When it was decided: the minutes before are what was known. */
  decidedMs: number;
  appliedMs: number;
  /** The minutes [from, to) to measure. */
  from: Minute;
  to: Minute;
}

/**
 * How leading work away from some agents changed the mean response time of their pool.
 *
 * Without the directive, the pool's mean in the measured minutes would have been
 *
 *     (1 − s) · M⁰ + s · T,
 *
 * s being the share of tasks that the targets ended between onset and application; T their own mean response time in
 * the measured minutes, on the few tasks they still get; M⁰ what the rest of the pool would have shown. So
 *
 *     change = (1 − s) · (M − M⁰) − (s − s′) · (T − M),
 *
 * with s′ and M as they were: what the others had to bear, and what the moved share was spared. It needs no belief
 * that the targets would have stayed as they were, because T is observed at the same time: targets that recover by
 * themselves, or were never ill, leave nothing to gain. T is taken under light load, so the gain is stated too low
 * rather than too high.
 *
 * M − M⁰ is the change of waiting, against a forecast by an autoregression from everything known at the decision,
 * conditioned on its last value. Work itself is taken as it was, because it follows the sizes of the tasks, which
 * move far more than any routing moves them; but when it rose beyond what its own forecast allows, the work moved to
 * the others may be the reason, and nothing is told. Where waiting is not reported, the whole response is forecast.
 *
 * The 90 % interval has the spread of M − M⁰ (the larger of what the autoregression expects and what placebos in time
 * missed by; from 100 placebos on, their own quantile), of both shares (binomial), and of T.
 * @returns the change in ms, or the reason why there is none to tell
 * @see docs/decisions/effect-of-routing.md for how it was chosen and what it was measured to do
 */
export function measureDiversion(
  diversion: Diversion,
): { status: 'measured'; change: MeasuredChange } | { status: 'unmeasurable'; reason: string } {
  const { minutes, targets, onsetMs, decidedMs, appliedMs, from, to } = diversion;
  const split = minutes.map(({ minute, agents }) => {
    const own = [...agents];
    return {
      minute,
      targets: sumMoments(own.filter(([agent]) => targets.has(agent)).map(([, moments]) => moments)),
      rest: sumMoments(own.filter(([agent]) => !targets.has(agent)).map(([, moments]) => moments)),
    };
  });
  const between = (first: Minute, end: Minute) => split.filter(({ minute }) => minute >= first && minute < end);
  const known = between(Number.NEGATIVE_INFINITY, minuteOf(decidedMs)).filter(({ rest }) => rest.n > 0);
  const ill = between(minuteOf(onsetMs), minuteOf(appliedMs) + 1);
  const measured = between(from, to).filter(({ rest }) => rest.n > 0);
  const illTargets = sumMoments(ill.map((it) => it.targets));
  const illAll = sumMoments([illTargets, ...ill.map((it) => it.rest)]);
  const rest = sumMoments(measured.map((it) => it.rest));
  const own = sumMoments(measured.map((it) => it.targets));

  if (measured.length < MIN_MEASURED)
    return unmeasurable(
      `tasks ended in only ${measured.length} of the ${to - from} minutes, ${MIN_MEASURED} are needed`,
    );
  if (known.length < MIN_VALUES)
    return unmeasurable(`the pool has only ${known.length} minutes of history, ${MIN_VALUES} are needed`);
  if (illTargets.n === 0)
    return unmeasurable(`${listed(targets)} ended no task between the onset and the directive: its share is not known`);
  if (own.n < MIN_TARGET_TASKS)
    return unmeasurable(
      `${listed(targets)} ended only ${own.n} tasks since: whether it would still have been slow is not known`,
    );

  const share = illTargets.n / illAll.n;
  const shareSince = own.n / (own.n + rest.n);
  const ahead = from - minuteOf(decidedMs) + 1;
  const quantile = studentQuantile95(known.length - 3);
  const changeOf = (part: (rest: ResponseMoments) => number) =>
    othersChange(
      known.map((it) => part(it.rest)),
      measured.map((it) => part(it.rest)),
      ahead,
    );
  const waitsKnown = [...known, ...measured].every((it) => it.rest.waits.n >= KNOWN_SHARE * it.rest.n);
  const others = changeOf(waitsKnown ? (it) => meanMs(it.waits) : meanMs);
  if (waitsKnown) {
    const work = changeOf((it) => meanMs(it.services));
    if (work.change > quantile * Math.sqrt(work.variance))
      return unmeasurable(
        `the others worked ${seconds(work.change)} longer on a task than their history explains: whether tasks were larger, or the work led to them slowed them, cannot be told apart`,
      );
  }
  const gap = meanMs(own) - meanMs(rest);
  const estimate = (1 - share) * others.change - (share - shareSince) * gap;
  const variance =
    (1 - share) ** 2 * others.variance +
    gap ** 2 * (binomialVariance(share, illAll.n) + binomialVariance(shareSince, own.n + rest.n)) +
    (share - shareSince) ** 2 * (varianceMs2(own) / own.n + varianceMs2(rest) / rest.n);
  const halfWidth = quantile * Math.sqrt(variance);
  return {
    status: 'measured',
    change: {
      estimate,
      low: estimate - halfWidth,
      high: estimate + halfWidth,
      unit: 'ms',
      n: own.n + rest.n,
      evidence: [
        `${listed(targets)} ended ${percent(share)} of the tasks from the onset until the directive was applied, ${percent(shareSince)} since`,
        `its tasks took ${seconds(meanMs(own))} in the measured minutes (n ${own.n}), those of the others ${seconds(meanMs(rest))} (n ${rest.n})`,
        `the others ${waitsKnown ? 'waited' : 'took'} ${signedSeconds(others.change)} against the forecast from ${known.length} minutes up to the decision (${others.placebos} placebos in time)`,
      ],
    },
  };
}

/** What the rest of the pool did beyond its forecast: the mean change, and the variance of what chance does to it. */
function othersChange(known: readonly number[], since: readonly number[], ahead: number) {
  const forecast = forecastWindow(fitAutoregression(known), ahead, since.length);
  const misses = placeboMisses(known, ahead, since.length);
  return {
    change: meanOf(since) - forecast.mean,
    variance: Math.max(forecast.variance, placeboVariance(misses)),
    placebos: misses.length,
  };
}

function placeboVariance(misses: readonly number[]): number {
  if (misses.length < MIN_VALUES) return 0;
  if (misses.length < MANY_PLACEBOS) return meanOf(misses.map((miss) => miss ** 2));
  const sorted = misses.map(Math.abs).sort((a, b) => a - b);
  // The 90 % quantile of |miss|, as a standard error: a normal has it at 1.645.
  return ((sorted[Math.ceil(0.9 * sorted.length) - 1] ?? 0) / 1.6448536269514722) ** 2;
}

/** Half a task is added on either side, so that a share of none is not known for certain. */
function binomialVariance(share: number, n: number): number {
  const guarded = (share * n + 0.5) / (n + 1);
  return (guarded * (1 - guarded)) / n;
}

function unmeasurable(reason: string): { status: 'unmeasurable'; reason: string } {
  return { status: 'unmeasurable', reason };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function listed(agents: ReadonlySet<string>): string {
  return [...agents].sort().join(', ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function signedSeconds(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${seconds(Math.abs(ms))}`;
}
