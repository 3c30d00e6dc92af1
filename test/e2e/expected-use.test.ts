import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvent } from '../../lib/api/event-schema.ts';
import { agentFigures } from '../../lib/core/kpi/agent-figures.ts';
import type { AgentFigures } from '../../lib/core/kpi/agent-table.ts';
import { chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import { enterBatch, type Roster } from '../../lib/core/model/roster.ts';
import type { Minute } from '../../lib/core/model/time.ts';
import type { IngestEvent } from '../../lib/sim/ingest-event.ts';
import { type ExpectedUse, expectedQueue, expectedUse, expectedUtilization } from './expected-use.ts';

const MINUTE = 60_000;
const FIRST = 29_000_000;
const FROM = FIRST * MINUTE;

const at = (minute: number) => FROM + minute * MINUTE;
const described = (more: object): IngestEvent => ({ type: 'agent', agent: 'a', pool: 'p', ...more });
const beat = (minute: number, more: object = {}): IngestEvent => ({
  type: 'heartbeat',
  agent: 'a',
  at: at(minute),
  ...more,
});
const sample = (minute: number, more: object = {}): IngestEvent => ({
  type: 'sample',
  agent: 'a',
  at: at(minute),
  ...more,
});
const run = (from: number, to: number, more: object = {}): IngestEvent => ({
  type: 'task',
  agent: 'a',
  task: 't',
  status: 'completed',
  startedAt: at(from),
  endedAt: at(to),
  ...more,
});

const useOf = (minutes: number, ...events: IngestEvent[]) => expectedUse(events, FROM, at(minutes));

/** In how many of the first thirty minutes an agent is there. */
const thereMinutes = (...events: IngestEvent[]) => useOf(30, ...events).there;

describe('an agent is there', () => {
  test.each([
    { name: 'from the minute of its first heartbeat to the end', events: [beat(20.5)], minutes: 10 },
    {
      name: 'until it stops, in that minute too: minutes 2 to 8',
      events: [beat(2), beat(8.5, { state: 'stopped' })],
      minutes: 7,
    },
    {
      name: 'again when it starts anew: minutes 0 and 1, and 20 to 29',
      events: [beat(0), beat(1, { state: 'stopped' }), beat(20)],
      minutes: 12,
    },
    {
      name: 'while it drains, until its next heartbeat does not come: minutes 0 to 3, of 3 min after 0.5 it is minute 3.5',
      events: [beat(0.5, { state: 'draining', intervalMs: 3 * MINUTE })],
      minutes: 3,
    },
    {
      name: 'for 15 minutes from when it was heard of, where it never sent a heartbeat',
      events: [sample(3)],
      minutes: 15,
    },
    {
      name: 'for 15 minutes after its run ended, and from when that began: 2 to 20',
      events: [run(2.5, 6.5)],
      minutes: 19,
    },
    { name: 'never, where all it did was to reject a task', events: [run(2, 2, { status: 'rejected' })], minutes: 0 },
    { name: 'never, where it only said what it is', events: [described({ capacity: 2 })], minutes: 0 },
  ])('$name', ({ events, minutes }) => expect(thereMinutes(...events)).toBe(minutes));

  test('until nothing at all was heard of it for a day', () => {
    const day = 24 * 60;
    // Until minute 1 444, whose end is a day after the sample.
    const events = [beat(0), sample(5)];
    expect(expectedUse(events, at(day), at(day + 30)).there).toBe(5);
  });
});

describe('its cost', () => {
  test('is that of the minutes in which it is there: 10 of 6 USD an hour are 1 USD', () => {
    expect(useOf(30, described({ costPerHourUsd: 6 }), beat(20)).costUsd).toBeCloseTo(1, 12);
  });
});

describe('its utilization', () => {
  test('is that of the newest samples for 5 minutes, and unknown after: ½ of 4 slots in minutes 1 to 5', () => {
    const use = useOf(10, beat(0), sample(1, { active: 1, capacity: 4 }), sample(1.5, { active: 3, capacity: 4 }));
    // In minute 0 it has not said what it can take yet; afterwards that is known, but not how much of it is at work.
    expect(use).toMatchObject({ there: 10, capacityKnown: 9, busyMs: 5 * 2 * MINUTE, offeredMs: 5 * 4 * MINUTE });
  });

  test('weighs each minute with its capacity: ¼ of 8 in minute 0, all of 2 in minutes 1 to 5: 12 of 18', () => {
    const use = useOf(6, sample(0, { active: 2, capacity: 8 }), sample(1, { active: 2, capacity: 2 }));
    expect(expectedUtilization([use])).toBeCloseTo(12 / 18, 12);
  });

  test('takes what was declared for its capacity, and the share at work from samples: ½ of 6', () => {
    const use = useOf(5, described({ capacity: 6 }), sample(0, { active: 1, capacity: 2 }));
    expect(use).toMatchObject({ busyMs: 5 * 3 * MINUTE, offeredMs: 5 * 6 * MINUTE });
  });

  test('is not taken from run time once it told by samples, and is before', () => {
    const events = [described({ capacity: 1 }), beat(0), run(0, 20), sample(2, { active: 0, capacity: 1 })];
    // At work in minutes 0 and 1; idle, as it says, in 2 to 6; unknown in 7 to 19.
    expect(useOf(20, ...events)).toMatchObject({ busyMs: 2 * MINUTE, offeredMs: 7 * MINUTE });
  });

  test('is run time without such samples: 90 s of one of 2 slots for 4 minutes', () => {
    const events = [described({ capacity: 2 }), beat(0), run(0.5, 2), sample(1, { queued: 3, capacity: 2 })];
    expect(expectedUtilization([useOf(4, ...events)])).toBe(1.5 / 8);
  });

  test('is known where capacity is, of 19 in 20 minutes', () => {
    const known = useOf(19, described({ capacity: 1 }), beat(0));
    const unknown = useOf(1, beat(0));
    expect(expectedUtilization([known, unknown])).toBe(0);
    expect(expectedUtilization([known, unknown, unknown])).toBeNull();
    expect(expectedUtilization([])).toBeNull();
  });
});

describe('its queue', () => {
  test('is that of the newest samples for 5 minutes: 4 in minutes 0 and 1, 1 in 2 to 6', () => {
    const use = useOf(10, beat(0), sample(0, { queued: 3 }), sample(0.9, { queued: 5 }), sample(2, { queued: 1 }));
    expect(use.queued).toBe(13);
    expect(expectedQueue([use])).toBe(13 / 7);
  });

  test('is averaged from the first minute with any to the last: 5 of 2 and, 10 minutes later, 5 of 4', () => {
    const early = useOf(30, sample(0, { queued: 2 }));
    const late = useOf(30, sample(10, { queued: 4 }));
    expect(expectedQueue([early, late])).toBe(30 / 15);
    expect(expectedQueue([useOf(30, beat(0))])).toBeNull();
  });
});

const MINUTES = 40;
const moment = fc.integer({ min: 0, max: MINUTES * MINUTE - 1 }).map((ms) => FROM + ms);
const slots = fc.integer({ min: 0, max: 4 });
const anyBeat = fc.record(
  {
    type: fc.constant('heartbeat' as const),
    agent: fc.constant('a'),
    at: moment,
    state: fc.constantFrom('ready', 'busy', 'draining', 'paused', 'stopped'),
    intervalMs: fc.constantFrom(15_000, MINUTE, 4 * MINUTE),
  },
  { requiredKeys: ['type', 'agent', 'at'] },
);
const anySample = fc.record(
  {
    type: fc.constant('sample' as const),
    agent: fc.constant('a'),
    at: moment,
    active: slots,
    capacity: slots,
    queued: slots,
  },
  { requiredKeys: ['type', 'agent', 'at'] },
);
const anyRun = fc
  .record({
    endedAt: moment,
    durationMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8 * MINUTE })),
    status: fc.constantFrom('completed', 'failed', 'cancelled', 'rejected'),
  })
  .map((of): IngestEvent => ({ type: 'task', agent: 'a', task: 't', ...of }) as IngestEvent);
