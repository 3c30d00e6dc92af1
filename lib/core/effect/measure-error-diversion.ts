import { type Minute, minuteOf } from '../model/time.ts';
import { MIN_VALUES } from './autoregression.ts';
import type { Diversion } from './diversion.ts';
import { binomialVariance, listed, MIN_MEASURED, MIN_TARGET_TASKS, percent } from './measure-diversion.ts';
import { type ShiftOutcome, unmeasurable } from './measure-shift.ts';
import { movedByLoad } from './moved-by-load.ts';
import type { Outcomes, PoolMinute } from './pool-minute.ts';
import { windowChange } from './window-change.ts';

/**
 * How leading work away from agents that fail changed the share of their pool's tasks that end badly.
 *
 * With s the targets' share of the tasks, T the part of theirs that ends badly and M that of the others, both in the measured minutes,
 *
 *     change = (1 − s⁰) · (M − M⁰) − (s⁰ − s) · (T − M),
 *
 * what the others had to bear, less what the pool was spared. s⁰ is the targets' share between onset and application: who fails at once
 * is idle again at once, and may draw more than its part. T is of tasks that they still get, so nothing is believed about how long they
 * would have failed: of targets that are well again, or never were ill, nothing is spared. M⁰ is a forecast of the others' share from
 * all that was known at the decision.
 *
 * The 90 % interval has the spread of M − M⁰, the larger of what the history shows and what counts of that size do by themselves, and of
 * all four shares.
 * @returns the change as a ratio of the tasks, or the reason why there is none to tell
 */
export function measureErrorDiversion(diversion: Diversion): ShiftOutcome {
  const { minutes, targets, onsetMs, decidedMs, appliedMs, from, to } = diversion;
  const split = minutes.map((minute) => splitOutcomes(minute, targets));
  const between = (first: Minute, end: Minute) => split.filter(({ minute }) => minute >= first && minute < end);
  const decided = minuteOf(decidedMs);
  const known = between(Number.NEGATIVE_INFINITY, decided).filter(({ rest }) => countOf(rest) > 0);
  const measured = between(from, to).filter(({ rest }) => countOf(rest) > 0);
  const own = sumOutcomes(measured.map((it) => it.targets));
  const rest = sumOutcomes(measured.map((it) => it.rest));
  const names = listed(targets);
  if (measured.length < MIN_MEASURED)
    return unmeasurable(
      `tasks ended in only ${measured.length} of the ${to - from} minutes, ${MIN_MEASURED} are needed`,
    );
  if (known.length < MIN_VALUES)
    return unmeasurable(`the pool has only ${known.length} minutes of history, ${MIN_VALUES} are needed`);
  if (countOf(own) < MIN_TARGET_TASKS)
    return unmeasurable(
      `${names} ended only ${countOf(own)} tasks since: whether it would still have failed is not known`,
    );
  const ill = between(minuteOf(onsetMs), minuteOf(appliedMs) + 1);
  const [illOwn, illRest] = [sumOutcomes(ill.map((it) => it.targets)), sumOutcomes(ill.map((it) => it.rest))];
  if (countOf(illOwn) === 0)
    return unmeasurable(`${names} ended no task between the onset and the directive: its share is not known`);

  const others = windowChange(
    known.map((it) => badShare(it.rest)),
    measured.map((it) => badShare(it.rest)),
    from - decided + 1,
  );
  const shareOf = (targets: Outcomes, all: Outcomes) => countOf(targets) / (countOf(targets) + countOf(all));
  const [without, was] = [shareOf(illOwn, illRest), shareOf(own, rest)];
  const gap = badShare(own) - badShare(rest);
  const ofOthers = binomialVariance(badShare(rest), countOf(rest));
  const variance =
    (1 - without) ** 2 * Math.max(others.variance, ofOthers) +
    (without - was) ** 2 * (binomialVariance(badShare(own), countOf(own)) + ofOthers) +
    gap ** 2 *
      (binomialVariance(without, countOf(illOwn) + countOf(illRest)) +
        binomialVariance(was, countOf(own) + countOf(rest)));
  const estimate = (1 - without) * others.change - (without - was) * gap;
  const byLoad = movedByLoad(diversion, estimate);
  if (byLoad) return unmeasurable(byLoad);
  return {
    status: 'measured',
    ...{ steps: [{ estimate, standardError: Math.sqrt(variance), freedom: known.length - 3 }], unit: 'ratio' },
    ...{ n: countOf(own) + countOf(rest), measured: measured.length },
    evidence: [
      `${percent(badShare(own))} of the tasks of ${names} ended badly in the measured minutes (n ${countOf(own)}), ${percent(badShare(rest))} of those of the others (n ${countOf(rest)})`,
      `${names} ended ${percent(was)} of the tasks; without the directive it would have been ${percent(without)}, its share of those that ended between onset and application`,
      `of the others ${percent(Math.abs(others.change))} ${others.change < 0 ? 'fewer' : 'more'} ended badly than the forecast from ${known.length} minutes up to the decision (${others.placebos} placebos in time)`,
    ],
  };
}

interface SplitOutcomes {
  minute: Minute;
  targets: Outcomes;
  rest: Outcomes;
}

function splitOutcomes({ minute, ended }: PoolMinute, targets: ReadonlySet<string>): SplitOutcomes {
  const all = [...(ended ?? [])];
  return {
    minute,
    targets: sumOutcomes(all.filter(([agent]) => targets.has(agent)).map(([, outcomes]) => outcomes)),
    rest: sumOutcomes(all.filter(([agent]) => !targets.has(agent)).map(([, outcomes]) => outcomes)),
  };
}

function sumOutcomes(all: readonly Outcomes[]): Outcomes {
  return {
    completed: all.reduce((sum, { completed }) => sum + completed, 0),
    bad: all.reduce((sum, { bad }) => sum + bad, 0),
  };
}

function countOf({ completed, bad }: Outcomes): number {
  return completed + bad;
}

function badShare(outcomes: Outcomes): number {
  return outcomes.bad / countOf(outcomes);
}
