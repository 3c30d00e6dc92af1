import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chunkDigest,
  chunksFor,
  closedMinutes,
  completeMinutes,
  OPEN_MINUTES,
} from '../../../lib/core/kpi/complete-minutes.ts';
import { plainInput } from '../../../lib/core/kpi/folded-input.ts';
import { foldBatch } from '../../../lib/core/kpi/folding.ts';
import { OpenMinutes } from '../../../lib/core/kpi/open-minutes.ts';
import { chunkKey, emptyRollupChunk, type RollupChunk } from '../../../lib/core/kpi/rollup-chunk.ts';
import type { Batch } from '../../../lib/core/model/batch.ts';
import { batchMark } from '../../../lib/core/model/batch-mark.ts';
import type { Minute } from '../../../lib/core/model/time.ts';
import { arbitraryBatches, BASE_MINUTE } from '../../fixtures/arbitrary-batch.ts';
import { closedIn, withLateAdded } from '../../fixtures/rollup-chunks.ts';

const MINUTES = 8;
const LAST = BASE_MINUTE + MINUTES - 1;

/** Everything a chunk holds, in an order that does not depend on how it came to be. */
function contentOf(chunks: Iterable<RollupChunk>) {
  const byKey = ([a]: [unknown, unknown], [b]: [unknown, unknown]) => (String(a) < String(b) ? -1 : 1);
  return [...chunks]
    .filter((chunk) => chunk.batches.size > 0)
    .sort((a, b) => a.minute - b.minute || a.index - b.index)
    .map((chunk) => ({
      minute: chunk.minute,
      batches: [...chunk.batches].sort(),
      stored: [...chunk.storedByAccount].sort(byKey),
      tasks: [...chunk.tasks]
        .sort(byKey)
        .map(([key, rollup]) => [
          key,
          rollup.counters,
          [...rollup.response.bins].sort(byKey),
          [...rollup.service.bins].sort(byKey),
        ]),
      presence: [...chunk.presence].sort(byKey),
    }));
}

function foldAll(batches: readonly Batch[]): RollupChunk[] {
  const chunks = new Map<Minute, RollupChunk>();
  for (const batch of batches) {
    foldBatch(batch, (minute) => {
      if (minute > LAST) return null;
      const chunk = chunks.get(minute) ?? emptyRollupChunk(minute, 0, 1);
      chunks.set(minute, chunk);
      return chunk;
    });
  }
  return [...chunks.values()];
}

/**
 * Plays the minute job: at each run it reads the batches that have arrived by then and that it would find (those of
 * open buckets, and late ones by their mark), and its chunks are kept in a store between the runs.
 */
function playRuns(
  arrivals: readonly { batch: Batch; arrivesAfter: Minute }[],
  crashes: ReadonlySet<Minute>,
): RollupChunk[] {
  const store = new Map<string, RollupChunk>();
  let done = BASE_MINUTE - 1;
  const lastRun = Math.max(LAST + OPEN_MINUTES, ...arrivals.map((it) => it.arrivesAfter)) + 1;
  for (let through = BASE_MINUTE; through <= lastRun; through++) {
    const window = { openFrom: done + 1 - (OPEN_MINUTES - 1), through };
    const arrived = arrivals.filter((it) => it.arrivesAfter < through).map((it) => it.batch);
    const closed = closedIn(store, closedMinutes(plainInput(arrived), window));
    const { open, late } = completeMinutes(plainInput(arrived), window, closed, new OpenMinutes(1));
    const toSave = [...open, ...late];
    // The last run of the story always comes to its end: nothing repairs after it.
    const isCrash = crashes.has(through) && through < lastRun;
    for (const chunk of isCrash ? toSave.slice(0, toSave.length >> 1) : toSave) {
      store.set(chunkKey(chunk), structuredClone(chunk));
    }
    if (!isCrash) done = through;
  }
  return withLateAdded(store.values()).filter((chunk) => chunk.minute <= LAST);
}

describe('completing minutes', () => {
  test('gives the same rollups whenever batches arrive, however often they are read, and wherever a run stops', () => {
    fc.assert(
      fc.property(
        arbitraryBatches(MINUTES),
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 12, maxLength: 12 }),
        fc.uniqueArray(fc.integer({ min: BASE_MINUTE, max: LAST + 6 })),
        (batches, delays, crashes) => {
          const arrivals = batches.map((batch, i) => ({ batch, arrivesAfter: batch.bucket + (delays[i] ?? 0) }));
          expect(contentOf(playRuns(arrivals, new Set(crashes)))).toEqual(contentOf(foldAll(batches)));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('counts a batch once, whether it is folded once, twice or in another order', () => {
    fc.assert(
      fc.property(arbitraryBatches(MINUTES), (batches) => {
        const again = [...batches, ...[...batches].reverse()];
        expect(contentOf(foldAll(again))).toEqual(contentOf(foldAll(batches)));
      }),
    );
  });

  test('stores every event exactly once, under the minute its batch was received in', () => {
    fc.assert(
      fc.property(arbitraryBatches(MINUTES), (batches) => {
        const stored = foldAll(batches).flatMap((chunk) => [...chunk.storedByAccount.values()]);
        const events = batches.reduce((sum, batch) => sum + batch.events.length, 0);
        expect(stored.reduce((sum, count) => sum + count, 0)).toBe(events);
      }),
    );
  });

  test('spreads the run time of a task over the minutes it ran in', () => {
    const task = {
      type: 'task' as const,
      agent: 'a',
      task: 't',
      taskType: 'default',
      status: 'completed' as const,
      endedAtMs: (BASE_MINUTE + 3) * 60_000 + 15_000,
      serviceUs: 150_000_000,
      responseUs: 150_000_000,
      attempt: 1,
      priority: 'normal' as const,
    };
    const batch = {
      system: 's',
      id: 'b',
      contentHash: 'h',
      bucket: BASE_MINUTE + 3,
      receivedAtMs: 0,
      requestId: 'r',
      received: 1,
      sender: 'key_1',
      ignored: {},
      rejected: {},
      events: [task],
    };
    const busyMs = foldAll([batch])
      .sort((a, b) => a.minute - b.minute)
      .map((chunk) => [chunk.minute - BASE_MINUTE, ([...chunk.tasks.values()][0]?.counters.busyUs ?? 0) / 1_000]);
    expect(busyMs).toEqual([
      [0, 15_000],
      [1, 60_000],
      [2, 60_000],
      [3, 15_000],
    ]);
  });

  test('recognises a chunk that was computed from other batches by its digest', () => {
    fc.assert(
      fc.property(arbitraryBatches(1, 6), (batches) => {
        const whole = foldAll(batches)[0];
        const rest = foldAll(batches.slice(1))[0] ?? emptyRollupChunk(BASE_MINUTE, 0, 1);
        if (whole?.batches.has(batchMark('batch-0'))) expect(chunkDigest(whole)).not.toBe(chunkDigest(rest));
        expect(chunkDigest(foldAll([...batches].reverse())[0] ?? rest)).toBe(chunkDigest(whole ?? rest));
      }),
    );
  });

  test.each([
    { agents: 0, before: 1, chunks: 1 },
    { agents: 2_000, before: 1, chunks: 1 },
    { agents: 2_001, before: 1, chunks: 2 },
    { agents: 10_000, before: 1, chunks: 8 },
    { agents: 3, before: 8, chunks: 8 },
  ])('splits a minute of $agents agents into $chunks chunks where it had $before', ({ agents, before, chunks }) => {
    expect(chunksFor(agents, before)).toBe(chunks);
  });
});
