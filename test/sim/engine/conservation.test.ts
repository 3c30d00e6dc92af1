import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FleetAgent } from '../../../lib/sim/engine/fleet-agent.ts';
import type { Controls } from '../../../lib/sim/engine/policy.ts';
import { openTasks } from '../../../lib/sim/engine/sim-result.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import type { Attempt, Task } from '../../../lib/sim/engine/work.ts';
import { centralQueue } from '../../../lib/sim/policies/central-queue.ts';
import { dispatcher } from '../../../lib/sim/policies/dispatcher.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import type { FaultSpec } from '../../../lib/sim/scenario/scenario.ts';
import { adjustable, START_MS, twoPools } from '../../fixtures/sim-scenarios.ts';

/** Workflows come for ten minutes; after fifty more every task has had the time to end. */
const [COMING_MS, MINUTES] = [600_000, 60];
const contention = { sigma: 0.05, kappa: 0.01, concurrency: 2 };

const anyAction: fc.Arbitrary<(controls: Controls) => void> = fc.oneof(
  fc.constantFrom(
    (controls: Controls) => controls.failover('triage', 'expert'),
    (controls: Controls) => controls.failover('triage', 'triage'),
    (controls: Controls) => controls.failover('expert', 'triage'),
    (controls: Controls) => controls.failover('expert', 'triage', ['check']),
    (controls: Controls) => controls.failover('expert', 'expert'),
  ),
  fc.subarray(['triage-01', 'triage-02', 'triage-03', 'triage-04', 'triage-05', 'triage-06']).chain((agents) =>
    fc.constantFrom(
      (controls: Controls) => controls.lend('triage', 'expert', agents),
      (controls: Controls) => controls.giveBack('triage', 'expert', agents),
    ),
  ),
  fc.integer({ min: 1, max: 12 }).map((concurrency) => (controls: Controls) => {
    controls.tune({ pool: 'triage' }, { concurrency });
  }),
  fc.integer({ min: 1, max: 60 }).map((seconds) => (controls: Controls) => {
    controls.tune({ pool: 'expert' }, { timeoutMs: seconds * 1_000 });
  }),
);

const anyFault: fc.Arbitrary<FaultSpec> = fc
  .record({
    kind: fc.constantFrom('crash' as const, 'hang' as const),
    pool: fc.constantFrom('triage', 'expert'),
    share: fc.constantFrom(0.3, 1),
    atMinute: fc.double({ min: 0, max: 9, noNaN: true }),
  })
  .map(({ kind, pool, share, atMinute }) => ({ kind, targets: { pool, share }, atMinute, minutes: 5 }));

/** What an agent counts is what it holds. */
function isInOrder({ held, outstanding, running, queued }: FleetAgent): boolean {
  const own = [...held].filter(({ isLost }) => !isLost);
  const count = (state: Attempt['state']) => own.filter((it) => it.state === state).length;
  return held.size === outstanding && count('running') === running && count('waiting') === queued;
}

test('whatever is sent where and back, every task that came ends exactly once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), anyAction), { maxLength: 12 }),
      fc.array(anyFault, { maxLength: 2 }),
      fc.constantFrom(powerOfTwo, centralQueue, dispatcher),
      fc.integer({ min: 1, max: 1_000 }),
      (actions, faults, policy, seed) => {
        const base = adjustable(twoPools(faults, { minutes: MINUTES, arrivals: { kind: 'recorded', file: '' } }));
        const pools = base.pools.map((it) => (it.pool === 'triage' ? { ...it, contention } : it));
        const recorded = Array.from({ length: 500 }, (_, i) => ({
          ...{ atMs: (i / 500) * COMING_MS, inputTokens: 500, outputTokens: 100 },
        }));
        const ended = new Map<Task, number>();
        const attempts: Attempt[] = [];
        const disorder: string[] = [];
        const simulation = new Simulation({
          ...{ scenario: { ...base, pools }, seed, policy, recorded },
          sinks: [
            {
              onAttemptEnded: (attempt) => {
                attempts.push(attempt);
                if (attempt.agent && !isInOrder(attempt.agent)) disorder.push(attempt.agent.id);
                if (attempt.isFinal) ended.set(attempt.task, (ended.get(attempt.task) ?? 0) + 1);
              },
            },
          ],
        });
        for (const [second, act] of actions.toSorted(([one], [other]) => one - other)) {
          simulation.runUntil(START_MS + second * 1_000);
          act(simulation.controls);
        }
        const rows = [...simulation.run().pools.values()].flat();
        const arrived = rows.reduce((sum, row) => sum + row.arrived, 0);
        expect(arrived).toBeGreaterThanOrEqual(500);
        expect(rows.filter((row) => openTasks(row) !== 0)).toEqual([]);
        expect(ended.size).toBe(arrived);
        expect(disorder).toEqual([]);
        expect([...ended.values()].filter((times) => times !== 1)).toEqual([]);
        // What ran was not interrupted by being sent elsewhere: an attempt that began ended where it began.
        expect(attempts.filter(({ startedAt, agent }) => startedAt !== null && agent === null)).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
