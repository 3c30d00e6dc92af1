import { type ShareRing, SLOT_MINUTES } from '../detect/share-ring.ts';
import { type Ramp, rampIn } from './ramp.ts';

/** What points to a pool's running out of slots, in the order of the coefficients of pool-prior.ts. */
export const poolSigns = ['any', 'loadRamp', 'loadAhead', 'loadHigh'] as const;

export interface PoolOutlookSigns {
  /** Values of {@link poolSigns}: 1 for `any`, the rest 0..2. */
  values: number[];
  ramp: Ramp | null;
}

/** Ramps are looked for in the last hour: load varies more than memory. */
const WINDOW_SLOTS = 12;
/** Standard deviation of a reading around its load. */
const SPREAD = 0.04;
/** What a ramp comes to is looked at so many minutes ahead, from this load on, and over so much of it. */
const AHEAD = { minutes: 30, from: 0.8, over: 0.15 };
const MOST_EVIDENCE = 8;
/** From here on a pool is filling up. */
const FILLING = 0.75;

/** @returns null where nothing points to anything */
export function poolSignsOf({ slot, ring }: { slot: number; ring: ShareRing }): PoolOutlookSigns | null {
  if (ring.slot !== slot) return null;
  const last = ring.permille.slice(-WINDOW_SLOTS);
  const ramp = rampIn(
    last.flatMap((it, i) =>
      it === null ? [] : { at: (i - last.length + 1) * SLOT_MINUTES, value: it / 1_000, variance: SPREAD ** 2 },
    ),
  );
  const now = ramp?.level ?? (last.at(-1) ?? 0) / 1_000;
  const rising = ramp ? Math.max(0, Math.min(MOST_EVIDENCE, ramp.evidence)) / (MOST_EVIDENCE / 2) : 0;
  const then = ramp ? ramp.level + AHEAD.minutes * ramp.slope : 0;
  const ahead = Math.max(0, Math.min(2, (then - AHEAD.from) / AHEAD.over));
  const high = Math.max(0, (now - FILLING) / (1 - FILLING));
  if (rising === 0 && ahead === 0 && high === 0) return null;
  return { values: [1, rising, ahead, high], ramp };
}
