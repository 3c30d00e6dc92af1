import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chunkDigest,
  closedMinutes,
  completeMinutes,
  FUTURE_MINUTES,
  openFromAfter,
} from '../../../lib/core/kpi/complete-minutes.ts';
import { type CarriedOver, carryOver, contextBuckets, putTogether } from '../../../lib/core/kpi/folded-input.ts';
import { metricSum } from '../../../lib/core/kpi/metric-rollup.ts';
import { OpenMinutes } from '../../../lib/core/kpi/open-minutes.ts';
import { chunkKey, type RollupChunk } from '../../../lib/core/kpi/rollup-chunk.ts';
import type { Batch } from '../../../lib/core/model/batch.ts';
import { eventTimeMs, type FleetEvent, type PointEvent } from '../../../lib/core/model/event.ts';
import { MINUTE_MS, type Minute, minuteOf } from '../../../lib/core/model/time.ts';
import { GIVE_UP_MINUTES } from '../../../lib/core/trace/assemble-runs.ts';
import { BASE_MINUTE } from '../../fixtures/arbitrary-batch.ts';
import { batchesOf, spansOf, type TraceShape, traceShape } from '../../fixtures/arbitrary-trace.ts';
import { closedIn, withLateAdded } from '../../fixtures/rollup-chunks.ts';

const MINUTES = 8;
const END = BASE_MINUTE + MINUTES + GIVE_UP_MINUTES + 4;
const nothing: CarriedOver = { spans: [], points: [] };

interface Arrival {
  batch: Batch;
  /** The minute of receipt. */
  at: Minute;
}

/**
 * Plays the minute job as it reads: the buckets that are open, late batches by their marks, what was carried over. A
 * run that crashes has saved some of its chunks, perhaps what it carries over, and no progress.
 */
function play(arrivals: readonly Arrival[], crashes: ReadonlyMap<Minute, number>): RollupChunk[] {
  const store = new Map<string, RollupChunk>();
  let carried = nothing;
  let done = BASE_MINUTE - 1;
  const marks = new Set(
    arrivals
      .filter(({ batch, at }) => batch.bucket < at - 1 || batch.bucket >= at + FUTURE_MINUTES)
      .map(({ batch }) => batch.id),
  );
  for (let through = BASE_MINUTE; through <= END; through++) {
    const openFrom = openFromAfter(done);
    const there = arrivals
      .filter(({ at }) => at <= through)
      .map(({ batch, at }) => ({ ...batch, receivedAtMs: at * MINUTE_MS + (batch.receivedAtMs % 1_000) }));
    const batches = there.filter(({ id, bucket }) => bucket >= openFrom || marks.has(id));
    const read = new Set(batches.map(({ bucket }) => bucket).filter((bucket) => bucket >= openFrom));
    for (const { id, bucket } of there) if (marks.has(id)) read.add(bucket);
    const all = there.filter(({ bucket }) => bucket >= openFrom || read.has(bucket));
    const context = contextBuckets(all, { openFrom, from: done + 1 }, read);
    const together = putTogether(
      structuredClone(carried),
      all,
      openFrom,
      there.filter(({ bucket }) => context.has(bucket) && !read.has(bucket)),
    );
    const window = { openFrom, through };
    const closed = closedIn(store, closedMinutes(together, window));
    const { open, late } = completeMinutes(together, window, closed, new OpenMinutes(1));
    const next = carryOver(carried, together, { openFrom, nextOpenFrom: openFromAfter(through) });
    const crash = through < END ? crashes.get(through) : undefined;
    const toSave = [...open, ...late];
    const saved = crash === undefined ? toSave : toSave.slice(0, Math.ceil((toSave.length * crash) / 2));
    for (const chunk of saved) store.set(chunkKey(chunk), structuredClone(chunk));
    if (crash === undefined || crash >= 2) carried = next;
    if (crash !== undefined) continue;
    done = through;
    for (const { id, bucket } of all) if (bucket <= through + FUTURE_MINUTES) marks.delete(id);
  }
  return withLateAdded(store.values());
}

/** All batches put together at once. */
function reference(batches: readonly Batch[]): RollupChunk[] {
  const together = putTogether(nothing, batches, BASE_MINUTE - 10);
  return completeMinutes(together, { openFrom: BASE_MINUTE - 10, through: END }, new Map(), new OpenMinutes(1)).open;
}

const byKey = ([a]: [unknown, unknown], [b]: [unknown, unknown]) => (String(a) < String(b) ? -1 : 1);

