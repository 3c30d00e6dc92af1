/** A KPI's value as the API gives it. */
export interface KpiValue {
  value: number | null;
  n: number;
  unit: string;
  reason?: string;
  p95?: number;
}

/** A number with so many digits after the point; "-" where there is none. */
export function figure(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}

/** A share of 0 to 1 in percent; "-" where there is none. */
export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined ? '-' : `${(share * 100).toFixed(digits)} %`;
}

/** A moment to the second without its zone, for columns that name it; "-" where there is none. */
export function second(iso: string | null | undefined): string {
  return iso?.slice(0, 19) ?? '-';
}

export function asJson(answer: unknown): string {
  return JSON.stringify(answer, null, 2);
}
