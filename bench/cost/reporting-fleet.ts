import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type ClientClock, createClient, type FleetpulseClient, type TaskEvent } from '../../lib/client/client.ts';
import type { FleetLoad } from '../../lib/core/cost/measured-fleet.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

const SAMPLES_PER_MIN = 2;
const FAILED_SHARE = 0.02;
const POOL_OF = 50;
/** What samples of a healthy agent tell: about a level of its own, which the seed draws. */
const CPU = { spread: 0.1, seed: 0.618034 };
const MEMORY = { spread: 0.02, seed: 0.414214 };
/** Bodies from here on are compressed, as the client does it. */
const GZIP_ABOVE = 1_024;

/** Promises that a client waits for before it fetches, and some more. */
const STEPS_TO_FETCH = 20;

/** A request as a client makes it, to be answered by `send`. */
export interface ReportedRequest {
  atMs: number;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer>;
}

export type SendRequest = (request: ReportedRequest) => Promise<{ status: number; text: string }>;

/**
 * A fleet that lives on a clock of its own and reports with the real client: each host has one for its agents. An agent beats once a
 * minute, samples itself twice, near a level of its own, and does its tasks at random moments, two in a hundred of which fail.
 */
export class ReportingFleet {
  readonly #load: FleetLoad;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #hosts: FleetpulseClient[];
  readonly #outbox: (() => Promise<void>)[] = [];
  events = 0;

  constructor(load: FleetLoad, { fromMs, seed, send }: { fromMs: number; seed: number; send: SendRequest }) {
    this.#load = load;
    this.#clock = new VirtualClock(fromMs);
    this.#random = createRandom(seed, 'reporting fleet');
    const hosts = Math.ceil(load.agents / load.agentsPerHost);
    this.#hosts = Array.from({ length: hosts }, () => this.#host(send));
    for (let index = 0; index < load.agents; index++) {
      const atMs = fromMs + this.#random.uniform(0, MINUTE_MS);
      this.#clock.setTimeout(() => this.#begin(index), atMs - fromMs);
    }
  }

