import type { Interval } from './band-path.ts';
import type { Period } from './period.ts';
import type { Reading } from './series-shape.ts';

export interface ChartLine {
  label: string;
  /** The first is the strongest; `expected` is dashed. */
  style: 'main' | 'second' | 'expected';
  points: readonly Reading[];
  /** Time from one point to the next; a longer one breaks the line. */
  stepMs: number;
}

export interface ChartBand {
  label: string;
  points: readonly Interval[];
  style: 'wide' | 'narrow';
}

export interface ChartMark {
  atMs: number;
  label: string;
  kind: 'change' | 'directive' | 'alert' | 'breach' | 'onset' | 'noticed' | 'resolved' | 'now';
}

export interface ChartProps {
  /** What is shown, for those who do not see it: subject, period, course. */
  summary: string;
  unit: string;
  period: Period;
  lines: readonly ChartLine[];
  bands?: readonly ChartBand[];
  /** Horizontal lines: a capacity, an objective. */
  levels?: readonly { label: string; value: number }[];
  marks?: readonly ChartMark[];
  /** px */
  height?: number;
}
