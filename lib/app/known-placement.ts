import type { Placement } from '../core/model/pool-access.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import { KnownLately } from './known-lately.ts';

/** The minute job enters descriptions once a minute. */
const LIMITS = { forMs: 60_000, systems: 100 };

/** The pools that agents are described as of, as far as the minute job has read it: at most a minute old. */
export class KnownPlacement extends KnownLately<Placement> {
  constructor(fleet: Pick<FleetStore, 'roster'>, nowMs: () => EpochMs) {
    super(
      async (system) => {
        const roster = await fleet.roster(system);
        return new Map(
          [...roster.values()].flatMap(({ agent, description }) => (description ? [[agent, description.pool]] : [])),
        );
      },
      nowMs,
      LIMITS,
    );
  }
}
