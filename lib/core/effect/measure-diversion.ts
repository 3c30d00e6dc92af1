import { type Minute, minuteOf } from '../model/time.ts';
import { MIN_VALUES } from './autoregression.ts';
import type { Diversion } from './diversion.ts';
import { type ShiftOutcome, unmeasurable } from './measure-shift.ts';
import { movedByLoad } from './moved-by-load.ts';
import {
  meanMs,
  type Occupation,
  type PoolMinute,
  type ResponseMoments,
  sumMoments,
  varianceMs2,
} from './pool-minute.ts';
import { studentQuantile95 } from './student-quantile.ts';
import { windowChange } from './window-change.ts';

/** Fewer measured minutes with tasks than this are no measurement. */
export const MIN_MEASURED = 5;
/** Of the agents work was led away from, this many tasks must have ended since: else nobody can say how they fared. */
export const MIN_TARGET_TASKS = 3;
/** A use of its slots that few samples may miss. */
const LEAST_USE = 0.02;
/** Waiting is known where it is reported for this share of the tasks. */
const KNOWN_SHARE = 0.9;

/**
 * How leading work away from some agents changed the mean response time of their pool.
 *
 * What the targets add to the pool's mean is their burden: their share of the tasks × how much longer these take than
 * those of the others, s · (T − M). Then
 *
 *     change = (1 − s) · (M − M⁰) − (burden without the directive − burden as it was),
 *
 * what the others had to bear, less what the pool was spared.
 *
 * **Burden without the directive.** By the utilization law, agents that keep u slots busy finish u ÷ S tasks a minute,
 * S being their service time. u is taken from their samples between onset and decision; S from the tasks that they
 * still get in the measured minutes, so nothing is believed about how long their trouble would have lasted: targets
 * that recover by themselves, or were never ill, have no burden to be spared. What they do not finish is not their
 * share: agents that are full stay at slots ÷ S. Without samples, s is their share of the tasks that ended between
 * onset and application, which is too low while long tasks are still running.
 *
 * **What the others had to bear** is the change of their waiting against a forecast by an autoregression from all that
 * was known at the decision, conditioned on its last value. Work itself is taken as it was, because it follows the
 * sizes of the tasks, which move far more than routing moves them; but when it rose beyond what its own forecast
 * allows, the work led to the others may be the reason, and nothing is told. Where waiting is not reported, the whole
 * response is forecast. More work makes everybody wait, and less of it nobody: what moved the way that the load of the pool did is not told
 * either.
 *
 * The 90 % interval has the spread of M − M⁰ (the larger of what the autoregression expects and what placebos in time
 * missed by; from 100 placebos on, their own quantile) and of both burdens.
 * @returns the change in ms, or the reason why there is none to tell
 * @see docs/decisions/effect-of-routing.md for how it was chosen and what it was measured to do
 */
export function measureDiversion(diversion: Diversion): ShiftOutcome {
  const { minutes, targets, onsetMs, decidedMs, appliedMs, from, to } = diversion;
  const split = minutes.map((minute) => splitMinute(minute, targets));
  const between = (first: Minute, end: Minute) => split.filter(({ minute }) => minute >= first && minute < end);
  const decided = minuteOf(decidedMs);
  const known = between(Number.NEGATIVE_INFINITY, decided).filter(({ rest }) => rest.n > 0);
  const measured = between(from, to).filter(({ rest }) => rest.n > 0);
  const own = sumMoments(measured.map((it) => it.targets));
  const rest = sumMoments(measured.map((it) => it.rest));
  if (measured.length < MIN_MEASURED)
    return unmeasurable(
      `tasks ended in only ${measured.length} of the ${to - from} minutes, ${MIN_MEASURED} are needed`,
    );
  if (known.length < MIN_VALUES)
    return unmeasurable(`the pool has only ${known.length} minutes of history, ${MIN_VALUES} are needed`);
  if (own.n < MIN_TARGET_TASKS)
    return unmeasurable(
      `${listed(targets)} ended only ${own.n} tasks since: whether it would still have been slow is not known`,
    );

  const ahead = from - decided + 1;
  const freedom = known.length - 3;
  const changeOf = (part: (rest: ResponseMoments) => number) =>
    windowChange(
      known.map((it) => part(it.rest)),
      measured.map((it) => part(it.rest)),
      ahead,
    );
  const waitsKnown = [...known, ...measured].every((it) => it.rest.waits.n >= KNOWN_SHARE * it.rest.n);
  const others = changeOf(waitsKnown ? (it) => meanMs(it.waits) : meanMs);
  if (waitsKnown) {
    const work = changeOf((it) => meanMs(it.services));
    if (work.change > studentQuantile95(freedom) * Math.sqrt(work.variance))
      return unmeasurable(
        `the others worked ${seconds(work.change)} longer on a task than their history explains: whether tasks were larger, or the work led to them slowed them, cannot be told apart`,
      );
  }

  const ill = between(minuteOf(onsetMs), minuteOf(appliedMs) + 1);
  const without = burdenWithout(ill, decided, { own, rest, measuredMinutes: measured.length });
  if (without === null)
    return unmeasurable(`${listed(targets)} ended no task between the onset and the directive: its share is not known`);
  const was = burdenAsItWas(own, rest);
  const estimate = (1 - without.share) * others.change - (without.burdenMs - was.burdenMs);
  const byLoad = movedByLoad(diversion, estimate);
  if (byLoad) return unmeasurable(byLoad);
  const variance = (1 - without.share) ** 2 * others.variance + without.variance + was.variance;
  return {
    status: 'measured',
    ...{ steps: [{ estimate, standardError: Math.sqrt(variance), freedom }], unit: 'ms', measured: measured.length },
    n: own.n + rest.n,
    evidence: [
      `tasks of ${listed(targets)} took ${seconds(meanMs(own))} in the measured minutes (n ${own.n}), those of the others ${seconds(meanMs(rest))} (n ${rest.n})`,
      `${listed(targets)} ended ${percent(was.share)} of the tasks; without the directive it would have been ${percent(without.share)}, by ${without.by}`,
      `the others ${waitsKnown ? 'waited' : 'took'} ${signedSeconds(others.change)} against the forecast from ${known.length} minutes up to the decision (${others.placebos} placebos in time)`,
    ],
  };
}

