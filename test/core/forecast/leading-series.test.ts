import { describe, expect, test } from 'vitest';
import { type Lead, leadingSeries } from '../../../lib/core/forecast/leading-series.ts';
import { createRandom, type Random } from '../../../lib/sim/random.ts';

const N = 600;
const MAX_LAG = 24;

/** Noise with a memory: one of five kinds. */
function wandering(random: Random, n = N): number[] {
  const kind = random.int(5);
  const phi = [0, 0.5, 0.9, 1, 0][kind] as number;
  let [last, before] = [0, 0];
  return Array.from({ length: n }, () => {
    const value = kind === 4 ? 1.5 * last - 0.8 * before + random.normal(0, 1) : phi * last + random.normal(0, 1);
    [before, last] = [last, value];
    return value;
  });
}

function day(t: number): number {
  return 6 * Math.sin((2 * Math.PI * t) / 48) + 3 * Math.cos((4 * Math.PI * t) / 48);
}

/** A follower that takes up what its leader did some steps before, and has a memory and noise of its own. */
function plant(random: Random) {
  const lag = 1 + random.int(MAX_LAG);
  const leader = wandering(random);
  const changes = leader.map((x, t) => (t === 0 ? 0 : x - (leader[t - 1] as number)));
  let own = 0;
  const follower = leader.map((_, t) => {
    own = 0.6 * own + random.normal(0, 1);
    return own + (t >= lag ? 0.8 * (changes[t - lag] as number) : 0);
  });
  return { lag, leader, follower };
}

describe('among independent series with a memory', () => {
  test('at most one set in twenty shows a lead that is not there', () => {
    const sets = Array.from({ length: 200 }, (_, seed) => {
      const random = createRandom(seed, 'independent');
      return leadingSeries(new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, wandering(random)])), {
        maxLag: MAX_LAG,
      });
    });
    expect(sets.filter((leads) => leads.length > 0).length / sets.length).toBeLessThanOrEqual(0.05);
  });

  test('nor where all of them follow the same day', () => {
    const sets = Array.from({ length: 100 }, (_, seed) => {
      const random = createRandom(seed, 'same day');
      const series = ['a', 'b', 'c'].map((name) => [name, wandering(random).map((x, t) => x + day(t))] as const);
      return leadingSeries(new Map(series), { maxLag: MAX_LAG, periods: [48] });
    });
    expect(sets.filter((leads) => leads.length > 0).length / sets.length).toBeLessThanOrEqual(0.05);
  });
});

test('a strong lead is found within one step in nine of ten sets, and nothing else that is not there', () => {
  const found = Array.from({ length: 200 }, (_, seed) => {
    const random = createRandom(seed, 'planted');
    const { lag, leader, follower } = plant(random);
    const others = ['x', 'y', 'z'].map((name) => [name, wandering(random)] as const);
    const leads = leadingSeries(new Map([['leader', leader], ['follower', follower], ...others]), { maxLag: MAX_LAG });
    const isPlanted = (lead: Lead) => lead.leader === 'leader' && lead.follower === 'follower';
    const hit = leads.find(isPlanted);
    return {
      isHit: hit !== undefined && Math.abs(hit.lag - lag) <= 1,
      others: leads.filter((lead) => !isPlanted(lead)).length,
    };
  });
  expect(found.filter(({ isHit }) => isHit).length / found.length).toBeGreaterThanOrEqual(0.9);
  expect(found.filter(({ others }) => others > 0).length / found.length).toBeLessThanOrEqual(0.1);
});

test('a lead is found behind a day that both series have', () => {
  const hits = Array.from({ length: 50 }, (_, seed) => {
    const { lag, leader, follower } = plant(createRandom(seed, 'planted in a day'));
    const withDay = (values: readonly number[]) => values.map((x, t) => x + day(t));
    const leads = leadingSeries(
      new Map([
        ['leader', withDay(leader)],
        ['follower', withDay(follower)],
      ]),
      {
        ...{ maxLag: MAX_LAG, periods: [48] },
      },
    );
    return leads.some((lead) => lead.leader === 'leader' && Math.abs(lead.lag - lag) <= 1);
  });
  expect(hits.filter((isHit) => isHit).length / hits.length).toBeGreaterThanOrEqual(0.9);
});

test('the lift is what forecasts gain: of a follower that is its leader two steps ago plus a tenth of noise, nine tenths', () => {
  const random = createRandom(7, 'lift');
  const leader = Array.from({ length: N }, () => random.normal(0, 1));
  const follower = leader.map((_, t) => (t < 2 ? 0 : (leader[t - 2] as number)) + random.normal(0, 0.1));
  const [lead] = leadingSeries(
    new Map([
      ['leader', leader],
      ['follower', follower],
    ]),
    { maxLag: 5 },
  );
  expect(lead).toMatchObject({ leader: 'leader', follower: 'follower', lag: 2 });
  expect(lead?.lift).toBeGreaterThan(0.88);
  expect(lead?.lift).toBeLessThan(0.92);
  expect(lead?.correlation).toBeGreaterThan(0.97);
});

test('a lead that is shorter than the horizon is of no use to it', () => {
  const random = createRandom(8, 'horizon');
  const leader = Array.from({ length: N }, () => random.normal(0, 1));
  const follower = leader.map((_, t) => (t < 2 ? 0 : (leader[t - 2] as number)) + random.normal(0, 0.5));
  const series = new Map([
    ['leader', leader],
    ['follower', follower],
  ]);
  expect(leadingSeries(series, { maxLag: 10, horizon: 2 })).toHaveLength(1);
  expect(leadingSeries(series, { maxLag: 10, horizon: 3 })).toEqual([]);
});

test('missing values, series that do not vary and short ones', () => {
  const random = createRandom(9, 'gaps');
  const leader = Array.from({ length: N }, () => random.normal(0, 1));
  const follower = leader.map((_, t) => (t < 3 ? 0 : (leader[t - 3] as number)) + random.normal(0, 0.5));
  const gapped = follower.map((x) => (random.uniform() < 0.05 ? Number.NaN : x));
  const flat = leader.map(() => 4);
  const leads = leadingSeries(
    new Map([
      ['leader', leader],
      ['flat', flat],
      ['follower', gapped],
    ]),
    { maxLag: 6 },
  );
  expect(leads).toMatchObject([{ leader: 'leader', follower: 'follower', lag: 3 }]);
  const short = (values: readonly number[]) => values.slice(0, 30);
  expect(
    leadingSeries(
      new Map([
        ['a', short(leader)],
        ['b', short(follower)],
      ]),
      { maxLag: 6 },
    ),
  ).toEqual([]);
});

test('what cannot be searched is refused', () => {
  const two = new Map([
    ['a', [1, 2, 3]],
    ['b', [1, 2]],
  ]);
  expect(() => leadingSeries(two, { maxLag: 1 })).toThrow(RangeError);
  expect(() => leadingSeries(new Map(), { maxLag: 2, horizon: 3 })).toThrow(RangeError);
  expect(() => leadingSeries(new Map(), { maxLag: 1.5 })).toThrow(RangeError);
});
