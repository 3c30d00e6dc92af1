import { agentAnswer } from '../api/agents-endpoint.ts';
import { alertsAnswer, readAlertsRequest } from '../api/alerts-endpoint.ts';
import { readBudgetRequest, setBudgetEndpoint } from '../api/budgets-endpoint.ts';
import { directiveAnswer } from '../api/directives-endpoint.ts';
import { readEvents } from '../api/read-batch.ts';
import { recommendationsAnswer } from '../api/recommendations-endpoint.ts';
import { readRecord } from '../api/record-fields.ts';
import { acceptBatch } from '../app/accept-batch.ts';
import type { AnalyzeDeps } from '../app/analyze-minutes.ts';
import { acknowledgeDirective } from '../app/answer-directive.ts';
import { setBudget } from '../app/change-budget.ts';
import { changePool } from '../app/change-pool.ts';
import { JobMemory } from '../app/job-memory.ts';
import { listDirectives } from '../app/list-directives.ts';
import { notify } from '../app/notify.ts';
import { optimizeFleet, optimizeFleets } from '../app/optimize-fleet.ts';
import { readAlerts } from '../app/read-alerts.ts';
import { readFleet } from '../app/read-fleet.ts';
import { readFreshness } from '../app/read-freshness.ts';
import { readWindow } from '../app/read-window.ts';
import { recommendFleets } from '../app/recommend-fleet.ts';
import { runMinuteJob } from '../app/run-minute-job.ts';
import { MemoryTable } from '../aws/dynamodb/memory-table.ts';
import { packText } from '../aws/dynamodb/packed-json.ts';
import { keptDays, storesOn } from '../aws/dynamodb/stores.ts';
import { notificationFor } from '../core/alert/notification.ts';
import type { Watch } from '../core/detect/watch.ts';
import type { Tile } from '../core/kpi/tile.ts';
import type { Roster } from '../core/model/roster.ts';
import { MINUTE_MS, type Minute, minuteOf } from '../core/model/time.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { statusAt } from '../core/remediate/directive-status.ts';
import { loadLinearSolver } from '../highs/linear-solver.ts';
import type { BusMessage, NoticeMessage, PlanDueMessage } from '../ports/event-bus.ts';
import type { Flush } from '../sim/telemetry/telemetry.ts';
import { batchUuid } from './batch-body.ts';
import { memoryJournal } from './memory-journal.ts';
import { memoryMetricStore } from './memory-metric-store.ts';
import { memoryRollupStore } from './memory-rollup-store.ts';
import type { ActiveDirective, ProductUnderTest, Told } from './product-under-test.ts';

const SYSTEM = 'default';
const MOST_ALERTS = 1_000;
const LONGEST_DAYS = 90;
/** Of each hour, when its plan is made: see infra/stacks/analysis.ts. */
const [HOUR_MINUTES, PLAN_MINUTE] = [60, 20];
const allAlerts = {
  ...{ cursor: undefined, state: undefined, severity: undefined, pool: undefined, from: undefined, to: undefined },
};

/** One that can be looked into. */
interface ProductInProcess extends ProductUnderTest {
  /** What detection remembers after the newest minute. */
  watch(): Promise<Watch>;
  roster(): Promise<Roster>;
  /** What the fleet did in [from, to), from the stored minutes. */
  window(from: Minute, to: Minute): Promise<Tile>;
}

/**
 * The product's use cases over stores in memory, as its functions call them: what it decides is decided by the same code on
 * the same data as in the cloud, only quicker.
 * @param startMs where its clock stands
 * @param modes how far each class of action may go by itself
 * @param recommends whether it looks every hour for what people could do better. It is told as suggestions, and nothing else follows from
 *   it: without, a run with many tasks takes a fifth less time and directs the same
 */
