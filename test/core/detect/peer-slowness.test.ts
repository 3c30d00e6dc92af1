import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ServiceMoments, slownessAmongPeers, slownessInPool } from '../../../lib/core/detect/peer-slowness.ts';

/** Service times e^mean ± e^spread in microseconds, as moments of their logarithms. */
function did(n: number, meanLog: number, variance = 0.25, taskType = 'chat'): ServiceMoments {
  return new Map([[taskType, { n, sum: n * meanLog, squares: n * meanLog ** 2 + variance * (n - 1) }]]);
}

const SECOND = Math.log(1e6);
const peers = [did(20, SECOND - 0.1), did(20, SECOND), did(20, SECOND), did(20, SECOND + 0.1)];

test('the ratio is that of geometric means, and its chance follows from spread and sample', () => {
  const slowness = slownessAmongPeers(did(16, SECOND + Math.log(4)), peers);
  // By hand: within 0.25, n 16, 80 peer tasks; between 0.145, from 0.15 (12 degrees of freedom) and 1.4826 · 0.05 (1.11):
  // variance 0.0451; shift 1.386; t 6.53 at 35.8 degrees of freedom, of which the tail is 7.0e-08.
  expect(slowness).toMatchObject({ ratio: expect.closeTo(4, 9), n: 16, peers: 4, ownMs: expect.closeTo(4_000, 6) });
  expect(slowness?.p).toBeGreaterThan(0.95 * 7.01e-8);
  expect(slowness?.p).toBeLessThan(1.1 * 7.01e-8);
});

test('one bad peer does not hide an agent that is as bad', () => {
  const slowness = slownessAmongPeers(did(16, SECOND + 2), [...peers, did(20, SECOND + 2)]);
  expect(slowness?.ratio).toBeGreaterThan(6);
  expect(slowness?.p).toBeLessThan(1e-6);
});

test('an agent like its peers is not slow', () => {
  expect(slownessAmongPeers(did(16, SECOND), peers)?.ratio).toBeCloseTo(1, 9);
});

test('only the same task types are compared', () => {
  const mixed = new Map([...did(10, SECOND), ...did(10, SECOND + 3, 0.25, 'report')]);
  expect(slownessAmongPeers(mixed, peers)).toMatchObject({ ratio: expect.closeTo(1, 9), n: 10 });
});

test.each([
  { name: 'the agent did fewer than three tasks', own: did(2, SECOND + 3), others: peers },
  { name: 'fewer than three peers did the same', own: did(9, SECOND + 3), others: peers.slice(0, 2) },
  {
    name: 'the peers did too little',
    own: did(9, SECOND + 3),
    others: [did(4, SECOND), did(4, SECOND), did(4, SECOND)],
  },
])('nothing is said when $name', ({ own, others }) => {
  expect(slownessAmongPeers(own, others)).toBeNull();
});

test('each of a pool is judged as it would be against the list of the others', () => {
  const moments = fc
    .tuple(fc.constantFrom(0, 2, 4, 5, 6, 20), fc.constantFrom(10, 10.5, 12, 13), fc.constantFrom(0, 0.25, 1))
    .map(([n, meanLog, spread]) => ({ n, sum: n * meanLog, squares: n * meanLog ** 2 + spread * Math.max(0, n - 1) }));
  const agent = fc
    .array(fc.tuple(fc.constantFrom('chat', 'report'), moments), { maxLength: 2 })
    .map((did): ServiceMoments => new Map(did));
  fc.assert(
    fc.property(fc.array(agent, { maxLength: 9 }), (agents) => {
      const judge = slownessInPool(new Map(agents.map((of, i) => [`a-${i}`, of])));
      agents.forEach((own, i) => {
        expect(judge(`a-${i}`)).toEqual(slownessAmongPeers(own, agents.toSpliced(i, 1)));
      });
    }),
  );
});

test('judging a pool looks at each agent a few times, not at each for each', () => {
  let looks = 0;
  class Counted extends Map<string, { n: number; sum: number; squares: number }> {
    override [Symbol.iterator]() {
      looks += 1;
      return super[Symbol.iterator]();
    }
    override get(taskType: string) {
      looks += 1;
      return super.get(taskType);
    }
  }
  const pool = new Map(
    Array.from({ length: 3_000 }, (_, i) => [`a-${i}`, new Counted(did(20, SECOND + (i % 7) / 10))]),
  );
  const judge = slownessInPool(pool);
  for (const agent of pool.keys()) expect(judge(agent)?.peers).toBe(2_999);
  expect(looks).toBeLessThanOrEqual(4 * pool.size);
});

test('three peers that happen to be alike make no agent slow: how little they tell counts', () => {
  // Four tasks 4.2 times as long as those of three peers with five each, of a spread that few tasks show badly.
  const few = [did(5, SECOND, 0.4), did(5, SECOND + 0.01, 0.4), did(5, SECOND - 0.01, 0.4)];
  const found = slownessAmongPeers(did(4, SECOND + Math.log(4.2)), few);
  expect(found?.ratio).toBeCloseTo(4.2, 6);
  expect(found?.p).toBeGreaterThan(1e-4);
  // The same of many peers is beyond chance.
  const many = Array.from({ length: 30 }, () => did(20, SECOND, 0.4));
  expect(slownessAmongPeers(did(4, SECOND + Math.log(4.2)), many)?.p).toBeLessThan(1e-4);
});

test('a group of agents is told apart more surely than one of them', () => {
  const [one, four] = [1, 4].map((agents) => slownessAmongPeers(did(40, SECOND + 0.5), peers, agents)?.p ?? 0);
  expect(four).toBeLessThan((one ?? 0) / 10);
});
