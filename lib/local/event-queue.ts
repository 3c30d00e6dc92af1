import { existsSync, readFileSync } from 'node:fs';
import type { CloudClock } from './cloud-clock.ts';
import type { InvocationResult } from './function-worker.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** An asynchronous invocation that has not succeeded yet. */
export interface QueuedEvent {
  id: string;
  functionName: string;
  payload: string;
  /** Who asked for it, for example `schedule EveryMinute`. */
  cause: string;
  enqueuedAtMs: number;
  dueAtMs: number;
  attempt: number;
}

export interface EventQueueOptions {
  clock: CloudClock;
  /** Where unfinished events are kept, so that a crash loses none. */
  file: string;
  invoke: (functionName: string, payload: string) => Promise<InvocationResult>;
  retriesOf: (functionName: string) => { retryAttempts: number; maxEventAgeSeconds: number };
  onDeadLetter: (event: QueuedEvent, condition: string, error: { errorType: string; errorMessage: string }) => void;
}

/** Lambda waits one minute before the first retry and two before the second. */
const RETRY_DELAYS_MS = [60_000, 120_000];

/**
 * Lambda's queue of asynchronous invocations, on the clock of the local cloud. On a manual clock events are carried
 * out one after the other, in the order of their due times, so that a replay is the same every time.
 */
export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #running = new Map<string, Promise<void>>();
  readonly #inFlight = new Map<string, QueuedEvent>();
  #waiting: QueuedEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  #closed = false;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    if (existsSync(options.file)) this.#waiting = JSON.parse(readFileSync(options.file, 'utf8')) as QueuedEvent[];
  }

  /** Begins to carry out events; until then they are only collected. */
  start(): void {
    this.#started = true;
    this.wake();
  }

  /** Adds an event unless one with the same id is still unfinished. */
  add(event: Omit<QueuedEvent, 'attempt'>): void {
    if (this.#running.has(event.id) || this.#waiting.some(({ id }) => id === event.id)) return;
    this.#insert({ ...event, attempt: 0 });
    this.#save();
    this.wake();
  }

  /** Carries out what is due; to be called whenever a manual clock has moved. */
  wake(): void {
    if (!this.#started || this.#closed) return;
    const { clock } = this.#options;
    const limit = clock.kind === 'manual' ? 1 : Number.POSITIVE_INFINITY;
    while (this.#running.size < limit) {
      const next = this.#waiting[0];
      if (!next || next.dueAtMs > clock.nowMs()) break;
      this.#waiting.shift();
      this.#inFlight.set(next.id, next);
      this.#running.set(next.id, this.#carryOut(next));
    }
    this.#setTimer();
  }

  /** When the next waiting event falls due; undefined when none waits. */
  nextDueMs(): number | undefined {
    return this.#waiting[0]?.dueAtMs;
  }

  get busy(): boolean {
    return this.#running.size > 0;
  }

  /** Resolves when nothing that is due is left. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #carryOut(event: QueuedEvent): Promise<void> {
    const result = await this.#options.invoke(event.functionName, event.payload);
    this.#running.delete(event.id);
    // What was cut off by the end stays in the file and is carried out by the next run.
    if (this.#closed) return;
    this.#inFlight.delete(event.id);
    if (result.status === 'failed') this.#retryOrGiveUp(event, result);
    this.#save();
    this.wake();
  }

  #retryOrGiveUp(event: QueuedEvent, failure: { errorType: string; errorMessage: string }): void {
    const { retryAttempts, maxEventAgeSeconds } = this.#options.retriesOf(event.functionName);
    if (event.attempt >= retryAttempts) {
      this.#options.onDeadLetter(event, 'RetriesExhausted', failure);
      return;
    }
    const dueAtMs = this.#options.clock.nowMs() + (RETRY_DELAYS_MS[event.attempt] ?? 0);
    if (dueAtMs > event.enqueuedAtMs + maxEventAgeSeconds * 1000) {
      this.#options.onDeadLetter(event, 'EventAgeExceeded', failure);
      return;
    }
    this.#insert({ ...event, dueAtMs, attempt: event.attempt + 1 });
  }

  #insert(event: QueuedEvent): void {
    const later = this.#waiting.findIndex(({ dueAtMs }) => dueAtMs > event.dueAtMs);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, event);
  }

  #save(): void {
    writeFileAtomically(this.#options.file, JSON.stringify([...this.#inFlight.values(), ...this.#waiting]));
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const dueMs = this.nextDueMs();
    if (this.#options.clock.kind === 'manual' || dueMs === undefined) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(Math.max(0, dueMs - Date.now()), 60_000));
  }
}
