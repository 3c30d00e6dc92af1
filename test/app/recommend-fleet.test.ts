import { beforeAll, describe, expect, test } from 'vitest';
import { decideOnRecommendation } from '../../lib/app/decide-on-recommendation.ts';
import { recommendFleet, recommendFleets } from '../../lib/app/recommend-fleet.ts';
import { PlannedFleet, SYSTEM } from '../fixtures/planned-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;
const MINUTES = 100;

/** Two agents that do twelve tasks a minute, every second of which has an input that comes again every ten minutes. */
function eventsOf(minute: number): Record<string, unknown>[] {
  const at = START_MS + minute * MINUTE_MS;
  return ['lab-1', 'lab-2'].flatMap((agent) => [
    { type: 'agent', agent, pool: 'lab', capacity: 2, costPerHourUsd: 1 },
    { type: 'heartbeat', agent, at: at + 1_000 },
    ...Array.from({ length: 6 }, (_, n) => ({
      ...{ type: 'task', agent, task: `${agent}-${minute}-${n}`, taskType: 'draft', status: 'completed' },
      ...{ endedAt: at + 20_000 + 5_000 * n, durationMs: 6_000, queueMs: 10 },
      inputHash: n % 2 === 0 ? `again-${(minute + n) % 10}` : `own-${agent}-${minute}-${n}`,
    })),
  ]);
}

describe('a fleet that is asked the same again and again', () => {
  const fleet = new PlannedFleet(START_MS);
  beforeAll(async () => {
    for (let minute = 0; minute < MINUTES; minute += 1) {
      fleet.nowMs = START_MS + (minute + 1) * MINUTE_MS;
      await fleet.receive(eventsOf(minute));
    }
    await fleet.workUntil(fleet.nowMs + MINUTE_MS, [{ pool: 'desk', agents: 1, capacity: 1, tasks: [] }]);
  }, 120_000);

  const advice = async () => (await fleet.stores.recommendations.list(SYSTEM)).map(({ record }) => record);

  test('is told to keep its answers, from what the stores have of it', async () => {
    const outcome = await recommendFleet(fleet.deps, SYSTEM);
    expect(outcome).toMatchObject({ system: SYSTEM, status: 'recommended', failed: [] });
    const [found, ...others] = (await advice()).filter(
      ({ recommendation }) => recommendation.strategy === 'cache_optimization',
    );
    expect(others).toEqual([]);
    expect(found).toMatchObject({ firstProposedMs: fleet.nowMs, state: { status: 'proposed' } });
    expect(found?.recommendation.scope).toEqual({ pool: 'lab', taskType: 'draft' });
    expect(found?.recommendation.basis['repeatedShare']).toBeCloseTo(0.5, 1);
    // The figure by which it will be told what keeping them achieves: the mean time of a task.
    expect(found?.course).toEqual([{ atMs: fleet.nowMs, figure: 6_000 }]);
  });

  test('has its tasks read in two goes, of which the second is all that is left of the window', async () => {
    const { journal } = fleet.deps;
    const read: number[] = [];
    const counting: typeof journal = {
      ...journal,
      read: (system, bucket, known) => {
        read.push(bucket);
        return journal.read(system, bucket, known);
      },
    };
    await recommendFleet({ ...fleet.deps, journal: counting }, SYSTEM);
    // Five minutes and the rest of four hours, each with half an hour around it; of workflows nothing, where no task has one.
    expect(read.length).toBe(5 + 30 + 235 + 30);
  });

  test('has nothing changed by a second run for the same time', async () => {
    await recommendFleet(fleet.deps, SYSTEM);
    const before = await fleet.stores.recommendations.list(SYSTEM);
    expect(before.length).toBeGreaterThan(0);
    await recommendFleets(fleet.deps);
    expect(await fleet.stores.recommendations.list(SYSTEM)).toEqual(before);
  });

  test('is told so in an alert by the next minute, one message for all of a kind, and of its end when that is decided', async () => {
    const desk = [{ pool: 'desk', agents: 1, capacity: 1, tasks: [] }];
    const found = (await advice()).find(({ recommendation }) => recommendation.strategy === 'cache_optimization');
    const id = found?.recommendation.id ?? '';
    const alertOf = async () => {
      const alerts = [...(await fleet.stores.alerts.open(SYSTEM)).values()].map(({ alert }) => alert);
      return alerts.find(({ scope }) => scope.recommendation === id);
    };
    const messages = () =>
      fleet.published.flatMap((message) =>
        'notice' in message && message.notice.labels.kind === 'efficiency_opportunity' ? message.notice : [],
      );
    expect(await alertOf()).toBeUndefined();
    await fleet.workUntil(fleet.nowMs + 5 * MINUTE_MS, desk);
    expect(await alertOf()).toMatchObject({
      ...{ rule: 'efficiency-recommended', kind: 'efficiency_opportunity', severity: 'low', state: 'firing' },
      scope: { pool: 'lab', recommendation: id },
      ...{ title: found?.recommendation.title, value: found?.recommendation.expectedGain.value, actions: [] },
    });
    expect(messages()).toMatchObject([{ reason: 'first', labels: { pool: null, severity: 'low' } }]);

    const who = { kind: 'key', id: 'key_ann', name: 'ann' } as const;
    const decision = {
      system: SYSTEM,
      id,
      decision: 'dismiss',
      who,
      by: 'ann',
      note: null,
      atMs: fleet.nowMs,
    } as const;
    expect(await decideOnRecommendation(fleet.stores, decision)).toMatchObject({ status: 'done' });
    await fleet.workUntil(fleet.nowMs + 2 * MINUTE_MS, desk);
    expect(await alertOf()).toMatchObject({ state: 'resolved', reopened: 0 });
    // Nothing about it is urgent: of its end people hear hours later.
    expect(messages()).toHaveLength(1);
  });
});

test('of a system that nothing was heard of there is nothing to say', async () => {
  const fleet = new PlannedFleet(START_MS);
  expect(await recommendFleet(fleet.deps, 'nobody')).toEqual({
    ...{ system: 'nobody', status: 'nothing-known', recommendations: 0, failed: [] },
  });
});
