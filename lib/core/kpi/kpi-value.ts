/** A KPI of some subject over some window, as it is given to readers. */
export interface KpiValue {
  /** null when there is nothing to compute it from; then `reason` says why. Never 0 for lack of data. */
  value: number | null;
  /** What the value was computed from: tasks, samples, ratings, minutes or workflows, as the KPI declares. */
  n: number;
  unit: string;
  reason?: string;
  p50?: number;
  p95?: number;
  p99?: number;
  parts?: Record<string, number | null>;
}

/** numerator ÷ denominator, or null with the reason when there is nothing to divide by. */
export function ratioValue(
  numerator: number,
  denominator: number,
  of: { unit: string; n?: number; reason: string },
): KpiValue {
  const n = of.n ?? denominator;
  return denominator > 0
    ? { value: numerator / denominator, n, unit: of.unit }
    : { value: null, n, unit: of.unit, reason: of.reason };
}
