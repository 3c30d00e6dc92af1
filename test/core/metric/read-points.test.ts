import { describe, expect, test } from 'vitest';
import type { KnownPoint } from '../../../lib/core/metric/point-index.ts';
import { pointsToKeep, readPoints } from '../../../lib/core/metric/read-points.ts';
import type { PointEvent } from '../../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';

const MINUTE = 29_000_000;

function known(minute: number, more: Partial<PointEvent>): KnownPoint {
  const atMs = (MINUTE + minute) * MINUTE_MS + 1_000;
  const point: PointEvent = {
    ...{ type: 'point', agent: 'svc', name: 'orders', series: 's', temporality: 'gauge', monotonic: false, atMs },
    ...more,
  };
  return { point, batchId: `batch ${minute}`, minute: MINUTE + minute };
}

const total = (minute: number, value: number, more: Partial<PointEvent> = {}): KnownPoint =>
  known(minute, { temporality: 'cumulative', monotonic: true, startMs: MINUTE * MINUTE_MS, value, ...more });

const samples = (points: KnownPoint[]) => readPoints(points, MINUTE).flatMap(({ sample }) => sample ?? []);
const observed = (points: KnownPoint[], openFrom = MINUTE) =>
  readPoints(points, openFrom).map(({ minute, observation }) => [
    minute - MINUTE,
    observation?.kind,
    observation?.value,
  ]);

describe('points', () => {
  test('of gauges and of sums that may fall stand as they are', () => {
    expect(observed([known(0, { value: 3 }), known(1, { value: -2, temporality: 'cumulative' })])).toEqual([
      [0, 'gauge', 3],
      [1, 'gauge', -2],
    ]);
  });

  test('of deltas count by themselves', () => {
    expect(observed([known(0, { value: 3, temporality: 'delta', monotonic: true })])).toEqual([[0, 'counter', 3]]);
  });

  test('of totals count by their growth since the last point before the open minutes', () => {
    expect(observed([total(4, 10), total(2, 4), total(3, 9)], MINUTE + 3)).toEqual([
      [3, 'counter', 5],
      [4, 'counter', 1],
    ]);
  });

  test('that come after a later one of their total add nothing to it', () => {
    const late = { ...total(1, 6), minute: MINUTE + 3 };
    expect(observed([total(2, 8), late, total(3, 9)], MINUTE + 3)).toEqual([[3, 'counter', 1]]);
  });

  test('of a total are kept as far as the next run needs them: the last before the open minutes, and later ones', () => {
    const points = [total(0, 1), total(1, 2), total(2, 3), total(3, 4), known(0, { value: 1 })];
    const kept = pointsToKeep(points, MINUTE + 2, ({ minute }) => minute > MINUTE + 2);
    expect(kept.map(({ minute }) => minute - MINUTE)).toEqual([1, 2]);
  });
});

describe('metrics of process and host become samples', () => {
  test('with the modes of the CPU together, and used memory', () => {
    const cpu = (mode: string, value: number) =>
      known(0, { name: 'process.cpu.utilization', series: mode, value, of: { 'cpu.mode': mode } });
    const memory = known(0, { name: 'process.memory.usage', series: 'm', value: 5_000_000 });
    expect(samples([cpu('user', 0.25), cpu('system', 0.125), memory])).toEqual([
      { type: 'sample', agent: 'svc', atMs: memory.point.atMs, cpuPpm: 375_000, memoryBytes: 5_000_000 },
    ]);
  });

  test('with the idle share of all CPUs of a host taken off', () => {
    const idle = (cpu: string, value: number) =>
      known(0, {
        ...{ name: 'system.cpu.utilization', series: cpu, value },
        of: { 'system.cpu.state': 'idle', 'system.cpu.logical_number': cpu },
      });
    const user = known(0, {
      name: 'system.cpu.utilization',
      series: 'u',
      value: 0.9,
      of: { 'system.cpu.state': 'user' },
    });
    expect(samples([idle('0', 0.1), idle('1', 0.5), user])).toMatchObject([{ cpuPpm: 700_000 }]);
  });

  test('with totals as rates from their second point on', () => {
    const bytes = (minute: number, value: number) =>
      total(minute, value, { name: 'system.network.io', of: { 'network.io.direction': 'receive' } });
    expect(samples([bytes(0, 9_000_000)])).toEqual([]);
    expect(samples([bytes(0, 9_000_000), bytes(1, 9_600_000)])).toMatchObject([{ networkRxBps: 10_000 }]);
    const seconds = (minute: number, value: number) =>
      total(minute, value, { name: 'process.cpu.time', series: 'cpu' });
    expect(samples([seconds(0, 100), seconds(1, 130)])).toMatchObject([{ cpuPpm: 500_000 }]);
  });

  test('of the process rather than of its host, where both are told', () => {
    const own = known(0, { name: 'process.cpu.utilization', series: 'p', value: 0.25 });
    const host = known(0, {
      ...{ name: 'system.cpu.utilization', series: 'h', value: 0.2, of: { 'cpu.mode': 'idle' } },
    });
    expect(samples([host, own])).toMatchObject([{ cpuPpm: 250_000 }]);
  });
});
