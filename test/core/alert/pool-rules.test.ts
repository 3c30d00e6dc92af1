import { describe, expect, test } from 'vitest';
import { fleetSlower } from '../../../lib/core/alert/rules/fleet-wide.ts';
import { loadSurge } from '../../../lib/core/alert/rules/load-surge.ts';
import { metricAnomaly } from '../../../lib/core/alert/rules/metric-anomaly.ts';
import { toolFailing } from '../../../lib/core/alert/rules/part-failing.ts';
import { modelSlow, toolSlow } from '../../../lib/core/alert/rules/part-slow.ts';
import { poolFailing, poolInterrupted } from '../../../lib/core/alert/rules/pool-failing.ts';
import { poolPoorQuality } from '../../../lib/core/alert/rules/pool-poor-quality.ts';
import { poolDegraded, poolSlower } from '../../../lib/core/alert/rules/pool-slower.ts';
import { retryStorm } from '../../../lib/core/alert/rules/retry-storm.ts';
import { taskTypeFailing, taskTypeSlower } from '../../../lib/core/alert/rules/task-type.ts';
import { volumeDrop, workStopped } from '../../../lib/core/alert/rules/volume-drop.ts';
import type { MetricDirection } from '../../../lib/core/model/event.ts';
import { WatchedFleet, type Work } from '../../fixtures/watched-fleet.ts';

const threePools = { writers: 6, readers: 6, checkers: 6 };
const lived = new Map<string, WatchedFleet>();

/** After half an hour in which every agent did the same, 20 tasks of a second a minute where nothing else is said. */
function fleet(usual: Work | Work[] = {}, pools: Record<string, number> = threePools): WatchedFleet {
  const key = JSON.stringify([usual, pools]);
  const known = lived.get(key) ?? new WatchedFleet(pools).pass(30, { work: () => usual });
  lived.set(key, known);
  return known.copy();
}

/** Writers alone. */
const writers = (work: Work | Work[], others: Work = {}) => ({
  work: (_: string, pool: string) => (pool === 'writers' ? work : others),
});

test('every rule says nothing breaching of an hour like the one before', () => {
  const told = new WatchedFleet({ writers: 6, readers: 6 });
  for (let i = 0; i < 60; i++) {
    told.pass(1, { work: () => ({ ms: 1_000 * (1 + 0.1 * Math.sin(i)), failed: i % 2, quality: 0.8 }) });
    expect(told.told()).toEqual([]);
  }
});

