import { averageSpeedOfAnswer, erlangC } from '../lib/core/queueing/erlang.ts';
import { MINUTE_US } from '../lib/sim/engine/sim-time.ts';
import { Simulation } from '../lib/sim/engine/simulation.ts';
import type { Attempt } from '../lib/sim/engine/work.ts';
import { centralQueue } from '../lib/sim/policies/central-queue.ts';
import { mean } from './mean.ts';
import { textbookQueue } from './queueing/textbook-queue.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

/** Servers and offered load in erlangs; among them those of the golden values of Erlang's formulas. */
export const settings = [
  { servers: 1, load: 0.5 },
  { servers: 1, load: 0.7 },
  { servers: 2, load: 1.4 },
  { servers: 3, load: 2.1 },
  { servers: 4, load: 2.8 },
  { servers: 5, load: 3.5 },
  { servers: 8, load: 5.6 },
  { servers: 13, load: 10 },
  { servers: 14, load: 10 },
  { servers: 15, load: 10 },
  { servers: 4, load: 3 },
  { servers: 8, load: 6 },
  { servers: 10, load: 7.5 },
  { servers: 20, load: 16 },
] as const;

const MEAN_S = 10;
const MOST_ERROR = 0.03;
/** Half of a 95 % interval, relative: narrow enough that 3 % can be told from 0. */
const WANTED_PRECISION = 0.015;
const FEWEST_RUNS = 10;
const TASKS_A_RUN = 300_000;

export interface MeasuredWait {
  /** Mean wait ÷ that of Erlang's formula, less 1; and half of its 95 % interval. */
  error: number;
  precision: number;
  runs: number;
}

/**
 * Mean wait of M/M/N beside Erlang's formula, from independent runs. What the load happened to be in a run explains a part of its
 * wait, and is taken out by regression (a control variate: its mean is known).
 * @param seeds one run for each
 */
export function measureWait(
  { servers, load }: { servers: number; load: number },
  seeds: Iterable<number>,
  tasks: number,
  isEnough: (measured: MeasuredWait) => boolean,
): MeasuredWait {
  const runs: { wait: number; load: number }[] = [];
  let measured: MeasuredWait = { error: Number.NaN, precision: Number.POSITIVE_INFINITY, runs: 0 };
  for (const seed of seeds) {
    runs.push(waitOfRun(servers, load, seed, tasks));
    measured = {
      ...controlledMean(
        runs.map((run) => [run.wait / averageSpeedOfAnswer(servers, load, MEAN_S) - 1, run.load / load - 1]),
      ),
      runs: runs.length,
    };
    if (isEnough(measured)) break;
  }
  return measured;
}

function waitOfRun(servers: number, load: number, seed: number, tasks: number): { wait: number; load: number } {
  const scenario = textbookQueue({ servers, perMinute: (load / MEAN_S) * 60, meanS: MEAN_S, tasks });
  const warmUpUs = scenario.warmUpMinutes * MINUTE_US;
  let [served, waitUs, workUs] = [0, 0, 0];
  const sink = {
    onAttemptEnded({ queuedAt, startedAt, endedAt }: Attempt) {
      if (startedAt === null || endedAt === null || endedAt < warmUpUs) return;
      served += 1;
      waitUs += startedAt - queuedAt;
      workUs += endedAt - startedAt;
    },
  };
  new Simulation({ scenario, seed, policy: centralQueue, sinks: [sink] }).run();
  return { wait: waitUs / served / 1e6, load: workUs / (scenario.minutes * MINUTE_US - warmUpUs) };
}

/** Mean of the first of each pair, less what the second, whose mean is 0, explains of it. */
function controlledMean(pairs: readonly (readonly [number, number])[]): { error: number; precision: number } {
  const n = pairs.length;
  const [y, x] = [mean(pairs.map(([of]) => of)), mean(pairs.map(([, of]) => of))];
  const covariance = mean(pairs.map(([a, b]) => (a - y) * (b - x)));
  const variance = mean(pairs.map(([, b]) => (b - x) ** 2));
  const slope = n > 3 && variance > 0 ? covariance / variance : 0;
  const residual = pairs.reduce((sum, [a, b]) => sum + (a - y - slope * (b - x)) ** 2, 0) / Math.max(1, n - 2);
  const spread = Math.sqrt((residual / n) * (1 + (variance > 0 ? x ** 2 / variance : 0)));
  return { error: y - slope * x, precision: n > 3 ? 2.1 * spread : Number.POSITIVE_INFINITY };
}

/** Whether the simulated fleet waits as Erlang says that it must. */
export function benchQueueing(
  mostRuns: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): boolean {
  let isMet = true;
  for (const [index, setting] of settings.entries()) {
    const seeds = Array.from({ length: mostRuns }, (_, i) => 1_000 * (index + 1) + i);
    const isEnough = ({ precision, runs }: MeasuredWait) => runs >= FEWEST_RUNS && precision <= WANTED_PRECISION;
    const { error, precision, runs } = measureWait(setting, seeds, TASKS_A_RUN, isEnough);
    const isWithin = Math.abs(error) <= MOST_ERROR;
    isMet &&= isWithin;
    const { servers, load } = setting;
    record({
      ...{
        name: `${servers} servers, ${load} erlangs: off Erlang's mean wait`,
        value: 100 * Math.abs(error),
        unit: '%',
      },
      ...{ betterIs: 'lower', kind: 'seeded', aim: 100 * MOST_ERROR },
    });
    print(
      `${servers} servers, ${load} erlangs, P(wait) ${erlangC(servers, load).toFixed(4)}: mean wait ${percent(error)} ± ${(100 * precision).toFixed(1)} % off ${averageSpeedOfAnswer(servers, load, MEAN_S).toFixed(3)} s (${((runs * TASKS_A_RUN) / 1e6).toFixed(1)} million tasks; within 3 %: ${isWithin ? 'met' : 'missed'})`,
    );
  }
  return isMet;
}

function percent(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${Math.abs(100 * ratio).toFixed(1)} %`;
}
