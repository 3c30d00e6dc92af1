import { describe, expect, test } from 'vitest';
import { readEvent } from '../../../lib/api/event-schema.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import type { Attempt } from '../../../lib/sim/engine/work.ts';
import type { IngestTask } from '../../../lib/sim/ingest-event.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import type { Curve } from '../../../lib/sim/scenario/curve.ts';
import type { FaultSpec, TelemetrySpec } from '../../../lib/sim/scenario/scenario.ts';
import { type Flush, Telemetry } from '../../../lib/sim/telemetry/telemetry.ts';
import { adjustable, perfectTelemetry, START_MS, twoPools } from '../../fixtures/sim-scenarios.ts';

function report(about: Partial<TelemetrySpec> = {}, faults: FaultSpec[] = []) {
  const scenario = twoPools(faults, { telemetry: { ...perfectTelemetry, ...about } });
  const telemetry = new Telemetry(scenario, 3);
  const attempts: Attempt[] = [];
  const simulation = new Simulation({
    scenario,
    seed: 3,
    policy: powerOfTwo,
    sinks: [telemetry.sink, { onAttemptEnded: (attempt) => attempts.push(attempt) }],
  });
  simulation.run();
  const flushes = telemetry.arrivedUntil(START_MS + 40 * 60_000);
  return { flushes, attempts, events: flushes.flatMap(({ events }) => events) };
}

const tasksOf = (flushes: readonly Flush[]) =>
  flushes.flatMap(({ events }) => events).filter((event): event is IngestTask => event.type === 'task');
const idOf = ({ task, attempt }: IngestTask) => `${task}/${attempt}`;
const plain = report();

