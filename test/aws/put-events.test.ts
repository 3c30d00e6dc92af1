import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesPerCall } from '../../lib/aws/eventbridge/put-events.ts';

const MAX_ENTRIES = 10;
/** 256 KB as AWS counts them, whichever kilobyte is meant. */
const MAX_BYTES = 256_000;

const entry = (detail: string) => ({ Source: 'fleetpulse', DetailType: 'AlertOpened', Detail: detail });
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: calculating the entry size. */
const bytesOf = ({ Source, DetailType, Detail }: ReturnType<typeof entry>) =>
  14 + [Source, DetailType, Detail].reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);

describe('entries are split into calls', () => {
  test.each([
    { name: 'none for none', lengths: [], calls: [] },
    { name: 'ten at a time', lengths: Array<number>(21).fill(1), calls: [10, 10, 1] },
    { name: 'fewer where they are large', lengths: [100_000, 100_000, 100_000, 10], calls: [2, 2] },
    { name: 'one too large by itself alone, to be refused', lengths: [10, 300_000, 10], calls: [1, 1, 1] },
  ])('$name', ({ lengths, calls }) => {
    const entries = lengths.map((length) => entry('x'.repeat(length)));
    expect(entriesPerCall(entries).map((call) => call.length)).toEqual(calls);
  });

  test('in order, none lost, none over the limits, in characters of any length', () => {
    const details = fc.array(
      fc.tuple(fc.constantFrom('x', 'é', '漢', '🙂'), fc.integer({ min: 0, max: 60_000 })).map(([c, n]) => c.repeat(n)),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(details, (texts) => {
        const entries = texts.map(entry);
        const calls = entriesPerCall(entries) as ReturnType<typeof entry>[][];
        expect(calls.flat()).toEqual(entries);
        for (const call of calls) {
          expect(call.length).toBeLessThanOrEqual(MAX_ENTRIES);
          expect(call.reduce((sum, it) => sum + bytesOf(it), 0)).toBeLessThanOrEqual(MAX_BYTES);
        }
      }),
      { numRuns: 50 },
    );
  });
});
