import { afterAll, beforeAll, describe } from 'vitest';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { DynamodbUnderTest, type Stores, storesInMemory, storesOn, storesWith } from '../fixtures/dynamodb-tables.ts';
import { FaultyProcess } from '../fixtures/faulty-dynamodb.ts';
import { alertStoreContract } from './alert-store.ts';
import { auditLogContract } from './audit-log.ts';
import { benchmarkSettingsStoreContract } from './benchmark-settings-store.ts';
import { benchmarkStoreContract, reviewStoreContract } from './benchmark-store.ts';
import { budgetStoreContract } from './budget-store.ts';
import { carryStoreContract } from './carry-store.ts';
import { directiveStoreContract } from './directive-store.ts';
import { fleetStoreContract } from './fleet-store.ts';
import type { FreshStore } from './fresh-store.ts';
import { journalContract } from './journal.ts';
import { keyStoreContract, notificationLogContract } from './key-store.ts';
import { knowledgeStoreContract } from './knowledge-store.ts';
import { ledgerStoreContract } from './ledger-store.ts';
import { metricStoreContract } from './metric-store.ts';
import { minuteLogContract } from './minute-log.ts';
import { planStoreContract } from './plan-store.ts';
import { policyStoreContract, pollSlotsContract } from './policy-store.ts';
import { poolSettingsStoreContract } from './pool-settings-store.ts';
import { recommendationStoreContract } from './recommendation-store.ts';
import { rollupStoreContract } from './rollup-store.ts';
import { tileStoreContract } from './tile-store.ts';
import { tokenBucketsContract } from './token-buckets.ts';
import { totalsStoreContract } from './totals-store.ts';
import { workDayStoreContract } from './work-day-store.ts';

type Fresh = <Name extends keyof Stores>(name: Name) => FreshStore<Stores[Name]>;

function contracts(fresh: Fresh): void {
  describe('the journal', () => journalContract(fresh('journal')));
  describe('the rollup store', () => rollupStoreContract(fresh('rollups')));
  describe('the tile store', () => tileStoreContract(fresh('tiles')));
  describe('the ledger store', () => ledgerStoreContract(fresh('ledger')));
  describe('the carry store', () => carryStoreContract(fresh('carry')));
  describe('the fleet store', () => fleetStoreContract(fresh('fleet')));
  describe('the alert store', () => alertStoreContract(fresh('alerts')));
  describe('the directive store', () => directiveStoreContract(fresh('directives')));
  describe('the policy store', () => policyStoreContract(fresh('policies')));
  describe('the pool settings store', () => poolSettingsStoreContract(fresh('poolSettings')));
  describe('the knowledge store', () => knowledgeStoreContract(fresh('knowledge')));
  describe('the recommendation store', () => recommendationStoreContract(fresh('recommendations')));
  describe('the days of work', () => workDayStoreContract(fresh('workDays')));
  describe('the benchmark store', () => benchmarkStoreContract(fresh('benchmarkReports')));
  describe('the review store', () => reviewStoreContract(fresh('reviews')));
  describe('the plan store', () => planStoreContract(fresh('plans')));
  describe('the budget store', () => budgetStoreContract(fresh('budgets')));
  describe('the benchmark settings store', () => benchmarkSettingsStoreContract(fresh('benchmarks')));
  describe('the waiting places', () => pollSlotsContract(fresh('slots')));
  describe('the running totals', () => totalsStoreContract(fresh('totals')));
  describe('the minute log', () => minuteLogContract(fresh('log')));
  describe('the key store', () => keyStoreContract(fresh('keys')));
  describe('the audit log', () => auditLogContract(fresh('audit')));
  describe('the token buckets', () => tokenBucketsContract(fresh('buckets')));
  describe('the notification log', () => notificationLogContract(fresh('sent')));
}

// The native emulator exists for some platforms only; elsewhere this would test the JavaScript one twice.
const kinds =
  process.platform === 'linux' && process.arch === 'x64'
    ? (['native', 'javascript'] as const)
    : (['javascript'] as const);

/** One store on empty tables, and the clock it reads. */
function freshOn(storesAt: (nowMs: () => number) => Stores | Promise<Stores>): Fresh {
  return (name) => async (startMs) => {
    let nowMs = startMs;
    const stores = await storesAt(() => nowMs);
    const setNow = (ms: number) => {
      nowMs = ms;
    };
    return { store: stores[name], setNow };
  };
}

describe('in memory', () => {
  contracts(freshOn(storesInMemory));
  describe('the metric store', () =>
    metricStoreContract(async (startMs) => {
      let left = Number.POSITIVE_INFINITY;
      class Failing extends MemoryTable {
        override async set(...written: Parameters<MemoryTable['set']>) {
          if (--left < 0) throw new Error('injected: the table cannot be reached');
          return super.set(...written);
        }
      }
      const { metrics } = storesWith({ state: new MemoryTable(), rollups: new Failing() }, () => startMs);
      const failFrom = (write: number | null) => {
        left = write === null ? Number.POSITIVE_INFINITY : write - 1;
      };
      return { store: metrics, failFrom };
    }));
});

describe.each(kinds)('on DynamoDB (%s emulator)', (kind) => {
  let dynamodb: DynamodbUnderTest;
  beforeAll(async () => {
    dynamodb = await DynamodbUnderTest.start(kind);
  });
  afterAll(() => dynamodb.close());

  contracts(freshOn((nowMs) => dynamodb.stores(nowMs)));
  describe('the metric store', () =>
    metricStoreContract(async (startMs) => {
      let left = Number.POSITIVE_INFINITY;
      const { client } = new FaultyProcess(
        dynamodb,
        ({ isWrite }) => (isWrite && --left < 0 ? { what: 'request-lost', error: 'internal' } : null),
        { retries: false },
      );
      const { metrics } = storesOn(client, await dynamodb.tables(), () => startMs);
      const failFrom = (write: number | null) => {
        left = write === null ? Number.POSITIVE_INFINITY : write - 1;
      };
      return { store: metrics, failFrom };
    }));
});
