import type { KpiValue } from '../kpi/kpi-value.ts';

/** A request that repeats a figure, as its path with parameters: "/v1/fleet?window=7d&at=2026-03-23T00:00:00Z". */
export type Query = `/v1/${string}`;

/** A number that a reader can look up again. Reviews have numbers nowhere else. */
export interface Figure {
  /** null where nothing is known, then `reason` says why. */
  value: number | null;
  unit: string;
  /** What it rests on. */
  n?: number;
  query: Query;
  /** How it comes of the answer, where it is not in there as it is: "alerts counted". */
  how?: string;
  reason?: string;
  /** Whether it is a change, told with its sign. */
  isChange?: true;
}

/** Words with figures between them. */
export type Words = readonly (string | Figure)[];

/** Words, and the request that gives what they say beside the figures: names and moments have digits too. */
export interface Statement {
  words: Words;
  query: Query;
}

/** A KPI as it was answered. */
export function figureOf({ value, n, unit, reason }: KpiValue, query: Query, how?: string): Figure {
  return {
    value,
    unit,
    n,
    query,
    ...(how !== undefined && { how }),
    ...(value === null && { reason: reason ?? 'no data' }),
  };
}

export function unknownFigure(unit: string, query: Query, reason: string): Figure {
  return { value: null, unit, query, reason };
}

/** @example figureText({value: 0.0312, unit: 'ratio', query}) // '3.12 %' */
export function figureText(figure: Figure): string {
  const { value, unit, reason, isChange } = figure;
  if (value === null) return reason ?? 'not known';
  const sign = value < 0 ? '−' : isChange && value > 0 ? '+' : '';
  return `${sign}${amount(Math.abs(value), unit)}`;
}

/** Of figures that are a difference of ratios. */
export const PERCENTAGE_POINTS = 'percentage points';

/** n beside a figure, or nothing. */
export function sampleText({ n, value }: Figure): string {
  return n === undefined || value === null ? '' : `n ${grouped(Math.round(n))}`;
}

function amount(value: number, unit: string): string {
  switch (unit) {
    case 'ratio':
      return `${percents(value)} %`;
    case PERCENTAGE_POINTS:
      return `${percents(value)} percentage points`;
    case 'usd':
      return `$${value >= 0.095 ? dollars(value) : digits(value)}`;
    case 'usd/day':
      return `$${digits(value)} a day`;
    case 'ms':
      return duration(value);
    case '1/min':
      return `${digits(value)}/min`;
    case '':
      return digits(value);
    default:
      return `${digits(value)} ${value === 1 ? (singular[unit] ?? unit) : unit}`;
  }
}

/** Units that are counted. */
const singular: Readonly<Record<string, string>> = {
  incidents: 'incident',
  alerts: 'alert',
  agents: 'agent',
  pools: 'pool',
  tasks: 'task',
  events: 'event',
  directives: 'directive',
  minutes: 'minute',
  times: 'time',
  weeks: 'week',
  recommendations: 'recommendation',
  'task types': 'task type',
};

/** Whole ones have the digits of their neighbours too. */
function percents(ratio: number): string {
  const value = 100 * ratio;
  return value > 1e-4 && value < 99.95 ? value.toPrecision(3) : digits(value);
}

/** With cents, unless there are none. */
function dollars(value: number): string {
  const [whole, cents] = value.toFixed(2).split('.');
  return `${grouped(Number(whole))}${cents === '00' ? '' : `.${cents}`}`;
}

function duration(ms: number): string {
  if (ms < 1_000) return `${digits(ms)} ms`;
  if (ms < 120_000) return `${digits(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${digits(ms / 60_000)} min` : `${digits(ms / 3_600_000)} h`;
}

/** Three significant digits, and all before the point. */
function digits(value: number): string {
  if (Number.isInteger(value)) return grouped(value);
  if (value >= 100) return grouped(Math.round(value));
  return value < 1e-4 ? value.toExponential(1) : value.toPrecision(3);
}

function grouped(value: number): string {
  const [whole = '', part] = String(value).split('.');
  // Longer ones come with an exponent.
  const spaced = /e/.test(whole) ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return part === undefined ? spaced : `${spaced}.${part}`;
}