/** What was counted, without empty rollups and without who brought it. */
function figures(chunks: readonly RollupChunk[]) {
  return chunks
    .map((chunk) => ({
      minute: chunk.minute - BASE_MINUTE,
      tasks: [...chunk.tasks]
        .sort(byKey)
        .map(([key, { counters, response }]) => ({ key, counters, response: [...response.bins].sort(byKey) }))
        .filter(({ counters }) => Object.values(counters).some((count) => count !== 0)),
      parts: [...chunk.parts].sort(byKey).map(([key, { counters }]) => ({ key, counters })),
      stored: [...chunk.storedByAccount.values()].reduce((sum, n) => sum + n, 0),
      duplicate: [...chunk.duplicateByAccount.values()].reduce((sum, n) => sum + n, 0),
    }))
    .filter(({ tasks, parts, stored, duplicate }) => tasks.length + parts.length + stored + duplicate > 0)
    .sort((a, b) => a.minute - b.minute);
}

/** Of all tasks together. */
function inputTokens(chunks: readonly RollupChunk[]): number {
  const tasks = chunks.flatMap((chunk) => [...chunk.tasks.values()]);
  return tasks.reduce((total, { counters }) => total + counters.inputTokens, 0);
}

/** Deals events into batches, some of them twice. */
function deal(events: readonly FleetEvent[], seeds: readonly number[], piles: number): Batch[] {
  const groups: FleetEvent[][] = Array.from({ length: piles }, () => []);
  events.forEach((event, i) => {
    const seed = seeds[i % seeds.length] ?? 0;
    groups[seed % piles]?.push(event);
    if (seed % 5 === 0) groups[(seed + 1) % piles]?.push(event);
  });
  return batchesOf(groups);
}

const seeds = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 40 });
const crashes = fc.array(fc.tuple(fc.integer({ min: BASE_MINUTE, max: BASE_MINUTE + 15 }), fc.nat(2)), {
  maxLength: 6,
});

function tracesOf(shapes: readonly TraceShape[]): FleetEvent[] {
  return shapes.flatMap((shape, trace) => spansOf(shape, trace));
}

