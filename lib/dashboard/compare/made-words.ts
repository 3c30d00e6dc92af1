import { clockText, lengthText } from '../show-time.ts';
import type { BenchmarksAnswer } from './benchmark-answers.ts';

/** When it was made and of what, or why there is none. */
export function madeText({ madeAt, window, reference, measured, reason }: BenchmarksAnswer): string {
  const day = (at: string) => clockText(Date.parse(at), Number.NEGATIVE_INFINITY);
  if (madeAt === null || !window || !reference) return `${capital(reason ?? 'not compared yet')}.`;
  const of = measured
    ? ` Positions, rating and peers are of ${lengthText(Date.parse(measured.to) - Date.parse(measured.from))} to ${day(measured.to)}.`
    : '';
  return `Compared ${day(madeAt)} UTC: ${day(window.from)} to ${day(window.to)} beside the days since ${day(reference.from)}.${of}`;
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