describe('over a perfect channel', () => {
  test('calls of models are parts of tasks, failed where the model did, and agents say what they work with unless they are tuned', () => {
    const failing: FaultSpec = { kind: 'model_errors', model: 'large', share: 0.5, atMinute: 10, minutes: 10 };
    const base = adjustable(twoPools([failing]));
    const pools = base.pools.map((it) => ({ ...it, contention: { sigma: 0, kappa: 0, concurrency: it.slots } }));
    const scenario = { ...base, pools };
    const telemetry = new Telemetry(scenario, 3);
    const simulation = new Simulation({ scenario, seed: 3, policy: powerOfTwo, sinks: [telemetry.sink] });
    simulation.runUntil(START_MS + 20 * 60_000);
    simulation.controls.tune({ pool: 'expert' }, { model: 'small', concurrency: 3 });
    simulation.controls.lend('triage', 'expert', ['triage-02']);
    simulation.run();
    const flushes = telemetry.arrivedUntil(START_MS + 40 * 60_000);
    for (const event of flushes.flatMap(({ events }) => events)) expect(() => readEvent(event)).not.toThrow();

    const calls = tasksOf(flushes).flatMap(({ parts = [], ...task }) => parts.map((call) => ({ ...call, task })));
    expect(calls.every(({ kind, name, task }) => kind === 'model' && name === task.model)).toBe(true);
    expect(new Set(calls.map(({ task }) => task.taskType))).toEqual(new Set(['solve', 'check']));
    const failed = (name: string, from: number, until: number) => {
      const own = calls.filter(
        ({ name: of, task }) =>
          of === name && task.endedAt >= START_MS + from * 60_000 && task.endedAt < START_MS + until * 60_000,
      );
      return own.filter(({ status }) => status === 'failed').length / own.length;
    };
    expect(failed('large', 0, 10)).toBeLessThan(0.05);
    expect(failed('large', 12, 20)).toBeGreaterThan(0.4);
    expect(failed('small', 20, 30)).toBeLessThan(0.15);
    // What the agent itself broke off is no fault of the model.
    expect(calls.every(({ status, task }) => status === 'completed' || task.status === 'failed')).toBe(true);

    const agents = flushes.flatMap(({ events }) => events.flatMap((event) => (event.type === 'agent' ? event : [])));
    const paramsOf = (agent: string) =>
      changesOf(agents.filter((it) => it.agent === agent).map(({ params }) => params));
    expect(paramsOf('expert-01')).toEqual([{ concurrency: 4, model: 'large' }]);
    expect(paramsOf('triage-02')).toEqual([{ concurrency: 2 }, { concurrency: 2, lentTo: 'expert' }]);
    expect(new Set(agents.filter(({ agent }) => agent === 'triage-02').map(({ pool }) => pool))).toEqual(
      new Set(['triage']),
    );
  });

  test('calls of tools are parts of tasks, by their share of the time at work, of which a slow one takes more', () => {
    const slow: FaultSpec = { kind: 'tool_slow', tool: 'search', factor: 3, atMinute: 15 };
    const base = adjustable(twoPools([slow]));
    const tools = [{ tool: 'search', share: 0.4 }];
    const scenario = { ...base, taskTypes: base.taskTypes.map((type) => ({ ...type, tools })) };
    const telemetry = new Telemetry(scenario, 3);
    new Simulation({ scenario, seed: 3, policy: powerOfTwo, sinks: [telemetry.sink] }).run();
    const tasks = tasksOf(telemetry.arrivedUntil(START_MS + 40 * 60_000)).filter((it) => it.parts !== undefined);
    const meanOf = (of: (task: IngestTask) => number, isSlow: boolean) => {
      const some = tasks.filter(({ startedAt = 0 }) => startedAt >= START_MS + 15 * 60_000 === isSlow);
      return some.reduce((sum, task) => sum + of(task), 0) / some.length;
    };
    const workMs = ({ startedAt = 0, endedAt }: IngestTask) => endedAt - startedAt;
    const toolMs = ({ parts = [] }: IngestTask) => parts.find(({ kind }) => kind === 'tool')?.durationMs ?? 0;
    expect(meanOf((task) => toolMs(task) / workMs(task), false)).toBeCloseTo(0.4, 2);
    // 0.6 as before and three times 0.4.
    expect(meanOf((task) => toolMs(task) / workMs(task), true)).toBeCloseTo(1.2 / 1.8, 2);
    expect(meanOf(toolMs, true) / meanOf(toolMs, false)).toBeGreaterThan(2.5);
    for (const { parts = [], ...task } of tasks) {
      const sum = parts.reduce((total, { durationMs }) => total + durationMs, 0);
      expect(sum).toBeLessThan(workMs(task as IngestTask) + 0.01);
      expect(parts[0]).toMatchObject({ kind: 'tool', name: 'search', status: 'completed' });
    }
  });

  test('who waited for long gives fewer stars, and the same luck without', () => {
    const rated = { mean: 4.6, sd: 0.5, ratedShare: 1 };
    const stars = (lossByWaitS?: Curve) => {
      const base = twoPools([{ kind: 'dependency_slow', pools: ['expert'], factor: 1.6, atMinute: 10 }]);
      const taskTypes = base.taskTypes.map((type) => ({
        ...type,
        csat: { ...rated, ...(lossByWaitS && { lossByWaitS }) },
      }));
      const told: { waitS: number; csat: number | null }[] = [];
      const onAttemptEnded = ({ task, startedAt, status, csat }: Attempt) => {
        if (status === 'completed') told.push({ waitS: ((startedAt ?? 0) - task.arrivedAt) / 1e6, csat });
      };
      new Simulation({
        scenario: { ...base, taskTypes },
        seed: 3,
        policy: powerOfTwo,
        sinks: [{ onAttemptEnded }],
      }).run();
      return told;
    };
    const [without, withLoss] = [stars(), stars([...[[1, 0] as const, [10, 3] as const]])];
    expect(withLoss.length).toBe(without.length);
    const mean = (some: readonly { csat: number | null }[]) =>
      some.reduce((sum, it) => sum + (it.csat ?? 0), 0) / some.length;
    const [soon, late] = [withLoss.filter(({ waitS }) => waitS <= 1), withLoss.filter(({ waitS }) => waitS >= 10)];
    expect(late.length).toBeGreaterThan(20);
    expect(mean(soon)).toBeGreaterThan(4.4);
    expect(mean(late)).toBeLessThan(2);
    withLoss.forEach(({ waitS, csat }, i) => {
      if (waitS <= 1) expect(csat).toBe(without[i]?.csat);
    });
  });

  test('every event is one that the API reads', () => {
    const crash: FaultSpec = { kind: 'crash', targets: { pool: 'triage', share: 1 }, backAfterMinutes: 4, atMinute: 5 };
    const deploy: FaultSpec = {
      kind: 'deploy',
      pool: 'expert',
      version: '2',
      factor: 1,
      failureShare: 0.5,
      announced: true,
      atMinute: 9,
    };
    const { events } = report({}, [crash, deploy]);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['agent', 'heartbeat', 'sample', 'task', 'workflow', 'change']),
    );
    for (const event of events) expect(() => readEvent(event)).not.toThrow();
  });

  test('every attempt is reported once, with its times to the microsecond and its cost', () => {
    const reported = new Map(tasksOf(plain.flushes).map((event) => [idOf(event), event]));
    expect(reported.size).toBe(plain.attempts.length);
    expect(tasksOf(plain.flushes)).toHaveLength(plain.attempts.length);
    for (const attempt of plain.attempts) {
      const event = reported.get(`${attempt.task.id}/${attempt.number}`);
      expect(event?.endedAt).toBeCloseTo(START_MS + (attempt.endedAt ?? 0) / 1_000, 3);
      expect(event?.status).toBe(attempt.status);
      if (attempt.status === 'completed') expect(event?.costUsd).toBe(attempt.costUsd);
    }
  });

  test('lineage leads from each task to a reported one, by the agent that did it', () => {
    const completed = new Map(
      tasksOf(plain.flushes)
        .filter(({ status }) => status === 'completed')
        .map((event) => [event.task, event]),
    );
    const children = tasksOf(plain.flushes).filter(({ parent }) => parent !== undefined);
    expect(children.length).toBeGreaterThan(3_000);
    for (const child of children) {
      const parent = completed.get(child.parent ?? '');
      expect(parent?.workflow).toBe(child.workflow);
      expect(parent?.agent).toBe(child.delegatedBy);
      expect(parent?.endedAt).toBeLessThanOrEqual(child.queuedAt ?? 0);
    }
  });

  test('the dispatcher reports timeouts, agents the rest', () => {
    const { flushes } = report({}, [{ kind: 'hang', targets: { agents: ['expert-02'] }, atMinute: 2 }]);
    const hostOf = (status: string) =>
      new Set(flushes.filter((flush) => tasksOf([flush]).some((it) => it.status === status)).map(({ host }) => host));
    expect(hostOf('timeout')).toEqual(new Set(['dispatcher']));
    expect(hostOf('completed')).toEqual(new Set(['triage-host-1', 'triage-host-2', 'expert-host-1', 'expert-host-2']));
  });

  test('each host flushes at its own phase, agents announce themselves first', () => {
    for (const host of new Set(plain.flushes.map((flush) => flush.host))) {
      const times = plain.flushes.filter((flush) => flush.host === host).map(({ atMs }) => atMs - START_MS);
      expect(times.every((ms) => Math.abs((ms - (times[0] ?? 0)) % 15_000) < 0.001)).toBe(true);
      expect(times.length).toBeGreaterThan(115);
    }
    const seen = new Set<string>();
    for (const event of plain.events) {
      if (event.type === 'agent') seen.add(event.agent);
      else if (event.type === 'heartbeat' || event.type === 'sample') expect(seen).toContain(event.agent);
    }
  });

  test('agents tell again what they are, every ten minutes', () => {
    const told = plain.events.flatMap((event) => (event.type === 'agent' && event.agent === 'triage-01' ? event : []));
    const minutes = told.map(({ at }) => Math.round(((at ?? 0) - START_MS) / 60_000));
    expect(minutes).toEqual([0, 10, 20]);
    expect(new Set(told.map(({ at: _, ...description }) => JSON.stringify(description))).size).toBe(1);
  });

  test('progress never falls, and revenue stands on the last attempt of each task', () => {
    const progress = new Map<string, number>();
    for (const event of plain.events) {
      if (event.type !== 'heartbeat') continue;
      expect(event.progress).toBeGreaterThanOrEqual(progress.get(event.agent) ?? 0);
      progress.set(event.agent, event.progress ?? 0);
    }
    const paid = tasksOf(plain.flushes).filter(({ revenueUsd }) => revenueUsd !== undefined);
    expect(new Set(paid.map(({ task }) => task)).size).toBe(paid.length);
  });
});

