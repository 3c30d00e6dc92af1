import type { EpochMs } from '../model/time.ts';
import { withoutControls } from '../model/without-controls.ts';

const [WIDTH, LEFT, RIGHT, TOP, BOTTOM] = [640, 64, 12, 12, 26];
const ACCENT = '#2878b5';
const FONT = 'font-family="system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif" font-size="11"';

/** What a chart is for those who cannot see it. */
export interface ChartText {
  title: string;
  description: string;
}

/** A line over time, of which points may be missing. */
export interface LineChart extends ChartText {
  kind: 'line';
  points: readonly { atMs: EpochMs; value: number | null }[];
  /** Between which values usually lie. */
  band: { low: number; high: number } | null;
  /** From where on it is this week. */
  newFromMs: EpochMs;
  label: (value: number) => string;
}

export interface BarChart extends ChartText {
  kind: 'bars';
  bars: readonly { name: string; value: number; shown: string }[];
}

/** A dot for an estimate, a line for its interval. */
export interface WhiskerChart extends ChartText {
  kind: 'whiskers';
  rows: readonly { name: string; mark: string; value: number; low: number; high: number; shown: string }[];
  label: (value: number) => string;
}

export type Chart = LineChart | BarChart | WhiskerChart;

/** A picture without scripts, fonts or anything else from elsewhere; text takes the colour of what surrounds it. */
export function chartSvg(chart: Chart): string {
  switch (chart.kind) {
    case 'line':
      return lineSvg(chart);
    case 'bars':
      return barSvg(chart);
    case 'whiskers':
      return whiskerSvg(chart);
  }
}

