import { expect, test } from 'vitest';
import { runChaos } from '../../bench/chaos.ts';

test('while runs are killed, stores throttle, and ticks and messages come twice or late, everybody is told of every death, once', async () => {
  const outcome = await runChaos(300, 10);
  expect(outcome.killedRuns).toBeGreaterThan(5);
  expect(outcome).toMatchObject({ incidents: 300, lostTransitions: 0, lostNotices: 0 });
  // Whoever dies after telling, and before noting it, tells again; nobody else does.
  expect(outcome.duplicates).toBeLessThanOrEqual(outcome.killedTellers);
  expect(outcome.firingNotifications - outcome.reminders).toBeLessThanOrEqual(1.2 * outcome.incidents);
}, 120_000);
