import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { portionOf, refillUs, retryAfterSeconds, take, waitUs } from '../../../lib/core/model/rate-limit.ts';

const limit = { eventsPerSecond: 10, burst: 20 };

describe('a token bucket', () => {
  test.each([
    { name: 'is full before anyone took from it', fullAt: 0, now: 1_000_000, tokens: 5, expected: 1_500_000 },
    { name: 'gives its last token', fullAt: 2_900_000, now: 1_000_000, tokens: 1, expected: 3_000_000 },
    { name: 'gives none a microsecond before the next', fullAt: 2_900_001, now: 1_000_000, tokens: 1, expected: null },
    { name: 'may fall into debt by one batch', fullAt: 2_900_000, now: 1_000_000, tokens: 50, expected: 7_900_000 },
  ])('$name', ({ fullAt, now, tokens, expected }) => {
    expect(take(fullAt, now, tokens, limit)).toBe(expected);
  });

  test('gives a token to whoever waited as long as was said, and not earlier', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000_000 }), fc.integer({ min: 0, max: 20_000_000 }), (fullAt, now) => {
        const wait = waitUs(fullAt, now, limit);
        expect(take(fullAt, now + wait, 1, limit)).not.toBeNull();
        if (wait > 0) expect(take(fullAt, now + wait - 1, 1, limit)).toBeNull();
      }),
    );
  });

  test('lets through, over any time, at most the burst, the rate and the one batch that may fall into debt', () => {
    const request = fc.record({
      pauseUs: fc.integer({ min: 0, max: 400_000 }),
      tokens: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        let [nowUs, fullAtUs, passed, largest] = [0, 0, 0, 0];
        for (const { pauseUs, tokens } of requests) {
          nowUs += pauseUs;
          const then = take(fullAtUs, nowUs, tokens, limit);
          if (then === null) continue;
          fullAtUs = then;
          passed += tokens;
          largest = Math.max(largest, tokens);
        }
        const allowed = limit.burst + (nowUs / 1_000_000) * limit.eventsPerSecond + largest - 1;
        expect(passed).toBeLessThanOrEqual(allowed + 1e-6);
      }),
    );
  });

  test('must refill', () => {
    expect(() => refillUs({ eventsPerSecond: 0, burst: 1 }, 1)).toThrow(RangeError);
  });
});

test.each([
  [0, 1],
  [1_000_001, 2],
  [4_999_999, 5],
  [3_600_000_000, 5],
])('a wait of %i microseconds is Retry-After: %i', (wait, seconds) => {
  expect(retryAfterSeconds(wait)).toBe(seconds);
});

test.each([
  [1, 1],
  [9, 1],
  [20_000, 2_000],
])('of a burst of %i, an instance takes %i at once', (burst, tokens) => {
  expect(portionOf({ eventsPerSecond: 1, burst })).toBe(tokens);
});