describe('a pool that takes longer', () => {
  test('is slower at 1.3 times, in the third minute', () => {
    const told = fleet().pass(2, writers({ ms: 1_500 }));
    expect(told.verdicts(poolSlower)['writers']).toBe('suspect');
    expect(told.told()).toEqual([]);
    told.pass(1, writers({ ms: 1_500 }));
    expect(told.told()).toEqual(['pool-slower']);
    expect(told.finding(poolSlower, 'writers')).toMatchObject({
      title: 'Pool writers takes 1.5 times as long as usual',
      ...{ unit: 'ms', n: 120, impact: { tasksPerMinute: 120 }, explains: [{ pool: 'writers' }] },
    });
    expect(told.alert('pool-slower')).toMatchObject({ team: 'writers team', severity: 'medium' });
    expect(told.alert('pool-slower')?.onsetMs).toBe((29_000_000 + 30) * 60_000);
  });

  test('is not yet slower at 1.2 times', () => {
    const told = fleet().pass(10, writers({ ms: 1_200 }));
    expect(told.told()).toEqual([]);
  });

  test('is degraded at twice, which is told once and not as slower first', () => {
    const told = fleet().pass(3, writers({ ms: 2_500 }));
    expect(told.told()).toEqual(['pool-degraded']);
    expect(told.records.size).toBe(1);
    told.pass(3, writers({ ms: 1_600 }));
    expect(told.told()).toEqual(['pool-degraded']);
    expect(told.verdicts(poolSlower)['writers']).toBe('clear');
    told.pass(3, writers({}));
    expect(told.told()).toEqual([]);
  });

  test('waits for a minute where it is about to be told as degraded', () => {
    const told = fleet()
      .pass(1, writers({ ms: 1_600 }))
      .pass(2, writers({ ms: 2_500 }));
    expect(told.verdicts(poolSlower)['writers']).toBe('suspect');
    expect(told.told()).toEqual([]);
    expect(told.pass(1, writers({ ms: 2_500 })).told()).toEqual(['pool-degraded']);
  });

  test('is degraded after one minute that chance does not explain', () => {
    expect(
      fleet()
        .pass(1, writers({ ms: 3_500 }))
        .told(),
    ).toEqual(['pool-degraded']);
  });

  test('is not judged before its level is known', () => {
    const told = new WatchedFleet({ writers: 6 }).pass(9, { work: () => ({}) }).pass(1, writers({ ms: 9_000 }));
    expect(told.verdicts(poolDegraded)).toEqual({ writers: 'unknown' });
  });

  test('is not judged while a campaign is on, and is while a new version is', () => {
    const planned = fleet()
      .announce('campaign', { pool: 'writers' })
      .pass(5, writers({ ms: 3_500 }));
    expect(planned.verdicts(poolDegraded)).toMatchObject({ writers: 'unknown', readers: 'clear' });
    expect(planned.told()).toEqual([]);
    const deployed = fleet()
      .announce('deploy', { pool: 'writers' })
      .pass(1, writers({ ms: 3_500 }));
    expect(deployed.told()).toEqual(['pool-degraded']);
    expect(deployed.alert('pool-degraded')?.changes.map(({ event }) => event.kind)).toEqual(['deploy']);
  });

  test('stays told while nothing of it ends', () => {
    const told = fleet().pass(3, writers({ ms: 2_500 }));
    told.pass(6, { work: (_, pool) => (pool === 'writers' ? null : {}) });
    expect(told.verdicts(poolDegraded)['writers']).toBe('unknown');
    expect(told.alert('pool-degraded')?.state).toBe('firing');
  });

  test('is not told where two of six agents carry it', () => {
    const one = { work: (agent: string) => (/writers-[34]$/.test(agent) ? { ms: 30_000 } : {}) };
    const told = fleet().pass(5, one);
    expect(told.verdicts(poolSlower)['writers']).toBe('suspect');
    expect(told.told()).toEqual(['agent-degraded', 'agent-degraded']);
    expect(told.finding(poolSlower, 'writers')?.contributors[0]).toMatchObject({
      agent: expect.stringMatching(/writers-[34]/),
    });
  });

  test('is told where half of its agents carry it', () => {
    const half = (agent: string) => (/writers-[123]$/.test(agent) ? { ms: 6_000 } : {});
    const told = fleet().pass(3, { work: half });
    expect(told.verdicts(poolDegraded)['writers']).toBe('breach');
    expect(told.told()).toEqual(['pool-degraded']);
  });

  test('is told of one agent where there are too few to compare', () => {
    const told = fleet({}, { writers: 3, readers: 3, checkers: 3 });
    told.pass(4, { work: (agent) => (agent === 'writers-1' ? { ms: 30_000 } : {}) });
    expect(told.told()).toEqual(['pool-degraded']);
  });
});

