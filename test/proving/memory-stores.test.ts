import { describe } from 'vitest';
import { dynamoFleetStore } from '../../lib/aws/dynamodb/fleet-store.ts';
import { dynamoJournal } from '../../lib/aws/dynamodb/journal.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { packText } from '../../lib/aws/dynamodb/packed-json.ts';
import { dynamoPlanStore } from '../../lib/aws/dynamodb/plan-store.ts';
import { dynamoTotalsStore } from '../../lib/aws/dynamodb/totals-store.ts';
import { memoryJournal } from '../../lib/proving/memory-journal.ts';
import { memoryMetricStore } from '../../lib/proving/memory-metric-store.ts';
import { memoryRollupStore } from '../../lib/proving/memory-rollup-store.ts';
import { fleetStoreContract } from '../contract/fleet-store.ts';
import type { FreshStore } from '../contract/fresh-store.ts';
import { journalContract } from '../contract/journal.ts';
import { metricStoreContract } from '../contract/metric-store.ts';
import { planStoreContract } from '../contract/plan-store.ts';
import { rollupStoreContract } from '../contract/rollup-store.ts';
import { totalsStoreContract } from '../contract/totals-store.ts';

/** @param make a store by its clock */
function fresh<Store>(make: (nowMs: () => number) => Store): FreshStore<Store> {
  return async (startMs) => {
    let nowMs = startMs;
    const store = make(() => nowMs);
    return {
      store,
      setNow(ms) {
        nowMs = ms;
      },
    };
  };
}

describe('a journal of objects', () =>
  journalContract(fresh((nowMs) => memoryJournal(dynamoJournal(new MemoryTable(), nowMs)))));

describe('rollups in columns', () => rollupStoreContract(fresh((nowMs) => memoryRollupStore(14, nowMs))));

describe('history in arrays', () =>
  metricStoreContract(fresh((nowMs) => memoryMetricStore({ minute: 14, hour: 400, day: 800 }, nowMs))));

describe('a fleet as text', () =>
  fleetStoreContract(fresh((nowMs) => dynamoFleetStore(new MemoryTable(), nowMs, packText))));

describe('plans as text', () =>
  planStoreContract(fresh(() => dynamoPlanStore({ state: new MemoryTable(), rollups: new MemoryTable() }, packText))));

describe('totals as text', () => totalsStoreContract(fresh(() => dynamoTotalsStore(new MemoryTable(), packText))));
