import { describe, expect, test } from 'vitest';
import { addLoad, emptyFigures, loadLevel } from '../../../lib/core/kpi/figures.ts';
import { scalabilityIndex } from '../../../lib/core/kpi/scalability-index.ts';
import { inWindow, type ScopeFigures } from '../../../lib/core/kpi/scope-figures.ts';
import { type Usl, uslEfficiency, uslThroughput } from '../../../lib/core/kpi/usl.ts';
import { createRandom, type Random } from '../../../lib/sim/random.ts';

const RUNS = 200;

interface MinuteOfWork {
  busy: number;
  completed: number;
}

function figuresOf(minutes: readonly MinuteOfWork[]): ScopeFigures {
  const figures = emptyFigures();
  for (const { busy, completed } of minutes) {
    addLoad(figures, loadLevel(busy), { minutes: 1, completed, busyMilli: Math.round(busy * 1_000) });
  }
  return inWindow(figures, { from: 0, to: minutes.length });
}

function poisson(random: Random, mean: number): number {
  let [count, left] = [-1, mean];
  while (left >= 0) {
    left -= random.exponential(1);
    count += 1;
  }
  return count;
}

/** A wave of load around 14 tasks at once, whose throughput follows a law but for chance. */
function waveOf(law: Usl, minutes: number, seed: number): ScopeFigures {
  const random = createRandom(seed, 'wave');
  return figuresOf(
    Array.from({ length: minutes }, (_, minute) => {
      const busy = Math.max(0, 14 + 12 * Math.sin((2 * Math.PI * minute) / minutes) + random.normal(0, 1.5));
      return { busy, completed: poisson(random, uslThroughput(law, busy)) };
    }),
  );
}

describe('the 95 % interval of the index', () => {
  test.each([
    { lambda: 3, sigma: 0.05, kappa: 0.001, minutes: 480 },
    { lambda: 3, sigma: 0, kappa: 0, minutes: 480 },
    { lambda: 0.5, sigma: 0.1, kappa: 0, minutes: 480 },
    { lambda: 2, sigma: 0, kappa: 0.003, minutes: 480 },
    { lambda: 4, sigma: 0.8, kappa: 0, minutes: 480 },
    { lambda: 3, sigma: 0.05, kappa: 0.001, minutes: 120 },
  ])(`holds the truth in 9 of 10 of ${RUNS} windows of $minutes minutes at least: $lambda, $sigma, $kappa`, (each) => {
    const { minutes, ...law } = each;
    let covered = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      const { value, parts = {} } = scalabilityIndex.of(waveOf(law, minutes, seed));
      const truth = uslEfficiency(law, parts['concurrency'] ?? Number.NaN);
      expect(value).not.toBeNull();
      if (truth >= (parts['low'] ?? 2) - 1e-9 && truth <= (parts['high'] ?? 0) + 1e-9) covered += 1;
    }
    expect(covered / RUNS).toBeGreaterThanOrEqual(0.9);
  });
});

/** Tasks that come at random and wait for nothing, in a wave of load: service times do not depend on what else is at work. */
function openPool(of: { meanTasks: number; swing: number; serviceMinutes: number; spread: number }, seed: number) {
  const { meanTasks, swing, serviceMinutes, spread } = of;
  const random = createRandom(seed, 'open-pool');
  const minutes = Array.from({ length: 1_440 }, () => ({ busy: 0, completed: 0 }));
  const highest = (meanTasks / serviceMinutes) * (1 + swing);
  for (let at = -60; at < minutes.length; at += random.exponential(1 / highest)) {
    if (random.uniform() > (1 + swing * Math.sin((2 * Math.PI * at) / 720)) / (1 + swing)) continue;
    const end = at + random.logNormal(serviceMinutes * Math.exp(-(spread ** 2) / 2), spread);
    const last = minutes[Math.floor(end)];
    if (last) last.completed += 1;
    for (let minute = Math.max(0, Math.floor(at)); minute < Math.min(end, minutes.length); minute++) {
      const of = minutes[minute];
      if (of) of.busy += Math.min(end, minute + 1) - Math.max(at, minute);
    }
  }
  return figuresOf(minutes);
}

describe('of a pool that scales without loss', () => {
  test('a load that varies only twice as much as by chance shows as a wide interval', () => {
    const { value, parts } = scalabilityIndex.of(
      openPool({ meanTasks: 5, swing: 0.6, serviceMinutes: 2, spread: 1 }, 1),
    );
    expect(value).toBeLessThan(0.9);
    expect(parts?.['high']).toBe(1);
  });

  test.each([
    { meanTasks: 5, swing: 0.6, serviceMinutes: 0.1, spread: 1 },
    { meanTasks: 30, swing: 0.3, serviceMinutes: 0.1, spread: 1 },
    { meanTasks: 30, swing: 0.6, serviceMinutes: 0.5, spread: 1 },
    { meanTasks: 30, swing: 0.6, serviceMinutes: 10, spread: 1 },
  ])(
    'the interval holds 1, though long tasks look like contention: $meanTasks tasks of $serviceMinutes min',
    (each) => {
      for (let seed = 1; seed <= 10; seed++) {
        const { value, parts } = scalabilityIndex.of(openPool(each, seed));
        expect(value).toBeGreaterThan(0.85);
        expect(parts?.['high']).toBe(1);
      }
    },
  );

  test.each([
    { meanTasks: 5, swing: 0, serviceMinutes: 0.1, spread: 1 },
    { meanTasks: 5, swing: 0.3, serviceMinutes: 0.5, spread: 1 },
    { meanTasks: 30, swing: 0, serviceMinutes: 10, spread: 1 },
  ])('there is no index where its load is steady: $meanTasks tasks of $serviceMinutes min', (each) => {
    for (let seed = 1; seed <= 10; seed++) expect(scalabilityIndex.of(openPool(each, seed)).value).toBeNull();
  });
});

test('a pool whose slots are all at work at most is told from one that slows down: 12 slots and a queue lose nothing', () => {
  // Throughput of N busy slots is 2 N whether or not others wait: the queue is not at work.
  const minutes = Array.from({ length: 600 }, (_, minute) => {
    const busy = Math.min(12, 1 + (minute % 30));
    return { busy, completed: 2 * busy };
  });
  expect(scalabilityIndex.of(figuresOf(minutes))).toMatchObject({ value: expect.closeTo(1, 6), parts: { high: 1 } });
});

test('the index and its interval do not depend on the order in which minutes were added', () => {
  const law = { lambda: 3, sigma: 0.05, kappa: 0.001 };
  const figures = waveOf(law, 240, 7);
  const reversed = { ...figures, loads: new Map([...figures.loads].reverse()) };
  expect(scalabilityIndex.of(reversed)).toEqual(scalabilityIndex.of(figures));
});
