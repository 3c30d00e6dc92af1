import type { Position } from './benchmark-answers.ts';

/** `better: reaches "good"`, or only the band where it says the standing itself: `better than the published range`. */
export function standingText({ standing, band }: Pick<Position, 'standing' | 'band'>): string {
  if (band === undefined) return standing;
  return band.startsWith(standing) ? band : `${standing}: ${band}`;
}
