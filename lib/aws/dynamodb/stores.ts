import { dynamoAlertStore } from './alert-store.ts';
import { dynamoAlertWordStore } from './alert-word-store.ts';
import { dynamoAuditLog } from './audit-log.ts';
import { dynamoBenchmarkSettingsStore } from './benchmark-settings-store.ts';
import { dynamoBenchmarkStore } from './benchmark-store.ts';
import { dynamoBudgetStore } from './budget-store.ts';
import { dynamoCarryStore } from './carry-store.ts';
import { dynamoDirectiveStore } from './directive-store.ts';
import { dynamoFleetStore } from './fleet-store.ts';
import type { ItemTable } from './item-table.ts';
import { dynamoJournal } from './journal.ts';
import { dynamoKeyStore } from './key-store.ts';
import { dynamoKnowledgeStore } from './knowledge-store.ts';
import { dynamoLedgerStore } from './ledger-store.ts';
import { dynamoMetricStore } from './metric-store.ts';
import { dynamoMinuteLog } from './minute-log.ts';
import { dynamoNotificationLog } from './notification-log.ts';
import { type Pack, packJson } from './packed-json.ts';
import { dynamoPlanStore } from './plan-store.ts';
import { dynamoPolicyStore } from './policy-store.ts';
import { dynamoPollSlots } from './poll-slots.ts';
import { dynamoPoolSettingsStore } from './pool-settings-store.ts';
import { dynamoRecommendationStore } from './recommendation-store.ts';
import { dynamoReviewStore } from './review-store.ts';
import { dynamoRollupStore } from './rollup-store.ts';
import { dynamoTileStore } from './tile-store.ts';
import { dynamoTokenBuckets } from './token-buckets.ts';
import { dynamoTotalsStore } from './totals-store.ts';
import { dynamoWatchStore } from './watch-store.ts';
import { dynamoWorkDayStore } from './work-day-store.ts';

/** Days that minutes, hours and days are kept. */
export const keptDays = { minute: 14, hour: 400, day: 800 };

/**
 * Every store on two tables, for processes that hold the whole product: tests and simulations.
 * @param pack of what is written every minute, and of plans
 */
export function storesOn(
  { state, rollups }: { state: ItemTable; rollups: ItemTable },
  nowMs: () => number,
  pack: Pack = packJson,
) {
  return {
    journal: dynamoJournal(rollups, nowMs),
    rollups: dynamoRollupStore(rollups, keptDays.minute, nowMs),
    tiles: dynamoTileStore(rollups, { 10: keptDays.minute, 60: 90, 1440: keptDays.hour }, nowMs),
    metrics: dynamoMetricStore(rollups, keptDays, nowMs),
    ledger: dynamoLedgerStore(rollups, nowMs),
    carry: dynamoCarryStore(rollups),
    fleet: dynamoFleetStore(state, nowMs, pack),
    alerts: dynamoAlertStore(state, nowMs),
    words: dynamoAlertWordStore(state, nowMs),
    watch: dynamoWatchStore(rollups, pack),
    directives: dynamoDirectiveStore(state, nowMs),
    policies: dynamoPolicyStore(state),
    plans: dynamoPlanStore({ state, rollups }, pack),
    poolSettings: dynamoPoolSettingsStore(state),
    knowledge: dynamoKnowledgeStore(state, nowMs),
    recommendations: dynamoRecommendationStore(state, nowMs),
    workDays: dynamoWorkDayStore(rollups, nowMs),
    benchmarkReports: dynamoBenchmarkStore(rollups, nowMs),
    reviews: dynamoReviewStore(state, nowMs),
    budgets: dynamoBudgetStore(state, nowMs),
    benchmarks: dynamoBenchmarkSettingsStore(state, nowMs),
    slots: dynamoPollSlots(state, 20),
    log: dynamoMinuteLog(state),
    keys: dynamoKeyStore(state),
    audit: dynamoAuditLog(state, nowMs),
    buckets: dynamoTokenBuckets(state),
    totals: dynamoTotalsStore(state, pack),
    sent: dynamoNotificationLog(state),
  };
}
