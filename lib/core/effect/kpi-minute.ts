import type { HistoryPoint } from '../kpi/history-point.ts';
import type { Kpi } from '../kpi/kpi.ts';
import { binValueUs, type LatencySketch } from '../kpi/latency-sketch.ts';
import { kpiBudget, kpis } from '../kpi/registry.ts';
import type { ScopeFigures } from '../kpi/scope-figures.ts';
import { countTasks, type TaskRollup } from '../kpi/task-rollup.ts';
import { type Minute, startOfMinute } from '../model/time.ts';
import type { ExpectedKpi } from './effect.ts';

/** A figure of one pool in one minute, or in a longer step that begins with it. */
export interface KpiMinute {
  minute: Minute;
  value: number;
  /** Tasks that ended in it. */
  n: number;
  /** Variance that the value has because it is of these tasks and not of others; 0 where that is not known. */
  chance: number;
}

/** What an effect is told of: a KPI, or what tells its worth. */
export type MeasuredFigure = ExpectedKpi | 'lost_share' | 'spend';

export function unitOf(figure: MeasuredFigure): string {
  if (figure === 'lost_share') return 'ratio';
  return figure === 'spend' ? 'usd' : kpis[figure].unit;
}

function figureIn(figure: MeasuredFigure, figures: ScopeFigures): number | null {
  if (figure === 'lost_share') return lostShare(figures.tasks);
  return figure === 'spend' ? spendOf(figures) : (kpis[figure] as Kpi).of(figures).value;
}

/** @returns the figure in each minute that has it, oldest first */
export function kpiMinutes(figure: MeasuredFigure, points: readonly HistoryPoint[]): KpiMinute[] {
  return kpiSteps(figure, points, 1);
}

/** @param length of the steps that the points are of, in minutes */
export function kpiSteps(figure: MeasuredFigure, points: readonly HistoryPoint[], length: number): KpiMinute[] {
  return points
    .flatMap(({ at, figures }): KpiMinute[] => {
      const value = figures && figureIn(figure, inStep(figures, at, length));
      if (!figures || value === null) return [];
      const n = countTasks(figures.tasks.counters);
      return [{ minute: at, value, n, chance: chanceOf(unitOf(figure), value, figures.tasks) }];
    })
    .sort((a, b) => a.minute - b.minute);
}

function inStep(figures: NonNullable<HistoryPoint['figures']>, at: Minute, length: number): ScopeFigures {
  return { ...figures, fromMs: startOfMinute(at), toMs: startOfMinute(at + length), qualityPrior: null, pool: null };
}

/** Of tasks that ended: those that ended badly or later than promised, whichever are more, since the late may be among the bad. */
function lostShare({ counters }: TaskRollup): number | null {
  const { completed, failed, timeout, rejected, slaTotal, slaMet } = counters;
  const bad = failed + timeout + rejected;
  return completed + bad === 0 ? null : Math.min(1, Math.max(bad, slaTotal - slaMet) / (completed + bad));
}

/** What tasks and agents cost in the step; null where that is not known. */
function spendOf(figures: ScopeFigures): number | null {
  const budget = kpiBudget('cost_per_task');
  return budget.of === 'amount' ? budget.count(figures).spent : null;
}

function chanceOf(unit: string, value: number, { counters, response }: TaskRollup): number {
  if (unit === 'ms') return counters.responseCount > 1 ? varianceAboutMs2(response, value) / counters.responseCount : 0;
  const n = countTasks(counters);
  return unit === 'ratio' && n > 0 && value >= 0 && value <= 1 ? (value * (1 - value)) / n : 0;
}

/** About the mean as it was told: sums of squares, as moments have them, would be off by the error of the sketch times the mean. */
function varianceAboutMs2({ zeros, bins }: LatencySketch, meanMs: number): number {
  let [n, squares] = [zeros, zeros * meanMs ** 2];
  for (const [bin, count] of bins) {
    n += count;
    squares += count * (binValueUs(bin) / 1_000 - meanMs) ** 2;
  }
  return n > 1 ? squares / (n - 1) : 0;
}
