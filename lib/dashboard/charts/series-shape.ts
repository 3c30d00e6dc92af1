import type { SeriesPoint } from '../answers.ts';
import { clockText, lengthText } from '../show-time.ts';
import { showValue, valueText } from '../show-value.ts';

export interface Frame {
  width: number;
  height: number;
  fromMs: number;
  toMs: number;
  /** The value at the top; 0 is at the bottom. */
  top: number;
}

export interface Reading {
  atMs: number;
  value: number;
}

/** What a line is drawn through: the values that are known, each in the middle of its step. */
export function readings(
  points: readonly SeriesPoint[],
  stepMs: number,
  of: (point: SeriesPoint) => number | null | undefined = ({ value }) => value,
): Reading[] {
  return points.flatMap((point) => {
    const value = of(point);
    return typeof value === 'number' ? [{ atMs: point.at + stepMs / 2, value }] : [];
  });
}

/** SVG path through the readings of a step each; it breaks where steps are missing, so that no data is no line. */
export function linePath(line: readonly Reading[], stepMs: number, frame: Frame): string {
  return line
    .map((reading, index) => {
      const before = line[index - 1];
      const isBreak = before === undefined || reading.atMs - before.atMs > 1.5 * stepMs;
      const { x, y } = place(reading, frame);
      const after = line[index + 1];
      const isAlone = isBreak && (after === undefined || after.atMs - reading.atMs > 1.5 * stepMs);
      // A reading without neighbours is a dot: a line of no length with round ends.
      return `${isBreak ? 'M' : 'L'}${x} ${y}${isAlone ? 'h0.01' : ''}`;
    })
    .join('');
}

export function place({ atMs, value }: Reading, { width, height, fromMs, toMs, top }: Frame): { x: number; y: number } {
  const x = ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * width;
  const y = height - (Math.min(value, top) / (top || 1)) * height;
  return { x: rounded(x), y: rounded(y) };
}

/** What a line shows, in words, for those who do not see it. */
export function seriesInWords(
  name: string,
  points: readonly SeriesPoint[],
  { unit, stepMs, fromMs, toMs }: { unit: string; stepMs: number; fromMs: number; toMs: number },
): string {
  const line = readings(points, stepMs);
  const first = line[0];
  const last = line.at(-1);
  const period = `${name}, ${lengthText(toMs - fromMs)} to ${clockText(toMs, toMs)} UTC`;
  if (!first || !last) return `${period}: no data`;
  const values = line.map(({ value }) => value);
  const at = (reading: Reading) => `${valueText(reading.value, unit)} at ${clockText(reading.atMs, toMs)}`;
  const range = `lowest ${valueText(Math.min(...values), unit)}, highest ${valueText(Math.max(...values), unit)}`;
  return `${period}: ${at(first)}, ${at(last)}; ${range}`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Where an axis ends: the next round number at or above a value, in the unit in which it is shown.
 * @example axisTop(65_000, 'ms') // 120_000: 2 min
 */
export function axisTop(value: number, unit: string): number {
  if (unit !== 'ms' || roundedUp(value) <= MINUTE_MS) return roundedUp(value);
  const unitMs = value <= HOUR_MS ? MINUTE_MS : HOUR_MS;
  return roundedUp(value / unitMs) * unitMs;
}

/** 1, 2, 4, 5 or 8 times a power of ten, all of which have a half that reads well. */
function roundedUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 5, 8, 10].find((it) => it * power >= value * 0.999_999) ?? 10;
  return factor * power;
}

/** A value on an axis, without the zeros that only show precision. */
export function axisText(value: number, unit: string): string {
  const shown = showValue(value, unit);
  const figure = /\.\d*?0+$/.test(shown.figure) ? shown.figure.replace(/\.?0+$/, '') : shown.figure;
  return value === 0 || shown.unit === '' ? figure : `${figure}\u00a0${shown.unit}`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
