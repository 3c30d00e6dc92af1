import type { KpiValue } from '../answers.ts';
import { changeText, valueText } from '../show-value.ts';

export type Percentile = 'p50' | 'p95' | 'p99';

/** Which way a KPI is better; those that are not named are better neither way. */
const ways: Readonly<Record<string, 'higher' | 'lower'>> = {
  task_completion_rate: 'higher',
  average_response_time: 'lower',
  error_frequency: 'lower',
  error_ratio: 'lower',
  quality_score: 'higher',
  overall_throughput: 'higher',
  queue_depth: 'lower',
  end_to_end_latency: 'lower',
  system_availability: 'higher',
  cost_per_task: 'lower',
  customer_satisfaction: 'higher',
  service_level_agreement_compliance: 'higher',
  operational_efficiency: 'higher',
  efficiency_score: 'higher',
};

/** Shares whose every task is one chance. */
const sharesOfTasks = new Set(['task_completion_rate', 'error_ratio', 'service_level_agreement_compliance']);
/** Of a two-sided interval of 90 %. */
const Z_90 = 1.6449;
const MATERIAL_RATIO = 0.02;
const MATERIAL_POINTS = 0.01;

export interface Versus {
  standing: 'better' | 'worse' | 'more' | 'less' | 'same' | 'unknown';
  /** The change, with its sign; empty where there is none. */
  change: string;
  /** Why nothing is known, or why it counts as the same. */
  reason: string | undefined;
}

/** How a KPI compares with the same in another window; what may be chance, or is too small to matter, is the same. */
export function compareWindows(
  kpi: string,
  now: KpiValue | undefined,
  then: KpiValue | undefined,
  percentile?: Percentile,
): Versus {
  const [value, before] = [figureOf(now, percentile), figureOf(then, percentile)];
  if (value === null) return unknown(`now: ${now?.reason ?? 'not computed'}`);
  if (before === null) return unknown(then?.reason ?? 'not computed');
  const difference = value - before;
  const unit = now?.unit ?? '';
  const isShare = unit === 'ratio';
  if (!isShare && before === 0) {
    return value === 0 ? { standing: 'same', change: '', reason: 'both are 0' } : unknown('it was 0');
  }
  const change = isShare ? changeText(difference, unit) : signed(valueText(difference / before, 'ratio'), difference);
  const small = whySmall(kpi, [value, now?.n ?? 0], [before, then?.n ?? 0], isShare);
  if (small !== undefined) return { standing: 'same', change, reason: small };
  const way = ways[kpi];
  if (way === undefined) return { standing: difference > 0 ? 'more' : 'less', change, reason: undefined };
  return { standing: difference > 0 === (way === 'higher') ? 'better' : 'worse', change, reason: undefined };
}

export function figureOf(of: KpiValue | undefined, percentile?: Percentile): number | null {
  return (percentile ? of?.[percentile] : of?.value) ?? null;
}

function unknown(reason: string): Versus {
  return { standing: 'unknown', change: '', reason };
}

function signed(text: string, change: number): string {
  return change > 0 ? `+${text}` : text;
}

type Sample = readonly [value: number, n: number];

function whySmall(kpi: string, [a, n]: Sample, [b, m]: Sample, isShare: boolean): string | undefined {
  if (a === b) return 'no difference';
  if (sharesOfTasks.has(kpi) && n > 0 && m > 0) {
    const all = (a * n + b * m) / (n + m);
    const spread = Math.sqrt(all * (1 - all) * (1 / n + 1 / m));
    return Math.abs(a - b) <= Z_90 * spread ? 'the difference may be chance' : undefined;
  }
  if (kpi === 'overall_throughput' && Math.abs(n - m) <= Z_90 * Math.sqrt(n + m)) return 'the difference may be chance';
  if (isShare) return Math.abs(a - b) < MATERIAL_POINTS ? 'less than a point of a hundred' : undefined;
  return Math.abs(a / b - 1) < MATERIAL_RATIO ? 'less than 2 %' : undefined;
}
