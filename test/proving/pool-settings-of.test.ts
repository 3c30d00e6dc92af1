import { expect, test } from 'vitest';
import type { PoolSettings } from '../../lib/core/model/pool-settings.ts';
import { driveFleet } from '../../lib/proving/drive-fleet.ts';
import { poolSettingsOf } from '../../lib/proving/pool-settings-of.ts';
import { productInProcess } from '../../lib/proving/product-in-process.ts';
import { powerOfTwo } from '../../lib/sim/policies/power-of-two.ts';
import { adjustable, twoPools } from '../fixtures/sim-scenarios.ts';

const contention = { sigma: 0.1, kappa: 0.01, concurrency: 2 };
const ladder = [{ step: 'short', serviceFactor: 0.5, qualityLoss: 0.2 }];

test('people set what agents cannot tell: whom a pool lends to, its ladder, and what may be tuned within what', () => {
  const base = adjustable(twoPools());
  const pools = base.pools.map((it) => (it.pool === 'triage' ? { ...it, contention } : it));
  expect(Object.fromEntries(poolSettingsOf({ ...base, pools }))).toEqual({
    triage: { lendsTo: ['expert'], ladder, tunable: { concurrency: { least: 1, most: 64 } } },
    expert: { ladder, tunable: { model: { choices: ['large', 'small'] } } },
  });
  expect(poolSettingsOf(twoPools())).toEqual(new Map());
});

test('a product is told before the fleet reports anything', async () => {
  const scenario = adjustable(twoPools([], { minutes: 2 }));
  const product = productInProcess(scenario.startMs, {
    ...{ route: 'auto', scale: 'auto', breaker: 'auto', degrade: 'auto' },
    ...{ failover: 'auto', restart: 'auto', tune: 'auto' },
  });
  const told: (string | PoolSettings)[] = [];
  await driveFleet(
    { scenario, seed: 1, policy: powerOfTwo },
    {
      ...product,
      setPool: async (pool, settings) => {
        told.push(pool, settings);
        await product.setPool(pool, settings);
      },
      send: async (flush) => {
        told.push('flush');
        await product.send(flush);
      },
    },
  );
  expect(told.slice(0, 5)).toEqual([
    'triage',
    { lendsTo: ['expert'], ladder },
    'expert',
    { ladder, tunable: { model: { choices: ['large', 'small'] } } },
    'flush',
  ]);
});