describe('a pool whose tasks end badly', () => {
  test('fails at three times as many and five in a hundred more, in the third minute', () => {
    const told = fleet({ failed: 0 }).pass(2, writers({ failed: 3 }));
    expect(told.told()).toEqual([]);
    told.pass(1, writers({ failed: 3 }));
    expect(told.told()).toEqual(['pool-failing']);
    expect(told.finding(poolFailing, 'writers')).toMatchObject({
      title: 'Pool writers: 15 % of its tasks end badly',
      impact: { failedTasksPerMinute: 18 },
    });
  });

  test('does not fail at four times as many that are hardly more', () => {
    const told = fleet({ tasks: 100, failed: 1 }).pass(
      5,
      writers({ tasks: 100, failed: 4 }, { tasks: 100, failed: 1 }),
    );
    expect(told.told()).toEqual([]);
  });

  test('does not fail at twice as many', () => {
    expect(
      fleet({ failed: 2 })
        .pass(5, writers({ failed: 4 }))
        .told(),
    ).toEqual([]);
  });

  test('is interrupted when half of them do, and that is critical', () => {
    const told = fleet().pass(1, writers({ failed: 12 }));
    expect(told.told()).toEqual(['pool-interrupted']);
    expect(told.alert('pool-interrupted')?.severity).toBe('critical');
    told.pass(3, writers({ failed: 12 }));
    expect(told.verdicts(poolFailing)['writers']).toBe('clear');
  });

  test('is not interrupted by less than half', () => {
    const told = fleet().pass(5, writers({ failed: 9 }));
    expect(told.verdicts(poolInterrupted)['writers']).toBe('unknown');
    expect(told.told()).toEqual(['pool-failing']);
  });

  test('is not told to fail where its tasks time out because it is slow', () => {
    const slow = fleet().pass(5, writers({ ms: 5_000, timeout: 6 }));
    expect(slow.told()).toEqual(['pool-degraded']);
    const broken = fleet().pass(5, writers({ ms: 5_000, failed: 6 }));
    expect(broken.told()).toEqual(['pool-degraded', 'pool-failing']);
  });
});

test('a pool whose grades fall by 0.1 has poor quality in the third minute, and not by less', () => {
  const told = fleet({ quality: 0.8 }).pass(2, writers({ quality: 0.65 }, { quality: 0.8 }));
  expect(told.told()).toEqual([]);
  told.pass(1, writers({ quality: 0.65 }, { quality: 0.8 }));
  expect(told.told()).toEqual(['pool-poor-quality']);
  expect(told.finding(poolPoorQuality, 'writers')?.value).toBeCloseTo(0.65, 2);
  expect(
    fleet({ quality: 0.8 })
      .pass(5, writers({ quality: 0.71 }, { quality: 0.8 }))
      .told(),
  ).toEqual([]);
  expect(
    fleet({ quality: 0.8 })
      .pass(5, writers({ quality: 0.95 }, { quality: 0.8 }))
      .told(),
  ).toEqual([]);
});

test('a retry storm is many retries while the load grows by them, and not the same share of a usual load', () => {
  const storm = fleet().pass(3, writers({ tasks: 30, retries: 9 }));
  expect(storm.verdicts(retryStorm)['writers']).toBe('breach');
  expect(storm.told()).toContain('retry-storm');
  const usual = fleet().pass(3, writers({ tasks: 20, retries: 6 }));
  expect(usual.verdicts(retryStorm)['writers']).toBe('unknown');
  expect(usual.told()).toEqual([]);
});

