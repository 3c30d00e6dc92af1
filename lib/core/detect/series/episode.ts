import type { EpochMs } from '../../model/time.ts';

/** Decades of surprise, over all views, that begin an episode, and what it must have decayed to when it ends. */
export const LEAST_ALARMING = 1.5;
const ENDS = 0.75;
/** Decades by which an episode must get worse to alarm again. */
const WORSE = 0.7;

export interface EpisodeState {
  isOpen: boolean;
  /** Of the last alarm; null before the first. */
  alarmMs: EpochMs | null;
  alarmSurprise: number;
}

/** Turns a surprise that comes and goes into alarms: one for each episode, and another only when it gets worse or much later. */
export class Episode {
  #isOpen: boolean;
  #alarmMs: EpochMs | null;
  #alarmSurprise: number;

  constructor({ isOpen, alarmMs, alarmSurprise }: EpisodeState = { isOpen: false, alarmMs: null, alarmSurprise: 0 }) {
    this.#isOpen = isOpen;
    this.#alarmMs = alarmMs;
    this.#alarmSurprise = alarmSurprise;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * @param surprise decades at this point
   * @param lingering the same, decaying since the last high one
   * @param refractoryMs how long after an alarm only something worse alarms
   * @returns whether to alarm
   */
  observe(
    atMs: EpochMs,
    { surprise, lingering, refractoryMs }: { surprise: number; lingering: number; refractoryMs: number },
  ): boolean {
    const isLate = this.#alarmMs === null || atMs - this.#alarmMs > refractoryMs;
    const alarms = surprise >= LEAST_ALARMING && (isLate || surprise >= this.#alarmSurprise + WORSE);
    if (alarms) {
      this.#alarmMs = atMs;
      this.#alarmSurprise = surprise;
    }
    this.#isOpen = alarms || (this.#isOpen && lingering >= ENDS);
    return alarms;
  }

  state(): EpisodeState {
    return { isOpen: this.#isOpen, alarmMs: this.#alarmMs, alarmSurprise: this.#alarmSurprise };
  }
}
