import type { ClientEvent, FetchLike } from '../../lib/client/client.ts';
import type { FakeClock } from './fake-clock.ts';

interface SentBatch {
  nonce: string;
  // biome-ignore lint/suspicious/noExplicitAny: events are what the tests look at, field by field
  events: any[];
  atMs: number;
}

/** What a request meets. `stores` without an answer is a receipt that got lost. */
export interface Fate {
  delayMs?: number;
  stores?: boolean;
  /** null: the connection breaks. */
  status: number | null;
  retryAfter?: string;
  rejects?: number;
}

/** Fleetpulse in memory, as the client's `fetch`: the same body counts once, and nothing else may have its nonce. */
export class FakeServer {
  readonly requests: SentBatch[] = [];
  /** Nonce to body, as stored. */
  readonly stored = new Map<string, string>();
  fate: (batch: SentBatch) => Fate = () => ({ status: 202 });
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  readonly fetch: FetchLike = async (_, { body, signal }) => {
    const batch = {
      ...(JSON.parse(body as string) as { nonce: string; events: ClientEvent[] }),
      atMs: this.#clock.nowMs(),
    };
    this.requests.push(batch);
    const fate = this.fate(batch);
    if (fate.delayMs) await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, fate.delayMs ?? 0));
    const { nonce, events } = batch;
    if (fate.stores ?? fate.status === 202) {
      const content = body as string;
      if ((this.stored.get(nonce) ?? content) !== content) throw new Error(`batch ${nonce} came with other content`);
      this.stored.set(nonce, content);
    }
    if (fate.status === null || signal.aborted) throw new TypeError('fetch failed');
    const rejected = Array.from({ length: fate.rejects ?? 0 }, (_, index) => ({ index, code: 'too_old', message: '' }));
    return {
      status: fate.status,
      headers: { get: (name) => (name === 'retry-after' ? (fate.retryAfter ?? null) : null) },
      text: async () =>
        JSON.stringify(fate.status === 202 ? { accepted: events.length - rejected.length, rejected } : {}),
    };
  };

  /** Every stored event, each as often as it would be counted. */
  get events(): ClientEvent[] {
    return [...this.stored.values()].flatMap((body) => (JSON.parse(body) as { events: ClientEvent[] }).events);
  }
}
