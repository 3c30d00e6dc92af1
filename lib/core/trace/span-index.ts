import type { Batch } from '../model/batch.ts';
import type { SpanEvent } from '../model/event.ts';

/** A span and the batch that brought it. */
export interface KnownSpan {
  span: SpanEvent;
  batchId: string;
  /** It was counted before, and is read again only because others may have to do with it. */
  isContext?: true;
}

/** Every span that is known, once. */
export class SpanIndex {
  readonly #spans = new Map<string, KnownSpan>();
  /** Found before: the same parents are asked for by everything below them. */
  readonly #parents = new Map<SpanEvent, KnownSpan>();

  /**
   * @param kept from earlier minutes
   * @param batches of which each span counts once: of several copies that of the batch received first, ties by id
   * @param context batches that count already
   */
  constructor(kept: readonly KnownSpan[], batches: readonly Batch[], context: readonly Batch[] = []) {
    for (const known of kept) this.#add(known);
    const before = new Set(context);
    const inOrder = [...batches, ...context]
      .filter(({ events }) => events.some(({ type }) => type === 'span'))
      .sort((a, b) => a.receivedAtMs - b.receivedAtMs || (a.id < b.id ? -1 : 1));
    for (const batch of inOrder) {
      const isContext = before.has(batch) ? { isContext: true as const } : {};
      for (const span of batch.events) {
        if (span.type === 'span') this.#add({ span, batchId: batch.id, ...isContext });
      }
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
  parentOf(span: SpanEvent): KnownSpan | undefined {
    if (span.parentSpan === undefined) return undefined;
    const found = this.#parents.get(span);
    if (found !== undefined) return found;
    const parent = this.#spans.get(`${span.trace}:${span.parentSpan}`);
    if (parent) this.#parents.set(span, parent);
    return parent;
  }

  values(): IterableIterator<KnownSpan> {
    return this.#spans.values();
  }
}

export function spanKey({ trace, span }: Pick<SpanEvent, 'trace' | 'span'>): string {
  return `${trace}:${span}`;
}
