import { describe, expect, test } from 'vitest';
import { type Arrival, services } from '../../lib/sim/arrival.ts';
import { azureLlm2023 } from '../../lib/sim/azure-llm-2023.ts';
import { demoRates } from '../../lib/sim/demo-fleet.ts';
import { drawArrivals } from '../../lib/sim/draw-arrivals.ts';
import { findRecordings, readRecordings } from '../../lib/sim/recording.ts';
import { serviceTimeMs } from '../../lib/sim/service-time.ts';
import { profileWorkload } from '../../lib/sim/workload-profile.ts';

const FROM = Date.parse(azureLlm2023.from);
const drawn = drawArrivals(azureLlm2023, 1);

const perMinute = (arrivals: readonly Arrival[]) => {
  const counts = new Array<number>(60).fill(0);
  for (const { atMs } of arrivals) {
    const minute = Math.floor((atMs - FROM) / 60_000);
    counts[minute] = (counts[minute] ?? 0) + 1;
  }
  return counts;
};
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const quantile = (values: number[], q: number) =>
  [...values].sort((one, other) => one - other)[Math.ceil(q * values.length) - 1] ?? Number.NaN;
const work = (arrivals: readonly Arrival[]) => sum(arrivals.map((arrival) => serviceTimeMs(demoRates, arrival)));

describe('a workload drawn from the shipped profile', () => {
  test('is the same for the same seed and another for another', () => {
    expect(drawArrivals(azureLlm2023, 1)).toEqual(drawn);
    expect(drawArrivals(azureLlm2023, 2)).not.toEqual(drawn);
  });

  test('comes in order of time, within its hour, with whole positive tokens', () => {
    expect(drawn.every(({ atMs }, index) => index === 0 || atMs >= (drawn[index - 1]?.atMs ?? 0))).toBe(true);
    expect(drawn.every(({ atMs }) => atMs >= FROM && atMs <= FROM + 3_600_000)).toBe(true);
    expect(drawn.every(({ inputTokens, outputTokens }) => Number.isInteger(inputTokens + outputTokens))).toBe(true);
    expect(
      Math.min(...drawn.map(({ inputTokens, outputTokens }) => Math.min(inputTokens, outputTokens))),
    ).toBeGreaterThan(0);
  });

  test.each(services)('%s: every minute is within 4 Poisson standard deviations of the profile', (service) => {
    const { arrivalsPerMinute } = azureLlm2023.services[service];
    const counts = perMinute(drawn.filter((arrival) => arrival.service === service));
    counts.forEach((count, minute) => {
      const rate = arrivalsPerMinute[minute] ?? 0;
      expect(Math.abs(count - rate), `minute ${minute}`).toBeLessThanOrEqual(4 * Math.sqrt(rate));
    });
  });
});

const paths = findRecordings('.');
const title = paths ? 'against the recording' : 'against the recording (skipped: none in ../shared/data)';
describe.skipIf(paths === null)(title, () => {
  const recorded = paths ? readRecordings(paths) : [];

  test('the shipped profile is what the recording gives', () => {
    expect(profileWorkload(recorded, FROM, 60, azureLlm2023.citation)).toEqual(azureLlm2023);
  });

  describe.each(services)('%s', (service) => {
    const was = recorded.filter((arrival) => arrival.service === service);
    const is = drawn.filter((arrival) => arrival.service === service);

    test('as many arrive, within 3 %, and bring as much work, within 5 %', () => {
      expect(Math.abs(is.length / was.length - 1)).toBeLessThan(0.03);
      expect(Math.abs(work(is) / work(was) - 1)).toBeLessThan(0.05);
    });

    test.each(['inputTokens', 'outputTokens'] as const)('quantiles of %s agree within 12 %% or 2 tokens', (tokens) => {
      for (const q of [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]) {
        const [expected, actual] = [was, is].map((arrivals) =>
          quantile(
            arrivals.map((arrival) => arrival[tokens]),
            q,
          ),
        );
        const apart = Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN));
        expect(apart, `${q}: ${actual} for ${expected}`).toBeLessThanOrEqual(Math.max(2, 0.12 * (expected ?? 0)));
      }
    });

    test('the output still depends on the input: its mean per third of the inputs agrees within 12 %', () => {
      const means = [was, is].map((arrivals) => {
        const byInput = [...arrivals].sort((one, other) => one.inputTokens - other.inputTokens);
        const size = Math.floor(byInput.length / 3);
        return [0, 1, 2].map((third) => {
          return sum(byInput.slice(third * size, (third + 1) * size).map(({ outputTokens }) => outputTokens)) / size;
        });
      });
      const [expected = [], actual = []] = means;
      expected.forEach((mean, third) => {
        expect(Math.abs((actual[third] ?? 0) / mean - 1), `third ${third}`).toBeLessThan(0.12);
      });
    });
  });
});

describe('profiling', () => {
  const citation = azureLlm2023.citation;
  const arrival = (atMs: number): Arrival => ({ atMs, service: 'code', inputTokens: 10, outputTokens: 5 });

  test('refuses an arrival outside the minutes', () => {
    expect(() => profileWorkload([arrival(60_000)], 0, 1, citation)).toThrow(RangeError);
  });

  test('refuses a block too small for thirds', () => {
    expect(() => profileWorkload([arrival(0), arrival(1)], 0, 1, citation)).toThrow(/3 arrivals or more; got 2/);
  });

  test('three equal requests are drawn as requests of that size, some time in that minute', () => {
    const profile = profileWorkload([arrival(60_000), arrival(60_001), arrival(60_002)], 0, 2, citation);
    for (const one of drawArrivals(profile, 5)) {
      expect(one).toMatchObject({ service: 'code', inputTokens: 10, outputTokens: 5 });
      expect(one.atMs).toBeGreaterThanOrEqual(60_000);
    }
  });
});
