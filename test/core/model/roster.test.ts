import { expect, test } from 'vitest';
import type { Batch } from '../../../lib/core/model/batch.ts';
import { enterBatch, poolOf, type Roster } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS, minuteOf } from '../../../lib/core/model/time.ts';

const NOW = 29_000_000 * MINUTE_MS;

/** A description without a time beside a heartbeat of that time. */
function describing(pool: string, receivedAtMs: number, beatMs: number): Batch {
  return {
    ...{ id: pool, system: 'default', sender: 'key_1', contentHash: pool, requestId: pool, bucket: minuteOf(beatMs) },
    ...{ receivedAtMs, received: 2, ignored: {}, rejected: {} },
    events: [
      { type: 'agent', agent: 'w-1', pool },
      { type: 'heartbeat', agent: 'x', atMs: beatMs, state: 'ready', intervalMs: MINUTE_MS },
    ],
  };
}

test('a description that came with a time to come does not win over one that was received later, in any order', () => {
  const ahead = describing('ahead', NOW, NOW + 14 * MINUTE_MS);
  const later = describing('later', NOW + MINUTE_MS, NOW + MINUTE_MS);
  for (const batches of [
    [ahead, later],
    [later, ahead],
  ]) {
    const roster: Roster = new Map();
    for (const batch of batches) enterBatch(roster, batch);
    expect(poolOf(roster.get('w-1'))).toBe('later');
  }
});
