const STARTING_MS = 60_000;
/** Share of the way that one step moves the cadence, on a log scale. */
const WEIGHT = 0.05;
/** From a step a third longer or shorter on, only its direction counts: a gap does not change the cadence. */
const STEEPNESS = 3;

/** The usual time between two points of a series: near the median of the steps, whatever gaps there are. */
export class Cadence {
  #stepMs: number | null;

  constructor(stepMs: number | null = null) {
    this.#stepMs = stepMs;
  }

  /** One minute while nothing is known. */
  get stepMs(): number {
    return this.#stepMs ?? STARTING_MS;
  }

  /** @param elapsedMs since the point before; 0 for a repeated stamp, that says nothing */
  learn(elapsedMs: number): void {
    if (elapsedMs <= 0) return;
    if (this.#stepMs === null) this.#stepMs = elapsedMs;
    else {
      const longer = STEEPNESS * Math.log(elapsedMs / this.#stepMs);
      this.#stepMs *= Math.exp(WEIGHT * Math.max(-1, Math.min(1, longer)));
    }
  }

  state(): number | null {
    return this.#stepMs;
  }
}
