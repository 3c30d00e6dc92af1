import { MINUTE_MS, minuteOf } from '../lib/core/model/time.ts';
import type { Arrival } from '../lib/sim/arrival.ts';
import { createRandom } from '../lib/sim/random.ts';
import type { FaultSpec } from '../lib/sim/scenario/scenario.ts';
import { type DemoHourOutcome, runDemoHour, type ToldDirective } from './demo-hour.ts';
import type { RecordFigure } from './results/figure.ts';

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
export async function benchEffects(
  arrivalsFor: (seed: number) => readonly Arrival[],
  runs: number,
  print: (line: string) => void,
  record: RecordFigure,
): Promise<void> {
  for (const pool of ['conv', 'code'] as const) {
    const tally: Tally = { runs, directives: 0, unmeasurable: [], obeyed: [], ignored: [], falseDirectives: 0 };
    for (let seed = 1; seed <= runs; seed++) await judgeRun(tally, arrivalsFor(seed), pool, seed);
    report(pool, tally, print);
    recordFigures(pool, tally, record);
  }
}

async function judgeRun(tally: Tally, arrivals: readonly Arrival[], pool: string, seed: number): Promise<void> {
  const random = createRandom(seed, `effect of ${pool}`);
  const atMinute = 15 + random.int(20) + random.uniform();
  const agent = `${pool}-${String(1 + random.int(10)).padStart(2, '0')}`;
  const fault: FaultSpec = { kind: 'slow', atMinute, targets: { agents: [agent] }, factor: 8 };
  const obeying = await runDemoHour({ arrivals, seed, faults: [fault], dispatcher: 'obeys' });
  const ignoring = await runDemoHour({ arrivals, seed, faults: [fault], dispatcher: 'only says so' });
  const untroubled = await runDemoHour({ arrivals, seed, faults: [], dispatcher: 'obeys' });
  if (untroubled.directives.length > 0) tally.falseDirectives += 1;
  for (const directive of obeying.directives) {
    tally.directives += 1;
    const { effect } = directive;
    if (effect.state === 'measured' && effect.verdict === 'unmeasurable') tally.unmeasurable.push(effect.reason);
    const truth = (fromMs: number, toMs: number) =>
      obeying.meanResponseMs(pool, fromMs, toMs) - ignoring.meanResponseMs(pool, fromMs, toMs);
    tally.obeyed.push(...judge(directive, obeying, truth));
  }
  for (const directive of ignoring.directives) tally.ignored.push(...judge(directive, ignoring, () => 0));
}

function judge(
  { effect, blastRadius, onsetAt, issuedAt }: ToldDirective,
  outcome: DemoHourOutcome,
  truthOver: (fromMs: number, toMs: number) => number,
): Judged[] {
  if (effect.state !== 'measured' || effect.verdict === 'unmeasurable') return [];
  const { verdict, estimate, low, high, window } = effect;
  const [fromMs, toMs] = [Date.parse(window.from), Date.parse(window.to)];
  const mean = (of: number, to: number) => outcome.meanResponseMs(blastRadius.pool, of, to);
  const before = mean(startOfMinute(onsetAt), startOfMinute(issuedAt));
  return [{ verdict, estimate, low, high, truth: truthOver(fromMs, toMs), naive: mean(fromMs, toMs) - before }];
}

function startOfMinute(at: string): number {
  return minuteOf(Date.parse(at)) * MINUTE_MS;
}

function recordFigures(pool: string, { obeyed, ignored, falseDirectives, runs }: Tally, record: RecordFigure): void {
  const seeded = { unit: '%', kind: 'seeded' } as const;
  const figures: [name: string, value: number | null, betterIs: 'lower' | 'higher'][] = [
    ['obeyed, told to have helped', percentOf(obeyed, ({ verdict }) => verdict === 'helped'), 'higher'],
    ['obeyed, told to have harmed', percentOf(obeyed, ({ verdict }) => verdict === 'harmed'), 'lower'],
    ['obeyed, interval covers the truth', percentOf(obeyed, covers), 'higher'],
    ['ignored, told to have helped', percentOf(ignored, ({ verdict }) => verdict === 'helped'), 'lower'],
    ['ignored, told to have harmed', percentOf(ignored, ({ verdict }) => verdict === 'harmed'), 'lower'],
    ['ignored, interval covers nothing', percentOf(ignored, covers), 'higher'],
    ['runs without a fault that had a directive', (100 * falseDirectives) / runs, 'lower'],
  ];
  for (const [name, value, betterIs] of figures) record({ name: `${pool}: ${name}`, value, betterIs, ...seeded });
}

/** null of none. */
function percentOf(of: readonly Judged[], is: (judged: Judged) => boolean): number | null {
  return of.length === 0 ? null : (100 * of.filter(is).length) / of.length;
}

function covers({ low, high, truth }: Judged): boolean {
  return low <= truth && truth <= high;
}

function report(pool: string, tally: Tally, print: (line: string) => void): void {
  const { obeyed, ignored, runs } = tally;
  const share = (of: readonly Judged[], is: (judged: Judged) => boolean) => {
    const percent = percentOf(of, is);
    return percent === null ? '-' : `${percent.toFixed(0)} %`;
  };
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
