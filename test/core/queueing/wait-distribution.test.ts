import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averageSpeedOfAnswer, erlangA, erlangC, serviceLevel } from '../../../lib/core/queueing/erlang.ts';
import { serversForServiceLevel } from '../../../lib/core/queueing/servers-for-service-level.ts';
import {
  allenCunneenWait,
  markovian,
  peakedness,
  sakasegawaWait,
  whittWait,
} from '../../../lib/core/queueing/variability.ts';
import { waitsOf } from '../../../lib/core/queueing/wait-distribution.ts';

const servers = fc.integer({ min: 1, max: 60 });
const loadShare = fc.double({ min: 0.1, max: 0.95, noNaN: true });

describe('mean waits of G/G/N', () => {
  test('14 servers, 10 erlangs, 180 s: 9.98 s by Sakasegawa, 7.84 s by the others, which are exact there', () => {
    expect(sakasegawaWait(14, 10, 180, markovian)).toBeCloseTo(9.98, 2);
    expect(allenCunneenWait(14, 10, 180, markovian)).toBeCloseTo(7.84, 2);
    expect(whittWait(14, 10, 180, markovian)).toBeCloseTo(7.84, 2);
  });

  test('one server: two of them are the formula of Pollaczek and Khinchine; Whitt is up to 7 % below, 1 % at load of 0.8', () => {
    // In percent, as doubles are mostly drawn near 0, where all service is like clockwork.
    const percent = fc.integer({ min: 0, max: 100 }).map((it) => it / 100);
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 95 }), percent, (loadPercent, serviceCv) => {
        const load = loadPercent / 100;
        const exact = (load / (1 - load)) * ((1 + serviceCv ** 2) / 2);
        const variability = { arrivalCv: 1, serviceCv };
        expect(sakasegawaWait(1, load, 1, variability)).toBeCloseTo(exact, 9);
        expect(allenCunneenWait(1, load, 1, variability)).toBeCloseTo(exact, 9);
        expect(whittWait(1, load, 1, variability) / exact).toBeGreaterThan(load < 0.8 ? 0.93 : 0.99);
        expect(whittWait(1, load, 1, variability) / exact).toBeLessThan(1 + 1e-9);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [2, 0.8],
    [5, 0.7],
    [10, 0.9],
    [20, 0.8],
  ])('service like clockwork, %i servers at %d: Whitt is within 4 % of the exact mean wait', (count, utilization) => {
    const load = count * utilization;
    expect(whittWait(count, load, 1, { arrivalCv: 1, serviceCv: 0 }) / waitOfClockwork(count, load)).toBeGreaterThan(
      0.96,
    );
    expect(whittWait(count, load, 1, { arrivalCv: 1, serviceCv: 0 }) / waitOfClockwork(count, load)).toBeLessThan(1.04);
  });
});

describe('the distribution of waits', () => {
  test('is that of Erlang C for Poisson arrivals and exponential service', () => {
    fc.assert(
      fc.property(servers, loadShare, fc.double({ min: 0, max: 5, noNaN: true }), (count, share, wait) => {
        const waits = waitsOf({ servers: count, offeredLoad: count * share, meanService: 2, variability: markovian });
        expect(waits.waitShare).toBeCloseTo(erlangC(count, count * share), 10);
        expect(waits.servedWithin(wait)).toBeCloseTo(serviceLevel(count, count * share, 2, wait), 10);
        expect(waits.meanWait).toBeCloseTo(averageSpeedOfAnswer(count, count * share, 2), 8);
      }),
    );
  });

  test('is that of Erlang A with patience: who waits, who gives up, how long all wait', () => {
    const load = fc.double({ min: 0.2, max: 1.6, noNaN: true });
    const patience = fc.double({ min: 0.2, max: 8, noNaN: true });
    fc.assert(
      fc.property(servers, load, patience, (count, share, mean) => {
        const offeredLoad = count * share;
        const exact = erlangA(count, offeredLoad, 2, 2 * mean);
        const waits = waitsOf({
          servers: count,
          offeredLoad,
          meanService: 2,
          variability: markovian,
          patience: 2 * mean,
        });
        expect(waits.waitShare).toBeCloseTo(exact.waitShare, 5);
        expect(1 - waits.servedWithin(1e6)).toBeCloseTo(exact.abandonedShare, 5);
        // Little: the queue is what arrives in a mean wait.
        expect((waits.meanWait * offeredLoad) / 2).toBeCloseTo(exact.queueLength, 3);
      }),
    );
  });

  test('with the golden figures of Erlang A: 0.5133 and 0.0399 at 100 servers, 0.1706 and 0.0087 at 110', () => {
    const at = (count: number) =>
      waitsOf({ servers: count, offeredLoad: 100, meanService: 1, variability: markovian, patience: 1 });
    expect(at(100).waitShare).toBeCloseTo(0.5133, 4);
    expect(1 - at(100).servedWithin(1e3)).toBeCloseTo(0.0399, 4);
    expect(at(110).waitShare).toBeCloseTo(0.1706, 4);
    expect(1 - at(110).servedWithin(1e3)).toBeCloseTo(0.0087, 4);
  });

  test('uneven service makes those that wait, wait longer, with patience and without', () => {
    for (const patience of [undefined, 10]) {
      const of = (serviceCv: number) =>
        waitsOf({
          ...{ servers: 10, offeredLoad: 9, meanService: 1, variability: { arrivalCv: 1, serviceCv } },
          ...(patience !== undefined && { patience }),
        });
      expect(of(2).servedWithin(1)).toBeLessThan(of(1).servedWithin(1));
      expect(of(0).servedWithin(1)).toBeGreaterThan(of(1).servedWithin(1));
    }
  });

  test('with endless patience it is the one without', () => {
    const queue = { servers: 8, offeredLoad: 6, meanService: 1, variability: { arrivalCv: 1, serviceCv: 2 } };
    const [patient, endless] = [waitsOf(queue), waitsOf({ ...queue, patience: 1e7 })];
    for (const wait of [0, 0.3, 2]) expect(endless.servedWithin(wait)).toBeCloseTo(patient.servedWithin(wait), 4);
  });

  test('a load at or above the servers serves nobody in time unless some give up', () => {
    const queue = { servers: 4, offeredLoad: 5, meanService: 1, variability: markovian };
    expect(waitsOf(queue)).toMatchObject({ waitShare: 1, meanWait: Number.POSITIVE_INFINITY });
    expect(waitsOf(queue).servedWithin(1e9)).toBe(0);
    expect(waitsOf({ ...queue, patience: 1 }).servedWithin(1e3)).toBeGreaterThan(0.5);
  });
});

