import { describe, expect, test } from 'vitest';
import { randomNetwork, WARM_UP_MINUTES, WINDOW_MINUTES } from '../../../bench/bottlenecks/network.ts';
import { stretchOfEvents } from '../../../bench/bottlenecks/stretch-of-events.ts';
import { toolEvents } from '../../../bench/bottlenecks/tool-events.ts';
import { observeFleet } from '../../../lib/core/bottleneck/observe-fleet.ts';
import { measureStations } from '../../../lib/core/capacity/measure-stations.ts';
import { type ClassForecast, predictBottlenecks } from '../../../lib/core/capacity/predict-bottlenecks.ts';
import type { Station } from '../../../lib/core/capacity/station.ts';
import { visitsOfTaskTypes } from '../../../lib/core/capacity/visit-ratios.ts';
import type { NativeEvent, SampleEvent, TaskEvent } from '../../../lib/core/model/event.ts';

const START_MS = Date.UTC(2026, 2, 2);
const MINUTES = 20;

function described(agent: string, pool: string, capacity: number, skills?: Record<string, number>): NativeEvent {
  return { type: 'agent', agent, pool, capacity, atMs: START_MS, ...(skills && { skills }) } as NativeEvent;
}

function task(agent: string, taskType: string, at: { endedAtMs: number; serviceS: number }): TaskEvent {
  const serviceUs = at.serviceS * 1e6;
  return {
    ...{ type: 'task', agent, task: `${agent}-${at.endedAtMs}-${taskType}`, taskType, status: 'completed' },
    ...{ endedAtMs: at.endedAtMs, serviceUs, responseUs: serviceUs, waitUs: 0, attempt: 1, priority: 'normal' },
  };
}

function measured(events: NativeEvent[]): Station[] {
  const stretch = stretchOfEvents(events, { startMs: START_MS, warmUpMinutes: 0, minutes: MINUTES });
  return measureStations(stretch, observeFleet(stretch));
}

/** Each minute, of each agent, tasks of these lengths one after the other. */
function everyMinute(agent: string, taskType: string, lengthsS: readonly number[], minutes = MINUTES): TaskEvent[] {
  return Array.from({ length: minutes }, (_, minute) => {
    let atMs = START_MS + minute * 60_000;
    return lengthsS.map((serviceS) => {
      atMs += serviceS * 1_000;
      return task(agent, taskType, { endedAtMs: atMs, serviceS });
    });
  }).flat();
}

