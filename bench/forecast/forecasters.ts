import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initSync, MSTL } from '@bsull/augurs/mstl';
import { forecastSeries } from '../../lib/core/forecast/forecast-series.ts';
import { spreadOf } from '../../lib/core/forecast/forecast-spread.ts';
import { type Judgeable, scoredLevels } from './forecast-score.ts';
import { naive2 } from './naive2.ts';
import type { WorkloadGroup } from './workload-series.ts';

export type Forecaster = (past: readonly number[], group: Pick<WorkloadGroup, 'h' | 'm' | 'periods'>) => Judgeable;

const require = createRequire(import.meta.url);

/** The same peers everywhere: what a season ago was, Naive2 of the M4 competition, and the one library on npm that knows several seasons. */
export const forecasters: Record<string, Forecaster> = {
  ours: (past, { h, periods }) => forecastSeries({ values: past, periods, horizon: h, levels: scoredLevels }),
  'seasonal naive': (past, { h, m }) => {
    const ago = (end: number) => Float64Array.from({ length: h }, (_, step) => past[end - m + (step % m)] ?? 0);
    const ends = Array.from({ length: 24 }, (_, i) => past.length - h - i * m).filter((end) => end >= m);
    const tried = ends.map((end) => ({ forecast: ago(end), outcome: Float64Array.from(past.slice(end, end + h)) }));
    const forecast = ago(past.length);
    return judgeable(forecast, spreadOf(forecast, tried, scoredLevels));
  },
  Naive2: (past, { h, m }) => pointOnly(naive2(past, m, h)),
  'augurs MSTL+ETS': (past, { h, periods }) => {
    initSync({ module: readFileSync(require.resolve('@bsull/augurs/mstl').replace('mstl.js', 'mstl_bg.wasm')) });
    const model = MSTL.ets(periods.filter((period) => past.length > 2 * period));
    model.fit([...past]);
    const intervals = [0.95, 0.8, 0.6, 0.4, 0.2].map((level) => model.predict(h, level));
    const point = model.predict(h).point;
    model.free();
    const quantiles = scoredLevels.map((level) => {
      const width = Math.abs(1 - 2 * level);
      const interval = intervals.find((it) => Math.abs((it.intervals?.level ?? 2) - width) < 1e-9)?.intervals;
      return { level, values: (level === 0.5 ? point : level < 0.5 ? interval?.lower : interval?.upper) ?? point };
    });
    return { mean: point, quantiles };
  },
};

function judgeable(forecast: Float64Array, spread: Float64Array[]): Judgeable {
  return {
    mean: [...forecast],
    quantiles: scoredLevels.map((level, i) => ({ level, values: [...(spread[i] ?? [])] })),
  };
}

/** Without intervals: every quantile is the forecast itself. */
function pointOnly(mean: number[]): Judgeable {
  return { mean, quantiles: scoredLevels.map((level) => ({ level, values: mean })) };
}
