import { expect, test } from 'vitest';
import { stretchOfEvents } from '../../../bench/bottlenecks/stretch-of-events.ts';
import type { BottleneckReport } from '../../../lib/core/bottleneck/bottleneck.ts';
import { observeFleet } from '../../../lib/core/bottleneck/observe-fleet.ts';
import { rankBottlenecks } from '../../../lib/core/bottleneck/rank-bottlenecks.ts';
import type { NativeEvent, TaskEvent } from '../../../lib/core/model/event.ts';

const START_MS = Date.UTC(2026, 2, 2);
const MINUTES = 15;
const AGENTS = ['support-1', 'support-2', 'support-3'];

/** Each minute two tasks of 15 s, a heartbeat, and a sample that says so. */
function minuteOf(agent: string, minute: number): NativeEvent[] {
  const atMs = START_MS + minute * 60_000;
  return [
    { type: 'heartbeat', agent, atMs: atMs + 1_000, state: 'busy', intervalMs: 15_000 } as NativeEvent,
    { type: 'sample', agent, atMs: atMs + 1_000, active: 1, capacity: 2, queued: 0 } as NativeEvent,
    ...[20_000, 40_000].map((ms) => task(agent, atMs + ms, 15, 'completed')),
  ];
}

function task(agent: string, endedAtMs: number, serviceS: number, status: 'completed' | 'timeout'): TaskEvent {
  const serviceUs = serviceS * 1e6;
  return {
    ...{ type: 'task', agent, task: `${agent}-${endedAtMs}-${serviceS}`, taskType: 'answer', status, endedAtMs },
    ...{ serviceUs, responseUs: serviceUs, waitUs: 0, attempt: 1, priority: 'normal' },
  };
}

/** Support-3 works for two minutes and dies; the orchestrator goes on to give it four tasks a minute, and up after a minute. */
function withDeadAgent(): { observation: ReturnType<typeof observeFleet>; report: BottleneckReport } {
  const events = [
    ...AGENTS.map((agent) => ({ type: 'agent', agent, pool: 'support', capacity: 2, atMs: START_MS }) as NativeEvent),
    ...AGENTS.flatMap((agent) =>
      Array.from({ length: agent === 'support-3' ? 7 : 20 }, (_, minute) => minuteOf(agent, minute)).flat(),
    ),
    ...Array.from({ length: 13 }, (_, minute) =>
      [10, 20, 30, 40].map((s) => task('support-3', START_MS + (minute + 7) * 60_000 + s * 1_000, 60 + s, 'timeout')),
    ).flat(),
  ];
  const stretch = stretchOfEvents(events, { startMs: START_MS, warmUpMinutes: 5, minutes: MINUTES });
  const observation = observeFleet(stretch);
  return { observation, report: rankBottlenecks(observation) };
}

test('an agent that died after two of fifteen minutes counts for two, and so does what it did', () => {
  const { agents } = withDeadAgent().observation;
  const dead = agents.find(({ agent }) => agent === 'support-3');
  expect(dead).toMatchObject({ minutesThere: 2, servers: 2 });
  expect(dead?.busyUs.slice(2)).toEqual(new Float64Array(13));
  expect(agents.map(({ minutesThere }) => minutesThere)).toEqual([15, 15, 2]);
});

test('the timeouts that the orchestrator tells of a dead agent make it no bottleneck', () => {
  const { bottlenecks, system } = withDeadAgent().report;
  expect(bottlenecks.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['pool support']);
  // Two agents of two slots throughout, and one for two minutes of fifteen.
  expect(bottlenecks[0]?.servers).toBeCloseTo(4 + (2 * 2) / 15, 9);
  expect(bottlenecks[0]?.utilization).toBeLessThan(1);
  expect(system.boundPerMin).toBeGreaterThan(system.throughputPerMin);
});

test('an agent that is dead from before the window on is left out', () => {
  const agents = AGENTS.slice(0, 2);
  const events = [
    ...agents.map((agent) => ({ type: 'agent', agent, pool: 'support', capacity: 2, atMs: START_MS }) as NativeEvent),
    ...Array.from({ length: 10 }, (_, minute) => minuteOf('support-1', minute)).flat(),
    ...Array.from({ length: 30 }, (_, minute) => minuteOf('support-2', minute)).flat(),
    ...Array.from({ length: 15 }, (_, i) => task('support-1', START_MS + (i + 15) * 60_000 + 30_000, 60, 'timeout')),
  ];
  const { agents: seen } = observeFleet(
    stretchOfEvents(events, { startMs: START_MS, warmUpMinutes: 15, minutes: MINUTES }),
  );
  expect(seen.map(({ agent }) => agent)).toEqual(['support-2']);
});

test('one whose heartbeats are lost while it completes tasks is there', () => {
  const events = [
    { type: 'agent', agent: 'support-1', pool: 'support', capacity: 2, atMs: START_MS } as NativeEvent,
    ...Array.from({ length: 20 }, (_, minute) =>
      minuteOf('support-1', minute).filter(({ type }) => type === 'task' || minute < 8),
    ).flat(),
  ];
  const { agents } = observeFleet(stretchOfEvents(events, { startMs: START_MS, warmUpMinutes: 5, minutes: MINUTES }));
  expect(agents).toMatchObject([{ minutesThere: 15, servers: 2 }]);
});