describe('a tool or model', () => {
  const search = (ms: number, failed = 0): Work => ({
    parts: [{ kind: 'tool', name: 'search', calls: 20, ms, failed }],
  });
  /** Tasks of a second, of which the tool takes 0.4 s. */
  const calls = (): WatchedFleet => fleet({ ...search(400) });

  test('that is slow is told instead of the pool that it makes slow, as bad as the pool is', () => {
    const told = calls().pass(3, writers({ ...search(3_000), ms: 3_600 }, search(400)));
    expect(told.told()).toEqual(['tool-slow']);
    expect(told.alert('tool-slow')).toMatchObject({
      severity: 'high',
      team: 'writers team',
      scope: { tool: 'search' },
    });
    expect(told.finding(toolSlow, 'search')?.explains).toEqual([{ pool: 'writers' }, {}]);
  });

  test('that is slow in a pool that is slow for another reason explains nothing', () => {
    const told = calls().pass(3, writers({ ...search(900), ms: 9_000 }, search(900)));
    expect(told.told()).toEqual(['pool-degraded', 'tool-slow']);
    expect(told.alert('tool-slow')?.severity).toBe('medium');
  });

  test('that is slow is no news while all pools that use it have announced load', () => {
    const told = calls()
      .announce('campaign')
      .pass(3, writers({ ...search(3_000), ms: 3_600 }, search(400)));
    expect(told.verdicts(toolSlow)).toEqual({ search: 'unknown' });
  });

  test('that fails is told instead of the pool whose tasks fail by it', () => {
    const told = calls().pass(4, writers({ ...search(400, 5), failed: 5 }, search(400)));
    expect(told.told()).toEqual(['tool-failing']);
    expect(told.alert('tool-failing')?.severity).toBe('high');
    expect(told.finding(toolFailing, 'search')?.evidence[0]).toMatch(/^used by pools .*writers \(120 calls\)/);
  });

  test('that interrupts a pool is critical', () => {
    const told = calls().pass(3, writers({ ...search(400, 16), failed: 16 }, search(400)));
    expect(told.told()).toEqual(['tool-failing']);
    expect(told.alert('tool-failing')?.severity).toBe('critical');
  });

  test('that fails where tasks survive it explains no other failures', () => {
    const told = calls().pass(4, writers({ ...search(400, 1), failed: 8 }, search(400, 4)));
    expect(told.told()).toContain('pool-failing');
  });

  test('of one name is not the other', () => {
    const model = { parts: [{ kind: 'model' as const, name: 'search', calls: 20, ms: 400 }] };
    const slow = { parts: [{ kind: 'model' as const, name: 'search', calls: 20, ms: 3_000 }], ms: 3_600 };
    const told = fleet(model).pass(3, writers(slow, model));
    expect(told.told()).toEqual(['model-slow']);
    expect(told.verdicts(toolSlow)).toEqual({});
    expect(told.verdicts(modelSlow)).toEqual({ search: 'breach' });
  });
});

describe('a task type', () => {
  const both = (draft: Work, edit: Work = {}): Work[] => [
    { taskType: 'draft', ...draft },
    { taskType: 'edit', ...edit },
  ];
  const typed = () => fleet(both({}), { writers: 6 });

  test('that takes longer is told instead of the pool, whose other tasks do not', () => {
    const told = typed().pass(3, { work: () => both({ ms: 2_800 }) });
    expect(told.told()).toEqual(['task-type-slower']);
    expect(told.alert('task-type-slower')).toMatchObject({ team: 'writers team', scope: { taskType: 'draft' } });
    expect(told.finding(taskTypeSlower, 'draft')?.contributors).toHaveLength(5);
  });

  test('that takes longer like all others is the pool’s', () => {
    const told = typed().pass(3, { work: () => both({ ms: 2_800 }, { ms: 2_800 }) });
    expect(told.told()).toEqual(['pool-degraded']);
    expect(told.verdicts(taskTypeSlower)).toEqual({ draft: 'unknown', edit: 'unknown' });
  });

  test('that shares the excess with another is the pool’s, though a third is as usual', () => {
    const three = (draft: Work, edit: Work): Work[] => [...both(draft, edit), { taskType: 'look' }];
    const told = fleet(three({}, {}), { writers: 6 }).pass(3, { work: () => three({ ms: 2_800 }, { ms: 2_800 }) });
    expect(told.told()).toEqual(['pool-slower']);
  });

  test('that is about to be told keeps its pool from being told first', () => {
    const mixed = (ms: number) => both({ ms, tasks: 30 }, { tasks: 8 });
    const told = fleet(mixed(1_000), { writers: 6 }).pass(1, { work: () => mixed(1_450) });
    told.pass(2, { work: () => mixed(1_800) });
    expect(told.verdicts(poolSlower)['writers']).toBe('suspect');
    expect(told.pass(1, { work: () => mixed(1_800) }).told()).toEqual(['task-type-slower']);
  });

  test('that is all that its pool does is the pool’s', () => {
    expect(
      fleet()
        .pass(3, writers({ ms: 2_800, taskType: 'default' }))
        .told(),
    ).not.toContain('task-type-slower');
  });

  test('that fails is told instead of the pool, as bad as the pool is', () => {
    const told = typed().pass(4, { work: () => both({ failed: 6 }) });
    expect(told.told()).toEqual(['task-type-failing']);
    expect(told.alert('task-type-failing')?.severity).toBe('high');
    const worse = typed().pass(4, { work: () => both({ failed: 20, tasks: 20 }, { tasks: 10 }) });
    expect(worse.told()).toEqual(['task-type-failing']);
    expect(worse.alert('task-type-failing')?.severity).toBe('critical');
    expect(worse.finding(taskTypeFailing, 'draft')?.explains).toEqual([{ pool: 'writers' }]);
  });
});