  /** Lives until then; every request has been answered when it resolves. */
  async liveUntil(untilMs: number): Promise<void> {
    for (let run = this.#clock.next(untilMs); run; run = this.#clock.next(untilMs)) {
      run();
      for (let step = 0; step < STEPS_TO_FETCH; step++) await undefined;
      while (this.#outbox.length > 0) {
        for (const send of this.#outbox.splice(0)) await send();
        await nextTurn();
      }
    }
  }

  /**
   * Compression is done here, because the client's own takes turns of the event loop of which nothing tells the end; the bytes are
   * the same.
   */
  #host(send: SendRequest): FleetpulseClient {
    return createClient({
      ...{ url: 'http://fleetpulse.invalid', key: 'key-of-the-fleet', gzip: false, flushOnSignals: false },
      ...{ batchAgents: this.#load.batchAgents, flushMs: this.#load.flushS * 1_000 },
      clock: this.#clock,
      random: () => this.#random.uniform(),
      onError: ({ message }) => {
        throw new Error(`the client of the fleet says: ${message}`);
      },
      fetch: (url, { headers, body = '' }) =>
        new Promise((resolve, reject) => {
          const text = String(body);
          const isPacked = text.length > GZIP_ABOVE;
          const packed = isPacked ? new Uint8Array(gzipSync(text)) : text;
          const type = isPacked
            ? { 'content-type': 'application/vnd.fleetpulse+gzip', 'content-encoding': 'gzip' }
            : { 'content-type': 'application/json' };
          const path = new URL(url).pathname;
          this.#outbox.push(() =>
            send({ atMs: this.#clock.nowMs(), path, headers: { ...headers, ...type }, body: packed })
              .then(({ status, text: answer }) =>
                resolve({ status, headers: { get: () => null }, text: async () => answer }),
              )
              .catch(reject),
          );
        }),
    });
  }

  #begin(index: number): void {
    const [agent, client] = [nameOf(index), this.#clientOf(index)];
    client.agent({
      agent,
      pool: `pool-${Math.floor(index / POOL_OF)}`,
      team: 'support',
      capacity: 4,
      costPerHourUsd: 0.4,
    });
    let done = 0;
    client.beat(agent, { state: 'busy', progress: () => ++done });
    this.events += 2;
    this.#liveMinute(index, this.#clock.nowMs());
  }

  #liveMinute(index: number, fromMs: number): void {
    const at = (act: () => void) =>
      this.#clock.setTimeout(
        () => {
          this.events += 1;
          act();
        },
        this.#random.uniform(0, MINUTE_MS),
      );
    const [agent, client] = [nameOf(index), this.#clientOf(index)];
    for (let type = 0; type < this.#load.taskTypes; type++) {
      for (let task = 0; task < this.#load.tasksPerMin; task++) at(() => client.task(this.#task(agent, type)));
    }
    for (let sample = 0; sample < SAMPLES_PER_MIN; sample++) {
      at(() => {
        const [cpu, memory] = [this.#about(index, CPU), this.#about(index, MEMORY)];
        client.sample({ agent, cpu, memory, active: this.#random.int(5), capacity: 4, queued: this.#random.int(12) });
      });
    }
    this.#clock.setTimeout(() => {
      // The beat of the minute, which the client makes by itself.
      this.events += 1;
      this.#liveMinute(index, fromMs + MINUTE_MS);
    }, MINUTE_MS);
  }

  #task(agent: string, type: number): Omit<TaskEvent, 'type' | 'endedAt'> {
    const random = this.#random;
    const isFailed = random.uniform() < FAILED_SHARE;
    return {
      ...{ agent, task: `${random.int(2 ** 30).toString(16)}-${random.int(2 ** 30).toString(16)}` },
      ...{ taskType: `type-${type}`, status: isFailed ? 'failed' : 'completed' },
      ...(isFailed ? { error: { type: 'ToolError' } } : {}),
      durationMs: Math.round(random.logNormal(8_000, 0.7)),
      queueMs: Math.round(random.exponential(900)),
      ...{ model: 'gpt-4o-mini', slaMs: 30_000, costUsd: random.int(4_000) / 1e6 },
      tokens: { input: random.int(3_000), cachedInput: random.int(2_000), output: random.int(600) },
    };
  }

  /** A share near the level of the agent: were it anything, some agents would always seem to run out of memory. */
  #about(index: number, { spread, seed }: typeof CPU): number {
    const level = 0.3 + 0.3 * (((index + 1) * seed) % 1);
    return Math.round(1_000 * Math.min(1, Math.max(0, this.#random.normal(level, spread)))) / 1_000;
  }

  #clientOf(index: number): FleetpulseClient {
    return this.#hosts[Math.floor(index / this.#load.agentsPerHost)] as FleetpulseClient;
  }
}

function nameOf(index: number): string {
  return `worker-${String(index).padStart(5, '0')}`;
}

interface Timer {
  dueMs: number;
  run: () => void;
}

/** Stands still between timers; each runs at its moment. */
class VirtualClock implements ClientClock {
  #nowMs: number;
  /** The last is due first. */
  readonly #timers: Timer[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return Math.floor(this.#nowMs);
  }

  setTimeout(run: () => void, delayMs: number): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, run };
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#timers[middle] as Timer).dueMs > timer.dueMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    const index = this.#timers.indexOf(timer as Timer);
    if (index >= 0) this.#timers.splice(index, 1);
  }

  /** What is due next, before or at `untilMs`; the clock stands at its moment, or at `untilMs` when there is none. */
  next(untilMs: number): (() => void) | undefined {
    const timer = this.#timers.at(-1);
    if (!timer || timer.dueMs > untilMs) {
      this.#nowMs = untilMs;
      return undefined;
    }
    this.#timers.pop();
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    return timer.run;
  }
}
