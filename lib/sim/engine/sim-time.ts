/**
 * Time within a simulation: whole microseconds from the start of the scenario. Whole, because the order of events must
 * not hang on the last bits of a logarithm: those differ between mathematical libraries, and a difference below half a
 * microsecond is rounded away. Up to 285 years are exact.
 */
export type SimTime = number;

export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;

export function seconds(count: number): SimTime {
  return Math.round(count * SECOND_US);
}

export function minutes(count: number): SimTime {
  return Math.round(count * MINUTE_US);
}
