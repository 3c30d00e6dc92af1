import type { BenchmarkReport } from '../../core/benchmark/benchmark-report.ts';
import type { EpochMs } from '../../core/model/time.ts';
import type { BenchmarkStore } from '../../ports/benchmark-store.ts';
import { bytesOf, type ItemTable, isLive, ttlSeconds } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

const KEPT_MS = 100 * 86_400_000;
const AT_ONCE = 20;

/** Comparisons in the Rollups table, an item for each scope and day. */
export function dynamoBenchmarkStore(table: ItemTable, nowMs: () => number): BenchmarkStore {
  return {
    async find(system, scope, atMs) {
      const range = { from: timeKey(0), to: timeKey(atMs) };
      const keys = await table.query(keyOf(system, scope), range, ['pk', 'sk', 'ttl']);
      const newest = keys.filter((item) => isLive(item, nowMs())).at(-1);
      const item = newest && (await table.get(newest.pk, newest.sk));
      return item ? unpackJson<BenchmarkReport>(bytesOf(item, 'body')) : null;
    },

    async save(system, reports) {
      for (let i = 0; i < reports.length; i += AT_ONCE) {
        const written = reports.slice(i, i + AT_ONCE).map((report) => {
          const { scope, window } = report;
          const ttl = ttlSeconds(window.toMs + KEPT_MS);
          return table.put({ pk: keyOf(system, scope), sk: timeKey(window.toMs), ttl, body: packJson(report) });
        });
        await Promise.all(written);
      }
    },
  };
}

function keyOf(system: string, scope: string): string {
  return `BENCHMARK#${system}#${scope}`;
}

function timeKey(atMs: EpochMs): string {
  return String(atMs).padStart(15, '0');
}