describe('tasks from spans', () => {
  test('are the same in whatever batches and order the spans come on time, however often runs stop on the way', () => {
    fc.assert(
      fc.property(
        fc.array(traceShape(MINUTES), { minLength: 1, maxLength: 4 }),
        seeds,
        fc.integer({ min: 1, max: 6 }),
        crashes,
        (shapes, order, piles, stops) => {
          // Exporters send what ended within seconds.
          const minutes = Map.groupBy(tracesOf(shapes), (event) => minuteOf(eventTimeMs(event) ?? 0));
          const dealt = [...minutes.values()].flatMap((events) => deal(events, order, piles));
          const batches = dealt.map((batch, i) => ({ ...batch, id: `batch-${i}` }));
          const arrivals = batches.map((batch, i) => ({ batch, at: batch.bucket + ((order[i] ?? 0) % 2) }));
          expect(figures(play(arrivals, new Map(stops)))).toEqual(figures(reference(batches)));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('count once and whole when some of their spans come up to five minutes late', () => {
    fc.assert(
      fc.property(
        fc.array(traceShape(MINUTES, fc.constant(true)), { minLength: 1, maxLength: 4 }),
        seeds,
        fc.integer({ min: 1, max: 6 }),
        crashes,
        (shapes, order, piles, stops) => {
          const batches = deal(tracesOf(shapes), order, piles);
          const arrivals = batches.map((batch, i) => ({ batch, at: batch.bucket + ((order[i] ?? 0) % 6) }));
          const count = (chunks: readonly RollupChunk[]) =>
            figures(chunks).map(({ minute, tasks }) => ({
              minute,
              tasks: tasks.map(({ key, counters }) => ({ key, ...counters })),
            }));
          expect(count(play(arrivals, new Map(stops)))).toEqual(count(reference(batches)));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('count a call once that is only known by its second copy when its run is sent again', () => {
    const call = { role: 'model', agent: 'svc', fails: false, tokens: 5, entry: false } as const;
    const outermost = { rooted: true, root: 'agent' } as const;
    const [run, part] = spansOf(
      { ...outermost, startUs: 0, durationUs: 61_000_000, spans: [{ ...call, parent: 0, from: 0, to: 500 }] },
      1,
    );
    const [ofMinute4] = spansOf({ ...outermost, startUs: 240_000_000, durationUs: 1_000_000, spans: [] }, 2);
    const [ofMinute5] = spansOf({ ...outermost, startUs: 300_000_000, durationUs: 1_000_000, spans: [] }, 3);
    const batches = batchesOf([
      [run!, ofMinute4!],
      // Its first copy lies in a bucket before the run's.
      [part!],
      [part!, ofMinute5!],
      [run!, ofMinute4!],
    ]);
    const arrivals = batches.map((batch, i) => ({ batch, at: BASE_MINUTE + [4, 5, 5, 8][i]! }));
    expect(inputTokens(play(arrivals, new Map()))).toBe(5);
  });

  test('keep every token, and every span has its place in the ledger', () => {
    fc.assert(
      fc.property(
        fc.array(traceShape(MINUTES), { minLength: 1, maxLength: 4 }),
        seeds,
        fc.integer({ min: 1, max: 5 }),
        (shapes, order, piles) => {
          const events = tracesOf(shapes);
          const batches = deal(events, order, piles);
          const arrivals = batches.map((batch, i) => ({ batch, at: batch.bucket + ((order[i] ?? 0) % 2) }));
          const chunks = play(arrivals, new Map());
          const sum = (of: (chunk: RollupChunk) => number) => chunks.reduce((total, chunk) => total + of(chunk), 0);
          const sent = events.reduce(
            (total, event) => total + (event.type === 'span' ? (event.tokens?.input ?? 0) : 0),
            0,
          );
          expect(inputTokens(chunks)).toBe(sent);
          const received = batches.reduce((total, { received }) => total + received, 0);
          const stored = sum(({ storedByAccount }) => [...storedByAccount.values()].reduce((a, b) => a + b, 0));
          const duplicate = sum(({ duplicateByAccount }) =>
            [...duplicateByAccount.values()].reduce((a, b) => a + b, 0),
          );
          expect(stored).toBe(events.length);
          expect(stored + duplicate).toBe(received);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('running totals', () => {
  const total = (startMinute: number, atMinute: number, value: number): PointEvent => ({
    type: 'point',
    agent: 'svc',
    name: 'orders',
    series: 's',
    temporality: 'cumulative',
    monotonic: true,
    startMs: (BASE_MINUTE + startMinute) * MINUTE_MS,
    atMs: (BASE_MINUTE + atMinute) * MINUTE_MS,
    value,
  });

  const sums = (chunks: readonly RollupChunk[]) =>
    chunks
      .flatMap(({ minute, metrics }) =>
        [...metrics.values()].map((rollup) => [minute - BASE_MINUTE, metricSum(rollup)]),
      )
      .filter(([, sum]) => sum !== 0)
      .sort(([a = 0], [b = 0]) => a - b);

  test('are counted by their growth in whatever batches and order the points come, however often runs stop', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ grows: fc.integer({ min: 0, max: 9 }), resets: fc.boolean() }), {
          minLength: 1,
          maxLength: 8,
        }),
        seeds,
        crashes,
        (steps, order, stops) => {
          let value = 0;
          let start = 0;
          const expected: [number, number][] = [];
          const points = steps.map(({ grows, resets }, i) => {
            const at = i + 0.5;
            if (resets && i > 0) {
              value = 0;
              start = i;
            }
            value += grows;
            if (grows > 0) expected.push([i, grows]);
            return total(start, at, value);
          });
          // Exporters send the points of a minute together; a repeated request holds the same ones.
          const groups: FleetEvent[][] = points.flatMap(() => [[], []]);
          points.forEach((point, i) => {
            const seed = order[i % order.length] ?? 0;
            groups[2 * i + (seed % 2)]?.push(point);
            if (seed % 5 === 0) groups[2 * i + ((seed + 1) % 2)]?.push(point);
          });
          const onTime = batchesOf(groups).map((batch, i) => ({
            batch,
            at: batch.bucket + ((order[i] ?? 0) % 3 > 0 ? 0 : 1),
          }));
          const played = sums(play(onTime, new Map(stops)));
          expect(played).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('that were never seen before count whole where they began lately, and not at all where they run since boot', () => {
    const old = { ...total(-3_000, 1, 500), series: 'old' };
    const boot = { ...total(-1, 1, 500), series: 'boot', name: 'process.uptime' };
    const batches = batchesOf([[total(0, 1, 7), old, boot]]);
    expect(sums(play([{ batch: batches[0]!, at: BASE_MINUTE + 1 }], new Map()))).toEqual([[1, 7]]);
  });
});

test('an open chunk that got a new part has another digest', () => {
  const shape: TraceShape = { startUs: 0, durationUs: 60_000_000, rooted: true, root: 'agent', spans: [] };
  const call = {
    role: 'model',
    parent: 0,
    from: 0,
    to: 500,
    agent: 'a',
    fails: false,
    tokens: 5,
    entry: false,
  } as const;
  const [run, part] = spansOf({ ...shape, spans: [call] }, 1);
  const alone = reference(batchesOf([[run!]]));
  const both = reference(batchesOf([[run!], [part!]]));
  const digest = (chunks: readonly RollupChunk[]) => chunks.find(({ minute }) => minute === BASE_MINUTE + 1);
  expect(chunkDigest(digest(both)!)).not.toBe(chunkDigest(digest(alone)!));
});
