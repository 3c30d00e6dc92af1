/** How a figure can be compared with one that was measured before. */
export type FigureKind =
  /** It follows from the code, the arguments and their seeds alone: anywhere the same. */
  | 'seeded'
  /** To a peer that was measured in the same run, as `JSON.parse` of the same bytes: the machine cancels out. */
  | 'ratio'
  /** A time, a rate or memory: of this machine and this Node. */
  | 'absolute';

/** One figure of a benchmark, beside what it prints. */
export interface Figure {
  /** Unique in its benchmark, and the same in every run. */
  name: string;
  /** null where there is none: nothing was found, or it never happened. */
  value: number | null;
  /** As people write it behind the figure: `ms`, `MB`, `events/s`, `%`, or `` for a plain number. */
  unit: string;
  betterIs: 'lower' | 'higher';
  /** `absolute` where nothing is said. */
  kind?: FigureKind;
  /** Met at this value, and at anything better. */
  aim?: number;
  /** Ends of the 95 % interval of the value. */
  interval?: readonly [low: number, high: number];
  /** Median absolute deviation of the rounds that `value` is the median of, in its unit. */
  noise?: number;
}

/** Where a benchmark leaves its figures. */
export type RecordFigure = (figure: Figure) => void;

/** For who only prints. */
export const ignoreFigure: RecordFigure = () => {};

/** @returns null where there is no aim */
export function meetsAim({ value, betterIs, aim }: Figure): boolean | null {
  if (aim === undefined) return null;
  if (value === null) return false;
  return betterIs === 'lower' ? value <= aim : value >= aim;
}
