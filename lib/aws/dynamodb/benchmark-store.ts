import type { BenchmarkReport } from '../../core/benchmark/benchmark-report.ts';
import type { BenchmarkStore } from '../../ports/benchmark-store.ts';
import { bytesOf, type ItemTable, isLive, ttlSeconds } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

/** What was not compared for longer is of agents and pools that are gone. */
const KEPT_MS = 7 * 86_400_000;
const AT_ONCE = 20;

/** Comparisons in the Rollups table, an item a scope. */
export function dynamoBenchmarkStore(table: ItemTable, nowMs: () => number): BenchmarkStore {
  return {
    async find(system, scope) {
      const item = await table.get(keyOf(system), scope);
      return item && isLive(item, nowMs()) ? unpackJson<BenchmarkReport>(bytesOf(item, 'body')) : null;
    },

    async save(system, reports) {
      const ttl = ttlSeconds(nowMs() + KEPT_MS);
      for (let i = 0; i < reports.length; i += AT_ONCE) {
        const some = reports.slice(i, i + AT_ONCE);
        await Promise.all(
          some.map((report) => table.put({ pk: keyOf(system), sk: report.scope, ttl, body: packJson(report) })),
        );
      }
    },
  };
}

function keyOf(system: string): string {
  return `BENCHMARK#${system}`;
}
