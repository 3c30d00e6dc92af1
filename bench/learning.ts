import { tableLines } from '../lib/cli/table.ts';
import { MOST_EXPLORED } from '../lib/core/learn/guard.ts';
import { bootstrap, type Interval } from './bootstrap.ts';
import type { Lived } from './learning/episode.ts';
import { fixedRulesFromLog } from './learning/inverse-propensity.ts';
import { recoveries } from './learning/recovery.ts';
import { policyNames, type Run, runSeed, SWAP_AT } from './learning/run-seed.ts';
import { INCIDENTS, type WorldKind, worldKinds } from './learning/world.ts';
import { mean } from './mean.ts';
import { type Figure, ignoreFigure, type RecordFigure } from './results/figure.ts';

const CHECKPOINT = 25;
const FIRST = 50;
/** Classes that come less often after the change cannot show within how many of their incidents they recover. */
const OFTEN = 25;

/**
 * What learning which action helps is worth, in the simulated worlds of learning/world.ts: bad minutes beside fixed rules, a
 * greedy learner and an oracle; reward at checkpoints; recovery from a change; knowledge from elsewhere; propensities.
 * Intervals are of 95 %, over seeds.
 *
 * - *Reward* of an incident: how likely its first action was to help (its luck left out), and whether it did.
 * - *Regret*: bad minutes beyond those of the oracle.
 * - *Recovered*: see learning/recovery.ts, over classes with at least 25 incidents since the change; and over all incidents,
 *   when the regret of 25 of them has fallen back by half of what it rose to.
 * - *Unlearnt within 50 incidents*: in the next 50 it is at most 5 % more bad minutes than without the import.
 */
export async function benchLearning(
  { seeds, firstSeed }: { seeds: number; firstSeed: number },
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  let isWell = true;
  for (const world of worldKinds) {
    const runs = Array.from({ length: seeds }, (_, i) => runSeed(world, firstSeed + i));
    print(`world: ${world}; ${INCIDENTS} incidents, ${seeds} seeds from ${firstSeed} on`);
    const met = reportOf(world, runs, print, record);
    isWell &&= met;
    print('');
  }
  return isWell;
}

function reportOf(
  world: WorldKind,
  runs: readonly Run[],
  print: (line: string) => void,
  record: RecordFigure,
): boolean {
  for (const line of blocksTable(runs)) print(line);
  print('regret after the change, by 25 incidents (before it: the last 50):');
  for (const line of changeTable(runs)) print(line);
  const aims = [...minutesAims(runs), ...guardAims(runs), ...recoveryAims(runs), ...importAims(runs), logAim(runs)];
  for (const { what, is, isMet } of aims) print(`${isMet ? 'met:    ' : 'not met:'} ${what}: ${is}`);
  for (const { figure } of aims) {
    if (figure) record({ ...figure, name: `${world}: ${figure.name}`, kind: 'seeded' });
  }
  if (!aims.every(({ isMet }) => isMet)) print(`(${world}: see the oracle for what anybody could reach)`);
  return aims.every(({ isMet }) => isMet);
}

interface Aim {
  what: string;
  is: string;
  isMet: boolean;
  /** What is recorded of it. */
  figure?: Figure;
}

function blocksTable(runs: readonly Run[]): string[] {
  const froms = [0, 100, 200, 300, 400];
  const rows = policyNames.map((name) => [
    name,
    ...froms.map((from) => mean(runs.map(({ steady }) => minutes(steady[name], from, from + 100))).toFixed(2)),
    mean(runs.map(({ steady }) => minutes(steady[name]))).toFixed(2),
    percent(
      ratio(
        runs,
        ({ steady }) => minutes(steady[name]),
        ({ steady }) => minutes(steady.fixed),
      ),
    ),
  ]);
  return tableLines(['bad minutes', ...froms.map((from) => `${from + 1}-${from + 100}`), 'all', 'beside fixed'], rows);
}

function changeTable(runs: readonly Run[]): string[] {
  const froms = blocksSinceChange();
  const rows = policyNames
    .slice(0, 3)
    .map((name) => [
      name,
      ...[-50, ...froms].map((from) => regretSince(runs, name, from, from < 0 ? 0 : from + 25).toFixed(2)),
    ]);
  return tableLines(['', 'before', ...froms.map((from) => `${from + 1}-`)], rows, (column) => column > 0);
}

