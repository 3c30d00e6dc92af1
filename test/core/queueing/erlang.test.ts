import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averageSpeedOfAnswer,
  erlangA,
  erlangB,
  erlangC,
  serversForWaitShare,
  serviceLevel,
} from '../../../lib/core/queueing/erlang.ts';

describe('values computed apart from this code', () => {
  test('Erlang B by hand: one erlang on two servers', () => {
    // (1²/2!) / (1 + 1 + 1/2)
    expect(erlangB(2, 1)).toBeCloseTo(0.2, 12);
  });

  test.each([
    [13, 0.2853],
    [14, 0.1741],
    [15, 0.102],
  ])('of 10 erlangs on %i servers the share %d waits', (servers, share) => {
    expect(erlangC(servers, 10)).toBeCloseTo(share, 4);
  });

  test('14 servers, 10 erlangs, 180 s: 88.84 % wait 20 s at most, the mean wait is 7.84 s', () => {
    expect(serviceLevel(14, 10, 180, 20)).toBeCloseTo(0.8884, 4);
    expect(averageSpeedOfAnswer(14, 10, 180)).toBeCloseTo(7.84, 2);
  });

  test.each([
    [3, 6],
    [10, 14],
    [30, 37],
    [100, 111],
    [300, 319],
  ])('%i erlangs need %i servers where one in five may wait', (load, servers) => {
    expect(serversForWaitShare(load, 0.2)).toBe(servers);
  });

  test.each([
    [100, 0.5133, 0.0399],
    [110, 0.1706, 0.0087],
  ])('Erlang A: 100 erlangs on %i servers, patience as long as service', (servers, waitShare, abandonedShare) => {
    const exact = erlangA(servers, 100, 1, 1);
    expect(exact.waitShare).toBeCloseTo(waitShare, 4);
    expect(exact.abandonedShare).toBeCloseTo(abandonedShare, 4);
  });
});

describe('laws', () => {
  const servers = fc.integer({ min: 1, max: 200 });
  const loadShare = fc.double({ min: 0.05, max: 0.95, noNaN: true });

  test('one server: the share that waits is the utilization', () => {
    fc.assert(
      fc.property(loadShare, (load) => {
        expect(erlangC(1, load)).toBeCloseTo(load, 10);
      }),
    );
  });

  test('Erlang B is the recursion over the servers, from none to all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000 }),
        fc.double({ min: 0.01, max: 3_000, noNaN: true }),
        (count, load) => {
          let blocked = 1;
          for (let k = 1; k <= count; k += 1) blocked = (load * blocked) / (k + load * blocked);
          expect(Math.abs(erlangB(count, load) - blocked)).toBeLessThanOrEqual(1e-10 * blocked + 1e-299);
        },
      ),
    );
  });

  test('the limit of very many is what the sum comes to, where the one takes over from the other', () => {
    for (const safety of [-40, -4, -1, 0, 1, 4]) {
      const servers = Math.round(1e8 + safety * 1e4);
      const [bySum, byLimit] = [erlangB(servers, 1e8), erlangB(servers, 1e8 + 1)];
      expect(Math.abs(byLimit / bySum - 1)).toBeLessThan(1e-3);
    }
    expect(erlangB(1e8 + 50e4, 1e8)).toBe(0);
    expect(erlangB(1e8 + 50e4, 1e8 + 1)).toBe(0);
  });

  test('a load that no fleet has takes no longer than any other', () => {
    expect(erlangB(1e15, 1e15)).toBeCloseTo(Math.sqrt(2 / Math.PI / 1e15), 12);
    expect(erlangC(1e15, 1e15)).toBe(1);
    expect(serversForWaitShare(1e9, 0.2)).toBeGreaterThan(1e9);
  });

  test('millions of servers are a matter of the root of their load', () => {
    // The limit of Halfin and Whitt for a safety of one: 0.2234.
    expect(erlangC(1e10 + 1e5, 1e10)).toBeCloseTo(0.2234, 3);
    expect(erlangB(1e9, 12)).toBe(0);
    const servers = serversForWaitShare(1e8, 0.2234);
    expect((servers - 1e8) / 1e4).toBeCloseTo(1, 2);
  });

  test('another server never makes more wait', () => {
    fc.assert(
      fc.property(servers, loadShare, (count, share) => {
        const load = count * share;
        expect(erlangC(count + 1, load)).toBeLessThanOrEqual(erlangC(count, load));
        expect(erlangB(count + 1, load)).toBeLessThan(erlangB(count, load));
      }),
    );
  });

  test('with patience without end Erlang A is Erlang C', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0.1, max: 0.8, noNaN: true }), (count, share) => {
        expect(erlangA(count, count * share, 1, 1e9).waitShare).toBeCloseTo(erlangC(count, count * share), 5);
      }),
    );
  });

  test('with patience as long as service the number in the system is Poisson', () => {
    // Each task leaves at rate μ, at work or waiting: an infinite-server queue.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.5, max: 60, noNaN: true }), (count, load) => {
        let [probability, waiting] = [Math.exp(-load), 0];
        for (let n = 0; n < 400; n += 1, probability *= load / n) if (n >= count) waiting += probability;
        expect(erlangA(count, load, 1, 1).waitShare).toBeCloseTo(waiting, 8);
      }),
    );
  });
});

test('a load at or above the servers makes everyone wait for ever', () => {
  expect(erlangC(4, 4)).toBe(1);
  expect(averageSpeedOfAnswer(4, 5, 1)).toBe(Number.POSITIVE_INFINITY);
  expect(serviceLevel(4, 4, 1, 100)).toBe(0);
});

test.each([
  ['half a server', () => erlangB(1.5, 1)],
  ['no server to wait for', () => erlangC(0, 1)],
  ['a negative load', () => erlangB(1, -1)],
  ['no time', () => averageSpeedOfAnswer(2, 1, 0)],
  ['a share of one', () => serversForWaitShare(1, 1)],
  ['a negative wait', () => serviceLevel(2, 1, 1, -1)],
])('%s is refused', (_name, compute) => {
  expect(compute).toThrow(RangeError);
});
