/** A figure and its unit, apart so that they can look different. */
export interface Shown {
  figure: string;
  unit: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * A value as people read it: three significant digits, in the unit that suits its size.
 * @param unit as the API gives it: ms, s, ratio, 1/min, usd, or anything else, which is shown as it is
 * @example showValue(4210, 'ms') // {figure: '4.21', unit: 's'}
 * @example showValue(0.0123, 'ratio') // {figure: '1.2', unit: '%'}
 */
export function showValue(value: number, unit: string): Shown {
  switch (unit) {
    case 'ms':
      return showDuration(value);
    case 's':
      return showDuration(value * 1_000);
    case 'ratio':
      return { figure: percent(value), unit: '%' };
    case '1/min':
      return { figure: digits(value), unit: '/min' };
    case 'usd':
      return { figure: `${value < 0 ? '−' : ''}$${dollars(Math.abs(value))}`, unit: '' };
    default:
      return { figure: Number.isInteger(value) ? minus(countText(Math.abs(value)), value) : digits(value), unit };
  }
}

/** The same as one text, which does not break between figure and unit. */
export function valueText(value: number, unit: string): string {
  const shown = showValue(value, unit);
  return shown.unit === '' ? shown.figure : `${shown.figure}\u00a0${shown.unit}`;
}

/** A change with its sign, for example `−1.21 s`. That of a share is in points of a hundred, as percent would be a part of it. */
export function changeText(change: number, unit: string): string {
  const size = unit === 'ratio' ? pointsText(Math.abs(change)) : valueText(Math.abs(change), unit);
  return change > 0 ? `+${size}` : change < 0 ? `−${size}` : size;
}

/** How much a share is to change, whatever its direction: for example `1.20 points`. */
export function pointsText(difference: number): string {
  if (difference === 0) return '0\u00a0points';
  const points = Math.abs(difference) * 100;
  return `${points.toFixed(points >= 10 ? 1 : 2)}\u00a0points`;
}

/** Making one costs as much as formatting a thousand numbers. */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with groups of three digits. */
export function countText(count: number): string {
  return grouped.format(Math.round(count));
}

function showDuration(ms: number): Shown {
  const size = Math.abs(ms);
  if (size >= HOUR_MS) return { figure: digits(ms / HOUR_MS), unit: 'h' };
  // Three digits of 59,960 ms are 60.0 s: that is a minute.
  if (size >= 0.9995 * MINUTE_MS) return { figure: digits(ms / MINUTE_MS), unit: 'min' };
  if (size >= 999.5) return { figure: digits(ms / 1_000), unit: 's' };
  return { figure: digits(ms), unit: 'ms' };
}

/** One decimal, two below a tenth of a percent; never 0 or 100 for what is not quite that. */
function percent(ratio: number): string {
  const value = ratio * 100;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.005) return value < 0 ? '> −0.01' : '< 0.01';
  const decimals = size < 0.1 ? 2 : 1;
  if (size < 100 && size >= 99.95) return minus('99.9', value);
  if (size >= 99.95) return minus(countText(size), value);
  return minus(size.toFixed(decimals), value);
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 999.5) return minus(countText(size), value);
  if (size < 0.001) return minus(size.toExponential(1), value);
  return minus(size.toPrecision(3), value);
}

/** What a task costs is often less than a thousandth: with two digits then, not as a power of ten. */
function dollars(amount: number): string {
  return amount > 0 && amount < 0.001 && amount >= 1e-6
    ? amount.toFixed(1 - Math.floor(Math.log10(amount)))
    : digits(amount);
}

function minus(text: string, value: number): string {
  return value < 0 ? `−${text}` : text;
}
