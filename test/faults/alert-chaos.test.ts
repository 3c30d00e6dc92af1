import { expect, test } from 'vitest';
import { keepsPromises, runChaos } from '../../bench/chaos.ts';

test('while runs are killed, stores throttle, and ticks and messages come twice or late, everybody is told of every death, once', async () => {
  const outcome = await runChaos(300, 7);
  expect(outcome.killedRuns).toBeGreaterThan(5);
  expect(outcome).toMatchObject({ incidents: 300, lostTransitions: 0, lostNotices: 0 });
  expect(keepsPromises(outcome), JSON.stringify(outcome)).toBe(true);
}, 120_000);
