import { describe, expect, test } from 'vitest';
import { readEvent } from '../../lib/api/event-schema.ts';
import { startOfMinuteOf } from '../../lib/sim/arrival.ts';
import { azureLlm2023 } from '../../lib/sim/azure-llm-2023.ts';
import { demoFleet } from '../../lib/sim/demo-fleet.ts';
import { drawArrivals } from '../../lib/sim/draw-arrivals.ts';
import type { IngestTask } from '../../lib/sim/ingest-event.ts';
import type { FaultSpec } from '../../lib/sim/scenario/scenario.ts';
import type { Flush } from '../../lib/sim/telemetry/telemetry.ts';
import { flushesOfDemoFleet } from '../fixtures/fleet-replay.ts';

const FROM = Date.parse(azureLlm2023.from);
const MINUTE = 60_000;
const hour = drawArrivals(azureLlm2023, 1);
const tenMinutes = hour.filter(({ atMs }) => atMs < FROM + 10 * MINUTE);
const { scenario } = demoFleet(hour, { minutes: 60 });

const run = (arrivals = hour, minutes = 60, faults: FaultSpec[] = [], seed = 1) =>
  flushesOfDemoFleet({ arrivals, faults, seed, minutes });
const eventsOf = (flushes: readonly Flush[]) => flushes.flatMap(({ events }) => events);
const tasksOf = (flushes: readonly Flush[]) => eventsOf(flushes).filter((event) => event.type === 'task');
const heartbeatsOf = (flushes: readonly Flush[]) => eventsOf(flushes).filter((event) => event.type === 'heartbeat');
const quantile = (values: number[], q: number) =>
  [...values].sort((one, other) => one - other)[Math.ceil(q * values.length) - 1] ?? Number.NaN;
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const serviceMs = ({ startedAt, endedAt }: IngestTask) => (startedAt === undefined ? [] : [endedAt - startedAt]);

const calm = run();

