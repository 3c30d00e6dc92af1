import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BreakerMinute,
  type BreakerState,
  breakerAfter,
  HALF_OPEN_MS,
  neverOpened,
  openMs,
  timesRemembered,
} from '../../../lib/core/remediate/breaker-state.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const calm: BreakerMinute = { isBad: false, isGone: false, probes: { good: 0, n: 0 }, isSilent: false };
const minuteWith = (more: Partial<BreakerMinute>): BreakerMinute => ({ ...calm, ...more });
const probes = (good: number, n: number) => minuteWith({ probes: { good, n } });

const closed = (times = 0, sinceMs = 0): BreakerState => ({ state: 'closed', times, sinceMs });
const open = (untilMs: number, times = 1): BreakerState => ({ state: 'open', times, sinceMs: NOW - MINUTE, untilMs });
const halfOpen = (untilMs: number, times = 1): BreakerState => ({
  ...{ state: 'half-open' as const, times, sinceMs: NOW - MINUTE, untilMs },
});

describe('the transitions of a breaker', () => {
  test.each([
    { from: closed(), when: calm, to: 'closed', times: 0, name: 'stays closed while nothing is wrong' },
    { from: closed(), when: minuteWith({ isBad: true }), to: 'open', times: 1, name: 'opens when it is bad' },
    {
      from: closed(2, NOW - 5 * MINUTE),
      when: minuteWith({ isBad: true }),
      to: 'open',
      times: 3,
      name: 'soon after closing, opens from what is remembered',
    },
    {
      from: closed(2, NOW - 10 * MINUTE),
      when: minuteWith({ isBad: true }),
      to: 'open',
      times: 2,
      name: 'has forgotten one opening after ten minutes',
    },
    {
      from: closed(2, NOW - 20 * MINUTE),
      when: minuteWith({ isBad: true }),
      to: 'open',
      times: 1,
      name: 'has forgotten both after twenty',
    },
    {
      from: open(NOW + 1),
      when: probes(9, 9),
      to: 'open',
      times: 1,
      name: 'stays open one millisecond before its time is over',
    },
    { from: open(NOW), when: calm, to: 'half-open', times: 1, name: 'lets probes through when its time is over' },
    {
      from: open(NOW - MINUTE),
      when: minuteWith({ isGone: true }),
      to: 'open',
      times: 1,
      name: 'probes nobody who is not there',
    },
    { from: halfOpen(NOW + MINUTE), when: probes(4, 4), to: 'half-open', times: 1, name: 'waits for the fifth probe' },
    {
      from: halfOpen(NOW + MINUTE),
      when: probes(4, 5),
      to: 'closed',
      times: 1,
      name: 'closes when four of five are good',
    },
    {
      from: halfOpen(NOW + MINUTE),
      when: probes(3, 5),
      to: 'open',
      times: 2,
      name: 'opens again when three of five are',
    },
    {
      from: halfOpen(NOW),
      when: probes(3, 3),
      to: 'closed',
      times: 1,
      name: 'is content with three good ones when its time is over',
    },
    { from: halfOpen(NOW), when: probes(2, 2), to: 'half-open', times: 1, name: 'but not with two' },
    { from: halfOpen(NOW), when: probes(1, 2), to: 'open', times: 2, name: 'opens again with one of two then' },
    {
      from: { ...halfOpen(NOW - 9 * MINUTE), sinceMs: NOW - 12 * MINUTE },
      when: probes(1, 1),
      to: 'closed',
      times: 1,
      name: 'is content with one good one after twelve minutes',
    },
    {
      from: { ...halfOpen(NOW - 9 * MINUTE), sinceMs: NOW - 12 * MINUTE + 1 },
      when: probes(2, 2),
      to: 'half-open',
      times: 1,
      name: 'but not one millisecond before',
    },
    {
      from: { ...halfOpen(NOW - 9 * MINUTE), sinceMs: NOW - 12 * MINUTE },
      when: calm,
      to: 'half-open',
      times: 1,
      name: 'nor with none at all',
    },
    { from: halfOpen(NOW), when: calm, to: 'half-open', times: 1, name: 'waits on where no work came' },
    {
      from: halfOpen(NOW),
      when: minuteWith({ isSilent: true }),
      to: 'open',
      times: 2,
      name: 'opens again when it swallows its probes',
    },
    {
      from: halfOpen(NOW + MINUTE),
      when: minuteWith({ isGone: true }),
      to: 'open',
      times: 2,
      name: 'opens again when it dies',
    },
  ])('$name', ({ from, when, to, times }) => {
    expect(breakerAfter(from, when, NOW, 'a')).toMatchObject({ state: to, times });
  });
});

