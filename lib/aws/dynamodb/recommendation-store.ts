import type { AdviceRecord } from '../../core/recommend/lifecycle.ts';
import type { RecommendationStore, StoredAdvice } from '../../ports/recommendation-store.ts';
import { bytesOf, follows, type Item, type ItemTable, isLive, numberOf, ttlSeconds } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

/** From the last evaluation that came to it: agents and task types come and go, and with them what was said of them. */
const KEPT_MS = 90 * 86_400_000;

/** Recommendations in the State table, an item each. */
export function dynamoRecommendationStore(table: ItemTable, nowMs: () => number): RecommendationStore {
  return {
    async list(system) {
      return (await table.query(keyOf(system))).filter((item) => isLive(item, nowMs())).map(adviceIn);
    },

    async find(system, id) {
      const item = await table.get(keyOf(system), id);
      return item && isLive(item, nowMs()) ? adviceIn(item) : null;
    },

    save(system, { revision, record }) {
      return table.put(
        {
          ...{ pk: keyOf(system), sk: record.recommendation.id, revision, body: packJson(record) },
          ttl: ttlSeconds(record.lastProposedMs + KEPT_MS),
        },
        follows(revision),
      );
    },
  };
}

function keyOf(system: string): string {
  return `ADVICE#${system}`;
}

function adviceIn(item: Item): StoredAdvice {
  return { revision: numberOf(item, 'revision'), record: unpackJson<AdviceRecord>(bytesOf(item, 'body')) };
}
