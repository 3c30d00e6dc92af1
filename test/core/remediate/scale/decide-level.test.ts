import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { decideLevel, type LevelNeeds, MOST_AN_HOUR } from '../../../../lib/core/remediate/scale/decide-level.ts';
import type { PoolLevel, ScaleStep } from '../../../../lib/core/remediate/scale/scale-history.ts';

const NOW = 29_000_000 * MINUTE_MS;
const bounds = { min: 2, max: 40 };

function level(agents: number, more: Partial<PoolLevel> = {}): PoolLevel {
  return { agents, out: 0, isSettling: false, isInDoubt: false, ...more };
}

function needs(wanted: number, more: Partial<LevelNeeds> = {}): LevelNeeds {
  return { wanted, isSure: true, isExhausted: false, enough: null, enoughNow: wanted, ...more };
}

/** A level that was decided so many minutes ago, and came into force. */
function step(minutesAgo: number, before: number, desired: number): ScaleStep {
  const issuedMs = NOW - minutesAgo * MINUTE_MS;
  const directive = {} as ScaleStep['directive'];
  return { directive, desired, before, issuedMs, sinceMs: issuedMs, refused: null, wasUndone: false };
}

function decide(now: PoolLevel, its: LevelNeeds, history: ScaleStep[] = [], settings: object = bounds) {
  return decideLevel(now, its, { settings, history, nowMs: NOW });
}

describe('more agents', () => {
  test.each([
    { name: 'come as many as it takes, in one step', has: 20, wants: 33, desired: 33 },
    { name: 'come no more than twice what is there at once', has: 10, wants: 33, desired: 20 },
    { name: 'never exceed the maximum', has: 30, wants: 70, desired: 40 },
    { name: 'do not come within the tolerance of a tenth', has: 20, wants: 22, desired: null },
    { name: 'do not come while the agent to spare is enough', has: 5, wants: 6, desired: null },
  ])('$name', ({ has, wants, desired }) => {
    expect(decide(level(has), needs(wants))?.desired ?? null).toBe(desired);
  });

  test('do not come for what chance may have done, but to a pool that can do no more', () => {
    expect(decide(level(20), needs(33, { isSure: false }))).toBeNull();
    expect(decide(level(20), needs(33, { isSure: false, isExhausted: true }))).toMatchObject({ desired: 33 });
  });

  test('come one at a time as well where slots are exhausted', () => {
    expect(decide(level(5), needs(6, { isExhausted: true }))).toMatchObject({ desired: 6, direction: 'out' });
  });

  test('do not come to a pool that declares no maximum', () => {
    expect(decide(level(20), needs(33, { isExhausted: true }), [], { min: 2 })).toBeNull();
  });

  test('the fourth level of an hour is kept for a pool that can do no more', () => {
    const three = [step(10, 14, 17), step(20, 12, 14), step(30, 10, 12)];
    expect(decide(level(17), needs(25), three)).toBeNull();
    expect(decide(level(17), needs(25, { isExhausted: true }), three)).toMatchObject({ desired: 25 });
    const four = [step(5, 17, 19), ...three];
    expect(decide(level(19), needs(25, { isExhausted: true }), four)).toBeNull();
  });
});

