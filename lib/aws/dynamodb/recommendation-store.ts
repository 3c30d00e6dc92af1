import type { AdviceRecord } from '../../core/recommend/lifecycle.ts';
import { type OpenRecommendation, openRecommendation } from '../../core/recommend/open-recommendation.ts';
import type { RecommendationStore, StoredAdvice } from '../../ports/recommendation-store.ts';
import {
  bytesOf,
  type Condition,
  follows,
  type Item,
  type ItemTable,
  isLive,
  numberOf,
  ttlSeconds,
} from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

/** From the last evaluation that came to it: agents and task types come and go, and with them what was said of them. */
const KEPT_MS = 90 * 86_400_000;

/**
 * Recommendations in the State table, an item each; in a second partition what the minute job needs of each, which is next to nothing
 * once it is decided on. That one is written after the other: what a crash in between leaves behind, the next hour's evaluation mends.
 */
export function dynamoRecommendationStore(table: ItemTable, nowMs: () => number): RecommendationStore {
  return {
    async list(system) {
      return (await table.query(keyOf(system))).filter((item) => isLive(item, nowMs())).map(adviceIn);
    },

    async open(system) {
      const items = await table.query(headKeyOf(system));
      return items
        .filter((item) => item['body'] !== undefined && isLive(item, nowMs()))
        .map((item) => unpackJson<OpenRecommendation>(bytesOf(item, 'body')));
    },

    async find(system, id) {
      const item = await table.get(keyOf(system), id);
      return item && isLive(item, nowMs()) ? adviceIn(item) : null;
    },

    async save(system, { revision, record }) {
      const sk = record.recommendation.id;
      const common = { sk, revision, ttl: ttlSeconds(record.lastProposedMs + KEPT_MS) };
      const isSaved = await table.put({ ...common, pk: keyOf(system), body: packJson(record) }, follows(revision));
      if (!isSaved) return false;
      const open = openRecommendation(record);
      const head: Item = { ...common, pk: headKeyOf(system), ...(open && { body: packJson(open) }) };
      // Whoever saved since has written it, too.
      await table.put(head, isOlderThan(revision));
      return true;
    },
  };
}

/** Of two who save one after the other either may come here last; what was forgotten begins anew, with 1. */
function isOlderThan(revision: number): Condition | undefined {
  if (revision === 1) return undefined;
  return {
    expression: 'attribute_not_exists(#revision) OR #revision < :revision',
    names: { '#revision': 'revision' },
    values: { ':revision': revision },
  };
}

function keyOf(system: string): string {
  return `ADVICE#${system}`;
}

function headKeyOf(system: string): string {
  return `OPENADVICE#${system}`;
}

function adviceIn(item: Item): StoredAdvice {
  return { revision: numberOf(item, 'revision'), record: unpackJson<AdviceRecord>(bytesOf(item, 'body')) };
}
