import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, poolCells } from '../../../lib/core/efficiency/partial-pooling.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const [AGENTS, TYPES] = [40, 5];

/** Truth by agent and type, and what was seen of it. */
function draw(seed: number, spreads: { types: number; agents: number; cells: number }) {
  const random = createRandom(seed, 'cells');
  const types = Array.from({ length: TYPES }, () => random.normal(3, spreads.types));
  const truth: number[][] = [];
  const cells: Cell[] = [];
  for (let agent = 0; agent < AGENTS; agent++) {
    const own = random.normal(0, spreads.agents);
    truth.push(types.map((of) => of + own + random.normal(0, spreads.cells)));
    for (let type = 0; type < TYPES; type++) {
      if (random.uniform() < 0.3) continue;
      const sampling = random.logNormal(0.05, 1);
      cells.push({ agent, type, mean: random.normal(truth[agent]?.[type] ?? 0, Math.sqrt(sampling)), sampling });
    }
  }
  return { truth, cells };
}

describe('agents that differ by 0.4, and by 0.2 beyond that at single types', () => {
  const runs = Array.from({ length: 20 }, (_, seed) => {
    const { truth, cells } = draw(seed, { types: 1, agents: 0.4, cells: 0.2 });
    return { truth, cells, pooled: poolCells(cells, { agents: AGENTS, types: TYPES }) };
  });

  test('are told to, on average', () => {
    const mean = (of: 'agents' | 'cells') =>
      runs.reduce((sum, { pooled }) => sum + pooled.spreads[of], 0) / runs.length;
    expect(mean('agents')).toBeCloseTo(0.4, 1);
    expect(mean('cells')).toBeCloseTo(0.2, 1);
  });

  test('lie in 90 % of their intervals, seen and unseen', () => {
    let [seen, seenIn, unseen, unseenIn] = [0, 0, 0, 0];
    for (const { truth, cells, pooled } of runs) {
      const known = new Set(cells.map(({ agent, type }) => agent * TYPES + type));
      for (let agent = 0; agent < AGENTS; agent++) {
        for (let type = 0; type < TYPES; type++) {
          const { mean, variance } = pooled.at(agent, type);
          const isIn = Math.abs((truth[agent]?.[type] ?? 0) - mean) <= 1.645 * Math.sqrt(variance) ? 1 : 0;
          if (known.has(agent * TYPES + type)) [seen, seenIn] = [seen + 1, seenIn + isIn];
          else [unseen, unseenIn] = [unseen + 1, unseenIn + isIn];
        }
      }
    }
    expect(seenIn / seen).toBeGreaterThan(0.87);
    expect(seenIn / seen).toBeLessThan(0.93);
    expect(unseenIn / unseen).toBeGreaterThan(0.86);
    expect(unseenIn / unseen).toBeLessThan(0.94);
  });
});

describe('one cell', () => {
  const others = draw(1, { types: 1, agents: 0.4, cells: 0.2 }).cells.filter(({ agent }) => agent > 0);
  const estimateWith = (sampling: number) => {
    const cells = [...others, { agent: 0, type: 0, mean: 9, sampling }];
    const pooled = poolCells(cells, { agents: AGENTS, types: TYPES });
    return { own: pooled.at(0, 0).mean, type: pooled.ofType(0).mean };
  };

  test('that is known exactly is told as it is, and one that is hardly known as its type', () => {
    expect(estimateWith(1e-6).own).toBeCloseTo(9, 2);
    const { own, type } = estimateWith(1e4);
    expect(own).toBeCloseTo(type, 2);
  });

  test('lies between its own mean and that of its type', () => {
    const { own, type } = estimateWith(0.2);
    expect(own).toBeGreaterThan(type);
    expect(own).toBeLessThan(9);
  });
});

test('moving and scaling what was seen moves and scales what is told', () => {
  const { cells } = draw(2, { types: 1, agents: 0.4, cells: 0.2 });
  const base = poolCells(cells, { agents: AGENTS, types: TYPES }).at(3, 1);
  fc.assert(
    fc.property(
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      (by, times) => {
        const moved = cells.map((cell) => ({
          ...cell,
          mean: times * cell.mean + by,
          sampling: times ** 2 * cell.sampling,
        }));
        const { mean, variance } = poolCells(moved, { agents: AGENTS, types: TYPES }).at(3, 1);
        expect((mean - by) / times).toBeCloseTo(base.mean, 4);
        expect(variance / times ** 2).toBeCloseTo(base.variance, 4);
      },
    ),
    { numRuns: 10 },
  );
});

test('a single agent of a single type is told at all', () => {
  const { mean, variance } = poolCells([{ agent: 0, type: 0, mean: 2, sampling: 0.1 }], { agents: 1, types: 1 }).at(
    0,
    0,
  );
  expect(mean).toBeCloseTo(2, 6);
  expect(variance).toBeGreaterThan(0);
});

test('nothing to learn from, and means without a sampling variance, are refused', () => {
  expect(() => poolCells([], { agents: 1, types: 1 })).toThrow(RangeError);
  expect(() => poolCells([{ agent: 0, type: 0, mean: 1, sampling: 0 }], { agents: 1, types: 1 })).toThrow(RangeError);
});