interface SplitMinute {
  minute: Minute;
  targets: ResponseMoments;
  rest: ResponseMoments;
  /** Of all targets together; null where one sent no sample. */
  occupation: Occupation | null;
}

function splitMinute({ minute, agents, occupation }: PoolMinute, targets: ReadonlySet<string>): SplitMinute {
  const own = [...agents];
  const occupied = [...targets].flatMap((agent) => occupation.get(agent) ?? []);
  return {
    minute,
    targets: sumMoments(own.filter(([agent]) => targets.has(agent)).map(([, moments]) => moments)),
    rest: sumMoments(own.filter(([agent]) => !targets.has(agent)).map(([, moments]) => moments)),
    occupation:
      occupied.length < targets.size
        ? null
        : {
            samples: Math.min(...occupied.map(({ samples }) => samples)),
            busySlots: occupied.reduce((sum, { busySlots }) => sum + busySlots, 0),
            slots: occupied.reduce((sum, { slots }) => sum + slots, 0),
          },
  };
}

interface Burden {
  /** Of the pool's tasks, 0..1. */
  share: number;
  /** Added to the pool's mean response time, ms. */
  burdenMs: number;
  variance: number;
}

/** What the targets added in the measured minutes: the spread is that of a compound of few tasks. */
function burdenAsItWas(own: ResponseMoments, rest: ResponseMoments): Burden {
  const n = own.n + rest.n;
  const share = own.n / n;
  const gapMs = meanMs(own) - meanMs(rest);
  return { share, burdenMs: share * gapMs, variance: (share * (gapMs ** 2 + varianceMs2(own))) / n };
}

/** What they would have added: by the utilization law where they sent samples, else by what they ended. */
function burdenWithout(
  ill: readonly SplitMinute[],
  decided: Minute,
  { own, rest, measuredMinutes }: { own: ResponseMoments; rest: ResponseMoments; measuredMinutes: number },
): (Burden & { by: string }) | null {
  const before = ill.filter(({ minute }) => minute < decided);
  const occupations = before.flatMap(({ occupation }) => occupation ?? []);
  const illTargets = sumMoments(ill.map((it) => it.targets));
  const service = own.services.n >= MIN_TARGET_TASKS ? meanMs(own.services) : null;
  const minutes = occupations.length;
  const slots = occupations[0]?.slots ?? 0;
  const tasksPerMinute = sumMoments(before.flatMap((it) => [it.targets, it.rest])).n / Math.max(1, minutes);
  if (slots > 0 && tasksPerMinute > 0 && minutes === before.length && service !== null) {
    const busySlots = occupations.reduce((sum, it) => sum + it.busySlots, 0) / minutes;
    const samples = occupations.reduce((sum, it) => sum + it.samples, 0);
    const tasksPerMinuteSince = (own.n + rest.n) / measuredMinutes;
    const rate = 60_000 / service;
    const share = Math.min((busySlots * rate) / tasksPerMinute, (slots * rate) / tasksPerMinuteSince, 1);
    const waitMs = illTargets.waits.n > 0 ? meanMs(illTargets.waits) : 0;
    const gapMs = service + waitMs - meanMs(rest);
    // Samples hang together: two count as one. A share that seems full may still miss a little.
    const utilization = busySlots / slots;
    const spread = Math.max(utilization * (1 - utilization), 0.02) / Math.max(1, samples / 2);
    const ofShare = spread / Math.max(utilization, LEAST_USE) ** 2 + 1 / Math.max(1, tasksPerMinute * minutes);
    // Who was idle whenever it was looked at may have done a little.
    const mostIdle = Math.min(1, (LEAST_USE * slots * rate) / tasksPerMinute);
    // Waiting spreads about as much as it lasts.
    const ofWait = (share * waitMs) ** 2 / Math.max(1, illTargets.n);
    return {
      share,
      burdenMs: share * gapMs,
      variance: (Math.max(share, utilization < LEAST_USE ? mostIdle : 0) * gapMs) ** 2 * ofShare + ofWait,
      by: `the ${busySlots.toFixed(1)} of ${slots} slots that it kept busy before the decision`,
    };
  }
  if (illTargets.n === 0) return null;
  const all = sumMoments([illTargets, ...ill.map((it) => it.rest)]);
  const share = illTargets.n / all.n;
  const gapMs = meanMs(own) - meanMs(rest);
  return {
    share,
    burdenMs: share * gapMs,
    variance: gapMs ** 2 * binomialVariance(share, all.n) + (share ** 2 * varianceMs2(own)) / own.n,
    by: 'its share of those that ended between onset and application',
  };
}

/** Variance of a share of so many tasks. Half a task is added on either side, so that a share of none is not known for certain. */
export function binomialVariance(share: number, n: number): number {
  const guarded = (share * n + 0.5) / (n + 1);
  return (guarded * (1 - guarded)) / n;
}

export function listed(agents: ReadonlySet<string>): string {
  return [...agents].sort().join(', ');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function signedSeconds(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${seconds(Math.abs(ms))}`;
}
