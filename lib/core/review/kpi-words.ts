import type { KpiId } from '../kpi/registry.ts';

/** The KPI's id as words: "average response time". */
export function kpiWords(kpi: KpiId | (string & {})): string {
  return kpi.replaceAll('_', ' ');
}
