import type { MinuteUse } from '../kpi/minute-use.ts';
import { MINUTE_MS, type Minute, minuteOf } from '../model/time.ts';

const MINUTE_US = MINUTE_MS * 1_000;
/** Sampled use counts where run times tell much less: tasks that have not ended have none yet. */
const LEAST_EXCESS = 0.1;

/** In which minutes of a stretch the slots of one agent were there, and how many. */
export class SlotMinutes {
  readonly #from: Minute;
  readonly #isThere: Uint8Array;
  readonly #hasCompleted: Uint8Array;
  /** NaN where samples tell nothing. */
  readonly #sampledUs: Float64Array;
  #slotUs = 0;
  #slotMinutes = 0;

  constructor(from: Minute, minutes: number) {
    this.#from = from;
    this.#isThere = new Uint8Array(minutes);
    this.#hasCompleted = new Uint8Array(minutes);
    this.#sampledUs = new Float64Array(minutes).fill(Number.NaN);
  }

  /** Minutes come in order. From the heartbeat on that did not come, an agent is gone, and seen to be some minutes later. */
  add(minute: Minute, { missingSinceMs, capacitySlotUs, busySlotUs }: MinuteUse): void {
    const at = minute - this.#from;
    if (missingSinceMs === null) this.#isThere[at] = 1;
    else this.#isThere.fill(0, Math.max(0, minuteOf(missingSinceMs) - this.#from), at + 1);
    if (capacitySlotUs === 0) return;
    this.#slotUs += capacitySlotUs;
    this.#slotMinutes++;
    this.#sampledUs[at] = busySlotUs;
  }

  /** Whoever completes tasks is there, whether heartbeats of it come or not. */
  addCompleted(at: number, tasks: number): void {
    if (tasks > 0) this.#hasCompleted[at] = 1;
  }

  /**
   * What its slots did. Of a minute in which it was gone nothing counts: run time that is told of it then, of tasks that
   * somebody else gave up on, took no slot of anybody.
   * @param busyUs run time by minute
   */
  of(busyUs: Float64Array) {
    const minutesThere = busyUs.reduce((sum, _, at) => sum + this.#thereIn(at), 0);
    const ranUs = busyUs.map((us, at) => us * this.#thereIn(at));
    const sampledUs = this.#sampledUs.map((us, at) => (Number.isNaN(us) ? (ranUs[at] ?? 0) : us * this.#thereIn(at)));
    const isSampled = sumOf(sampledUs) - sumOf(ranUs) > LEAST_EXCESS * this.#slotUs && this.#slotUs > 0;
    const isServersAssumed = this.#slotUs === 0;
    const seenAtOnce = ranUs.reduce((most, us) => Math.max(most, us), 0) / MINUTE_US;
    return {
      ...{ minutesThere, isServersAssumed, busyUs: isSampled ? sampledUs : ranUs },
      servers: isServersAssumed ? Math.max(1, Math.ceil(seenAtOnce)) : this.#slotUs / (this.#slotMinutes * MINUTE_US),
    };
  }

  #thereIn(at: number): 0 | 1 {
    return this.#isThere[at] || this.#hasCompleted[at] ? 1 : 0;
  }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
