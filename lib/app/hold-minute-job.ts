import { BackupError } from '../core/backup/backup-error.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { MinuteLog } from '../ports/minute-log.ts';

/** Where the holder dies, the minute job goes on after so long. */
const LEASE_MS = 3 * 60_000;
/** How much of it may pass before it is renewed. */
const RENEWED_AFTER_MS = 60_000;
/** A run of the minute job that is at work has ended by then. */
const LONGEST_WAIT_MS = 90_000;
const ASKED_EVERY_MS = 1_000;

export interface HoldDeps {
  log: MinuteLog;
  nowMs: () => EpochMs;
  pause: (ms: number) => Promise<void>;
}

/**
 * Keeps the minute job of some systems waiting, so that nothing that it writes changes. Events are taken in all the while,
 * and the job makes up for the minutes afterwards.
 */
export class HeldMinuteJob {
  readonly #deps: HoldDeps;
  readonly #owner: string;
  readonly #fences = new Map<string, number>();
  #renewedMs = 0;

  private constructor(deps: HoldDeps, owner: string) {
    this.#deps = deps;
    this.#owner = owner;
  }

  /**
   * Waits for runs that are at work.
   * @param owner unlike any other
   * @throws BackupError when one is at work for longer than a run can be
   */
  static async take(deps: HoldDeps, systems: readonly string[], owner: string): Promise<HeldMinuteJob> {
    const held = new HeldMinuteJob(deps, owner);
    try {
      for (const system of systems) await held.#takeWhenFree(system);
    } catch (error) {
      await held.release();
      throw error;
    }
    return held;
  }

  /**
   * To be called between pages.
   * @throws BackupError when the job went on by itself
   */
  async keep(): Promise<void> {
    if (this.#deps.nowMs() - this.#renewedMs < RENEWED_AFTER_MS) return;
    await this.confirm();
  }

  /** @throws BackupError when the job went on by itself since it was held */
  async confirm(): Promise<void> {
    for (const [system, fence] of this.#fences) {
      const taken = await this.#take(system);
      // Whoever else took the lease in between has raised the fence, too.
      if (taken !== null && taken === fence + 1) continue;
      throw new BackupError(
        'overtaken',
        `the minute job of system ${system} went on in between, so what was read does not fit together: try again`,
      );
    }
  }

  async release(): Promise<void> {
    for (const [system, fence] of this.#fences) await this.#deps.log.release(system, fence);
    this.#fences.clear();
  }

  async #takeWhenFree(system: string): Promise<void> {
    for (let waitedMs = 0; waitedMs <= LONGEST_WAIT_MS; waitedMs += ASKED_EVERY_MS) {
      if ((await this.#take(system)) !== null) return;
      await this.#deps.pause(ASKED_EVERY_MS);
    }
    throw new BackupError(
      'busy',
      `the minute job of system ${system} is held by somebody else, perhaps another backup: try again when that has ended`,
    );
  }

  async #take(system: string): Promise<number | null> {
    const nowMs = this.#deps.nowMs();
    const lease = await this.#deps.log.take(system, this.#owner, nowMs, nowMs + LEASE_MS);
    if (!lease) return null;
    this.#fences.set(system, lease.fence);
    this.#renewedMs = nowMs;
    return lease.fence;
  }
}
