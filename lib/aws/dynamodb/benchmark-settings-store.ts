import type { OwnEntry } from '../../core/benchmark/industry/benchmark-entry.ts';
import type { DeclaredDomain } from '../../core/benchmark/industry/benchmark-settings.ts';
import type { Competitor } from '../../core/benchmark/industry/competitor.ts';
import type { EpochMs } from '../../core/model/time.ts';
import type { BenchmarkSettingsStore } from '../../ports/benchmark-settings-store.ts';
import { type ItemTable, isLive, textOf, ttlSeconds } from './item-table.ts';

/** What systems are compared with in the State table: an item for the domain, each entry and each competitor. */
export function dynamoBenchmarkSettingsStore(table: ItemTable, nowMs: () => EpochMs): BenchmarkSettingsStore {
  const put = async (system: string, sk: string, said: unknown) => {
    await table.put({ pk: keyOf(system), sk, said: JSON.stringify(said) });
  };
  // Its time is over: who answers people may put items, not delete them.
  const end = async (system: string, sk: string) => {
    const item = await table.get(keyOf(system), sk);
    if (item) await table.put({ ...item, ttl: ttlSeconds(nowMs() - 1_000) });
  };
  return {
    async read(system) {
      const items = (await table.query(keyOf(system))).filter((item) => isLive(item, nowMs()));
      const of = <Said>(prefix: string) =>
        items.filter(({ sk }) => sk.startsWith(prefix)).map((item) => JSON.parse(textOf(item, 'said')) as Said);
      return {
        declared: of<DeclaredDomain>(DOMAIN)[0] ?? null,
        entries: of<OwnEntry>(ENTRY),
        competitors: of<Competitor>(COMPETITOR),
      };
    },

    declare: (system, declared) => put(system, DOMAIN, declared),
    saveEntry: (system, entry) => put(system, `${ENTRY}${entry.name}`, entry),
    saveCompetitor: (system, competitor) => put(system, `${COMPETITOR}${competitor.name}`, competitor),

    deleteEntry: (system, name) => end(system, `${ENTRY}${name}`),
    deleteCompetitor: (system, name) => end(system, `${COMPETITOR}${name}`),
  };
}

const DOMAIN = 'DOMAIN';
const ENTRY = 'ENTRY#';
const COMPETITOR = 'COMPETITOR#';

function keyOf(system: string): string {
  return `BENCHMARKS#${system}`;
}