describe('fewer agents', () => {
  test('go in steps of a tenth', () => {
    expect(decide(level(20), needs(10, { enough: 10 }))).toEqual({ desired: 18, direction: 'in', isReturn: false });
  });

  test('do not go where an incident is open, telemetry is missing or the load grows', () => {
    expect(decide(level(20), needs(10, { enough: null }))).toBeNull();
  });

  test('do not go below the minimum, nor from a pool that declares none', () => {
    expect(decide(level(4), needs(1, { enough: 1 }), [], { min: 4, max: 9 })).toBeNull();
    expect(decide(level(20), needs(10, { enough: 10 }), [], { max: 40 })).toBeNull();
  });

  test('do not go within twenty minutes after more came', () => {
    expect(decide(level(30), needs(15, { enough: 15 }), [step(19, 20, 30)])).toBeNull();
    expect(decide(level(30), needs(15, { enough: 15 }), [step(20, 20, 30)])).toMatchObject({ direction: 'in' });
  });

  test('what came for a surge goes in one step, once the surge has left the minutes that are looked at', () => {
    const surge = [step(40, 18, 36)];
    expect(decide(level(36), needs(15, { enough: 30, enoughNow: 15 }), surge)).toBeNull();
    expect(decide(level(36), needs(15, { enough: 16, enoughNow: 15 }), surge)).toEqual({
      ...{ desired: 18, direction: 'in', isReturn: true },
    });
  });

  test('go in steps of a tenth where what came for a surge was undone, or never came', () => {
    const undone = { ...step(40, 10, 17), wasUndone: true };
    expect(decide(level(30), needs(5, { enough: 5 }), [undone])).toEqual({
      ...{ desired: 27, direction: 'in', isReturn: false },
    });
  });

  test('go in one step only as far as they were ordered: what people added beside is not given back with it', () => {
    expect(decide(level(30), needs(5, { enough: 5 }), [step(40, 10, 17)])).toEqual({
      ...{ desired: 23, direction: 'in', isReturn: true },
    });
  });

  test('are at most the third level of an hour, and where none came for a surge the second', () => {
    const surge = [step(21, 24, 36), step(23, 18, 24)];
    expect(decide(level(36), needs(15, { enough: 15 }), surge)).toMatchObject({ desired: 18 });
    expect(decide(level(36), needs(15, { enough: 15 }), [...surge, step(50, 20, 18)])).toBeNull();
    const steps = [step(20, 20, 18), step(40, 22, 20)];
    expect(decide(level(18), needs(10, { enough: 10 }), steps)).toBeNull();
    expect(decide(level(18), needs(10, { enough: 10 }), steps.slice(0, 1))).toMatchObject({ desired: 17 });
  });
});

test('laws: levels that nobody put in force change nothing', () => {
  const asked = fc.array(fc.record({ ago: fc.integer({ min: 0, max: 90 }), by: fc.integer({ min: -4, max: 12 }) }));
  const of = fc.record({
    ...{ wanted: fc.integer({ min: 0, max: 60 }), isExhausted: fc.boolean(), asked },
    enough: fc.option(fc.integer({ min: 0, max: 30 })),
    inForce: fc.subarray([step(25, 22, 20), step(40, 18, 22), step(70, 20, 18)]),
  });
  fc.assert(
    fc.property(of, ({ wanted, isExhausted, enough, asked: its, inForce }) => {
      const waiting = its.map(({ ago, by }) => ({ ...step(ago, 20, 20 + by), sinceMs: null }));
      const history = [...inForce, ...waiting].sort((a, b) => b.issuedMs - a.issuedMs);
      const now = needs(wanted, { isExhausted, enough });
      expect(decide(level(20), now, history)).toEqual(decide(level(20), now, inForce));
    }),
  );
});

test('no history makes a level leave its bounds, more than double, or be one of more than four an hour', () => {
  const steps = fc.array(
    fc.record({
      ago: fc.integer({ min: 1, max: 240 }),
      before: fc.integer({ min: 2, max: 40 }),
      by: fc.integer({ min: -8, max: 20 }),
    }),
    { maxLength: 12 },
  );
  const of = fc.record({
    ...{ agents: fc.integer({ min: 2, max: 40 }), wanted: fc.integer({ min: 0, max: 90 }), isExhausted: fc.boolean() },
    ...{ enough: fc.option(fc.integer({ min: 0, max: 60 })), steps },
  });
  fc.assert(
    fc.property(of, ({ agents, wanted, isExhausted, enough, steps: its }) => {
      const history = its
        .map(({ ago, before, by }) => step(ago, before, Math.max(1, before + by)))
        .sort((a, b) => b.issuedMs - a.issuedMs);
      const decision = decide(level(agents), needs(wanted, { isExhausted, enough }), history);
      if (!decision) return;
      const { desired, direction, isReturn } = decision;
      expect(desired).toBeGreaterThanOrEqual(bounds.min);
      expect(desired).toBeLessThanOrEqual(Math.min(bounds.max, 2 * agents));
      expect(history.filter(({ issuedMs }) => NOW - issuedMs < 60 * MINUTE_MS).length).toBeLessThan(MOST_AN_HOUR);
      if (direction === 'out') expect(desired).toBeGreaterThan(agents);
      else {
        expect(desired).toBeLessThan(agents);
        expect(desired).toBeGreaterThanOrEqual(enough as number);
        if (!isReturn) expect(agents - desired).toBeLessThanOrEqual(Math.max(1, 0.1 * agents));
      }
    }),
  );
});
