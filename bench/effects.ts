import { type Minute, minuteOf } from '../lib/core/model/time.ts';
import type { DirectiveRecord } from '../lib/core/remediate/directive.ts';
import type { Arrival } from '../lib/sim/arrival.ts';
import { demoFleet } from '../lib/sim/demo-fleet.ts';
import type { Fault } from '../lib/sim/fault.ts';
import { createRandom } from '../lib/sim/random.ts';
import { type ClosedLoopOutcome, meanResponseMs, runClosedLoop } from './closed-loop.ts';

const MINUTE_MS = 60_000;
const RUN_MINUTES = 59;

/** What is told of one measured directive, and what was true. */
interface Judged {
  verdict: string;
  estimate: number;
  low: number;
  high: number;
  /** Mean response of the pool where the dispatcher obeyed less where it did not, all other luck being the same. */
  truth: number;
  /** The same minutes before and after the directive was applied, compared as if nothing else had moved. */
  naive: number;
}

interface Tally {
  runs: number;
  directives: number;
  unmeasurable: string[];
  obeyed: Judged[];
  ignored: Judged[];
  /** Runs without a fault in which a directive was issued. */
  falseDirectives: number;
}

/**
 * Whether the effects that are told are true. Each run is a simulated hour with one agent eight times slower from a
 * random minute on; once the dispatcher obeys, once it only says so (then the true effect is nothing). Truth is the
 * difference of the two runs over the measured minutes: they share all other luck.
 */
export function benchEffects(
  arrivalsFor: (seed: number) => readonly Arrival[],
  runs: number,
  print: (line: string) => void,
): void {
  for (const pool of ['conv', 'code'] as const) {
    const tally: Tally = { runs, directives: 0, unmeasurable: [], obeyed: [], ignored: [], falseDirectives: 0 };
    for (let seed = 1; seed <= runs; seed++) judgeRun(tally, arrivalsFor(seed), pool, seed);
    report(pool, tally, print);
  }
}

function judgeRun(tally: Tally, arrivals: readonly Arrival[], pool: string, seed: number): void {
  const from = minuteOf(Math.min(...arrivals.map(({ atMs }) => atMs)));
  const random = createRandom(seed, `effect of ${pool}`);
  const onsetMs = (from + 15 + random.int(20)) * MINUTE_MS + random.uniform(0, MINUTE_MS);
  const agent = `${pool}-${String(1 + random.int(10)).padStart(2, '0')}`;
  const fault: Fault = { kind: 'slow', agent, fromMs: onsetMs, factor: 8 };
  const run = {
    arrivals,
    pools: demoFleet,
    dispatch: 'p2c',
    seed,
    flushMs: 15_000,
    from,
    through: from + RUN_MINUTES,
  } as const;
  const obeying = runClosedLoop({ ...run, faults: [fault], dispatcher: 'obeys' });
  const ignoring = runClosedLoop({ ...run, faults: [fault], dispatcher: 'only says so' });
  const untroubled = runClosedLoop({ ...run, faults: [], dispatcher: 'obeys' });
  if (untroubled.directives.length > 0) tally.falseDirectives += 1;
  for (const record of obeying.directives) {
    tally.directives += 1;
    const { effect } = record.directive;
    if (effect.state === 'measured' && effect.verdict === 'unmeasurable') tally.unmeasurable.push(effect.reason);
    tally.obeyed.push(...judge(record, obeying, (of, to) => between(obeying, ignoring, pool, of, to)));
  }
  for (const record of ignoring.directives) tally.ignored.push(...judge(record, ignoring, () => 0));
}

function between(one: ClosedLoopOutcome, other: ClosedLoopOutcome, pool: string, from: Minute, to: Minute): number {
  return meanResponseMs(one.poolMinutes(pool), from, to) - meanResponseMs(other.poolMinutes(pool), from, to);
}

function judge(
  { directive }: DirectiveRecord,
  outcome: ClosedLoopOutcome,
  truthOver: (from: Minute, to: Minute) => number,
): Judged[] {
  const { effect, subject, onsetMs, issuedMs } = directive;
  if (effect.state !== 'measured' || effect.verdict === 'unmeasurable') return [];
  const { verdict, estimate, low, high, from, to } = effect;
  const minutes = outcome.poolMinutes(subject);
  const before = meanResponseMs(minutes, minuteOf(onsetMs), minuteOf(issuedMs));
  return [
    { verdict, estimate, low, high, truth: truthOver(from, to), naive: meanResponseMs(minutes, from, to) - before },
  ];
}

function report(pool: string, tally: Tally, print: (line: string) => void): void {
  const { obeyed, ignored, runs } = tally;
  const share = (of: readonly Judged[], is: (judged: Judged) => boolean) =>
    of.length === 0 ? '-' : `${((100 * of.filter(is).length) / of.length).toFixed(0)} %`;
  const covers = ({ low, high, truth }: Judged) => low <= truth && truth <= high;
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]?.toFixed(0) ?? '-';
  print(
    `${pool}: ${tally.directives} directives in ${runs} runs, ${obeyed.length} measured, ${tally.falseDirectives} runs without a fault had one`,
  );
  print(
    `  obeyed:  helped ${share(obeyed, ({ verdict }) => verdict === 'helped')}, harmed ${share(obeyed, ({ verdict }) => verdict === 'harmed')}; interval covers the truth ${share(obeyed, covers)} (nominal 90 %); median truth ${median(obeyed.map(({ truth }) => truth))} ms, estimate ${median(obeyed.map(({ estimate }) => estimate))} ms, before-after ${median(obeyed.map(({ naive }) => naive))} ms`,
  );
  print(
    `  ignored: helped ${share(ignored, ({ verdict }) => verdict === 'helped')}, harmed ${share(ignored, ({ verdict }) => verdict === 'harmed')} (nominal 5 % each); interval covers nothing ${share(ignored, covers)}; before-after ${median(ignored.map(({ naive }) => naive))} ms`,
  );
  const reasons = Map.groupBy(tally.unmeasurable, (reason) => reason.replaceAll(/\d+(\.\d+)?/g, 'N'));
  for (const [reason, times] of reasons) print(`  unmeasurable ${times.length} times: ${reason}`);
}