function blocksSinceChange(): number[] {
  return Array.from({ length: (INCIDENTS - SWAP_AT) / 25 }, (_, i) => 25 * i);
}

function regretSince(runs: readonly Run[], name: (typeof policyNames)[number], from: number, to: number): number {
  const of = (lived: readonly Lived[]) => minutes(lived, SWAP_AT + from, SWAP_AT + to);
  return mean(runs.map(({ swap }) => of(swap[name]) - of(swap.oracle)));
}

function minutesAims(runs: readonly Run[]): Aim[] {
  const beside = ratio(
    runs,
    ({ steady }) => minutes(steady.learner),
    ({ steady }) => minutes(steady.fixed),
  );
  const late =
    (name: 'learner' | 'fixed') =>
    ({ steady }: Run) =>
      minutes(steady[name], 200) - minutes(steady.oracle, 200);
  const regret = ratio(runs, late('learner'), late('fixed'));
  return [
    {
      what: 'bad minutes at least 26 % below fixed rules',
      is: percent(beside),
      isMet: beside.estimate <= 0.74,
      figure: shareFigure('bad minutes beside fixed rules', beside.estimate, 0.74),
    },
    {
      what: 'regret after 200 incidents at most 60 % of that of fixed rules',
      is: interval(regret, (value) => `${(100 * value).toFixed(0)} %`),
      isMet: regret.estimate <= 0.6,
      figure: shareFigure('regret after 200 incidents beside fixed rules', regret.estimate, 0.6),
    },
  ];
}

function guardAims(runs: readonly Run[]): Aim[] {
  const kept = (name: 'learner' | 'greedy', reward: (lived: Lived) => number) =>
    mean(runs.map(({ steady }) => (leastRatio(steady[name], steady.fixed, reward) >= 0.9 ? 1 : 0)));
  const [chance, luck] = [({ chance }: Lived) => chance, ({ helped }: Lived) => (helped ? 1 : 0)];
  const share = kept('learner', chance);
  const most = Math.max(...runs.map(({ exploredShare }) => exploredShare));
  const critical = runs
    .flatMap(({ log }) => log)
    .filter((it) => it.choice.explored && it.incident.severity === 'critical');
  return [
    {
      what: `reward never below 90 % of that of fixed rules, every ${CHECKPOINT} incidents, in 95 % of seeds`,
      is: `${(100 * share).toFixed(0)} %; with luck counted ${(100 * kept('learner', luck)).toFixed(0)} % (greedy ${(100 * kept('greedy', luck)).toFixed(0)} %)`,
      isMet: share >= 0.95,
      figure: shareFigure('seeds in which reward keeps 90 % of fixed rules', share, 0.95, 'higher'),
    },
    {
      what: 'explored at most 5 % of actions in every seed, none in critical incidents',
      is: `${(100 * mean(runs.map(({ exploredShare }) => exploredShare))).toFixed(1)} % on the average, ${(100 * most).toFixed(1)} % at most; ${critical.length} critical`,
      isMet: most <= MOST_EXPLORED && critical.length === 0,
      figure: shareFigure('explored, of all actions, at most', most, MOST_EXPLORED),
    },
  ];
}

function leastRatio(own: readonly Lived[], baseline: readonly Lived[], reward: (lived: Lived) => number): number {
  let [earned, theirs, least] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [i, lived] of own.entries()) {
    earned += reward(lived);
    theirs += reward(baseline[i] as Lived);
    if ((i + 1) % CHECKPOINT === 0) least = Math.min(least, earned / theirs);
  }
  return least;
}

