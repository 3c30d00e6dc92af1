import type { Placement } from '../core/model/pool-access.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';

/** For so long, one reading answers everybody. The minute job enters descriptions once a minute. */
const KNOWN_MS = 60_000;
const MAX_SYSTEMS = 100;

/** The pools that agents are described as of, as far as the minute job has read it: read once a minute by a process. */
export class KnownPlacement {
  readonly #fleet: Pick<FleetStore, 'roster'>;
  readonly #nowMs: () => EpochMs;
  readonly #bySystem = new Map<string, { atMs: EpochMs; placement: Promise<Placement> }>();

  constructor(fleet: Pick<FleetStore, 'roster'>, nowMs: () => EpochMs) {
    this.#fleet = fleet;
    this.#nowMs = nowMs;
  }

  /** At most a minute old. Where it cannot be read, the next one asks again. */
  of(system: string): Promise<Placement> {
    const nowMs = this.#nowMs();
    const known = this.#bySystem.get(system);
    if (known && Math.abs(nowMs - known.atMs) < KNOWN_MS) return known.placement;
    if (this.#bySystem.size >= MAX_SYSTEMS) this.#bySystem.clear();
    const read = { atMs: nowMs, placement: this.#read(system) };
    this.#bySystem.set(system, read);
    read.placement.catch(() => {
      if (this.#bySystem.get(system) === read) this.#bySystem.delete(system);
    });
    return read.placement;
  }

  async #read(system: string): Promise<Placement> {
    const roster = await this.#fleet.roster(system);
    return new Map(
      [...roster.values()].flatMap(({ agent, description }) => (description ? [[agent, description.pool]] : [])),
    );
  }
}
