import type { KpiValue } from './answers.ts';
import { kpiName } from './kpi-names.ts';
import { useFacts } from './page-context.ts';
import { countText, showValue, valueText } from './show-value.ts';

interface KpiFigureProps {
  /** Id of the KPI. */
  kpi: string;
  of: KpiValue | undefined;
  /** A percentile instead of the mean. */
  percentile?: 'p50' | 'p95' | 'p99';
}

/** A KPI with its unit and what it was computed from; without data a dash, and the reason. */
export function KpiFigure({ kpi, of, percentile }: KpiFigureProps) {
  const { windowText } = useFacts();
  const name = percentile ? `${percentile} ${kpiName(kpi).label.replace('Mean ', '')}` : kpiName(kpi).label;
  const value = percentile ? of?.[percentile] : of?.value;
  if (!of || value === null || value === undefined) {
    const reason = of?.reason ?? 'not computed for this';
    return (
      <span class="figure none" title={`${name}: no value, because ${reason} (window ${windowText})`}>
        <span aria-hidden="true">–</span>
        <span class="hidden">none: {reason}</span>
      </span>
    );
  }
  const { figure, unit } = showValue(value, of.unit);
  const sample = `n ${countText(of.n)}`;
  const title = `${name}: ${valueText(value, of.unit)}, from ${countText(of.n)} ${kpiName(kpi).counts}, window ${windowText}`;
  return (
    <span class="figure" title={title}>
      <span class="value">
        {figure}
        {unit === '' ? null : <span class="unit">{unit.startsWith('/') ? unit : `\u00a0${unit}`}</span>}
      </span>{' '}
      <span class="sample">{sample}</span>
    </span>
  );
}
