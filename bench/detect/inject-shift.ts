/** How many points a shift has to be found. */
export const SHIFT_POINTS = 144;
/** Noise is what a value has over the mean of so many points before and behind it. */
const NEIGHBOURS = 6;

/** Changes for the worse, of everything from one point on. */
export const shifts = {
  x2: (value) => 2 * value,
  'x1.3': (value) => 1.3 * value,
  'x0.5': (value) => 0.5 * value,
  ramp: (value, { sinceAt }) => value * (1 + Math.min(1, (sinceAt + 1) / SHIFT_POINTS)),
  'noise x3': (value, { local }) => local + 3 * (value - local),
} as const satisfies Record<string, (value: number, at: { sinceAt: number; local: number }) => number>;

export type Shift = keyof typeof shifts;

/**
 * The values up to where a shift has to be found by, shifted from `at` on: doubled, up by 30 %, halved, growing to double over 144
 * points, or with three times the noise.
 */
export function injectShift(values: readonly number[], shift: Shift, at: number): number[] {
  return values.slice(0, at + SHIFT_POINTS).map((value, i) => {
    if (i < at) return value;
    const around = values.slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1);
    const local = around.reduce((sum, it) => sum + it, 0) / around.length;
    return shifts[shift](value, { sinceAt: i - at, local });
  });
}
