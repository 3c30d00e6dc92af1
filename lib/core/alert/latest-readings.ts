import type { ShareRing } from '../detect/share-ring.ts';
import { twoFigurePercent } from './two-figure-percent.ts';

const SHOWN = 10;

/** The newest readings of a ring in words, oldest first: "60 %, none, 62 %". */
export function latestReadings({ permille }: ShareRing): string {
  const shown = permille.slice(-SHOWN).map((it) => (it === null ? 'none' : twoFigurePercent(it / 1_000)));
  return shown.join(', ');
}