describe('the volume of a pool', () => {
  test('that stops while its agents report is an interruption, once the minute is known in full', () => {
    const told = fleet().pass(2, writers({ tasks: 0 }));
    expect(told.told()).toEqual([]);
    told.pass(1, writers({ tasks: 0 }));
    expect(told.told()).toEqual(['work-stopped']);
    expect(told.finding(workStopped, 'writers')?.impact).toEqual({ tasksMissingPerMinute: 120 });
  });

  test('that falls below half is an anomaly', () => {
    const told = fleet().pass(3, writers({ tasks: 8 }));
    expect(told.told()).toEqual([]);
    told.pass(1, writers({ tasks: 8 }));
    expect(told.told()).toEqual(['volume-drop']);
    expect(told.alert('volume-drop')?.severity).toBe('medium');
    told.pass(3, writers({}));
    expect(told.told()).toEqual([]);
  });

  test('that falls to 60 % is usual', () => {
    expect(
      fleet()
        .pass(6, writers({ tasks: 12 }))
        .told(),
    ).toEqual([]);
  });

  test('of few tasks that stops is an anomaly', () => {
    const told = fleet({ tasks: 3 }).pass(6, writers({ tasks: 0 }, { tasks: 3 }));
    expect(told.told()).toEqual(['volume-drop']);
  });

  test('that is only reported late has not fallen', () => {
    const told = fleet();
    for (let i = 0; i < 8; i++) {
      told.pass(1, writers(i === 0 ? {} : { tasks: 0 }));
      told.reportLate(2, writers({}));
      expect(told.told()).toEqual([]);
    }
  });

  test('that rises as what was held up is caught up with is no news', () => {
    const told = fleet().pass(4, writers({ tasks: 0 }));
    expect(told.told()).toEqual(['work-stopped']);
    expect(told.pass(6, writers({ tasks: 40 })).told()).toEqual([]);
  });

  test('that falls because its tasks fail is explained by that', () => {
    const told = fleet().pass(5, writers({ failed: 20 }));
    expect(told.told()).toEqual(['pool-interrupted']);
    expect(told.alert('work-stopped')?.inhibitedBy).toBe(told.alert('pool-interrupted')?.id);
  });

  test('that falls or rises as announced is no news', () => {
    const told = fleet()
      .announce('maintenance', { pool: 'writers' })
      .pass(5, writers({ tasks: 0 }));
    expect(told.verdicts(volumeDrop)).toMatchObject({ writers: 'unknown', readers: 'clear' });
    expect(told.told()).toEqual([]);
    expect(
      fleet()
        .announce('campaign')
        .pass(6, writers({ tasks: 40 }))
        .told(),
    ).toEqual([]);
  });

  test('that rises unannounced is an anomaly', () => {
    const told = fleet().pass(4, writers({ tasks: 40 }));
    expect(told.told()).toEqual(['load-surge']);
    expect(told.finding(loadSurge, 'writers')?.impact).toEqual({ tasksMorePerMinute: 120 });
  });
});

