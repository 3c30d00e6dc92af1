import { beforeEach, describe, expect, test } from 'vitest';
import { RateLimiter } from '../../lib/app/limit-rate.ts';
import type { Principal } from '../../lib/core/model/principal.ts';
import type { TokenBuckets } from '../../lib/ports/token-buckets.ts';
import { storesInMemory } from '../fixtures/dynamodb-tables.ts';

const SECOND_US = 1_000_000;
const sender: Principal = { kind: 'key', id: 'key_1', name: 'k', system: 's', scopes: ['ingest'] };
const limit = { eventsPerSecond: 10, burst: 100 };

let buckets: TokenBuckets;
let writes: number;
let nowUs: number;
let unknown: unknown[];
beforeEach(async () => {
  const stored = storesInMemory(() => 0).buckets;
  [writes, nowUs, unknown] = [0, 1_700_000_000 * SECOND_US, []];
  buckets = {
    take: (...asked) => {
      writes += 1;
      return stored.take(...asked);
    },
    charge: (...asked) => {
      writes += 1;
      return stored.charge(...asked);
    },
  };
});

/** A function instance. */
function instance(of: TokenBuckets = buckets): RateLimiter {
  return new RateLimiter({ buckets: of, limit, realUs: () => nowUs, whenUnknown: (error) => unknown.push(error) });
}

/** How many of so many requests with so many events each are admitted. */
async function admitted(limiters: readonly RateLimiter[], requests: number, events: number, by = sender) {
  let count = 0;
  for (let i = 0; i < requests; i++) {
    const limiter = limiters[i % limiters.length]!;
    if ((await limiter.admit(by)).status !== 'admitted') continue;
    count += 1;
    await limiter.charge(by, events);
  }
  return count;
}

describe('a sender', () => {
  test('gets the burst and then the rate, whichever instances answer', async () => {
    const instances = [instance(), instance(), instance()];
    expect(await admitted(instances, 300, 1)).toBe(100);
    nowUs += 5 * SECOND_US;
    // 50 tokens have come back; of the last portion of 10 that is taken, what is above them is debt.
    const after = await admitted(instances, 300, 1);
    expect(after).toBeGreaterThanOrEqual(50);
    expect(after).toBeLessThanOrEqual(60);
  });

  test('pays for the events of what was let in, before anything else of it is', async () => {
    expect(await admitted([instance()], 1, 1_000)).toBe(1);
    expect(await instance().admit(sender)).toEqual({ status: 'refused', limit, retryAfterSeconds: 5 });
    nowUs += 90 * SECOND_US;
    expect(await instance().admit(sender)).toMatchObject({ status: 'refused' });
    nowUs += 2 * SECOND_US;
    expect(await instance().admit(sender)).toEqual({ status: 'admitted' });
  });

  test('has a limit of its own where its key says so, and a bucket of its own in any case', async () => {
    const generous = { ...sender, id: 'key_2', limit: { eventsPerSecond: 10, burst: 500 } };
    const one = instance();
    await admitted([one], 200, 1);
    expect((await one.admit(sender)).status).toBe('refused');
    expect(await admitted([one], 600, 1, generous)).toBe(500);
  });
});

test('the shared bucket is asked once a portion, and not again while it is known to be empty', async () => {
  const one = instance();
  expect(await admitted([one], 100, 1)).toBe(100);
  expect(writes).toBe(10);
  await admitted([one], 50, 1);
  expect(writes).toBe(11);
});

test('everyone is admitted while the buckets cannot be reached, and it is reported', async () => {
  const broken: TokenBuckets = {
    take: () => Promise.reject(new Error('busy')),
    charge: () => Promise.reject(new Error('busy')),
  };
  expect(await admitted([instance(broken)], 3, 5)).toBe(3);
  expect(unknown).toHaveLength(6);
});
