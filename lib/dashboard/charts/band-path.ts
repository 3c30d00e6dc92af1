import { type Frame, place } from './series-shape.ts';

/** Where something lies at a moment, for example in 9 of 10 cases. */
export interface Interval {
  atMs: number;
  low: number;
  high: number;
}

/** SVG path around the intervals, from the lowest ends forth and the highest back; empty for fewer than two. */
export function bandPath(points: readonly Interval[], frame: Frame): string {
  if (points.length < 2) return '';
  const corner = (atMs: number, value: number) => {
    const { x, y } = place({ atMs, value: Math.max(0, value) }, frame);
    return `${x} ${y}`;
  };
  const forth = points.map(({ atMs, low }) => corner(atMs, low));
  const back = [...points].reverse().map(({ atMs, high }) => corner(atMs, high));
  return `M${[...forth, ...back].join('L')}Z`;
}
