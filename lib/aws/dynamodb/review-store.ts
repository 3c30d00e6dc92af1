import type { ReviewHead, StoredReview } from '../../core/review/stored-review.ts';
import type { ReviewStore } from '../../ports/review-store.ts';
import { type Item, type ItemTable, isLive, numberOf, textOf, ttlSeconds } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';
import { putParts, readParts } from './packed-parts.ts';

const KEPT_MS = 731 * 86_400_000;

/** Reviews in the State table: what is read in parts, and an item that names them, which is written last. */
export function dynamoReviewStore(table: ItemTable, nowMs: () => number): ReviewStore {
  return {
    async list(system) {
      const items = await table.query(keyOf(system));
      return items
        .filter((item) => isLive(item, nowMs()))
        .map(headIn)
        .reverse();
    },

    async find(system, week) {
      const item = await table.get(keyOf(system), week);
      if (!item || !isLive(item, nowMs())) return null;
      const body = await readParts(table, partsKey(system, textOf(item, 'parts')), numberOf(item, 'count'));
      return { ...headIn(item), ...unpackJson<Omit<StoredReview, keyof ReviewHead>>(body) };
    },

    async save(system, { week, title, madeAtMs, ...read }) {
      const ttl = ttlSeconds(madeAtMs + KEPT_MS);
      const parts = `${week}.${madeAtMs.toString(36)}`;
      const count = await putParts(table, partsKey(system, parts), packJson(read), ttl);
      await table.put({ pk: keyOf(system), sk: week, title, madeAtMs, parts, count, ttl });
    },
  };
}

function headIn(item: Item): ReviewHead {
  return { week: item.sk, title: textOf(item, 'title'), madeAtMs: numberOf(item, 'madeAtMs') };
}

function keyOf(system: string): string {
  return `REVIEW#${system}`;
}

function partsKey(system: string, parts: string): string {
  return `REVIEWPART#${system}#${parts}`;
}
