import type { Alert } from '../../alert/alert.ts';
import { agentLeaking } from '../../alert/rules/agent-leaking.ts';
import { ringUntil, type ShareRing, SLOT_MINUTES } from '../../detect/share-ring.ts';
import { minutesToLimit, shareTrend } from '../../detect/share-trend.ts';
import { minuteOf } from '../../model/time.ts';

/** With so little time left nobody can look on: for three more readings, and until an agent has finished its work. */
const URGENT_MINUTES = 20;
/** So many readings after the leak was told lie, on average, this part of the way along its line at least. */
const [FURTHER_READINGS, HELD_SHARE] = [3, 0.7];

/**
 * Whether memory went on along the line by which an agent was told to leak, or is nearly full. Of many agents some fill for half an
 * hour by chance, or because more work comes to them, and the line that is told of is the clearest of several; readings that came
 * later are no part of what it was chosen by. Of memory that merely follows work, alike by 0.6, 0.85 and 0.95 from one reading to the
 * next, 2, 8 and 18 % of the lines that are told of hold.
 * @param ring null where the agent tells nothing of its memory any more
 * @param alert of `agent-leaking`
 */
export function leakGoesOn(ring: ShareRing | null, { detectedMs, impact }: Alert): boolean {
  const now = ring && shareTrend(ring);
  const left = now ? minutesToLimit(now, agentLeaking.condition.limit) : Number.POSITIVE_INFINITY;
  if (Math.min(left, impact['minutesLeft'] ?? left) <= URGENT_MINUTES) return true;
  const toldSlot = Math.floor(minuteOf(detectedMs) / SLOT_MINUTES);
  const told = ring && ringUntil(ring, toldSlot);
  const line = told && shareTrend(told);
  if (!now || !told || !line) return false;
  let [readings, rose, foretold] = [0, 0, 0];
  for (const [i, permille] of ring.permille.slice(told.permille.length).entries()) {
    if (permille === null) continue;
    readings += 1;
    rose += permille / 1_000 - line.level;
    foretold += line.slope * (i + 1) * SLOT_MINUTES;
  }
  return readings >= FURTHER_READINGS && rose >= HELD_SHARE * foretold;
}
