import { readEvent } from '../lib/api/event-schema.ts';
import type { AlertRecord } from '../lib/core/alert/alert.ts';
import { evaluateMinute } from '../lib/core/alert/evaluate-minute.ts';
import { LOOKBACK_MINUTES, rollupsByMinute } from '../lib/core/detect/detection-context.ts';
import { emptyRollupChunk, foldBatch, type RollupChunk } from '../lib/core/kpi/rollup-chunk.ts';
import type { Batch } from '../lib/core/model/batch.ts';
import { enterBatch, type Roster } from '../lib/core/model/roster.ts';
import { MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../lib/core/model/time.ts';
import type { Arrival } from '../lib/sim/arrival.ts';
import { demoFleet } from '../lib/sim/demo-fleet.ts';
import type { Fault } from '../lib/sim/fault.ts';
import { type Flush, simulateFleet } from '../lib/sim/fleet.ts';
import { createRandom } from '../lib/sim/random.ts';

/** An alert of medium severity or above, as the minute job would raise it. */
interface Raised {
  rule: string;
  subject: string;
  onsetMs: number;
  detectedMs: number;
}

/** The minute job's decisions over a simulated fleet, without stores: every flush arrives at once. */
function alertsOver(flushes: Iterable<Flush>, from: Minute, through: Minute): Raised[] {
  const chunks = new Map<Minute, RollupChunk>();
  const roster: Roster = new Map();
  let records = new Map<string, AlertRecord>();
  const raised: Raised[] = [];
  let minute = from;
  const judge = () => {
    const recent = [...chunks.values()].filter((it) => it.minute > minute - LOOKBACK_MINUTES && it.minute <= minute);
    const minutes = rollupsByMinute(recent);
    records = evaluateMinute(records, { minute, nowMs: startOfMinute(minute + 1), roster, minutes }, []);
    for (const [fingerprint, { alert, unsent, ...rest }] of records) {
      const isNew = unsent.some(({ state }) => state === 'firing');
      if (isNew && alert.severity !== 'low') {
        const { rule, scope, onsetMs, detectedMs } = alert;
        raised.push({ rule, subject: scope.agent ?? scope.pool, onsetMs, detectedMs });
      }
      if (alert.state === 'resolved') records.delete(fingerprint);
      else records.set(fingerprint, { alert, unsent: [], ...rest });
    }
    chunks.delete(minute - LOOKBACK_MINUTES);
    minute += 1;
  };
  let index = 0;
  for (const flush of flushes) {
    while (minute <= through && startOfMinute(minute + 1) <= flush.atMs) judge();
    if (minute > through) break;
    const events = flush.events.map((event) => readEvent(event));
    const batch: Batch = {
      system: 'default',
      id: String(index++),
      contentHash: '',
      bucket: minuteOf(flush.atMs),
      receivedAtMs: flush.atMs,
      requestId: '',
      received: events.length,
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
  return raised;
}

/**
 * How fast and how exactly the shipped rules find injected faults in the demo fleet, and how often they alert without
 * one. Prints medians and counts; runs of one hour, a new workload, fleet and fault each.
 */
export function benchDetection(
  arrivalsFor: (seed: number) => readonly Arrival[],
  runs: number,
  print: (line: string) => void,
) {
  for (const kind of ['none', 'slow code', 'slow conv', 'death'] as const) {
    const delays: number[] = [];
    let missed = 0;
    let others = 0;
    let late = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const arrivals = arrivalsFor(seed);
      const firstMs = Math.floor(Math.min(...arrivals.map(({ atMs }) => atMs)) / MINUTE_MS) * MINUTE_MS;
      const random = createRandom(seed, `fault ${kind}`);
      const onsetMs = firstMs + 10 * MINUTE_MS + random.uniform(0, 30) * MINUTE_MS;
      const pool =
        kind === 'slow conv' ? 'conv' : kind === 'slow code' ? 'code' : random.uniform() < 0.5 ? 'code' : 'conv';
      const agent = `${pool}-${String(1 + random.int(10)).padStart(2, '0')}`;
      const faults: Fault[] =
        kind === 'none'
          ? []
          : kind === 'death'
            ? [{ kind: 'death', agent, atMs: onsetMs }]
            : [{ kind: 'slow', agent, fromMs: onsetMs, factor: 8 }];
      const flushes = simulateFleet({ arrivals, pools: demoFleet, dispatch: 'p2c', faults, seed, flushMs: 15_000 });
      const raised = alertsOver(flushes, minuteOf(firstMs), minuteOf(firstMs) + 59);
      const hit = raised.find((it) => it.subject === agent && it.detectedMs > onsetMs);
      others += raised.filter((it) => it.subject !== agent || kind === 'none' || it.detectedMs <= onsetMs).length;
      if (kind === 'none') continue;
      if (!hit) missed += 1;
      else delays.push((hit.detectedMs - onsetMs) / 1_000);
      if (hit && hit.detectedMs - onsetMs > 120_000) late += 1;
    }
    delays.sort((a, b) => a - b);
    const found =
      kind === 'none'
        ? ''
        : `found ${delays.length}/${runs}, median ${delays[delays.length >> 1]?.toFixed(0)} s, worst ${delays.at(-1)?.toFixed(0)} s, ${late} later than 120 s, ${missed} missed; `;
    print(`${kind.padEnd(9)}: ${found}${others} other alerts in ${runs} h`);
  }
}
