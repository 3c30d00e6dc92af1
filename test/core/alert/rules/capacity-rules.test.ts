import { describe, expect, test } from 'vitest';
import { bottleneckForming } from '../../../../lib/core/alert/rules/bottleneck-forming.ts';
import { capacityShortfall } from '../../../../lib/core/alert/rules/capacity-shortfall.ts';
import { poolOversized } from '../../../../lib/core/alert/rules/pool-oversized.ts';
import { type FleetMinute, WatchedFleet } from '../../../fixtures/watched-fleet.ts';

/** Agents of four slots, with so many at work and so many tasks waiting for each. */
const busy = (active: number, queued = 0, work = { tasks: 30, ms: 8_000 }): FleetMinute => ({
  work: () => work,
  samples: () => ({ active, capacity: 4, queued }),
});
const told = (fleet: WatchedFleet, minutes: number, how: FleetMinute) => fleet.copy().pass(minutes, how).told();

describe('a queue in front of a full pool', () => {
  const fleet = new WatchedFleet({ writers: 8 }).pass(30, busy(3));

  test('is told in its third minute, with the first, how much waits, and what one more agent brings', () => {
    expect(told(fleet, 2, busy(4, 20))).toEqual([]);
    const full = fleet.copy().pass(3, busy(4, 20));
    expect(full.told()).toEqual(['bottleneck-forming']);
    expect(full.alert('bottleneck-forming')).toMatchObject({
      kind: 'bottleneck_formation',
      severity: 'high',
      title: 'Pool writers is the bottleneck: 160 tasks wait for it',
      ...{ value: 160, expected: expect.closeTo(0, 0), unit: 'tasks', onsetMs: (29_000_000 + 30) * 60_000 },
      // 240 tasks a minute.
      impact: { tasksWaiting: 160, drainMinutes: 0.7 },
      why: expect.stringMatching(
        /^100 % of its slots are at work.*fewer agents do it.*One more agent like its 8 lets it do 13 % more\.$/,
      ),
    });
  });

  test('says whether more comes or tasks take longer', () => {
    const whyOf = (work: { tasks: number; ms: number }) =>
      fleet
        .copy()
        .pass(4, busy(4, 20, work))
        .finding(bottleneckForming, 'writers')?.why;
    expect(whyOf({ tasks: 40, ms: 8_000 })).toContain(
      'It completes 1.3 times as many as usual, and its tasks take as long',
    );
    expect(whyOf({ tasks: 30, ms: 10_400 })).toContain('Its tasks take 1.3 times as long as usual.');
  });

  test('is no bottleneck where slots are free: then work waits for something else', () => {
    expect(told(fleet, 5, busy(3, 20))).toEqual([]);
  });

  test('nor where what waits is done in less than half a minute', () => {
    expect(told(fleet, 5, busy(4, 12))).toEqual([]);
  });

  test('nor where a long queue is what the pool always has', () => {
    const batch = new WatchedFleet({ writers: 8 }).pass(30, busy(4, 20));
    expect(told(batch, 5, busy(4, 24))).toEqual([]);
    expect(told(batch, 5, busy(4, 60))).toEqual(['bottleneck-forming']);
  });

  test('is over when it is short again', () => {
    const full = fleet.copy().pass(5, busy(4, 20));
    expect(full.pass(2, busy(3)).alert('bottleneck-forming')?.state).toBe('firing');
    expect(full.pass(1, busy(3)).alert('bottleneck-forming')?.state).toBe('resolved');
  });

  test('where agents send no samples nothing is known', () => {
    const silent = new WatchedFleet({ writers: 8 }).pass(30, { work: () => ({ tasks: 30 }) });
    expect(silent.verdicts(bottleneckForming)).toEqual({ writers: 'unknown' });
  });
});

describe('load that grows', () => {
  const rising = (perMinute: number, from: number, minutes: number) => {
    const fleet = new WatchedFleet({ writers: 8 });
    for (let i = 0; i < minutes; i++) fleet.pass(1, busy(4 * (from + i * perMinute)));
    return fleet;
  };

  test('toward the limit is told within the hour before, with the agents that it takes', () => {
    // 0.4 % a minute from 50 %: 95 % in 112 minutes.
    expect(rising(0.004, 0.5, 45).told()).toEqual([]);
    const fleet = rising(0.004, 0.5, 65);
    expect(fleet.told()).toEqual(['capacity-shortfall']);
    // 0.74 + 60 · 0.004 = 0.98 of 32 slots, 31 erlangs: 38 slots (Erlang C), ten agents.
    expect(fleet.alert('capacity-shortfall')).toMatchObject({
      kind: 'capacity_shortfall_predicted',
      impact: { agentsMissing: 2, minutesLeft: expect.toSatisfy((left: number) => left > 45 && left <= 60) },
    });
  });

  test('from low down, or by little, is what a day does', () => {
    expect(rising(0.004, 0.1, 70).told()).toEqual([]);
    expect(rising(0.0005, 0.6, 120).told()).toEqual([]);
  });

  test('and stops growing is over', () => {
    const fleet = rising(0.004, 0.5, 65);
    expect(fleet.pass(60, busy(3)).alert('capacity-shortfall')?.state).toBe('resolved');
    expect(fleet.verdicts(capacityShortfall)).toEqual({ writers: 'clear' });
  });
});

describe('a pool that is too large', () => {
  const idle = busy(0.5, 0, { tasks: 1, ms: 1_000 });
  const almostADay = new WatchedFleet({ writers: 8 }).pass(22 * 60, idle);

  test('is told after a day, with the agents that are enough at its busiest', () => {
    expect(almostADay.told()).toEqual([]);
    const fleet = almostADay.copy().pass(180, idle);
    expect(fleet.told()).toEqual(['pool-oversized']);
    // 4 of 32 slots at work: 7 keep four in five tasks from waiting, 2 agents; and one to spare.
    expect(fleet.alert('pool-oversized')).toMatchObject({
      ...{ kind: 'efficiency_opportunity', severity: 'low', value: 8, expected: 3, unit: 'agents' },
      impact: { agentsToSpare: 5 },
    });
  });

  test('is not one that needs its agents for half an hour of the day', () => {
    const fleet = almostADay.copy().pass(30, busy(3.2)).pass(150, idle);
    expect(fleet.told()).toEqual([]);
    expect(fleet.verdicts(poolOversized)).toEqual({ writers: 'unknown' });
  });

  test('nor one of two agents, of which one is to spare', () => {
    expect(new WatchedFleet({ writers: 2 }).pass(25 * 60, busy(0.1)).told()).toEqual([]);
  });

  test('nor one that may not have fewer', () => {
    const fleet = almostADay.copy();
    for (const [agent, entry] of fleet.roster) {
      const description = { ...entry.description, type: 'agent' as const, agent, pool: 'writers', min: 8 };
      fleet.roster.set(agent, { ...entry, description });
    }
    expect(fleet.pass(180, idle).told()).toEqual([]);
  });
});