const anyDescription = fc
  .record({ capacity: slots, costPerHourUsd: fc.integer({ min: 0, max: 9 }) }, { requiredKeys: [] })
  .map(described);
/** At different moments, so that there is one newest heartbeat. */
const anyBeats = fc.uniqueArray(anyBeat, { maxLength: 5, selector: (event) => event.at });
const anyEvents = fc
  .tuple(fc.option(anyDescription), anyBeats, fc.array(anySample, { maxLength: 6 }), fc.array(anyRun, { maxLength: 4 }))
  .map(([description, ...rest]): IngestEvent[] => [...(description ? [description] : []), ...rest.flat()]);

/** What the product counts, from the minutes since the first event. */
function counted(events: readonly IngestEvent[], from: Minute, to: Minute): AgentFigures['figures'] | undefined {
  const chunks = new Map<Minute, RollupChunk>();
  const roster: Roster = new Map();
  const receipt = {
    receivedAtMs: FROM,
    requestId: 'r',
    sender: 'key_1',
    received: events.length,
    ignored: {},
    rejected: {},
  };
  const about = { system: 'default', id: 'b', contentHash: 'h', bucket: FIRST };
  const batch = { ...about, ...receipt, events: events.map((event) => readEvent(event)) };
  enterBatch(roster, batch);
  foldBatch(batch, (minute) => {
    const chunk = chunks.get(minute) ?? emptyRollupChunk(minute, 0, 1);
    chunks.set(minute, chunk);
    return chunk;
  });
  const before = [...chunks.values()].filter(({ minute }) => minute < to).map(chunkColumns);
  return agentFigures({ from, to, chunks: before, entries: roster }).get('a')?.figures;
}

