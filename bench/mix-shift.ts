import { tableLines } from '../lib/cli/table.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';
import type { Planted } from './mix-shift/history.ts';
import { type Judged, judgeHistory } from './mix-shift/judge.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const WANTED = 0.95;
const SLOWDOWN = 1.05;
/** What hides a slowdown of 5 %: the plain mean stays or falls. */
const TO_QUICK: Planted['mixFactor'] = [0.84, 0.95];
const TO_SLOW: Planted['mixFactor'] = [1.05, 1.19];

/** By name: what is planted, by seed, and the right verdict on the response times of the fleet. */
const worlds: Record<string, { planted: (seed: number) => Planted; right: Judged['trend']['verdict'] }> = {
  'slower, hidden by other work': {
    planted: () => ({ slowdown: SLOWDOWN, mixFactor: TO_QUICK, isHidden: true }),
    right: 'worse',
  },
  'other work only': {
    planted: (seed) => ({ slowdown: 1, mixFactor: seed % 2 === 0 ? TO_SLOW : TO_QUICK }),
    right: 'same',
  },
};

/**
 * Whether a slowdown of 5 % is told though the plain mean does not rise, and none where only the mix shifted: on the histories of
 * mix-shift/history.ts, beside what a comparison of plain means would say.
 */
export async function benchMixShift(
  { histories, firstSeed }: { histories: number; firstSeed: number },
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  print(`${histories} histories of 90 days of each kind, seeds from ${firstSeed} on; response times of the fleet`);
  const outcomes = new Map<string, Judged[]>();
  for (const [name, { planted }] of Object.entries(worlds)) {
    const judged: Judged[] = [];
    for (let seed = firstSeed; seed < firstSeed + histories; seed++)
      judged.push(await judgeHistory(seed, planted(seed)));
    outcomes.set(name, judged);
  }
  const rows = [...outcomes].map(([name, of]) => rowOf(name, of));
  const header = [
    'planted',
    'plain change',
    'right verdict',
    'right by plain means',
    'effect told',
    'interval covers',
    'other KPIs told',
  ];
  for (const line of tableLines(header, rows)) print(line);
  const slower = outcomes.get('slower, hidden by other work') ?? [];
  for (const line of sinceLines(slower)) print(line);
  const met = [...outcomes].map(([name, of]) => {
    const share = rightShare(name, of);
    print(
      `${share >= WANTED ? 'met:    ' : 'not met:'} ${name}: right in ${percent(share)}, wanted ${percent(WANTED)}`,
    );
    record({
      ...{ name: `${name}: right verdict`, value: 100 * share, unit: '%' },
      ...{ betterIs: 'higher', kind: 'seeded', aim: 100 * WANTED },
    });
    return share >= WANTED;
  });
  return met.every(Boolean);
}

function rowOf(name: string, of: readonly Judged[]): string[] {
  const truth = worlds[name]?.right === 'worse' ? SLOWDOWN - 1 : 0;
  const effects = of.flatMap(({ trend: { performanceEffect } }) => performanceEffect ?? []);
  const others =
    of.reduce((sum, judged) => sum + judged.others.told, 0) / of.reduce((sum, judged) => sum + judged.others.known, 0);
  return [
    name,
    `${percent(mean(of.map(({ plainChange }) => plainChange)))} (${percent(Math.max(...of.map(({ plainChange }) => plainChange)))} at most)`,
    percent(rightShare(name, of)),
    percent(of.filter(({ plainVerdict }) => plainVerdict === worlds[name]?.right).length / of.length),
    `${percent(mean(effects.map(({ value }) => value)))} ± ${percent(spread(effects.map(({ value }) => value)))}`,
    percent(effects.filter(({ low, high }) => low <= truth && truth <= high).length / of.length),
    percent(others),
  ];
}

function sinceLines(slower: readonly Judged[]): string[] {
  const dated = slower.flatMap(({ sinceOff }) => sinceOff ?? []);
  const near = dated.filter((off) => Math.abs(off) <= 2).length;
  const named = slower.filter(({ namesDeploy }) => namesDeploy).length;
  const ages = [
    [7, 9],
    [10, 14],
    [15, 29],
    [30, 45],
  ] as const;
  const right = ages.map(([from, to]) => {
    const of = slower.filter(({ daysAgo }) => daysAgo >= from && daysAgo <= to);
    return `${from} to ${to} days ago ${percent(of.filter(({ trend }) => trend.verdict === 'worse').length / of.length)} of ${of.length}`;
  });
  return [
    `slower since: told of ${percent(dated.length / slower.length)}, ${median(dated.map(Math.abs))} days off in the median, within 2 days in ${percent(near / slower.length)}; its deploy named in ${percent(named / slower.length)}`,
    `right by when it began: ${right.join(', ')}`,
  ];
}

function rightShare(name: string, of: readonly Judged[]): number {
  return of.filter(({ trend }) => trend.verdict === worlds[name]?.right).length / of.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
