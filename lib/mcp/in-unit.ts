/**
 * A quantity with its unit, as people read it: shares in percent, dollars to the cent or to what is not zero, the rest to four
 * digits.
 * @param unit as KPI values have it: ratio, ms, usd, 1/min, points, tasks, ...
 * @example inUnit(0.0325, 'ratio') // '3.25 %'
 */
export function inUnit(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '-';
  if (unit === 'ratio') return `${digits(100 * value)} %`;
  if (unit === 'usd') return `${digits(value)} USD`;
  if (unit === '1/min') return `${digits(value)} a minute`;
  return `${digits(value)} ${unit}`.trimEnd();
}

/** Four significant digits at most, whole numbers as they are, and never an exponent. */
function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) >= 1_000) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}
