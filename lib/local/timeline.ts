import { createHash } from 'node:crypto';
import type { CloudClock } from './cloud-clock.ts';
import type { DeployedSchedule } from './deployment.ts';
import type { EventQueue } from './event-queue.ts';

export interface TimelineOptions {
  clock: CloudClock;
  schedules: readonly DeployedSchedule[];
  queue: EventQueue;
  /** Resolves when everything under way has finished. */
  settled: () => Promise<void>;
  /** Keeps the time of a manual clock. */
  saveClock: (nowMs: number) => void;
  /** Housekeeping that the cloud does by itself once an hour. */
  everyHour: (nowMs: number) => Promise<void>;
}

const HOUR_MS = 3_600_000;
/** A real clock that finds itself later than this was asleep: what it missed is not made up for. */
const MISSED_AFTER_MS = 30_000;
const LONGEST_SLEEP_MS = 30_000;

/** Makes schedules fire when the clock reaches them: a real clock by waiting, a manual one when it is advanced. */
export class Timeline {
  readonly #options: TimelineOptions;
  #timer: NodeJS.Timeout | undefined;
  #advancing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  /** Begins to follow a real clock. */
  start(): void {
    if (this.#options.clock.kind === 'real') this.#sleepAfter(this.#options.clock.nowMs());
  }

  /**
   * Moves a manual clock, one due moment after the other, and waits at each until all it caused has finished.
   * @throws RangeError when the clock is real or `toMs` lies in its past
   */
  advanceTo(toMs: number): Promise<{ now: number; fired: number }> {
    const advanced = this.#advancing.then(() => this.#advance(toMs));
    this.#advancing = advanced.catch(() => undefined);
    return advanced;
  }

  /** Fires nothing any more. */
  stop(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Resolves when an advance that was under way at the stop has ended. */
  async ended(): Promise<void> {
    await this.#advancing;
  }

  async #advance(toMs: number): Promise<{ now: number; fired: number }> {
    const { clock, queue, settled, saveClock, everyHour } = this.#options;
    if (clock.kind === 'real') throw new RangeError('the clock is real: start with --clock manual to advance it');
    if (!Number.isFinite(toMs)) throw new RangeError('the time to advance to is not a time');
    const asIso = (timeMs: number) => new Date(timeMs).toISOString();
    if (toMs < clock.nowMs()) {
      throw new RangeError(`the clock stands at ${asIso(clock.nowMs())} and cannot go back to ${asIso(toMs)}`);
    }
    let fired = 0;
    queue.wake();
    await settled();
    while (!this.#closed) {
      const nowMs = clock.nowMs();
      const dueMs = Math.min(
        this.#nextScheduleMs(nowMs) ?? Number.POSITIVE_INFINITY,
        queue.nextDueMs() ?? Number.POSITIVE_INFINITY,
        nextHourMs(nowMs),
      );
      if (dueMs > toMs) break;
      // Enqueued before the clock moves: a crash in between fires again what did not run, and the id keeps it single.
      fired += this.#fireBetween(nowMs, dueMs);
      moveClock(clock, dueMs, saveClock);
      queue.wake();
      await settled();
      if (dueMs === nextHourMs(nowMs) && !this.#closed) await everyHour(dueMs);
    }
    if (!this.#closed) moveClock(clock, toMs, saveClock);
    return { now: clock.nowMs(), fired };
  }

  #sleepAfter(seenMs: number): void {
    if (this.#closed) return;
    const dueMs = Math.min(this.#nextScheduleMs(seenMs) ?? Number.POSITIVE_INFINITY, nextHourMs(seenMs));
    const sleepMs = Math.min(Math.max(0, dueMs - Date.now()), LONGEST_SLEEP_MS);
    this.#timer = setTimeout(() => {
      const nowMs = Date.now();
      // Timers may fire a little early.
      if (nowMs < dueMs) {
        this.#sleepAfter(seenMs);
        return;
      }
      this.#fireBetween(Math.max(seenMs, nowMs - MISSED_AFTER_MS), nowMs);
      if (nextHourMs(seenMs) <= nowMs) void this.#options.everyHour(nowMs);
      this.#sleepAfter(nowMs);
    }, sleepMs);
  }

  #nextScheduleMs(afterMs: number): number | undefined {
    const times = this.#options.schedules.flatMap(({ times }) => times(afterMs) ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Enqueues every firing in (afterMs, untilMs] and counts them. */
  #fireBetween(afterMs: number, untilMs: number): number {
    let fired = 0;
    for (const schedule of this.#options.schedules) {
      for (
        let dueMs = schedule.times(afterMs);
        dueMs !== undefined && dueMs <= untilMs;
        dueMs = schedule.times(dueMs)
      ) {
        this.#fire(schedule, dueMs);
        fired += 1;
      }
    }
    return fired;
  }

  #fire(schedule: DeployedSchedule, dueMs: number): void {
    const scheduledTime = new Date(dueMs).toISOString().replace(/\.\d+Z$/, 'Z');
    // Derived from schedule and time, so that a replay gives the same ids.
    const id = createHash('sha256').update(`${schedule.name} ${scheduledTime}`).digest('hex').slice(0, 32);
    const payload = schedule.input
      .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
      .replaceAll('<aws.scheduler.execution-id>', id)
      .replaceAll('<aws.scheduler.attempt-number>', '1');
    const { functionName, name } = schedule;
    this.#options.queue.add({
      id,
      functionName,
      payload,
      cause: `schedule ${name}`,
      enqueuedAtMs: dueMs,
      dueAtMs: dueMs,
    });
  }
}

function nextHourMs(afterMs: number): number {
  return (Math.floor(afterMs / HOUR_MS) + 1) * HOUR_MS;
}

function moveClock(clock: CloudClock, toMs: number, saveClock: (nowMs: number) => void): void {
  clock.set(toMs);
  saveClock(toMs);
}