export function productInProcess(
  startMs: number,
  modes: AnalyzeDeps['modes'],
  { recommends = true }: { recommends?: boolean } = {},
): ProductInProcess {
  let nowMs = startMs;
  const now = () => nowMs;
  const onTables = storesOn({ state: new MemoryTable(), rollups: new MemoryTable() }, now, packText);
  const stores = {
    ...onTables,
    journal: memoryJournal(onTables.journal),
    rollups: memoryRollupStore(keptDays.minute, now),
    metrics: memoryMetricStore(keptDays, now),
  };
  const memory = new JobMemory();
  const nameLimits = { pools: 100, taskTypes: 100 };
  const told: Told[] = [];
  const channel = {
    name: 'told',
    async send({ system, notice }: NoticeMessage) {
      const { subject, attributes, json } = notificationFor(system, notice);
      told.push({ subject, attributes, json });
    },
  };
  const plansDue: PlanDueMessage[] = [];
  const bus = {
    async publish(messages: readonly BusMessage[]) {
      for (const message of messages) {
        if ('notice' in message) await notify({ channels: [channel], sent: stores.sent }, message, nowMs);
        if ('planDue' in message) plansDue.push(message);
      }
    },
  };
  let requests = 0;
  /** In force after the newest job or acknowledgement: nothing else changes directives here, but their leases run out. */
  let inForce: readonly DirectiveRecord[] | null = null;

  async function runJob(scheduledMs: number): Promise<void> {
    const deps = { ...stores, nameLimits, modes, memory, bus, nowMs: now };
    await runMinuteJob(deps, { scheduledMs, executionId: `minute-${scheduledMs}` });
    const forPlans = { ...stores, solver: loadLinearSolver, nowMs: now };
    for (const { system, trigger } of plansDue.splice(0)) await optimizeFleet(forPlans, system, trigger);
    if (minuteOf(scheduledMs) % HOUR_MINUTES === PLAN_MINUTE) {
      await optimizeFleets(forPlans, 'hour');
      if (recommends) await recommendFleets({ ...stores, nowMs: now });
    }
  }

  return {
    async send({ batchId, events }: Flush) {
      requests += 1;
      const outcome = await acceptBatch(stores, {
        // What a simulation sends twice under one id is the same: its content needs no hash.
        ...{ system: SYSTEM, sender: 'key_simulation', batchId: batchUuid(batchId), contentHash: batchId },
        ...{ ...readEvents(events), ignored: {}, receivedAtMs: nowMs, requestId: `r${requests}` },
      });
      const refused = outcome.status === 'conflict' ? [{ message: 'conflict' }] : outcome.rejected;
      if (refused.length > 0) throw new Error(`${refused.length} events were refused: ${refused[0]?.message}`);
    },

    async advanceTo(ms) {
      for (let minute = minuteOf(nowMs) + 1; minute * MINUTE_MS <= ms; minute++) {
        nowMs = minute * MINUTE_MS;
        inForce = null;
        await runJob(nowMs);
      }
      nowMs = ms;
    },

    async directives() {
      inForce ??= (await listDirectives(stores, SYSTEM, { status: 'active' }, nowMs)).records;
      return inForce
        .filter((record) => statusAt(record, nowMs) === 'active')
        .map((record) => asJson(directiveAnswer(record, nowMs)) as unknown as ActiveDirective);
    },

    async acknowledge(id, applied, note) {
      inForce = null;
      await acknowledgeDirective(stores, {
        system: SYSTEM,
        id,
        applied,
        by: 'key_simulation',
        note,
        atMs: nowMs,
      });
    },

    async setPool(pool, settings) {
      const who = { kind: 'key', id: 'key_simulation', name: 'simulation' } as const;
      const uniqueId = () => `pool-${pool}-${nowMs}`;
      const outcome = await changePool(
        { ...stores, uniqueId },
        { system: SYSTEM, pool, request: settings, who, atMs: nowMs },
      );
      if (outcome.status === 'inconsistent') throw new Error(outcome.message);
    },

    async setBudget(name, settings) {
      const request = readBudgetRequest(readRecord(settings, setBudgetEndpoint.body), LONGEST_DAYS);
      const who = { kind: 'key', id: 'key_simulation', name: 'simulation' } as const;
      const uniqueId = () => `${nowMs}`;
      await setBudget({ ...stores, uniqueId }, { system: SYSTEM, name, ...request, who, atMs: nowMs }, {});
    },

    async agents(windowMinutes) {
      const { newestMs } = await readFreshness(stores, SYSTEM, nowMs);
      const to = minuteOf(newestMs);
      const { agents } = await readFleet(stores, SYSTEM, to - windowMinutes, to);
      return agents.map((agent) => asJson(agentAnswer(agent)));
    },

    async alerts() {
      const request = readAlertsRequest({ ...allAlerts, limit: MOST_ALERTS }, nowMs);
      const alerts = await readAlerts(stores, SYSTEM, request.fromMs, request.toMs);
      return asJson(alertsAnswer(alerts, request))['alerts'] as Record<string, unknown>[];
    },

    async notifications() {
      return told;
    },

    watch: () => stores.watch.read(SYSTEM),
    roster: () => stores.fleet.roster(SYSTEM),
    window: async (from, to) => readWindow(stores, SYSTEM, { from, to }, await stores.fleet.roster(SYSTEM), null),

    async allDirectives() {
      const { records } = await listDirectives(stores, SYSTEM, {}, nowMs);
      return records.map((record) => asJson(directiveAnswer(record, nowMs)));
    },

    async recommendations() {
      const stored = await stores.recommendations.list(SYSTEM);
      const records = stored.map(({ record }) => record);
      return asJson(recommendationsAnswer(records, {}))['recommendations'] as Record<string, unknown>[];
    },
  };
}

function asJson(answer: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(answer)) as Record<string, unknown>;
}
