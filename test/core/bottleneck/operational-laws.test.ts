import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  knee,
  responseBoundMs,
  serviceDemandMs,
  throughputBound,
  utilizationAt,
} from '../../../lib/core/bottleneck/operational-laws.ts';
import { analyzeNetwork } from '../../../lib/core/queueing/mean-value-analysis.ts';

// By hand: two stations, 200 ms on one server and 300 ms on two.
const demands = [
  { demandMs: 200, servers: 1 },
  { demandMs: 300, servers: 2 },
];

test('the laws give what they give by hand', () => {
  expect(serviceDemandMs(54_000, 90)).toBe(600);
  expect(utilizationAt(0.09, { demandMs: 600, servers: 60 })).toBeCloseTo(0.9, 12);
  expect(throughputBound(demands)).toBe(1 / 200);
  expect(throughputBound(demands, 1, 500)).toBe(1 / 1_000);
  expect(responseBoundMs(demands, 10, 0)).toBe(2_000);
  expect(responseBoundMs(demands, 1, 0)).toBe(500);
  expect(knee(demands, 0)).toBe(2.5);
  expect(knee(demands, 500)).toBe(5);
  expect(knee([], 0)).toBe(0);
  expect(() => serviceDemandMs(1, 0)).toThrow(RangeError);
});

test('no network that is solved exactly does better than its bounds', () => {
  const stations = fc.array(
    fc.record({
      visits: fc.integer({ min: 1, max: 4 }),
      serviceTime: fc.integer({ min: 1, max: 1_000 }),
      servers: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(stations, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 3_000 }), (its, jobs, thinkMs) => {
      const think = thinkMs > 0 ? [{ visits: 1, serviceTime: thinkMs, servers: 'delay' as const }] : [];
      const { throughput, cycleTime } = analyzeNetwork([...its, ...think], jobs);
      const asked = its.map(({ visits, serviceTime, servers }) => ({ demandMs: visits * serviceTime, servers }));
      expect(throughput).toBeLessThanOrEqual(throughputBound(asked, jobs, thinkMs) * (1 + 1e-9));
      expect(cycleTime - thinkMs).toBeGreaterThanOrEqual(responseBoundMs(asked, jobs, thinkMs) * (1 - 1e-9) - 1e-6);
    }),
  );
});
