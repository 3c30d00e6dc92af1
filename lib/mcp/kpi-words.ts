import { inUnit } from './in-unit.ts';

/** A KPI value as the API answers it. */
export interface AnsweredKpi {
  value: number | null;
  n: number;
  unit: string;
  reason?: string;
  p95?: number;
}

export type AnsweredKpis = Readonly<Record<string, AnsweredKpi>>;

/** A KPI value without its parts and the percentiles that are seldom asked for. */
export function shortKpi({ value, n, unit, reason, p95 }: AnsweredKpi): AnsweredKpi {
  return { value, n, unit, ...(reason === undefined ? {} : { reason }), ...(p95 === undefined ? {} : { p95 }) };
}

export function shortKpis(kpis: AnsweredKpis): Record<string, AnsweredKpi> {
  return Object.fromEntries(Object.entries(kpis).map(([id, kpi]) => [id, shortKpi(kpi)]));
}

/** One KPI in a line: its value with unit and n, or why there is none. */
export function kpiLine(id: string, { value, n, unit, reason, p95 }: AnsweredKpi): string {
  if (value === null) return `${id}: unknown (${reason ?? 'no data'})`;
  const slow = p95 === undefined ? '' : `, p95 ${inUnit(p95, unit)}`;
  return `${id}: ${inUnit(value, unit)}${slow} (n ${n})`;
}

/** The KPIs that are known, each in a line, then the names of those that are not. */
export function kpiLines(kpis: AnsweredKpis): string[] {
  const all = Object.entries(kpis);
  const unknown = all.filter(([, { value }]) => value === null).map(([id]) => id);
  return [
    ...all.filter(([, { value }]) => value !== null).map(([id, kpi]) => kpiLine(id, kpi)),
    ...(unknown.length > 0 ? [`unknown for lack of data: ${unknown.join(', ')}`] : []),
  ];
}
