import { readEvent } from '../lib/api/event-schema.ts';
import type { Alert, AlertRecord } from '../lib/core/alert/alert.ts';
import { evaluateMinute } from '../lib/core/alert/evaluate-minute.ts';
import { LOOKBACK_MINUTES, rollupsByMinute, taskTables } from '../lib/core/detect/detection-context.ts';
import { type PoolMinute, poolMinutes, sumMoments } from '../lib/core/effect/pool-minute.ts';
import { foldBatch } from '../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../lib/core/kpi/rollup-chunk.ts';
import { enterBatch, poolOf, type Roster } from '../lib/core/model/roster.ts';
import { type Minute, minuteOf, startOfMinute } from '../lib/core/model/time.ts';
import { actionClassNames } from '../lib/core/remediate/action-class.ts';
import type { DirectiveRecord } from '../lib/core/remediate/directive.ts';
import { statusAt } from '../lib/core/remediate/directive-status.ts';
import { progressEffect } from '../lib/core/remediate/measure-directives.ts';
import { planDirectives } from '../lib/core/remediate/plan-directives.ts';
import { policyInForce } from '../lib/core/remediate/policy.ts';
import { type FleetRun, simulateFleet } from '../lib/sim/fleet.ts';

export interface ClosedLoopRun extends Omit<FleetRun, 'weightOf'> {
  /** What the dispatcher does with directives: it says in both cases that it applied them. */
  dispatcher: 'obeys' | 'only says so';
  from: Minute;
  through: Minute;
}

export interface ClosedLoopOutcome {
  alerts: Alert[];
  directives: DirectiveRecord[];
  poolMinutes: (pool: string) => PoolMinute[];
}

/** Seconds after the minute job until the dispatcher has heard of a directive. */
const HEARD_AFTER_MS = 10_000;

/** The minute job's decisions over a simulated fleet and back into it, without stores: every flush arrives at once. */
export function runClosedLoop(run: ClosedLoopRun): ClosedLoopOutcome {
  const chunks = new Map<Minute, RollupChunk>();
  const roster: Roster = new Map();
  let alerts = new Map<string, AlertRecord>();
  let directives = new Map<string, DirectiveRecord>();
  const fired = new Map<string, Alert>();
  const policy = policyInForce(
    Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Parameters<typeof policyInForce>[0],
    null,
  );
  let minute = run.from;
  const historyOf = (pool: string, from: Minute, through: Minute) =>
    poolMinutes(
      [...chunks.values()].filter((chunk) => chunk.minute >= from && chunk.minute <= through),
      pool,
      {
        poolOf: (agent) => poolOf(roster.get(agent)),
        slotsOf: (agent) => roster.get(agent)?.description?.capacity ?? null,
      },
    );
  const judge = () => {
    const recent = [...chunks.values()].filter((it) => it.minute > minute - LOOKBACK_MINUTES && it.minute <= minute);
    const seen = {
      minute,
      nowMs: startOfMinute(minute + 1),
      roster,
      minutes: rollupsByMinute(taskTables(recent), recent),
    };
    alerts = evaluateMinute(
      alerts,
      {
        ...seen,
        changes: [],
        readings: new Map(),
        budgets: [],
        memory: new Map(),
        hot: new Map(),
        strictness: () => 1,
      },
      { silences: [], marks: new Map() },
    );
    for (const [fingerprint, record] of alerts) {
      fired.set(record.alert.id, record.alert);
      if (record.alert.state === 'resolved') alerts.delete(fingerprint);
      else alerts.set(fingerprint, { ...record, unsent: [] });
    }
    const firing = [...alerts.values()].map(({ alert }) => alert);
    directives = planDirectives(directives, { ...seen, firing, policy, recent: [...directives.values()] });
    for (const [id, record] of directives) {
      const ack = record.ack ?? { applied: true, atMs: seen.nowMs + HEARD_AFTER_MS, by: 'dispatcher', note: null };
      const progressed = progressEffect(record, minute, ({ pool, from, through }) => historyOf(pool, from, through));
      directives.set(id, { ...progressed, ack, unsent: [] });
    }
    minute += 1;
  };
  const weightOf = (agent: string, atMs: number) => {
    for (const record of directives.values()) {
      const isHeard = record.ack !== null && record.ack.atMs <= atMs && statusAt(record, atMs) === 'active';
      const weight = record.directive.params.weights[agent];
      if (isHeard && weight !== undefined) return weight;
    }
    return 1;
  };
  let index = 0;
  for (const flush of simulateFleet({ ...run, ...(run.dispatcher === 'obeys' ? { weightOf } : {}) })) {
    while (minute <= run.through && startOfMinute(minute + 1) <= flush.atMs) judge();
    if (minute > run.through) break;
    const events = flush.events.map((event) => readEvent(event));
    const batch = {
      system: 'default',
      id: String(index++),
      contentHash: '',
      bucket: minuteOf(flush.atMs),
      receivedAtMs: flush.atMs,
      requestId: '',
      received: events.length,
      sender: 'key_1',
      ignored: {},
      rejected: {},
      events,
    };
    enterBatch(roster, batch);
    foldBatch(batch, (at) => {
      const chunk = chunks.get(at) ?? emptyRollupChunk(at, 0, 1);
      chunks.set(at, chunk);
      return chunk;
    });
  }
  return {
    alerts: [...fired.values()],
    directives: [...directives.values()],
    poolMinutes: (pool) => historyOf(pool, run.from, run.through),
  };
}

/** Mean response time of a pool over the minutes [from, to), in ms. */
export function meanResponseMs(minutes: readonly PoolMinute[], from: Minute, to: Minute): number {
  const { n, sumMs } = sumMoments(
    minutes.filter(({ minute }) => minute >= from && minute < to).flatMap(({ agents }) => [...agents.values()]),
  );
  return sumMs / n;
}