describe('what many pools show at once', () => {
  const slow = (pools: string[]) => ({
    work: (_: string, pool: string) => (pools.includes(pool) ? { ms: 2_500 } : {}),
  });

  test('is one alert about the system, with the pools’ explained', () => {
    const told = fleet().pass(3, slow(['writers', 'readers']));
    expect(told.told()).toEqual(['fleet-slower']);
    expect(told.alert('fleet-slower')).toMatchObject({ scope: {}, team: null, severity: 'high' });
    expect(told.finding(fleetSlower)).toMatchObject({ title: '2 of 3 pools take longer than usual at once', n: 240 });
    expect([...told.records.values()].filter(({ alert }) => alert.inhibitedBy !== null)).toHaveLength(2);
  });

  test('is as bad as the worst of it', () => {
    const told = fleet().pass(3, {
      work: (_, pool) => (pool === 'writers' ? { failed: 18 } : pool === 'readers' ? { failed: 4 } : {}),
    });
    expect(told.alert('fleet-failing')?.severity).toBe('critical');
    const slower = fleet().pass(3, { work: (_, pool) => (pool === 'checkers' ? {} : { ms: 1_600 }) });
    expect(slower.alert('fleet-slower')?.severity).toBe('medium');
  });

  test('goes on to be one alert when another pool joins', () => {
    const told = fleet().pass(3, slow(['writers', 'readers']));
    told.pass(4, slow(['writers', 'readers', 'checkers']));
    expect(told.verdicts(poolDegraded)['checkers']).toBe('breach');
    expect(told.told()).toEqual(['fleet-slower']);
  });

  test('is the pools’ where it is two of five', () => {
    const told = fleet({}, { writers: 4, readers: 4, checkers: 4, coders: 4, editors: 4 });
    expect(told.pass(3, slow(['writers', 'readers'])).told()).toEqual(['pool-degraded', 'pool-degraded']);
  });

  test('is the pool’s where it is one of three', () => {
    expect(
      fleet()
        .pass(3, slow(['writers']))
        .told(),
    ).toEqual(['pool-degraded']);
  });

  test('is the pool’s where it is the only one', () => {
    expect(
      fleet({}, { writers: 6 })
        .pass(3, slow(['writers']))
        .told(),
    ).toEqual(['pool-degraded']);
  });
});

describe('a custom metric', () => {
  const given = (minute: number, direction: MetricDirection, value?: number) => ({
    work: () => ({}),
    metrics: [{ name: 'backlog', direction, value: value ?? 100 + 3 * Math.sin(7 * minute) }],
  });
  const known = (minutes: number, direction: MetricDirection) => {
    const told = new WatchedFleet({ writers: 1 });
    for (let i = 0; i < minutes; i++) told.pass(1, given(i, direction));
    return told;
  };

  test.each([
    { better: 'lower', value: 160, told: ['metric-anomaly'] },
    { better: 'lower', value: 40, told: [] },
    { better: 'higher', value: 40, told: ['metric-anomaly'] },
    { better: 'higher', value: 160, told: [] },
    { better: 'none', value: 160, told: ['metric-anomaly'] },
    { better: 'none', value: 40, told: ['metric-anomaly'] },
    { better: 'none', value: 110, told: [] },
  ] as const)('at $value instead of 100 where $better is better: $told', ({ better, value, told }) => {
    const fleetOfOne = known(62, better).pass(2, given(0, better, value));
    expect(fleetOfOne.told()).toEqual([]);
    expect(fleetOfOne.pass(1, given(0, better, value)).told()).toEqual(told);
  });

  test('is not judged before an hour of it is known', () => {
    const told = known(50, 'lower').pass(4, given(0, 'lower', 160));
    expect(told.verdicts(metricAnomaly)).toEqual({ backlog: 'unknown' });
  });
});
