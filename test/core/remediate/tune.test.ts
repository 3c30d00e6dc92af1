import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import type { PoolSettings } from '../../../lib/core/model/pool-settings.ts';
import { createRandom, type Random } from '../../../lib/sim/random.ts';
import { type AgentDid, DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';

const AGENTS = 10;

/** Universal scalability law: tasks a minute of an agent that does so many at once. */
interface Usl {
  lambda: number;
  sigma: number;
  kappa: number;
}

function throughput({ lambda, sigma, kappa }: Usl, n: number): number {
  return (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

function bestOf(usl: Usl, most: number): number {
  return Math.max(...Array.from({ length: most }, (_, i) => throughput(usl, i + 1)));
}

/** A pool that is given more than it can do, of agents that follow the law, with the noise of counts and of minutes. */
class ContendedPool {
  readonly fleet: DecidedFleet<'tune'>;
  readonly #agents;
  readonly #usl: Usl;
  readonly #declared: number;
  readonly #random: Random;
  readonly values: number[] = [];

  constructor(usl: Usl, declared: number, seed: number, most = 64) {
    this.#agents = poolOf('writers', AGENTS, 4, { concurrency: declared });
    this.#usl = usl;
    this.#declared = declared;
    this.#random = createRandom(seed, 'usl');
    const tunable = { concurrency: { least: 1, most } };
    this.fleet = new DecidedFleet('tune', this.#agents, { writers: { tunable } });
  }

  get value(): number {
    return Number(this.fleet.params[0]?.params['concurrency'] ?? this.#declared);
  }

  /** What the search holds to be best. */
  get best(): number {
    return Number(this.fleet.active[0]?.memory.best['concurrency'] ?? this.#declared);
  }

  pass(minutes: number): this {
    for (let i = 0; i < minutes; i++) {
      const { value } = this;
      this.values.push(value);
      const swing = Math.exp(this.#random.normal(0, 0.03));
      const did = this.#agents.map(({ agent }) => {
        const mean = throughput(this.#usl, value) * swing;
        const completed = Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#random.normal(0, 1)));
        return [agent, { completed, serviceMs: 1_000, utilization: 1, queued: 20 }];
      });
      this.fleet.pass(Object.fromEntries(did));
    }
    return this;
  }
}

function drawn(seed: number): { usl: Usl; declared: number } {
  const random = createRandom(seed, 'law');
  // The best concurrency √((1 − σ) ÷ κ) is between 3 and 30.
  const peak = Math.exp(random.uniform(Math.log(3), Math.log(30)));
  const sigma = random.uniform(0.01, 0.15);
  const usl = { lambda: random.uniform(4, 12), sigma, kappa: (1 - sigma) / peak ** 2 };
  const declared = Math.max(1, Math.round(peak * Math.exp(random.uniform(-Math.log(4), Math.log(3)))));
  return { usl, declared };
}

describe('concurrency of a pool at its limit', () => {
  test('comes within 10 % of the best throughput within 30 minutes, for 90 of 100 laws and starts', () => {
    let good = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { usl, declared } = drawn(seed);
      const pool = new ContendedPool(usl, declared, seed).pass(34);
      if (throughput(usl, pool.best) >= 0.9 * bestOf(usl, 64)) good += 1;
    }
    expect(good).toBeGreaterThanOrEqual(90);
  });

  test('ends with a value that is kept, and does not wander', () => {
    const pool = new ContendedPool({ lambda: 8, sigma: 0.05, kappa: 0.95 / 100 }, 3, 7).pass(120);
    const kept = pool.values.slice(-20);
    expect(new Set(kept).size).toBe(1);
    expect(kept[0]).toBe(pool.best);
    expect(pool.fleet.active[0]?.memory.trial).toBeNull();
  });

  test('stays near what is declared where that is best', () => {
    const pool = new ContendedPool({ lambda: 8, sigma: 0.05, kappa: 0.95 / 100 }, 10, 3).pass(60);
    expect(pool.value).toBeGreaterThanOrEqual(8);
    expect(pool.value).toBeLessThanOrEqual(13);
  });

  test('is taken back in the minute after the first that shows a fifth less', () => {
    // Beyond 4 everything breaks down.
    const pool = new ContendedPool({ lambda: 8, sigma: 0.01, kappa: 0.99 / 9 }, 8, 5).pass(12);
    const tried = pool.values.filter((value) => value === 12).length;
    expect(tried).toBeGreaterThan(0);
    expect(tried).toBeLessThanOrEqual(2);
  });

  test('is never tried outside of the bounds', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { usl, declared } = drawn(seed);
      const pool = new ContendedPool(usl, Math.min(8, declared), seed, 8).pass(40);
      expect(Math.max(...pool.values)).toBeLessThanOrEqual(8);
      expect(Math.min(...pool.values)).toBeGreaterThanOrEqual(1);
    }
  });

  test('is decided the same when a minute is decided again', () => {
    const pool = new ContendedPool({ lambda: 8, sigma: 0.05, kappa: 0.01 }, 3, 1);
    for (let minute = 0; minute < 30; minute++) {
      pool.pass(1);
      const before = structuredClone([...pool.fleet.records]);
      pool.fleet.decide();
      expect([...pool.fleet.records]).toEqual(before);
    }
  });

  test('goes back to what agents declare when the orchestrator does not apply it', () => {
    const pool = new ContendedPool({ lambda: 8, sigma: 0.05, kappa: 0.01 }, 3, 1).pass(6);
    expect(pool.fleet.active).toHaveLength(1);
    pool.fleet.acknowledge(false);
    pool.pass(1);
    expect(pool.fleet.active).toHaveLength(0);
    // And is left in peace for an hour.
    pool.pass(50);
    expect(pool.fleet.active).toHaveLength(0);
  });
});

describe('what a search has found', () => {
  const declaring = (concurrency: number) => poolOf('writers', AGENTS, 4, { concurrency });
  const bounds = { concurrency: { least: 1, most: 64 } };
  /** Agents do twice as much with 6 at once or more. */
  const passFull = (fleet: DecidedFleet<'tune'>, minutes: number) => {
    for (let i = 0; i < minutes; i++) {
      const value = Number(fleet.params[0]?.params['concurrency'] ?? 4);
      fleet.pass(each(declaring(4), { completed: value >= 6 ? 60 : 30, utilization: 1, queued: 20 }));
    }
    return fleet;
  };
  const fleet = () => new DecidedFleet('tune', declaring(4), { writers: { tunable: bounds } });
  const found = () => passFull(fleet(), 60);
  const ends = ({ records }: DecidedFleet<'tune'>) => [...records.values()].map(({ directive }) => directive.ended);

  test('is kept where load leaves before the rest was tried', () => {
    const search = fleet();
    for (let i = 0; i < 30 && search.active[0]?.memory.best['concurrency'] !== 6; i++) passFull(search, 1);
    expect(search.active[0]?.memory).toMatchObject({ best: { concurrency: 6 }, trial: { name: 'concurrency' } });
    const idle: AgentDid = { completed: 20, utilization: 0.4, queued: 0 };
    for (let i = 0; i < 30; i++) search.pass(each(declaring(4), idle));
    expect(search.active[0]?.summary).toBe('keep concurrency 6 in pool writers: it is the best that could be tried');
  });

  test('ends where nothing better than what agents declare was found by the time load leaves', () => {
    const search = fleet();
    for (let i = 0; i < 30 && search.active.length === 0; i++) passFull(search, 1);
    for (let i = 0; i < 17; i++) search.pass(each(declaring(4), { completed: 20, utilization: 0.4, queued: 0 }));
    expect(search.active).toEqual([]);
  });

  test('is kept for as long as it may be set, and not when people draw narrower bounds', () => {
    const kept = passFull(found(), 60);
    expect(kept.params).toEqual([{ pool: 'writers', params: { concurrency: 6 } }]);
    kept.pools.set('writers', { tunable: { concurrency: { least: 1, most: 5 } } });
    passFull(kept, 1);
    expect(kept.active).toEqual([]);
    expect(ends(kept)).toMatchObject([{ by: 'other bounds', why: expect.stringContaining('concurrency 6') }]);
  });

  test('is not kept when it may be set no longer, though something else may', () => {
    const kept = found();
    kept.pools.set('writers', { tunable: { model: { choices: ['large', 'small'] } } });
    expect(passFull(kept, 1).active).toEqual([]);
  });

  test('is not kept when most agents declare a value that is neither theirs from before nor what was found', () => {
    const kept = found();
    const declare = (count: number) => {
      for (const entry of [...kept.roster.values()].slice(0, count))
        if (entry.description) entry.description = { ...entry.description, params: { concurrency: 12 } };
    };
    declare(4);
    expect(passFull(kept, 1).active).toHaveLength(1);
    declare(6);
    expect(passFull(kept, 1).active).toEqual([]);
    expect(ends(kept)).toMatchObject([{ by: 'other values', why: expect.stringContaining('concurrency 12') }]);
  });
});

const agents = poolOf('writers', AGENTS, 4, { model: 'large', timeoutMs: 10_000 });
const slow: Partial<Alert>[] = [{ rule: 'pool-slower', scope: { pool: 'writers' } }];
type Fleet = DecidedFleet<'tune'>;

function fleetWith(tunable: PoolSettings['tunable']): Fleet {
  return new DecidedFleet('tune', agents, { writers: { tunable: tunable ?? {} } });
}

/** Lets minutes pass, in each of which agents do what the value in force makes of it. */
function pass(fleet: Fleet, minutes: number, did: (params: Record<string, unknown>) => AgentDid, told = slow): Fleet {
  for (let i = 0; i < minutes; i++) fleet.pass(each(agents, did(fleet.params[0]?.params ?? {})), told);
  return fleet;
}

describe('choices', () => {
  const tunable = { model: { choices: ['large', 'small', 'tiny'] } };

  test('are tried one by one, and the one that answers soonest without harm is kept', () => {
    const fleet = pass(fleetWith(tunable), 30, ({ model = 'large' }) => ({
      ...{ completed: 30, utilization: 0.5, queued: 0 },
      serviceMs: model === 'large' ? 4_000 : model === 'small' ? 2_000 : 500,
      quality: model === 'tiny' ? 0.6 : 0.9,
    }));
    expect(fleet.params).toEqual([{ pool: 'writers', params: { model: 'small' } }]);
    expect(fleet.active[0]?.memory).toMatchObject({ objective: 'response', trial: null });
  });

  test('that make more tasks fail are not kept', () => {
    const fleet = pass(fleetWith(tunable), 30, ({ model = 'large' }) => ({
      ...{ completed: model === 'large' ? 30 : 27, failed: model === 'large' ? 0 : 3, utilization: 0.5, queued: 0 },
      serviceMs: model === 'large' ? 4_000 : 1_000,
    }));
    expect(fleet.active).toHaveLength(0);
  });

  test('end when agents declare what was found', () => {
    const did = ({ model = 'large' }) => ({
      ...{ completed: 30, utilization: 0.5, queued: 0, serviceMs: model === 'small' ? 2_000 : 4_000 },
    });
    const fleet = pass(fleetWith(tunable), 30, did as never);
    expect(fleet.params[0]?.params).toEqual({ model: 'small' });
    for (const entry of fleet.roster.values())
      if (entry.description) entry.description = { ...entry.description, params: { model: 'small' } };
    pass(fleet, 1, did as never);
    expect(fleet.active).toHaveLength(0);
    expect([...fleet.records.values()].map(({ directive }) => directive.ended)).toMatchObject([{ by: 'adopted' }]);
  });

  test('end as not adopted when what was found may be set no longer', () => {
    const did = ({ model = 'large' }) => ({
      ...{ completed: 30, utilization: 0.5, queued: 0, serviceMs: model === 'small' ? 2_000 : 4_000 },
    });
    const fleet = pass(fleetWith(tunable), 30, did as never);
    fleet.pools.set('writers', {});
    pass(fleet, 1, did as never);
    expect([...fleet.records.values()].map(({ directive }) => directive.ended)).toMatchObject([{ by: 'cause gone' }]);
  });
});

describe('a time limit', () => {
  const tunable = { timeoutMs: { least: 1_000, most: 120_000 } };

  test('is raised by half where tasks that nearly completed are cut off', () => {
    const fleet = pass(fleetWith(tunable), 5, () => ({ completed: 20, timeout: 5, serviceMs: 9_500 }));
    expect(fleet.params).toEqual([{ pool: 'writers', params: { timeoutMs: 15_000 } }]);
  });

  test('is cut to three times what tasks take where it lets some hold their slots', () => {
    const fleet = pass(fleetWith(tunable), 5, () => ({ completed: 40, timeout: 2, serviceMs: 1_000 }));
    const limit = fleet.params[0]?.params['timeoutMs'];
    expect(limit).toBeGreaterThan(2_900);
    expect(limit).toBeLessThan(3_100);
  });

  test('is left alone where few time out', () => {
    expect(pass(fleetWith(tunable), 8, () => ({ completed: 40, serviceMs: 9_500 })).active).toHaveLength(0);
  });
});

describe('nothing is tried', () => {
  const tunable = { model: { choices: ['large', 'small'] } };
  const well: AgentDid = { completed: 20, utilization: 0.7, queued: 0, serviceMs: 2_000 };

  test('in a healthy pool', () => {
    expect(pass(fleetWith(tunable), 20, () => well, []).active).toHaveLength(0);
  });

  test('in a pool that is full for two minutes', () => {
    const fleet = pass(fleetWith(tunable), 4, () => well, []);
    pass(fleet, 2, () => ({ ...well, utilization: 1 }), []);
    expect(pass(fleet, 4, () => well, []).active).toHaveLength(0);
  });

  test('of what agents do not declare', () => {
    expect(pass(fleetWith({ batch: { least: 1, most: 9 } }), 8, () => well).active).toHaveLength(0);
  });
});
