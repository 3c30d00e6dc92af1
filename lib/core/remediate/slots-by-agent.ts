import { figuresAt, LOOKBACK_MINUTES, type MinuteSeen } from '../detect/detection-context.ts';
import type { RosterEntry } from '../model/roster.ts';

/**
 * Slots of each agent: as it samples them, which is what it has; else as it declares.
 * @param usual of one that does neither
 */
export function slotsByAgent(seen: MinuteSeen, working: readonly RosterEntry[], usual: number): Map<string, number> {
  return new Map(
    working.map(({ agent, description }) => [agent, sampledSlots(seen, agent) ?? description?.capacity ?? usual]),
  );
}

/**
 * Slots of an agent by the newest minute that it sent samples of: what it has, also where a setting was tuned, or where it
 * declares none.
 * @returns null without samples
 */
function sampledSlots(seen: MinuteSeen, agent: string): number | null {
  for (let minute = seen.minute; minute > seen.minute - LOOKBACK_MINUTES; minute -= 1) {
    const presence = figuresAt(seen, minute)?.agents.get(agent)?.presence;
    if (presence && presence.utilizationCount > 0 && presence.capacityMilli > 0)
      return presence.capacityMilli / presence.utilizationCount / 1_000;
  }
  return null;
}
