import type { RatedPart } from './benchmark-answers.ts';

/** @example '100 − 45.4 − 14.6 = 40.0' */
export function sumText(value: number, parts: readonly Pick<RatedPart, 'lost'>[]): string {
  const told = parts.filter(({ lost }) => Math.abs(lost) >= 0.05);
  return `100 ${told.map(({ lost }) => `${lost < 0 ? '+' : '−'} ${points(Math.abs(lost))}`).join(' ')} = ${points(value)} points`;
}

/** Of 100, with one decimal. */
export function points(value: number): string {
  return value.toFixed(1);
}
