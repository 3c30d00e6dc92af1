import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tableLines } from '../lib/cli/table.ts';
import { forecastSeries } from '../lib/core/forecast/forecast-series.ts';
import { forecastMembers } from '../lib/core/forecast/members/registry.ts';
import {
  averageScore,
  type ForecastScore,
  overallWeightedAverage,
  scoredLevels,
  scoreForecast,
} from './forecast/forecast-score.ts';
import { type Forecaster, forecasters } from './forecast/forecasters.ts';
import { forecastGoals } from './forecast/goals.ts';
import { readWorkloads, type WorkloadGroup } from './forecast/workload-series.ts';
import { median } from './median.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

/** Next to the project, like the recordings. */
const DATA = fileURLToPath(new URL('../../shared/data', import.meta.url));

const USAGE = `npm run bench -- forecast [GROUP,...] [--data FOLDER] [--members] [--halves]
  --members  what each member adds: the figures without it
  --halves   the same figures for two halves of the series as well, every other one`;

/** How well workloads are forecast, beside peers by the same code. @returns whether there was something to measure with */
export function benchForecast(
  args: readonly string[],
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): boolean {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: DATA },
      members: { type: 'boolean', default: false },
      halves: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const all = readWorkloads(values.data);
  if (!all) {
    print(`the series are not at hand in ${values.data}; --data FOLDER says where they are`);
    return false;
  }
  const names = positionals[0]?.split(',') ?? all.map(({ name }) => name);
  const groups = all.filter(({ name }) => names.includes(name));
  if (groups.length === 0 || positionals.length > 1) {
    print(`there are ${all.map(({ name }) => name).join(', ')}\n${USAGE}`);
    return false;
  }
  print('means over series and origins; ms is the CPU time of the median forecast');
  const ours = groups.map((group) => {
    const judged = Object.entries(forecasters).map(([name, forecaster]) => ({ name, ...judge(group, forecaster) }));
    printGroup(group, judged, print);
    return { group, figures: figuresOf(judged[0]?.scores ?? [], judged) };
  });
  print('\ngoals, of series kept back, except of m4h: of both halves; so these are to compare, not to pass');
  printTable(
    ['group', 'figure', 'here', 'goal', 'stretch', ''],
    forecastGoals.flatMap(({ group, figure, realistic, stretch }) => {
      const here = ours.find((it) => it.group.name === group)?.figures[figure];
      if (here === undefined) return [];
      const isMet = typeof realistic === 'number' ? here <= realistic : here >= realistic[0] && here <= realistic[1];
      const verdict = stretch !== null && here <= stretch ? 'stretch' : isMet ? 'goal' : 'short';
      const goal = typeof realistic === 'number' ? `${realistic}` : realistic.join('-');
      return [[group, figure, here.toFixed(3), goal, `${stretch ?? ''}`, verdict]];
    }),
    print,
  );
  for (const { group, figures } of ours) {
    for (const figure of ['mase', 'owa', 'pinball'] as const) {
      record({
        ...{ name: `${group.name}: ${figure}`, value: figures[figure], unit: '', betterIs: 'lower', kind: 'seeded' },
        ...goalOf(group.name, figure),
      });
    }
  }
  if (values.halves) printHalves(groups, print);
  if (values.members) printMembers(groups, print);
  return true;
}

/** The realistic goal, where it is a bound. */
function goalOf(group: string, figure: string): { aim?: number } {
  const goal = forecastGoals.find((it) => it.group === group && it.figure === figure)?.realistic;
  return typeof goal === 'number' ? { aim: goal } : {};
}

interface Judged {
  scores: ForecastScore[];
  /** Milliseconds of CPU of the median forecast. */
  ms: number;
}

function judge(group: WorkloadGroup, forecaster: Forecaster, isChosen = (_series: number) => true): Judged {
  const scores: ForecastScore[] = [];
  const times: number[] = [];
  for (const [index, { y, origins }] of group.series.entries()) {
    if (!isChosen(index)) continue;
    for (const origin of origins) {
      const past = y.slice(0, origin);
      const start = process.cpuUsage();
      const forecast = forecaster(past, group);
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1_000);
      const score = scoreForecast(forecast, y.slice(origin, origin + group.h), past, group.m);
      if (score) scores.push(score);
    }
  }
  return { scores, ms: median(times) };
}

type Figures = ForecastScore & { owa: number };

function figuresOf(scores: readonly ForecastScore[], judged: readonly (Judged & { name: string })[]): Figures {
  const score = averageScore(scores);
  const naive2 = averageScore(judged.find(({ name }) => name === 'Naive2')?.scores ?? []);
  return { ...score, owa: overallWeightedAverage(score, naive2) };
}

function printGroup(
  group: WorkloadGroup,
  judged: readonly (Judged & { name: string })[],
  print: (line: string) => void,
) {
  const { name, series, h, step, periods } = group;
  const count = judged[0]?.scores.length ?? 0;
  print(
    `\n${name}: ${series.length} series, ${count} forecasts of ${h} steps of ${step} s, seasons of ${periods.join(' and ')}`,
  );
  printTable(
    ['', 'sMAPE', 'MASE', 'OWA', 'pinball', 'MSIS', 'cov 80', 'cov 95', 'ms'],
    judged.map((one) => {
      const { smape, mase, owa, pinball, msis, coverage80, coverage95 } = figuresOf(one.scores, judged);
      return [
        one.name,
        ...[smape, mase, owa, pinball, msis, coverage80, coverage95].map((figure) => shortFigure(figure)),
        one.ms.toFixed(1),
      ];
    }),
    print,
  );
}

function shortFigure(figure: number): string {
  return figure >= 1e6 ? figure.toExponential(1) : figure.toFixed(3);
}

/** By other series the same settings: what they vary by. */
function printHalves(groups: readonly WorkloadGroup[], print: (line: string) => void): void {
  print('\nhalves: MASE and pinball of every other series');
  printTable(
    ['group', 'even', '', 'odd', ''],
    groups.map((group) => {
      const halves = [0, 1].map((half) =>
        averageScore(judge(group, forecasters['ours'] as Forecaster, (series) => series % 2 === half).scores),
      );
      return [group.name, ...halves.flatMap(({ mase, pinball }) => [mase.toFixed(3), pinball.toFixed(3)])];
    }),
    print,
  );
}

/** What members add: how much worse all the others are together. Above zero, it helps. */
function printMembers(groups: readonly WorkloadGroup[], print: (line: string) => void): void {
  const with_ = (members: typeof forecastMembers) => (group: WorkloadGroup) =>
    averageScore(
      judge(group, (past, { h, periods }) =>
        forecastSeries({ values: past, periods, horizon: h, levels: scoredLevels }, members),
      ).scores,
    );
  const all = groups.map(with_(forecastMembers));
  print('\nwhat each member adds: MASE without it, in percent of MASE with all');
  printTable(
    ['member', ...groups.map(({ name }) => name)],
    forecastMembers.map((member) => {
      const without = groups.map(with_(forecastMembers.filter((it) => it !== member)));
      const change = without.map(({ mase }, i) => 100 * (mase / (all[i]?.mase ?? 1) - 1));
      return [member.name, ...change.map((percent) => `${percent >= 0 ? '+' : ''}${percent.toFixed(2)}`)];
    }),
    print,
  );
}

function printTable(header: string[], rows: string[][], print: (line: string) => void): void {
  for (const line of tableLines(header, rows, (column) => column > 0)) print(line);
}