describe('over a rough channel', () => {
  const shareOfPlain = (flushes: readonly Flush[]) => flushes.length / plain.flushes.length;

  test('such a share is lost', () => {
    const { flushes } = report({ lossShare: 0.2 });
    expect(shareOfPlain(flushes)).toBeGreaterThan(0.73);
    expect(shareOfPlain(flushes)).toBeLessThan(0.87);
    const sent = new Map(plain.flushes.map((flush) => [flush.batchId, flush]));
    for (const flush of flushes) expect(flush).toEqual(sent.get(flush.batchId));
  });

  test('such a share comes twice under one batch id', () => {
    const { flushes } = report({ duplicateShare: 0.2 });
    const byBatch = Map.groupBy(flushes, ({ batchId }) => batchId);
    expect(byBatch.size).toBe(plain.flushes.length);
    const doubled = [...byBatch.values()].filter((copies) => copies.length === 2);
    expect(doubled.length / byBatch.size).toBeGreaterThan(0.13);
    expect(doubled.length / byBatch.size).toBeLessThan(0.27);
    for (const [first, second] of doubled) expect(second?.events).toEqual(first?.events);
  });

  test('it comes 0 to 3 whole minutes late, in order of arrival', () => {
    const { flushes } = report({ delayMinutes: 3 });
    const sent = new Map(plain.flushes.map(({ batchId, atMs }) => [batchId, atMs]));
    const late = flushes.map(({ batchId, atMs }) => (atMs - (sent.get(batchId) ?? 0)) / 60_000);
    expect(new Set(late.map((minutes) => Math.round(minutes * 1e6) / 1e6))).toEqual(new Set([0, 1, 2, 3]));
    expect(flushes.map(({ atMs }) => atMs)).toEqual(flushes.map(({ atMs }) => atMs).sort((a, b) => a - b));
  });

  test('every host is off by a constant, within the skew', () => {
    const { flushes } = report({ clockSkewS: 5 });
    const right = new Map(tasksOf(plain.flushes).map((event) => [idOf(event), event]));
    for (const host of new Set(flushes.map((flush) => flush.host))) {
      const offs = tasksOf(flushes.filter((flush) => flush.host === host)).map(
        (event) => event.endedAt - (right.get(idOf(event))?.endedAt ?? Number.NaN),
      );
      if (offs.length === 0) continue;
      expect(Math.max(...offs) - Math.min(...offs)).toBeLessThan(0.01);
      expect(Math.abs(offs[0] ?? Number.NaN)).toBeLessThanOrEqual(5_000);
      expect(Math.abs(offs[0] ?? 0)).toBeGreaterThan(1);
    }
  });
});

/** Without what is the same as before. */
function changesOf<Item>(items: readonly Item[]): Item[] {
  return items.filter((item, i) => i === 0 || JSON.stringify(item) !== JSON.stringify(items[i - 1]));
}