describe('what is measured of a fleet', () => {
  test('of a pool: slots, utilization, and of each task type its mean time and CV', () => {
    const stations = measured([
      ...[described('a-1', 'a', 2), described('a-2', 'a', 2)],
      ...everyMinute('a-1', 'draft', [10, 30]),
      ...everyMinute('a-2', 'edit', [8]),
    ]);
    expect(stations).toEqual([
      {
        ...{ kind: 'pool', id: 'a', agents: 2, servers: 4, limit: 1, idle: 0, isQueue: true, arrivalCv: 1 },
        measuredUtilization: expect.closeTo(48 / 240, 6),
        demands: new Map([
          ['draft', { share: 1, serviceMs: 20_000, serviceCv: expect.closeTo(0.5, 2), n: 40 }],
          ['edit', { share: 1, serviceMs: 8_000, serviceCv: expect.closeTo(0, 2), n: 20 }],
        ]),
      },
    ]);
  });

  test('of a type that two pools serve, each has its share', () => {
    const stations = measured([
      ...[described('a-1', 'a', 1), described('b-1', 'b', 1)],
      ...everyMinute('a-1', 'draft', [10, 10, 10]),
      ...everyMinute('b-1', 'draft', [20]),
    ]);
    const shares = stations.map(({ id, demands }) => [id, demands.get('draft')?.share]);
    expect(shares).toEqual([
      ['a', 0.75],
      ['b', 0.25],
    ]);
  });

  test('of agents that alone know a task type: they are full before their pool is', () => {
    const everything = { draft: 1, translate: 1 };
    const stations = measured([
      ...[
        described('a-1', 'a', 1, everything),
        described('a-2', 'a', 1, { draft: 1 }),
        described('a-3', 'a', 1, { draft: 1 }),
      ],
      ...everyMinute('a-1', 'translate', [30]),
      ...['a-2', 'a-3'].flatMap((agent) => everyMinute(agent, 'draft', [10])),
    ]);
    expect(stations.map(({ kind, id, servers }) => [kind, id, servers])).toEqual([
      ['pool', 'a', 3],
      ['agent', 'a-1', 1],
    ]);
    const [first] = predictBottlenecks(
      stations,
      growing(['translate', 'draft'], 2),
      visitsOfTaskTypes(['translate', 'draft']),
    );
    expect(first).toMatchObject({ kind: 'agent', id: 'a-1', loadFactor: expect.closeTo(2, 1) });
  });

  test('of CPU, what is in use without work and what work takes: 20 % and 50 % at full work', () => {
    const lengths = (minute: number) => [6 + 12 * (minute % 4)];
    const events = Array.from({ length: MINUTES }, (_, minute): NativeEvent[] => {
      const atMs = START_MS + minute * 60_000;
      const [serviceS = 0] = lengths(minute);
      const cpuPpm = Math.round((0.2 + 0.5 * (serviceS / 60)) * 1e6);
      const sample = { type: 'sample', agent: 'a-1', atMs: atMs + 30_000, cpuPpm } as SampleEvent;
      return [task('a-1', 'draft', { endedAtMs: atMs + serviceS * 1_000, serviceS }), sample];
    });
    const [, cpu] = measured([described('a-1', 'a', 1), ...events.flat()]);
    expect(cpu).toMatchObject({ kind: 'resource', id: 'cpu:a', limit: 0.9, idle: expect.closeTo(0.2, 3), servers: 1 });
    // One task is 24 s on average, half of which time the CPU works for it.
    expect(cpu?.demands.get('draft')?.serviceMs).toBeCloseTo(12_000, -1);
  });

  test('CPU that has nothing to do with the work is no station', () => {
    const sample = (minute: number): SampleEvent =>
      ({
        type: 'sample',
        agent: 'a-1',
        atMs: START_MS + minute * 60_000,
        cpuPpm: 600_000 + 50_000 * (minute % 3),
      }) as SampleEvent;
    const work = everyMinute('a-1', 'draft', [10]);
    expect(
      measured([described('a-1', 'a', 1), ...work, ...Array.from({ length: MINUTES }, (_, i) => sample(i))]).length,
    ).toBe(1);
  });
});

test('a tool whose calls wait for each other is full before the pools that call it', { timeout: 60_000 }, () => {
  const networks = Array.from({ length: 60 }, (_, i) => randomNetwork(2 * i + 1, { tool: true, margin: 1.3 }))
    .filter(({ truth, arrivals }) => truth.kind === 'tool' && arrivals.kind === 'open')
    .slice(0, 8);
  const named = networks.map((network) => {
    const { startMs, events } = toolEvents(network);
    const stretch = stretchOfEvents(events, { startMs, warmUpMinutes: WARM_UP_MINUTES, minutes: WINDOW_MINUTES });
    const stations = measureStations(stretch, observeFleet(stretch));
    const types = [...new Set(stations.flatMap(({ demands }) => [...demands.keys()]))];
    const [first] = predictBottlenecks(stations, growing(types, 10), visitsOfTaskTypes(types));
    return first?.kind;
  });
  expect(networks.length).toBe(8);
  expect(named.filter((kind) => kind === 'tool').length, named.join()).toBeGreaterThanOrEqual(6);
});

/** Tasks of each type, so many a minute in all of the present: 1 and then 2, 3, 4 times as many. */
function growing(types: readonly string[], perMin: number): ClassForecast[] {
  return types.map((id) => ({
    ...{ id, nowPerMin: perMin / types.length },
    forecast: {
      ...{ startMs: START_MS, stepMs: 3_600_000, quantiles: new Map() },
      mean: [1, 2, 3, 4].map((times) => (times * perMin) / types.length),
    },
  }));
}
