import type { Minute } from '../model/time.ts';
import type { MinuteSeen } from './detection-context.ts';
import { withNext } from './row-of-readings.ts';

/** One reading for so many minutes ... */
export const SLOT_MINUTES = 5;
/** ... and as many as make two hours. */
export const MOST_SLOTS = 24;

/**
 * What part of something was in use in the last two hours (an agent's memory, a pool's slots), one reading for every five
 * minutes; null where none was told.
 */
export interface ShareRing {
  /** Of the newest reading: minutes since 1970 ÷ 5. */
  slot: number;
  /** Oldest first, in thousandths. The newest is no null. */
  permille: (number | null)[];
}

/** How a minute adds to rings. */
export interface ShareReading {
  seen: Pick<MinuteSeen, 'minute'>;
  /** What is in use by subject, in thousandths; asked for every fifth minute only. */
  read: () => ReadonlyMap<string, number>;
  /** Whether there still is such a subject; asked for as seldom. */
  isKnown: () => (subject: string) => boolean;
}

/**
 * The rings after a minute: only every fifth minute adds a reading, and only to subjects of which any is told.
 * @returns the same map where nothing is added, also for a minute that is in it already
 */
export function ringsAfter(
  rings: ReadonlyMap<string, ShareRing>,
  { seen: { minute }, read, isKnown }: ShareReading,
): ReadonlyMap<string, ShareRing> {
  if (minute % SLOT_MINUTES !== 0) return rings;
  const slot = minute / SLOT_MINUTES;
  const means = read();
  if (means.size === 0 && rings.size === 0) return rings;
  if ([...rings.values()].some((ring) => ring.slot >= slot)) return rings;
  const isThere = isKnown();
  const kept = [...rings].filter(([subject, ring]) => slot - ring.slot < MOST_SLOTS && isThere(subject));
  const after = new Map(kept);
  for (const [subject, permille] of means) after.set(subject, withReading(after.get(subject), slot, permille));
  return after;
}

/** The minute before that of a reading, counted from the newest: 0. */
export function minuteOfReading({ slot }: ShareRing, back: number): Minute {
  return (slot - back) * SLOT_MINUTES - 1;
}

/** The ring as it was after a slot; null where it began later. */
export function ringUntil(ring: ShareRing, slot: number): ShareRing | null {
  const { permille } = ring;
  if (ring.slot <= slot) return ring;
  const last = permille.findLastIndex((it, index) => it !== null && index < permille.length - (ring.slot - slot));
  if (last < 0) return null;
  return { slot: ring.slot - (permille.length - 1 - last), permille: permille.slice(0, last + 1) };
}

function withReading(ring: ShareRing | undefined, slot: number, permille: number): ShareRing {
  if (!ring) return { slot, permille: [permille] };
  const all = withNext(ring.permille, slot - ring.slot - 1, permille, MOST_SLOTS);
  return { slot, permille: all.slice(all.findIndex((it) => it !== null)) };
}
