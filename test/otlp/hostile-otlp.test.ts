import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileOtlp, type Spoiling, spoilings } from '../fixtures/hostile-otlp.ts';
import { readHostileOtlp } from '../fixtures/judge-otlp.ts';

const NOW_MS = Date.parse('2026-03-02T10:00:00Z');

describe('OTLP by a grammar, right in most places and spoilt in some', () => {
  test('is taken or refused, and what comes out of it can be stored', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 }), (seed) => {
        readHostileOtlp(hostileOtlp(seed, NOW_MS));
      }),
      { numRuns: 1_000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect({}).not.toHaveProperty('polluted');
  });

  test('is spoilt in each way that is named, is mostly taken where it is not, and yields events and invalid items', () => {
    const seen = new Set<Spoiling>();
    const counts = { taken: 0, refused: 0, events: 0, invalid: 0, whole: 0, wholeTaken: 0 };
    for (let seed = 1; seed <= 2_000; seed++) {
      const request = hostileOtlp(seed, NOW_MS);
      for (const how of request.spoilt) seen.add(how);
      const { outcome, events, invalid } = readHostileOtlp(request);
      counts[outcome] += 1;
      counts.events += events;
      counts.invalid += invalid;
      if (request.spoilt.length > 0) continue;
      counts.whole += 1;
      if (outcome === 'taken') counts.wholeTaken += 1;
    }
    expect(spoilings.filter((how) => !seen.has(how))).toEqual([]);
    expect(counts.wholeTaken / counts.whole).toBeGreaterThan(0.5);
    expect(Math.min(counts.taken, counts.refused, counts.events, counts.invalid)).toBeGreaterThan(200);
  });

  test('is the same for the same seed', () => {
    expect(hostileOtlp(7, NOW_MS)).toEqual(hostileOtlp(7, NOW_MS));
    expect(hostileOtlp(7, NOW_MS)).not.toEqual(hostileOtlp(8, NOW_MS));
  });
});