test('like clockwork nobody waits below the number of servers, and all are served at once', () => {
  const queue = { servers: 12, offeredLoad: 8, meanService: 8_000, variability: { arrivalCv: 0, serviceCv: 0 } };
  const { waitShare, meanWait, servedWithin } = waitsOf(queue);
  expect([waitShare, meanWait, servedWithin(0), servedWithin(1_000)]).toEqual([0, 0, 1, 1]);
});

test('arrivals in bursts are more peaked, and more so where service is even', () => {
  expect(peakedness(markovian)).toBeCloseTo(1, 12);
  expect(peakedness({ arrivalCv: 2, serviceCv: 0 })).toBeCloseTo(4, 12);
  // ∫P(S > u)² du ÷ E(S) of a log-normal with CV 1 is 0.5558 (by numerical integration).
  expect(peakedness({ arrivalCv: 2, serviceCv: 1 })).toBeCloseTo(1 + 3 * 0.5558, 2);
});

describe('servers for a service level', () => {
  test('80 % within 20 s of 10 erlangs of 180 s: 14 servers, at which it is 88.84 %', () => {
    const of = { offeredLoad: 10, meanService: 180, variability: markovian };
    expect(serversForServiceLevel(of, { share: 0.8, longestWait: 20 })).toBe(14);
    expect(serversForServiceLevel(of, { share: 0.89, longestWait: 20 })).toBe(15);
  });

  test.each([
    [3, 6],
    [10, 14],
    [30, 37],
    [100, 111],
    [300, 319],
  ])('no wait for four in five of %i erlangs: %i servers', (offeredLoad, count) => {
    const of = { offeredLoad, meanService: 1, variability: markovian };
    expect(serversForServiceLevel(of, { share: 0.8, longestWait: 0 })).toBe(count);
  });

  test('it is the fewest that meet it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 80, noNaN: true }),
        fc.double({ min: 0, max: 2.5, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.option(fc.double({ min: 0.5, max: 20, noNaN: true }), { nil: undefined }),
        (offeredLoad, serviceCv, longestWait, patience) => {
          const of = {
            ...{ offeredLoad, meanService: 1, variability: { arrivalCv: 1, serviceCv } },
            ...(patience !== undefined && { patience }),
          };
          const count = serversForServiceLevel(of, { share: 0.9, longestWait });
          expect(waitsOf({ ...of, servers: count }).servedWithin(longestWait)).toBeGreaterThanOrEqual(0.9);
          if (count > 1) expect(waitsOf({ ...of, servers: count - 1 }).servedWithin(longestWait)).toBeLessThan(0.9);
        },
      ),
    );
  });
});

test.each([
  ['no time', () => waitsOf({ servers: 2, offeredLoad: 1, meanService: 0, variability: markovian })],
  ['a negative CV', () => whittWait(2, 1, 1, { arrivalCv: 1, serviceCv: -1 })],
  ['no patience', () => waitsOf({ servers: 2, offeredLoad: 1, meanService: 1, variability: markovian, patience: 0 })],
  [
    'a share of one',
    () =>
      serversForServiceLevel({ offeredLoad: 1, meanService: 1, variability: markovian }, { share: 1, longestWait: 0 }),
  ],
  [
    'a negative wait',
    () => waitsOf({ servers: 2, offeredLoad: 1, meanService: 1, variability: markovian }).servedWithin(-1),
  ],
])('%s is refused', (_name, compute) => {
  expect(compute).toThrow(RangeError);
});

/**
 * Exact mean wait of M/D/N with service of 1 (Crommelin): after one service time everybody who was at work is gone and a
 * Poisson number has come. By iterating that to its fixed point.
 */
function waitOfClockwork(count: number, load: number): number {
  const states = 60 + Math.ceil(load + (12 / (1 - load / count)) * Math.sqrt(count));
  const comes = [Math.exp(-load)];
  for (let n = 1; n < states; n += 1) comes.push(((comes[n - 1] as number) * load) / n);
  let now = comes;
  for (let i = 0; i < 2_000; i += 1) {
    const next = new Array<number>(states).fill(0);
    for (const [n, share] of now.entries()) {
      const left = Math.max(0, n - count);
      for (let more = 0; left + more < states; more += 1)
        next[left + more] = (next[left + more] as number) + share * (comes[more] as number);
    }
    const moved = next.reduce((sum, share, n) => sum + Math.abs(share - (now[n] as number)), 0);
    now = next;
    if (moved < 1e-10) break;
  }
  return now.reduce((sum, share, n) => sum + share * Math.max(0, n - count), 0) / load;
}