describe('an hour without faults', () => {
  test('is repeated byte for byte by the same seed, in whatever order the arrivals are given, and not by another', () => {
    const one = JSON.stringify(run(tenMinutes, 10));
    expect(JSON.stringify(run([...tenMinutes].reverse(), 10))).toBe(one);
    expect(JSON.stringify(run(tenMinutes, 10, [], 2))).not.toBe(one);
  });

  test('sends nothing that the API refuses', () => {
    for (const event of eventsOf(calm)) expect(() => readEvent(event)).not.toThrow();
    expect(new Set(eventsOf(calm).map(({ type }) => type))).toEqual(
      new Set(['agent', 'heartbeat', 'sample', 'task', 'workflow']),
    );
  });

  test('ends every request once, as a task and as a workflow', () => {
    const finals = tasksOf(calm).filter(({ revenueUsd }) => revenueUsd !== undefined);
    expect(new Set(finals.map(({ task }) => task)).size).toBe(hour.length);
    expect(finals).toHaveLength(hour.length);
    const workflows = eventsOf(calm).flatMap((event) => (event.type === 'workflow' ? [event.workflow] : []));
    expect(new Set(workflows).size).toBe(hour.length);
    expect(workflows).toHaveLength(hour.length);
  });

  test.each([
    { pool: 'code', slots: 20, low: 0.125, high: 0.155 }, // 0.14 by the offered load, see demoFleet
    { pool: 'conv', slots: 40, low: 0.46, high: 0.53 }, // 0.49
  ])('$pool is used as the offered load says, in samples and in run time', ({ pool, slots, low, high }) => {
    const shares = eventsOf(calm).flatMap((event) =>
      event.type === 'sample' && event.agent.startsWith(pool) && event.at < FROM + 60 * MINUTE
        ? (event.active ?? 0) / (event.capacity ?? 0)
        : [],
    );
    const runMs = tasksOf(calm)
      .filter(({ agent }) => agent?.startsWith(pool))
      .flatMap(serviceMs);
    for (const utilization of [mean(shares), (mean(runMs) * runMs.length) / (slots * 60 * MINUTE)]) {
      expect(utilization).toBeGreaterThan(low);
      expect(utilization).toBeLessThan(high);
    }
  });

  test('tasks take as long as their sizes say, but for the agent and 10 % of noise', () => {
    const done = tasksOf(calm).filter(({ status }) => status === 'completed');
    // 200 ms + 0.25 ms and 15 ms a token, as docs/workload.md has it.
    const ratios = done.flatMap((task) =>
      serviceMs(task).map((ms) => ms / (200 + 0.25 * (task.tokens?.input ?? 0) + 15 * (task.tokens?.output ?? 0))),
    );
    expect(mean(ratios)).toBeGreaterThan(0.95);
    expect(mean(ratios)).toBeLessThan(1.05);
    expect(quantile(ratios, 0.999)).toBeLessThan(1.1 * 1.4);
    expect(quantile(ratios, 0.001)).toBeGreaterThan(0.9 * 0.7);
  });

  test.each(['code', 'conv'])('%s: no agent has a median service time above 1.5 times that of its pool', (pool) => {
    const tasks = tasksOf(calm).filter(({ agent }) => agent?.startsWith(pool));
    const ofPool = quantile(tasks.flatMap(serviceMs), 0.5);
    for (const [agent, own] of Map.groupBy(tasks, (task) => task.agent)) {
      expect(quantile(own.flatMap(serviceMs), 0.5) / ofPool, agent).toBeLessThan(1.5);
    }
  });

  test('about one attempt in two hundred fails, and says why', () => {
    const failed = tasksOf(calm).filter(({ status }) => status === 'failed');
    expect(failed.length / tasksOf(calm).length).toBeGreaterThan(0.0035);
    expect(failed.length / tasksOf(calm).length).toBeLessThan(0.0065);
    expect(failed.every(({ error }) => error?.type && error.message)).toBe(true);
  });

  test('quality is 0.9 in the mean; every tenth chat turn is rated, with whole stars from 1 to 5', () => {
    const quality = tasksOf(calm).flatMap((task) => task.quality ?? []);
    expect(quality.length).toBeGreaterThan(1_000);
    expect(mean(quality)).toBeCloseTo(0.9, 2);
    const chats = tasksOf(calm).filter(({ taskType, status }) => taskType === 'chat-turn' && status === 'completed');
    const rated = tasksOf(calm).filter(({ csat }) => csat !== undefined);
    expect(new Set(rated.map(({ taskType }) => taskType))).toEqual(new Set(['chat-turn']));
    expect(rated.length / chats.length).toBeCloseTo(0.1, 1);
    expect([...new Set(rated.map(({ csat }) => csat))].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('tasks tell model, version, limit and worth, agents their team and price', () => {
    const told = new Set(
      tasksOf(calm).flatMap(({ status, taskType, model, version, slaMs, revenueUsd }) =>
        status === 'completed' ? [JSON.stringify({ taskType, model, version, slaMs, revenueUsd })] : [],
      ),
    );
    expect([...told].map((it) => JSON.parse(it) as unknown)).toEqual(
      expect.arrayContaining([
        { taskType: 'code-completion', model: 'demo-coder', version: '1.4.0', slaMs: 10_000, revenueUsd: 0.004 },
        { taskType: 'chat-turn', model: 'demo-chat', version: '2.1.0', slaMs: 30_000, revenueUsd: 0.01 },
      ]),
    );
    expect(told.size).toBe(2);
    const agents = eventsOf(calm).filter((event) => event.type === 'agent');
    expect(new Set(agents.map(({ pool, team, costPerHourUsd }) => `${pool} ${team} ${costPerHourUsd}`))).toEqual(
      new Set(['code developer-tools 1.2', 'conv assistant 3.6']),
    );
  });

  test('every agent is announced first of all in the first flush of its host, and tells again what it is every ten minutes', () => {
    const firsts = new Map([...calm].reverse().map((flush) => [flush.host, flush]));
    const announced = [...firsts.values()].flatMap(({ events }) => events.filter((event) => event.type === 'agent'));
    const names = scenario.pools.flatMap(({ pool }) =>
      Array.from({ length: 10 }, (_, index) => `${pool}-${String(index + 1).padStart(2, '0')}`),
    );
    expect(announced.map(({ agent }) => agent).sort()).toEqual(names);
    const told = Map.groupBy(
      eventsOf(calm).flatMap((event) => (event.type === 'agent' ? event : [])),
      ({ agent }) => agent,
    );
    for (const [agent, own] of told) {
      const minutes = own.map(({ at = 0 }) => Math.floor((at - FROM) / MINUTE));
      expect(minutes, agent).toEqual(minutes.map((_, i) => 10 * i));
      expect(minutes.length, agent).toBeGreaterThanOrEqual(6);
    }
  });

  test('each agent beats every 15 s with progress that never falls, until it says once that it stops', () => {
    const beats = Map.groupBy(heartbeatsOf(calm), ({ agent }) => agent);
    expect(beats.size).toBe(20);
    for (const [agent, own] of beats) {
      expect(own[0]?.at, agent).toBeLessThan(FROM + 15_000);
      expect(own.filter(({ state }) => state === 'stopped')).toEqual(own.slice(-1));
      own.slice(1, -1).forEach((beat, index) => {
        expect(beat.at - (own[index]?.at ?? 0)).toBeCloseTo(15_000, 2);
        expect(beat.progress).toBeGreaterThanOrEqual(own[index]?.progress ?? 0);
      });
    }
  });

  test('money is whole billionths of a dollar, times are whole microseconds', () => {
    for (const { costUsd = 0, queuedAt = 0, endedAt } of tasksOf(calm)) {
      expect(Math.round(costUsd * 1e9) / 1e9).toBe(costUsd);
      expect([queuedAt, endedAt].map((at) => Math.round(at * 1e3) / 1e3)).toEqual([queuedAt, endedAt]);
    }
  });
});

describe('an agent that dies', () => {
  const atMs = startOfMinuteOf(tenMinutes) + 4 * MINUTE;
  const crash: FaultSpec = { kind: 'crash', atMinute: 4, targets: { agents: ['conv-07'] } };
  const dead = run(tenMinutes, 10, [crash]);
  const without = run(tenMinutes, 10);
  const saidBy = (flushes: readonly Flush[]) =>
    eventsOf(flushes).filter(
      (event) =>
        'agent' in event && event.agent === 'conv-07' && !(event.type === 'task' && event.status === 'timeout'),
    );
  const timeOf = (event: ReturnType<typeof saidBy>[number]) =>
    event.type === 'task' || event.type === 'workflow' ? event.endedAt : (event.at ?? FROM);

  test('has said everything until then, and nothing afterwards', () => {
    const until = saidBy(without).filter((event) => timeOf(event) < atMs);
    expect(saidBy(dead)).toEqual(until);
    expect(until.length).toBeGreaterThan(50);
  });

  test('leaves the tasks that it held and still gets to the dispatcher, whose time limit of a minute ends them', () => {
    const timeouts = tasksOf(dead).filter(({ status }) => status === 'timeout');
    expect(timeouts.length).toBeGreaterThan(4);
    for (const { agent, queuedAt = 0, startedAt = 0, endedAt, error } of timeouts) {
      expect([agent, error?.type]).toEqual(['conv-07', 'timeout']);
      expect(endedAt - queuedAt).toBeCloseTo(MINUTE, 2);
      expect(startedAt).toBeLessThan(atMs);
    }
    const finals = tasksOf(dead).filter(({ revenueUsd }) => revenueUsd !== undefined);
    expect(new Set(finals.map(({ task }) => task)).size).toBe(tenMinutes.length);
  });
});
