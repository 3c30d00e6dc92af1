import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modifiedOfferedLoad, peakLoads, reentrantLoads } from '../../../lib/core/queueing/modified-offered-load.ts';
import { type ServiceTimes, workWithin } from '../../../lib/core/queueing/service-times.ts';

const kinds: ServiceTimes[] = [
  { kind: 'exponential', mean: 3 },
  { kind: 'deterministic', mean: 3 },
  { kind: 'lognormal', mean: 3, cv: 0.5 },
  { kind: 'lognormal', mean: 3, cv: 2 },
];

describe.each(kinds)('service times $kind', (service) => {
  test('a rate that stays is its rate times the mean', () => {
    expect(modifiedOfferedLoad({ step: 5, rates: [2, 2, 2] }, service, 12)).toBeCloseTo(6, 10);
  });

  test('long after a change it is the new rate times the mean', () => {
    expect(modifiedOfferedLoad({ step: 5, rates: [2, 4] }, service, 1e5)).toBeCloseTo(12, 3);
  });

  test('work within a time grows to the mean, by numerical integration of a tail that is its slope', () => {
    expect(workWithin(service, 0)).toBe(0);
    expect(workWithin(service, Number.POSITIVE_INFINITY)).toBe(3);
    let before = 0;
    for (let x = 0.1; x < 100; x += 0.1) {
      const now = workWithin(service, x);
      expect(now - before).toBeGreaterThanOrEqual(-1e-9);
      expect(now - before).toBeLessThanOrEqual(0.1 + 1e-9);
      before = now;
    }
  });
});

test('exponential service: as the differential equation m′ = λ − m/S has it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      (rates, mean) => {
        const arrivals = { step: 1, rates };
        let exact = (rates[0] as number) * mean;
        for (const [i, rate] of rates.entries()) {
          exact = rate * mean + (exact - rate * mean) * Math.exp(-1 / mean);
          expect(modifiedOfferedLoad(arrivals, { kind: 'exponential', mean }, i + 1)).toBeCloseTo(exact, 8);
        }
      },
    ),
  );
});

test('an hour of twice as many tasks that take an hour: half an hour later and 63 % as high, by hand', () => {
  const arrivals = { step: 60, rates: [1, 2, 1] };
  const service: ServiceTimes = { kind: 'exponential', mean: 60 };
  expect(modifiedOfferedLoad(arrivals, service, 120)).toBeCloseTo(60 * (2 - 1 / Math.E), 10);
  const [first = 0, second = 0, third = 0] = peakLoads(arrivals, service);
  expect([first, second, third].map((load) => Math.round(load))).toEqual([60, 98, 98]);
});

test('one log-normal mean: E(min(S, x)) of mean 1, CV 1 at 1 is 0.6614 (by numerical integration)', () => {
  const service: ServiceTimes = { kind: 'lognormal', mean: 1, cv: 1 };
  const sigma2 = Math.log(2);
  const density = (s: number) =>
    Math.exp(-((Math.log(s) + sigma2 / 2) ** 2) / (2 * sigma2)) / (s * Math.sqrt(2 * Math.PI * sigma2));
  let [sum, total] = [0, 0];
  for (let s = 5e-5; s < 200; s += 1e-4 * Math.max(1, s / 2)) {
    const width = 1e-4 * Math.max(1, s / 2);
    sum += Math.min(s, 1) * density(s) * width;
    total += density(s) * width;
  }
  expect(total).toBeCloseTo(1, 3);
  expect(workWithin(service, 1)).toBeCloseTo(sum, 3);
});

describe('work that comes back (Erlang-R)', () => {
  test('in balance it is λ·S ÷ (1 − p)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.9, noNaN: true }), (repeatShare) => {
        const of = { meanService: 2, repeatShare, pause: 1 };
        const loads = reentrantLoads({ step: 5, rates: [3, 3] }, of);
        for (const load of loads) expect(load).toBeCloseTo(6 / (1 - repeatShare), 8);
        const [changed] = reentrantLoads({ step: 1e6, rates: [3], before: 0 }, of);
        expect(changed).toBeCloseTo(6 / (1 - repeatShare), 8);
      }),
    );
  });

  test('without repeats it is the modified offered load of exponential service', () => {
    const arrivals = { step: 4, rates: [1, 5, 2, 0] };
    const loads = reentrantLoads(arrivals, { meanService: 3, repeatShare: 0, pause: 1 });
    for (const [i, load] of loads.entries()) {
      expect(load).toBeCloseTo(modifiedOfferedLoad(arrivals, { kind: 'exponential', mean: 3 }, 4 * (i + 1)), 5);
    }
  });

  test('with hardly a pause it is one service that takes 1 ÷ (1 − p) times as long', () => {
    const arrivals = { step: 4, rates: [1, 5] };
    const loads = reentrantLoads(arrivals, { meanService: 2, repeatShare: 0.5, pause: 1e-3 });
    expect(loads[1]).toBeCloseTo(modifiedOfferedLoad(arrivals, { kind: 'exponential', mean: 4 }, 8), 1);
  });
});

test.each([
  ['steps of no length', () => modifiedOfferedLoad({ step: 0, rates: [1] }, kinds[0] as ServiceTimes, 1)],
  ['a negative rate', () => modifiedOfferedLoad({ step: 1, rates: [-1] }, kinds[0] as ServiceTimes, 1)],
  ['the past', () => modifiedOfferedLoad({ step: 1, rates: [1] }, kinds[0] as ServiceTimes, -1)],
  ['no service', () => workWithin({ kind: 'exponential', mean: 0 }, 1)],
  [
    'work that always comes back',
    () => reentrantLoads({ step: 1, rates: [1] }, { meanService: 1, repeatShare: 1, pause: 1 }),
  ],
])('%s is refused', (_name, compute) => {
  expect(compute).toThrow(RangeError);
});

test('whatever came and stopped coming, the load is never below nothing', () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(rate, { minLength: 1, maxLength: 48 }),
      fc.double({ min: 1, max: 1e5, noNaN: true }),
      (rates, mean) => {
        const loads = peakLoads({ step: 3_600_000, rates: [...rates, 0, 0] }, { kind: 'lognormal', mean, cv: 1 });
        expect(Math.min(...loads)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
