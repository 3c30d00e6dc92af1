import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentFigures } from '../../../lib/core/kpi/agent-figures.ts';
import type { AgentFigures } from '../../../lib/core/kpi/agent-table.ts';
import { chunkColumns } from '../../../lib/core/kpi/chunk-columns.ts';
import { emptyFigures, type Figures, mergeFigures, useCounters } from '../../../lib/core/kpi/figures.ts';
import { foldBatch } from '../../../lib/core/kpi/folding.ts';
import { presenceCounters } from '../../../lib/core/kpi/presence-rollup.ts';
import { chunkIndex, emptyRollupChunk, type RollupChunk } from '../../../lib/core/kpi/rollup-chunk.ts';
import { fleetFigures, taskTypeFigures } from '../../../lib/core/kpi/scope-figures.ts';
import { taskCounters } from '../../../lib/core/kpi/task-rollup.ts';
import type { Batch } from '../../../lib/core/model/batch.ts';
import { enterBatch, type Roster } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS, type Minute } from '../../../lib/core/model/time.ts';
import { arbitraryBatches, BASE_MINUTE } from '../../fixtures/arbitrary-batch.ts';

const MINUTES = 24;
const END = BASE_MINUTE + MINUTES;

interface Recorded {
  chunks: RollupChunk[];
  roster: Roster;
}

/** Everything that some batches tell, in minutes split into two chunks each. */
function record(batches: readonly Batch[]): Recorded {
  const chunks = new Map<string, RollupChunk>();
  const roster: Roster = new Map();
  for (const batch of batches) {
    enterBatch(roster, batch);
    foldBatch(batch, (minute, agent) => {
      const index = chunkIndex(agent, 2);
      const chunk = chunks.get(`${minute}#${index}`) ?? emptyRollupChunk(minute, index, 2);
      chunks.set(`${minute}#${index}`, chunk);
      return chunk;
    });
  }
  return { chunks: [...chunks.values()], roster };
}

function within({ chunks }: Recorded, from: Minute, to: Minute): RollupChunk[] {
  return chunks.filter(({ minute }) => minute >= from && minute < to);
}

/** The stretch told at once, or cut at some minutes, the signs handed over from each part to the next. */
function toldInParts(recorded: Recorded, cuts: readonly Minute[]): Map<string, AgentFigures> {
  const told = new Map<string, AgentFigures>();
  const bounds = [BASE_MINUTE, ...[...cuts].sort((a, b) => a - b), END];
  for (const [i, from] of bounds.slice(0, -1).entries()) {
    const to = bounds[i + 1] ?? END;
    const signs = new Map([...told].map(([agent, of]) => [agent, of.signs]));
    const handedOver = i === 0 ? {} : { signs };
    const chunks = within(recorded, from, to).map(chunkColumns);
    const part = agentFigures({ from, to, chunks, entries: recorded.roster, ...handedOver });
    for (const [agent, of] of part) {
      const sum = told.get(agent)?.figures ?? emptyFigures();
      mergeFigures(sum, of.figures);
      told.set(agent, { figures: sum, signs: of.signs });
    }
  }
  return told;
}

const cut = fc.integer({ min: BASE_MINUTE, max: END });
const recordings = arbitraryBatches(MINUTES).map(record);
/** Agents that are heard of early and then rarely: what was heard in one part has to hold in the next. */
const sparse = fc
  .array(arbitraryBatches(MINUTES, 1), { minLength: 1, maxLength: 3 })
  .map((lists) => record(lists.flatMap((batches, i) => batches.map((batch) => ({ ...batch, id: `sparse-${i}` })))));

describe('a stretch that is cut and told in parts', () => {
  test.each([
    { name: 'of busy agents', recorded: recordings },
    { name: 'of agents that are rarely heard of', recorded: sparse },
  ])('adds up to the whole, with the same signs by the end: $name', ({ recorded }) => {
    fc.assert(
      fc.property(recorded, fc.array(cut, { minLength: 1, maxLength: 4 }), (told, cuts) => {
        expect(toldInParts(told, cuts)).toEqual(toldInParts(told, []));
      }),
      { numRuns: 300 },
    );
  });
});

describe('figures of parts', () => {
  const sumOf = (parts: Iterable<Figures>) => {
    const sum = emptyFigures();
    for (const figures of parts) mergeFigures(sum, figures);
    return sum;
  };

  test('add up: agents and what was rejected before them to pools, pools to the fleet, over any window', () => {
    fc.assert(
      fc.property(recordings, cut, cut, (recorded, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
        const chunks = within(recorded, BASE_MINUTE, to);
        const { agents, pools, fleet } = fleetFigures({ chunks, from, to, entries: [...recorded.roster.values()] });
        const [ofAgents, ofPools] = [sumOf(agents.values()), sumOf(pools.values())];
        for (const sum of [ofAgents, ofPools]) {
          expect(sum.use).toEqual(fleet.use);
          expect(sum.presence).toEqual(fleet.presence);
          expect(sum.queueSpan).toEqual(fleet.queueSpan);
          expect(sum.tasks).toEqual(fleet.tasks);
        }
        for (const name of useCounters) expect(fleet.use[name]).toBeGreaterThanOrEqual(0);
        for (const name of presenceCounters) expect(fleet.presence.counters[name]).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });

  test('add up from task types to the fleet, tasks and their times, and from two windows to the one of both', () => {
    fc.assert(
      fc.property(recordings, cut, (recorded, middle) => {
        const types = (from: Minute, to: Minute) =>
          sumOf(taskTypeFigures({ chunks: within(recorded, from, to), from, to }).values());
        const entries = [...recorded.roster.values()];
        const whole = fleetFigures({
          ...{ from: BASE_MINUTE, to: END, entries },
          chunks: within(recorded, BASE_MINUTE, END),
        });
        const both = sumOf([types(BASE_MINUTE, middle), types(middle, END)]);
        expect(both.tasks).toEqual(whole.fleet.tasks);
        for (const name of taskCounters) expect(whole.fleet.tasks.counters[name]).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });

  test('an agent that goes quiet in one part is there for fifteen minutes after it, in the next', () => {
    const event = { type: 'sample' as const, agent: 'a-1', atMs: BASE_MINUTE * MINUTE_MS, active: 1, capacity: 2 };
    const batch: Batch = {
      ...{ system: 'default', id: 'b', contentHash: 'h', bucket: BASE_MINUTE, receivedAtMs: 0, requestId: 'r' },
      ...{ received: 1, sender: 'key_1', ignored: {}, rejected: {}, events: [event] },
    };
    const told = toldInParts(record([batch]), [BASE_MINUTE + 1, BASE_MINUTE + 4]);
    // Its sample stands for five minutes, at half of two slots.
    expect(told.get('a-1')?.figures.use).toMatchObject({
      thereMinutes: 15,
      capacitySlotUs: 5 * 2 * 60_000_000,
      busySlotUs: 5 * 60_000_000,
    });
  });
});