function countedUse(events: readonly IngestEvent[], from: Minute, to: Minute) {
  const figures = counted(events, from, to);
  const use = figures?.use;
  return {
    there: use?.thereMinutes ?? 0,
    capacityKnown: use?.capacityMinutes ?? 0,
    busyMs: (use?.busySlotUs ?? 0) / 1_000,
    offeredMs: (use?.capacitySlotUs ?? 0) / 1_000,
    costUsd: (use?.rateNanoUsd ?? 0) / 1e9,
    queued: (use?.queuedMilliMinutes ?? 0) / 1_000,
    queueSpan: figures?.queueSpan ?? null,
  };
}

function spanOf({ queueMinutes }: ExpectedUse) {
  if (queueMinutes.length === 0) return null;
  return { from: Math.min(...queueMinutes) / MINUTE, to: Math.max(...queueMinutes) / MINUTE + 1 };
}

test('the product counts the same of whatever an agent sends, over whatever window', () => {
  const window = fc.uniqueArray(fc.integer({ min: 0, max: MINUTES + 20 }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(anyEvents, window, (events, [one, other]) => {
      const [from, to] = [Math.min(one as number, other as number), Math.max(one as number, other as number)];
      const { queueMinutes: _, ...expected } = expectedUse(events, at(from), at(to));
      const actual = countedUse(events, FIRST + from, FIRST + to);
      expect(actual).toMatchObject({ there: expected.there, capacityKnown: expected.capacityKnown });
      expect(actual.queueSpan).toEqual(spanOf(expectedUse(events, at(from), at(to))));
      // The product rounds shares to parts per million, slots and waiting tasks to thousandths, each minute.
      const slack = { busyMs: 5 * MINUTES, offeredMs: 60 * MINUTES, costUsd: 1e-6, queued: 1e-3 * MINUTES };
      for (const name of ['busyMs', 'offeredMs', 'costUsd', 'queued'] as const) {
        expect(Math.abs(actual[name] - expected[name]), name).toBeLessThanOrEqual(slack[name]);
      }
    }),
    { numRuns: 2_000 },
  );
});