describe('the time that it stays open', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 15],
    [60, 15],
  ])('the %i. time is %i min, give or take a fifth, and the same whenever it is asked', (times, minutes) => {
    for (const id of ['a', 'b', 'agents-07', 'tool search']) {
      expect(openMs(times, id)).toBe(openMs(times, id));
      expect(openMs(times, id) / MINUTE).toBeGreaterThanOrEqual(0.8 * minutes);
      expect(openMs(times, id) / MINUTE).toBeLessThanOrEqual(1.2 * minutes);
    }
  });

  test('differs between those that opened together', () => {
    const lengths = new Set(Array.from({ length: 50 }, (_, i) => openMs(1, `agent-${i}`)));
    expect(lengths.size).toBeGreaterThan(45);
  });
});

/** The same, written as a program with counters of minutes instead of a table of moments. */
class Reference {
  mode: 'closed' | 'open' | 'half-open' = 'closed';
  k = 0;
  minutesInMode = 0;
  #openMinutes = 0;

  step({ isBad, isGone, probes: { good, n }, isSilent }: BreakerMinute, id: string): void {
    this.minutesInMode += 1;
    const trip = (k: number) => {
      this.mode = 'open';
      this.k = Math.min(5, k);
      this.minutesInMode = 0;
      this.#openMinutes = Math.ceil(openMs(this.k, id) / MINUTE);
    };
    if (this.mode === 'closed') {
      const left = Math.max(0, this.k - Math.floor(this.minutesInMode / 10));
      if (isBad) trip(left + 1);
    } else if (this.mode === 'open') {
      if (this.minutesInMode >= this.#openMinutes && !isGone) {
        this.mode = 'half-open';
        this.minutesInMode = 0;
      }
    } else {
      const isOver = this.minutesInMode >= HALF_OPEN_MS / MINUTE;
      const isBadEnough = n > 0 && good / n < 0.8;
      const isScarce = n > 0 && this.minutesInMode >= 12;
      const isDecided = n >= 5 || (isOver && (n >= 3 || isBadEnough || isScarce));
      if (isGone || (isDecided && isBadEnough) || (n === 0 && isOver && isSilent)) trip(this.k + 1);
      else if (isDecided) {
        this.mode = 'closed';
        this.minutesInMode = 0;
      }
    }
  }
}

const anyMinute = fc.record({
  isBad: fc.boolean(),
  isGone: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  probes: fc.nat(8).chain((n) => fc.nat(n).map((good) => ({ good, n }))),
  isSilent: fc.boolean(),
});

/** Of something that gets little work, and does it well. */
const scarceMinute = fc.record({
  ...{ isBad: fc.boolean(), isGone: fc.constant(false), isSilent: fc.constant(false) },
  probes: fc.nat(2).map((n) => ({ good: n, n })),
});
const anyMinutes = fc.constantFrom(0, 30).chain((scarce) =>
  fc.array(fc.oneof({ weight: 1, arbitrary: anyMinute }, { weight: scarce, arbitrary: scarceMinute }), {
    ...{ minLength: 100, maxLength: 300, size: 'max' },
  }),
);

test('any sequence of minutes, 100,000 in all, leads where the reference automaton goes', () => {
  let steps = 0;
  fc.assert(
    fc.property(anyMinutes, fc.string(), (minutes, id) => {
      const reference = new Reference();
      let state: BreakerState = neverOpened;
      let nowMs = NOW;
      for (const minute of minutes) {
        nowMs += MINUTE;
        reference.step(minute, id);
        const before = state;
        state = breakerAfter(before, minute, nowMs, id);
        steps += 1;
        // Decided again, a minute leads to the same state.
        const again = breakerAfter(before, minute, nowMs, id);
        const isLong = state.state === 'open' && state.untilMs - state.sinceMs > 18 * MINUTE;
        const isAsTold = state.state === reference.mode && state.times === reference.k;
        if (!isAsTold || isLong || JSON.stringify(again) !== JSON.stringify(state))
          expect({ state, again, before, minute }).toEqual({ mode: reference.mode, times: reference.k });
      }
    }),
    { numRuns: 700 },
  );
  expect(steps).toBeGreaterThanOrEqual(100_000);
});

test('what is remembered never grows by waiting', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(1_000), fc.nat(1_000), (times, earlier, longer) => {
      const state = closed(times, 0);
      const [soon, late] = [
        timesRemembered(state, earlier * MINUTE),
        timesRemembered(state, (earlier + longer) * MINUTE),
      ];
      expect(late).toBeLessThanOrEqual(soon);
      expect(soon).toBeLessThanOrEqual(times);
    }),
  );
});

test('after hours of illness and fifty healthy minutes one bad minute opens it as if for the first time', () => {
  let state: BreakerState = neverOpened;
  let nowMs = NOW;
  for (let i = 0; i < 300; i++, nowMs += MINUTE)
    state = breakerAfter(state, minuteWith({ isBad: true, probes: { good: 0, n: 5 } }), nowMs, 'a');
  for (; state.state !== 'closed'; nowMs += MINUTE) state = breakerAfter(state, probes(5, 5), nowMs, 'a');
  nowMs = state.sinceMs;
  expect(state.times).toBe(5);
  expect(breakerAfter(state, minuteWith({ isBad: true }), nowMs + 50 * MINUTE, 'a')).toMatchObject({ times: 1 });
});
