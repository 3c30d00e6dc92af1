import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentPace, type PaceReading } from '../../lib/client/agent-pace.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

function reading(more: Partial<PaceReading> = {}): PaceReading {
  return { agent: 'a', taskType: 'answer', tookMs: 10 * SECOND_MS, isDone: true, atMs: 0, ...more };
}

/** Lognormal, of mean 1 and coefficient of variation 1. */
function drawService(random: Random): number {
  const variance = Math.log(2);
  return Math.exp(random.normal(-variance / 2, Math.sqrt(variance)));
}

/** Every agent does a task of each type every twelve seconds, as fast as it is. */
function work(
  pace: AgentPace,
  speeds: Record<string, number>,
  minutes: number,
  seed: number,
  typeMs = [8_000, 90_000],
) {
  const random = createRandom(seed, 'pace');
  for (let atMs = 0; atMs < minutes * MINUTE_MS; atMs += 12 * SECOND_MS) {
    for (const [agent, slowness] of Object.entries(speeds)) {
      typeMs.forEach((meanMs, i) => {
        pace.ended(reading({ agent, taskType: `type ${i}`, tookMs: meanMs * slowness * drawService(random), atMs }));
      });
    }
  }
  return minutes * MINUTE_MS;
}

test('an agent that nobody has heard of is as fast as is usual', () => {
  const pace = new AgentPace();
  expect(pace.slowness('a', 0)).toBe(1);
  pace.ended(reading({ agent: 'b' }));
  expect(pace.slowness('a', 0)).toBe(1);
});

test('of agents that differ by two fifths the faster one is known after ten minutes, in 95 of 100 fleets', () => {
  const rightOf = Array.from({ length: 100 }, (_, seed) => {
    const pace = new AgentPace();
    const nowMs = work(pace, { fast: 0.8, usual: 1, slow: 1.2 }, 10, seed);
    return pace.slowness('fast', nowMs) < pace.slowness('slow', nowMs);
  });
  expect(rightOf.filter((isRight) => isRight).length).toBeGreaterThanOrEqual(95);
});

test('who does the long tasks is not taken for slow', () => {
  const pace = new AgentPace();
  for (let n = 0; n < 200; n++) {
    for (const agent of ['a', 'b', 'c']) {
      pace.ended(reading({ agent, taskType: 'short', tookMs: 2_000, atMs: n * SECOND_MS }));
      pace.ended(reading({ agent, taskType: 'long', tookMs: 60_000, atMs: n * SECOND_MS }));
    }
    pace.ended(reading({ agent: 'researcher', taskType: 'long', tookMs: 60_000, atMs: n * SECOND_MS }));
  }
  expect(pace.slowness('researcher', 200 * SECOND_MS)).toBeCloseTo(pace.slowness('a', 200 * SECOND_MS), 2);
});

test('a time that is none is refused, and spoils nothing', () => {
  const pace = new AgentPace();
  pace.ended(reading());
  for (const tookMs of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    expect(() => pace.ended(reading({ tookMs }))).toThrow(`tookMs is ${tookMs}, and has to be 0 or more`);
  }
  expect(pace.slowness('a', 0)).toBe(1);
});

describe('an agent whose tasks fail', () => {
  test('was the fastest, and is the slowest after five in a row, however quickly they fail', () => {
    const pace = new AgentPace();
    const atMs = work(pace, { fast: 0.75, usual: 1, slow: 1.25 }, 10, 1);
    expect(pace.slowness('fast', atMs)).toBeLessThan(pace.slowness('usual', atMs));
    for (let n = 0; n < 5; n++) pace.ended(reading({ agent: 'fast', tookMs: 20, isDone: false, atMs }));
    expect(pace.slowness('fast', atMs)).toBeGreaterThan(pace.slowness('slow', atMs));
  });

  test('is forgiven by half every five minutes', () => {
    const pace = new AgentPace();
    for (let n = 0; n < 40; n++) pace.ended(reading({ isDone: false }));
    expect(pace.slowness('a', 0)).toBeGreaterThan(50);
    expect(pace.slowness('a', 5 * MINUTE_MS)).toBeCloseTo(1 / (1 - 0.985 / 2), 1);
    expect(pace.slowness('a', 60 * MINUTE_MS)).toBeCloseTo(1, 3);
  });
});

test('laws: a pace is a positive number, whatever is told, and one that is not heard of goes back to what is usual', () => {
  const anyReading = fc.record({
    agent: fc.constantFrom('a', 'b', 'c'),
    taskType: fc.constantFrom('x', 'y'),
    tookMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    isDone: fc.boolean(),
    atMs: fc.integer({ min: 0, max: 24 * 60 * MINUTE_MS }),
  });
  fc.assert(
    fc.property(fc.array(anyReading, { maxLength: 200 }), (readings) => {
      const pace = new AgentPace();
      for (const each of readings) pace.ended(each);
      for (const agent of ['a', 'b', 'c', 'd']) {
        const now = pace.slowness(agent, 24 * 60 * MINUTE_MS);
        expect(now).toBeGreaterThan(0);
        expect(now).toBeLessThan(Number.POSITIVE_INFINITY);
        expect(pace.slowness(agent, 30 * 60 * MINUTE_MS)).toBeCloseTo(1, 3);
      }
    }),
  );
});