/** For text and attributes. Control characters and those that turn the direction of writing are left out. */
export function escaped(text: string): string {
  return withoutControls(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function svg({ title, description }: ChartText, height: number, body: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="100%" role="img" ` +
    `aria-label="${escaped(title)}" style="display:block;max-width:100%;height:auto" ${FONT} fill="currentColor">` +
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>${body}</svg>`
  );
}

function lineSvg(chart: LineChart): string {
  const { points, band, newFromMs, label } = chart;
  const height = 170;
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const scale = ticksOf([...known, ...(band ? [band.low, band.high] : [])]);
  const [fromMs, toMs] = [points[0]?.atMs ?? 0, points.at(-1)?.atMs ?? 1];
  const x = (atMs: EpochMs) => LEFT + ((WIDTH - LEFT - RIGHT) * (atMs - fromMs)) / Math.max(1, toMs - fromMs);
  const y = yOf(scale, height);
  const shade =
    newFromMs > toMs
      ? ''
      : `<rect x="${at(x(newFromMs))}" y="${TOP}" width="${at(WIDTH - RIGHT - x(newFromMs))}" height="${height - TOP - BOTTOM}" fill="currentColor" fill-opacity="0.07"/>`;
  const usual = band
    ? `<rect x="${LEFT}" y="${at(y(band.high))}" width="${WIDTH - LEFT - RIGHT}" height="${at(Math.max(1, y(band.low) - y(band.high)))}" fill="${ACCENT}" fill-opacity="0.18"/>`
    : '';
  const dots = points
    .filter(({ value, atMs }) => value !== null && atMs >= newFromMs)
    .map(({ atMs, value }) => `<circle cx="${at(x(atMs))}" cy="${at(y(value as number))}" r="3" fill="${ACCENT}"/>`);
  const dates = points
    .filter(({ atMs }) => new Date(atMs).getUTCDay() === 1)
    .filter((_, i) => i % 2 === 0 || points.length < 30)
    .map(({ atMs }) => `<text x="${at(x(atMs))}" y="${height - 8}" text-anchor="middle">${dayName(atMs)}</text>`);
  return svg(
    chart,
    height,
    shade + usual + grid(scale, y, label) + pathOf(points, x, y) + dots.join('') + dates.join(''),
  );
}

/** Gaps stay gaps. */
function pathOf(points: LineChart['points'], x: (atMs: EpochMs) => number, y: (value: number) => number): string {
  let isDrawing = false;
  const steps = points.flatMap(({ atMs, value }) => {
    const step = value === null ? [] : [`${isDrawing ? 'L' : 'M'}${at(x(atMs))} ${at(y(value))}`];
    isDrawing = value !== null;
    return step;
  });
  return `<path d="${steps.join('')}" fill="none" stroke="${ACCENT}" stroke-width="2" stroke-linejoin="round"/>`;
}

function barSvg(chart: BarChart): string {
  const height = 130;
  const most = Math.max(1, ...chart.bars.map(({ value }) => value));
  const slot = (WIDTH - 2 * RIGHT) / Math.max(1, chart.bars.length);
  const tall = height - BOTTOM - TOP - 14;
  const bars = chart.bars.map(({ name, value, shown }, i) => {
    const [middle, size] = [RIGHT + slot * (i + 0.5), (tall * value) / most];
    const top = height - BOTTOM - size;
    return (
      `<rect x="${at(middle - slot * 0.3)}" y="${at(top)}" width="${at(slot * 0.6)}" height="${at(size)}" rx="2" fill="${ACCENT}"/>` +
      `<text x="${at(middle)}" y="${at(top - 4)}" text-anchor="middle">${escaped(shown)}</text>` +
      `<text x="${at(middle)}" y="${height - 8}" text-anchor="middle">${escaped(name)}</text>`
    );
  });
  const base = `<line x1="${RIGHT}" x2="${WIDTH - RIGHT}" y1="${height - BOTTOM}" y2="${height - BOTTOM}" stroke="currentColor" stroke-opacity="0.4"/>`;
  return svg(chart, height, bars.join('') + base);
}

/** Width of a letter, about; names are cut to fit. */
const LETTER = 6;
const [NAMES, SHOWN] = [190, 120];

function whiskerSvg(chart: WhiskerChart): string {
  const { rows, label } = chart;
  const line = 22;
  const height = TOP + rows.length * line + BOTTOM;
  const { low, high, ticks } = ticksOf([0, ...rows.flatMap((row) => [row.low, row.high])]);
  const x = (value: number) => NAMES + ((WIDTH - NAMES - SHOWN) * (value - low)) / (high - low);
  const marks = ticks.map(
    (tick) =>
      `<line x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${TOP}" y2="${height - BOTTOM}" stroke="currentColor" stroke-opacity="${tick === 0 ? 0.6 : 0.15}"/>` +
      `<text x="${at(x(tick))}" y="${height - 8}" text-anchor="middle">${escaped(label(tick))}</text>`,
  );
  const drawn = rows.map((row, i) => {
    const middle = TOP + line * (i + 0.5);
    const most = Math.floor((NAMES - 12) / LETTER) - 2;
    const text = withoutControls(row.name);
    const name = text.length > most ? `${text.slice(0, most - 1)}…` : text;
    return (
      `<text x="0" y="${at(middle + 4)}">${escaped(`${row.mark} ${name}`)}</text>` +
      `<line x1="${at(x(row.low))}" x2="${at(x(row.high))}" y1="${at(middle)}" y2="${at(middle)}" stroke="${ACCENT}" stroke-width="2"/>` +
      `<circle cx="${at(x(row.value))}" cy="${at(middle)}" r="4" fill="${ACCENT}"/>` +
      `<text x="${WIDTH}" y="${at(middle + 4)}" text-anchor="end">${escaped(row.shown)}</text>`
    );
  });
  return svg(chart, height, marks.join('') + drawn.join(''));
}

interface Scale {
  low: number;
  high: number;
  ticks: number[];
}

/** Three to six round values that the others lie between. */
function ticksOf(values: readonly number[]): Scale {
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const range = most - least || Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(range / 3));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((it) => range / it <= 4) ?? 10 * power;
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step];
  const end = high > low ? high : low + step;
  const count = Math.round((end - low) / step);
  return {
    low,
    high: end,
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((low + i * step).toPrecision(12))),
  };
}

function yOf({ low, high }: Scale, height: number): (value: number) => number {
  return (value) => TOP + ((height - TOP - BOTTOM) * (high - value)) / (high - low);
}

function grid({ ticks }: Scale, y: (value: number) => number, label: (value: number) => string): string {
  return ticks
    .map(
      (tick) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(tick))}" y2="${at(y(tick))}" stroke="currentColor" stroke-opacity="0.15"/>` +
        `<text x="${LEFT - 6}" y="${at(y(tick) + 4)}" text-anchor="end">${escaped(label(tick))}</text>`,
    )
    .join('');
}

function at(place: number): string {
  return String(Math.round(place * 10) / 10);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @example dayName(Date.UTC(2026, 2, 16)) // '16 Mar' */
export function dayName(atMs: EpochMs): string {
  const date = new Date(atMs);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
}
