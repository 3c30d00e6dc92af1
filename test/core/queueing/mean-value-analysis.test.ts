import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeNetwork, type Station } from '../../../lib/core/queueing/mean-value-analysis.ts';

const single = (serviceTime: number, visits = 1): Station => ({ visits, serviceTime, servers: 1 });

test('two equal stations and n customers: throughput n / (n + 1), by hand', () => {
  for (const customers of [1, 2, 5, 20]) {
    expect(analyzeNetwork([single(1), single(1)], customers).throughput).toBeCloseTo(customers / (customers + 1), 12);
  }
});

test('one repair crew of m for n machines: as the birth-death process of the machines', () => {
  const [customers, servers, think, repair] = [12, 3, 10, 2];
  // State: machines broken; breaks at (n − k)/think, repairs at min(k, m)/repair.
  const weights = [1];
  for (let k = 1; k <= customers; k += 1) {
    weights.push(((weights[k - 1] ?? 0) * ((customers - k + 1) / think)) / (Math.min(k, servers) / repair));
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const broken = weights.reduce((sum, weight, k) => sum + (k * weight) / total, 0);
  const network = analyzeNetwork(
    [
      { visits: 1, serviceTime: think, servers: 'delay' },
      { visits: 1, serviceTime: repair, servers },
    ],
    customers,
  );
  expect(network.stations[1]?.customers).toBeCloseTo(broken, 10);
  expect(network.throughput).toBeCloseTo((customers - broken) / think, 10);
});

test('laws: all customers are somewhere, N = X·R, and the bounds of operational analysis hold', () => {
  const station = fc.record({
    visits: fc.double({ min: 0.1, max: 5, noNaN: true }),
    serviceTime: fc.double({ min: 0.1, max: 5, noNaN: true }),
    servers: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant('delay' as const)),
  });
  fc.assert(
    fc.property(fc.array(station, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (stations, n) => {
      const { throughput, cycleTime, stations: results } = analyzeNetwork(stations, n);
      expect(results.reduce((sum, { customers }) => sum + customers, 0)).toBeCloseTo(n, 6);
      expect(throughput * cycleTime).toBeCloseTo(n, 6);
      const demand = stations.reduce((sum, { visits, serviceTime }) => sum + visits * serviceTime, 0);
      expect(throughput).toBeLessThanOrEqual((n / demand) * (1 + 1e-9));
      for (const [index, { servers }] of stations.entries()) {
        if (servers !== 'delay') expect(results[index]?.utilization).toBeLessThanOrEqual(1 + 1e-9);
      }
    }),
  );
});

test.each([
  ['half a customer', () => analyzeNetwork([single(1)], 0.5)],
  ['service in no time', () => analyzeNetwork([single(0)], 1)],
  ['a network that nobody visits', () => analyzeNetwork([single(1, 0)], 1)],
  ['no server', () => analyzeNetwork([{ visits: 1, serviceTime: 1, servers: 0 }], 1)],
])('%s is refused', (_name, analyze) => {
  expect(analyze).toThrow(RangeError);
});
