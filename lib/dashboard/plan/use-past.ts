import { useMemo } from 'preact/hooks';
import { useSeries } from '../charts/use-series.ts';
import { useFacts } from '../page-context.ts';
import type { ForecastAnswer } from './forecast-answer.ts';
import type { Past } from './forecast-chart.ts';

const HOUR_MS = 3_600_000;

/** What came before a forecast: the tasks that ended, and what was brought in of the time before the fleet reported. */
export function usePast(
  { scope, history }: ForecastAnswer,
  { step, stepMs }: { step: string; stepMs: number },
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
): Past {
  const { api } = useFacts();
  const toMs = Math.floor(nowMs / stepMs) * stepMs;
  const period = useMemo(() => (toMs > fromMs ? { fromMs, toMs } : undefined), [fromMs, toMs]);
  // Its n counts what forecasts are of: every task that ended, attempts and failures included.
  const own = useSeries(api, 'error_ratio', scope, period, { step });
  const imported = useSeries(
    api,
    'metric_value',
    `metric:workload.${scope}`,
    // Only where something was: else the metric is not known.
    (history.imported ?? 0) > 0 && toMs - fromMs > HOUR_MS ? period : undefined,
    { step: '1h' },
  );
  return useMemo(() => ({ own: own.series, imported: imported.series }), [own.series, imported.series]);
}
