import { describe, expect, test } from 'vitest';
import { guardrails } from '../../../lib/core/remediate/guardrails/registry.ts';
import { HostileFleet } from '../../fixtures/hostile-fleet.ts';
import { walk } from '../../fixtures/hostile-walk.ts';
import { SafetyOracle } from '../../fixtures/safety-oracle.ts';

/** Many short walks, and some that are long enough for what is remembered for hours; `npm run bench -- guardrails` takes more. */
const walks = [...Array<number>(150).fill(100), ...Array<number>(10).fill(500)];
const MINUTES = walks.reduce((sum, steps) => sum + steps, 0);
const STEPS = 100;

describe('whatever happens, and whatever is proposed', () => {
  test(`${MINUTES.toLocaleString('en')} minutes break no rule`, () => {
    const acted = new Map<string, number>();
    for (const [index, steps] of walks.entries()) {
      const seed = index + 1;
      const came = walk(seed, steps);
      if (came.broken) expect.fail(`seed ${seed}, step ${came.broken.step}: ${came.broken.rules.join('\n')}`);
      for (const [kind, times] of came.acted) acted.set(kind, (acted.get(kind) ?? 0) + times);
    }
    // Rules are not kept by doing nothing.
    for (const kind of ['route', 'scale', 'breaker', 'degrade', 'failover', 'restart', 'tune'])
      expect(acted.get(kind), kind).toBeGreaterThan(MINUTES / 100);
  }, 300_000);

  test('minutes that are decided twice break no rule', () => {
    for (let seed = 1; seed <= 20; seed++)
      expect(walk(seed, STEPS, { isTwice: true }).broken, `seed ${seed}`).toBeNull();
  }, 120_000);

  test('deciding a minute again changes nothing', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const fleet = new HostileFleet(seed);
      for (let step = 0; step < 100; step++) {
        fleet.step();
        const once = fleet.records;
        const { proposed } = fleet;
        fleet.decide((kind) => proposed.get(kind) ?? []);
        expect(fleet.records, `seed ${seed}, step ${step}`).toEqual(once);
      }
    }
  });
});

describe('each guardrail is needed', () => {
  test.each(guardrails.map(({ name }) => name))('without %s a rule is broken', (name) => {
    const left = guardrails.filter((it) => it.name !== name);
    const isBroken = (seed: number) => {
      const fleet = new HostileFleet(seed, left);
      const oracle = new SafetyOracle(fleet);
      for (let step = 0; step < STEPS; step++) {
        fleet.step();
        if (oracle.check().length > 0) return true;
      }
      return false;
    };
    expect(Array.from({ length: 60 }, (_, i) => i + 1).some(isBroken)).toBe(true);
  });
});
