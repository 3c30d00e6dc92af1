import { expect, test } from 'vitest';
import { slowdown } from '../../lib/sim/fault.ts';
import { serviceTimeMs } from '../../lib/sim/service-time.ts';

test('service time is fixed + prefill + decode: 200 + 1000 x 0.25 + 100 x 15 = 1950 ms, times the factors', () => {
  expect(serviceTimeMs({ inputTokens: 1_000, outputTokens: 100 }, 1, 1)).toBe(1_950);
  expect(serviceTimeMs({ inputTokens: 1_000, outputTokens: 100 }, 2, 1.5)).toBe(5_850);
});

test.each([
  { name: 'nothing before the onset', agent: 'a', atMs: 99, expected: 1 },
  { name: 'its factor from the onset on', agent: 'a', atMs: 100, expected: 3 },
  { name: 'the product of two that overlap', agent: 'a', atMs: 150, expected: 6 },
  { name: 'nothing of one that has ended', agent: 'a', atMs: 200, expected: 2 },
  { name: 'nothing to another agent', agent: 'b', atMs: 150, expected: 1 },
])('a slow fault does $name', ({ agent, atMs, expected }) => {
  const faults = [
    { kind: 'slow', agent: 'a', fromMs: 100, untilMs: 200, factor: 3 },
    { kind: 'slow', agent: 'a', fromMs: 150, factor: 2 },
    { kind: 'death', agent: 'a', atMs: 0 },
  ] as const;
  expect(slowdown(faults, agent, atMs)).toBe(expected);
});
