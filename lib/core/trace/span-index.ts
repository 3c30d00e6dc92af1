import type { Batch } from '../model/batch.ts';
import type { SpanEvent } from '../model/event.ts';

/** A span and the batch that brought it. */
export interface KnownSpan {
  span: SpanEvent;
  batchId: string;
}

/** Every span that is known, once. */
export class SpanIndex {
  readonly #spans = new Map<string, KnownSpan>();

  /**
   * @param kept from earlier minutes
   * @param batches of which each span counts once: of several copies that of the batch received first, ties by id
   */
  constructor(kept: readonly KnownSpan[], batches: readonly Batch[]) {
    for (const known of kept) this.#add(known);
    const inOrder = batches
      .filter(({ events }) => events.some(({ type }) => type === 'span'))
      .sort((a, b) => a.receivedAtMs - b.receivedAtMs || (a.id < b.id ? -1 : 1));
    for (const { id: batchId, events } of inOrder) {
      for (const span of events) if (span.type === 'span') this.#add({ span, batchId });
    }
  }

  #add(known: KnownSpan): void {
    const key = spanKey(known.span);
    if (!this.#spans.has(key)) this.#spans.set(key, known);
  }

  get(key: string): KnownSpan | undefined {
    return this.#spans.get(key);
  }

  /** The span that this one names as its parent, if it is known. */
  parentOf({ trace, parentSpan }: SpanEvent): KnownSpan | undefined {
    return parentSpan === undefined ? undefined : this.#spans.get(`${trace}:${parentSpan}`);
  }

  values(): IterableIterator<KnownSpan> {
    return this.#spans.values();
  }
}

export function spanKey({ trace, span }: Pick<SpanEvent, 'trace' | 'span'>): string {
  return `${trace}:${span}`;
}