function recoveryAims(runs: readonly Run[]): Aim[] {
  const often = runs.flatMap(({ swap }) =>
    recoveries(swap.learner.slice(SWAP_AT)).filter((it) => it.incidents >= OFTEN),
  );
  const before = often.map((it) => it.before ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const at = (share: number) => before[Math.ceil(share * before.length) - 1];
  const within = mean(before.map((it) => (it <= 50 ? 1 : 0)));
  const [usual, worst] = [regretSince(runs, 'learner', -50, 0), regretSince(runs, 'learner', 0, 25)];
  const halfway = blocksSinceChange().find(
    (from) => regretSince(runs, 'learner', from, from + 25) <= (usual + worst) / 2,
  );
  return [
    {
      what: 'after a change of the best action, 90 % of classes recover within 50 of their incidents',
      is: `${(100 * within).toFixed(0)} % of ${often.length} (median ${at(0.5)}, 90 % within ${at(0.9)})`,
      isMet: within >= 0.9,
      figure: shareFigure('classes that recover within 50 incidents', within, 0.9, 'higher'),
    },
    {
      what: 'where it changes in all twenty at once, half of the rise in regret is gone within 50 incidents of any class',
      is: halfway === undefined ? 'never' : `from incident ${halfway + 1} on`,
      isMet: halfway !== undefined && halfway <= 50,
    },
  ];
}

function importAims(runs: readonly Run[]): Aim[] {
  const beside = (name: 'right' | 'wrong', from: number) =>
    ratio(
      runs,
      (run) => minutes(run[name], from, from + FIRST),
      ({ steady }) => minutes(steady.learner, from, from + FIRST),
    );
  const best = ratio(
    runs,
    ({ steady }) => minutes(steady.oracle, 0, FIRST),
    ({ steady }) => minutes(steady.learner, 0, FIRST),
  );
  const [right, wrong, later] = [beside('right', 0), beside('wrong', 0), beside('wrong', FIRST)];
  return [
    {
      what: 'imported knowledge: at least 15 % fewer bad minutes in the first 50 incidents',
      is: `${percent(right)}; the oracle ${percent(best)}`,
      isMet: right.estimate <= 0.85,
      figure: shareFigure('bad minutes of the first 50 with knowledge imported', right.estimate, 0.85),
    },
    {
      what: 'a wrong import costs at most 10 % in the first 50',
      is: percent(wrong),
      isMet: wrong.estimate <= 1.1,
      figure: shareFigure('bad minutes of the first 50 with a wrong import', wrong.estimate, 1.1),
    },
    {
      what: 'and at most 5 % in the next 50',
      is: percent(later),
      isMet: later.estimate <= 1.05,
      figure: shareFigure('bad minutes of the next 50 with a wrong import', later.estimate, 1.05),
    },
  ];
}

function logAim(runs: readonly Run[]): Aim {
  const logs = runs.map(fixedRulesFromLog);
  const total = (members: readonly number[], of: 'estimate' | 'truth' | 'n') =>
    members.reduce((sum, i) => sum + (logs[i]?.[of] ?? 0), 0);
  const off = bootstrap(logs.length, (all) => (total(all, 'estimate') - total(all, 'truth')) / total(all, 'n'));
  return {
    what: 'the log tells what fixed rules would have earned (inverse propensity; the interval covers no error)',
    is: `off by ${interval(off, (value) => value.toFixed(3))} a choice`,
    isMet: off.low <= 0 && off.high >= 0,
  };
}

function shareFigure(name: string, share: number, aim: number, betterIs: Figure['betterIs'] = 'lower'): Figure {
  return { name, value: 100 * share, unit: '%', betterIs, aim: 100 * aim };
}

function minutes(lived: readonly Lived[], from = 0, to = lived.length): number {
  return mean(lived.slice(from, to).map(({ badMinutes }) => badMinutes));
}

function ratio(runs: readonly Run[], of: (run: Run) => number, by: (run: Run) => number): Interval {
  const figures = runs.map((run) => ({ of: of(run), by: by(run) }));
  return bootstrap(runs.length, (members) => {
    const sum = (name: 'of' | 'by') => members.reduce((total, i) => total + (figures[i]?.[name] ?? 0), 0);
    return sum('of') / sum('by');
  });
}

function percent(change: Interval): string {
  return interval(change, (value) => `${value >= 1 ? '+' : ''}${(100 * (value - 1)).toFixed(1)} %`);
}

function interval({ estimate, low, high }: Interval, word: (value: number) => string): string {
  return `${word(estimate)} (${word(low)} to ${word(high)})`;
}
