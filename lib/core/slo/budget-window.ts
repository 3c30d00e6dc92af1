import { DAY_MINUTES } from '../model/time.ts';

export interface BudgetWindow {
  /** As it is written: 5m, 30d. */
  name: string;
  minutes: number;
}

/**
 * Over which burn rates are told: long and short ones of the table of multi-window alerts for a period of 30 days.
 * @see https://sre.google/workbook/alerting-on-slos/
 */
const BURN_WINDOWS: readonly BudgetWindow[] = [
  { name: '5m', minutes: 5 },
  { name: '30m', minutes: 30 },
  { name: '1h', minutes: 60 },
  { name: '2h', minutes: 120 },
  { name: '6h', minutes: 360 },
  { name: '1d', minutes: DAY_MINUTES },
  { name: '3d', minutes: 3 * DAY_MINUTES },
];

export const MIN_PERIOD_MINUTES = 60;
export const MAX_PERIOD_MINUTES = 90 * DAY_MINUTES;
const unitMinutes: Readonly<Record<string, number>> = { h: 60, d: DAY_MINUTES };

/** @returns null for what is no period: whole hours or days, 1h to 90d */
export function periodMinutes(period: string): number | null {
  const match = /^([1-9]\d{0,3})([hd])$/.exec(period);
  const minutes = Number(match?.[1]) * (unitMinutes[match?.[2] ?? ''] ?? Number.NaN);
  return minutes >= MIN_PERIOD_MINUTES && minutes <= MAX_PERIOD_MINUTES ? minutes : null;
}

/**
 * The windows that a budget's burn rates are told over, from the shortest: those that are shorter than its period, and
 * the period.
 * @throws RangeError for what is no period
 */
export function windowsOfPeriod(period: string): BudgetWindow[] {
  const whole = periodMinutes(period);
  if (whole === null) throw new RangeError(`period must be hours or days from 1h to 90d; got ${period}`);
  return [...BURN_WINDOWS.filter(({ minutes }) => minutes < whole), { name: period, minutes: whole }];
}

/** How a window is written: in days or hours where it is whole ones, else in minutes. */
export function windowName(minutes: number): string {
  if (minutes % DAY_MINUTES === 0) return `${minutes / DAY_MINUTES}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
