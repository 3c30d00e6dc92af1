import { describe, expect, test } from 'vitest';
import type { AnnouncedChange, FactSink } from '../../../lib/sim/engine/facts.ts';
import type { FaultWindow } from '../../../lib/sim/engine/fault-window.ts';
import type { AgentMinuteExport, FleetPolicy } from '../../../lib/sim/engine/policy.ts';
import type { PoolMinuteResult, SimResult } from '../../../lib/sim/engine/sim-result.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import type { Attempt, Workflow } from '../../../lib/sim/engine/work.ts';
import type { FleetEvent, IngestTask } from '../../../lib/sim/ingest-event.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import type { FaultSpec } from '../../../lib/sim/scenario/scenario.ts';
import { type Flush, Telemetry } from '../../../lib/sim/telemetry/telemetry.ts';
import { START_MS, twoPools } from '../../fixtures/sim-scenarios.ts';

// Every fault is in force from minute 10 to 20 of 30; what it does is seen beside the same run without it.
const during = { atMinute: 10, minutes: 10 };
const [FROM, UNTIL] = [10 * 60e6, 20 * 60e6];

interface Seen {
  simulation: Simulation;
  result: SimResult;
  attempts: Attempt[];
  workflows: Workflow[];
  changes: [AnnouncedChange, number][];
  downs: [string, number, string][];
  ups: [string, number][];
  flushes: Flush[];
  events: FleetEvent[];
  exports: Map<number, AgentMinuteExport[]>;
  /** Healthy agents of the pool at minute 15, and expected tasks of that minute. */
  atFifteen: { ill: string[]; rate: number };
}

function see(faults: FaultSpec[], policy: FleetPolicy = powerOfTwo): Seen {
  const scenario = twoPools(faults);
  const seen: Omit<Seen, 'simulation' | 'result' | 'atFifteen' | 'flushes' | 'events'> = {
    attempts: [],
    workflows: [],
    changes: [],
    downs: [],
    ups: [],
    exports: new Map(),
  };
  const sink: FactSink = {
    onAttemptEnded: (attempt) => seen.attempts.push(attempt),
    onWorkflowEnded: (workflow) => seen.workflows.push(workflow),
    onChange: (change, at) => seen.changes.push([change, at]),
    onAgentDown: ({ id }, at, why) => seen.downs.push([id, at, why]),
    onAgentUp: ({ id }, at) => seen.ups.push([id, at]),
  };
  const watching: FleetPolicy = {
    ...policy,
    atMinute: (view, controls) => {
      for (const [minute, rows] of view.exports)
        seen.exports.set(minute, [...(seen.exports.get(minute) ?? []), ...rows]);
      policy.atMinute?.(view, controls);
    },
  };
  const telemetry = new Telemetry(scenario, 7);
  const simulation = new Simulation({ scenario, seed: 7, policy: watching, sinks: [sink, telemetry.sink] });
  simulation.runUntil(START_MS + 15 * 60_000);
  const all = scenario.pools.flatMap(({ pool, agents }) =>
    Array.from({ length: agents }, (_, index) => `${pool}-${String(index + 1).padStart(2, '0')}`),
  );
  const atFifteen = {
    ill: all.filter((id) => !simulation.truth.isHealthy(id)),
    rate: simulation.truth.arrivalRate('expert', 15),
  };
  const result = simulation.run();
  const flushes = telemetry.arrivedUntil(START_MS + 30 * 60_000);
  return { ...seen, simulation, result, flushes, events: flushes.flatMap(({ events }) => events), atFifteen };
}

const calm = see([]);

function rowsOf({ result }: Seen, pool: string): PoolMinuteResult[] {
  return (result.pools.get(pool) ?? []).slice(10, 20);
}

function total(seen: Seen, pool: string, figure: (row: PoolMinuteResult) => number): number {
  return rowsOf(seen, pool).reduce((sum, row) => sum + figure(row), 0);
}

function attainment(seen: Seen, pool: string): number {
  return total(seen, pool, ({ attained }) => attained) / total(seen, pool, ({ arrived }) => arrived);
}

/** Attempts that began during the fault. */
function begun({ attempts }: Seen, where: (attempt: Attempt) => boolean = () => true): Attempt[] {
  return attempts.filter((it) => it.startedAt !== null && it.startedAt >= FROM && it.startedAt < UNTIL && where(it));
}

function meanServiceS(attempts: readonly Attempt[]): number {
  const completed = attempts.filter(({ status }) => status === 'completed');
  return completed.reduce((sum, it) => sum + ((it.endedAt ?? 0) - (it.startedAt ?? 0)) / 1e6, 0) / completed.length;
}

function shareOf(attempts: readonly Attempt[], where: (attempt: Attempt) => boolean): number {
  return attempts.filter(where).length / attempts.length;
}

function windowOf({ result }: Seen): FaultWindow {
  const [window] = result.faults;
  if (!window) throw new Error('the scenario has a fault');
  return window;
}

const on = (agents: readonly string[]) => (attempt: Attempt) => agents.includes(attempt.agent?.id ?? '');
const ofType = (taskType: string) => (attempt: Attempt) => attempt.task.type.taskType === taskType;
const failedWith = (type: string) => (attempt: Attempt) => attempt.error?.type === type;
const inPool = (pool: string) => (attempt: Attempt) => attempt.agent?.pool === pool;

test('without a fault nearly all is attained, every agent is healthy, and nothing is announced', () => {
  expect(attainment(calm, 'triage')).toBeGreaterThan(0.97);
  expect(attainment(calm, 'expert')).toBeGreaterThan(0.95);
  expect(calm.atFifteen.ill).toEqual([]);
  expect(calm.changes).toEqual([]);
  expect(calm.downs).toEqual([]);
});

describe('faults of agents', () => {
  test('slow: its targets work so many times longer, and only they are ill', () => {
    const seen = see([{ ...during, kind: 'slow', targets: { pool: 'expert', count: 2 }, factor: 3 }]);
    const { agents } = windowOf(seen);
    expect(agents).toHaveLength(2);
    expect([...seen.atFifteen.ill].sort()).toEqual([...agents].sort());
    const slowed = meanServiceS(begun(seen, on(agents))) / meanServiceS(begun(calm, on(agents)));
    expect(slowed).toBeGreaterThan(2);
    expect(slowed).toBeLessThan(4);
    expect(attainment(seen, 'expert')).toBeLessThan(attainment(calm, 'expert'));
  });

  test('fail_fast: a black hole fails after so long and draws in more work than its share', () => {
    const seen = see([{ ...during, kind: 'fail_fast', targets: { agents: ['expert-02'] }, share: 1, afterMs: 100 }]);
    const own = begun(seen, on(['expert-02']));
    expect(own.every((it) => (it.endedAt ?? 0) - (it.startedAt ?? 0) === 100_000)).toBe(true);
    expect(own.every(failedWith('fail_fast'))).toBe(true);
    expect(own.length).toBeGreaterThan(1.3 * begun(calm, on(['expert-02'])).length);
  });

  test('an error of its own: what agents say of what a fault made fail, and of nothing else', () => {
    const error = { type: 'SchemaError', message: 'no field "total"' };
    const seen = see([{ ...during, kind: 'dependency_errors', pools: ['triage'], share: 0.3, error }]);
    const failed = begun(seen, inPool('triage')).filter((it) => it.error?.type === 'SchemaError');
    expect(failed.length).toBe(
      begun(see([{ ...during, kind: 'dependency_errors', pools: ['triage'], share: 0.3 }]), inPool('triage')).filter(
        failedWith('dependency_error'),
      ).length,
    );
    expect(failed.every((it) => it.error?.message === error.message)).toBe(true);
    expect(begun(seen, inPool('expert')).some(failedWith('SchemaError'))).toBe(false);
  });

  test('hang: heartbeats go on, nothing completes, and the time limit ends what was begun', () => {
    const seen = see([{ ...during, kind: 'hang', targets: { agents: ['expert-02'] } }]);
    const own = begun(seen, on(['expert-02']));
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ status }) => status === 'timeout')).toBe(true);
    const beats = seen.events.filter((it) => it.type === 'heartbeat' && it.agent === 'expert-02');
    expect(beats.length).toBeGreaterThan(115);
    expect(seen.atFifteen.ill).toEqual(['expert-02']);
  });

  test('crash: silent and useless until it is back, while the dispatcher still sends it work', () => {
    const targets = { agents: ['triage-02'] };
    const seen = see([{ atMinute: 10, kind: 'crash', targets, backAfterMinutes: 5 }]);
    expect(seen.downs).toEqual([['triage-02', FROM, 'crashed']]);
    expect(seen.ups.filter(([id]) => id === 'triage-02')).toEqual([
      ['triage-02', 0],
      ['triage-02', 15 * 60e6],
    ]);
    const lost = seen.attempts.filter((it) => it.isLost);
    expect(lost.length).toBeGreaterThan(2);
    expect(lost.every(({ status, agent }) => status === 'timeout' && agent?.id === 'triage-02')).toBe(true);
    const beats = seen.events.filter((it) => it.type === 'heartbeat' && it.agent === 'triage-02');
    const [gapFrom, gapUntil] = [START_MS + 10 * 60_000, START_MS + 15 * 60_000];
    expect(beats.filter((it) => 'at' in it && it.at > gapFrom && it.at < gapUntil)).toEqual([]);
    expect(beats.length).toBeGreaterThan(90);
  });

  test('crash without a way back: down to the end', () => {
    const seen = see([{ atMinute: 10, kind: 'crash', targets: { pool: 'triage', share: 0.5 } }]);
    expect(windowOf(seen).agents).toHaveLength(3);
    expect(seen.downs).toHaveLength(3);
    expect(seen.ups).toHaveLength(16);
  });

  test('quality_collapse: grades fall and nothing else does', () => {
    const seen = see([{ ...during, kind: 'quality_collapse', targets: { agents: ['expert-02'] }, quality: 0.3 }]);
    const grades = begun(seen, on(['expert-02'])).flatMap(({ quality }) => quality ?? []);
    expect(grades.length).toBeGreaterThan(20);
    expect(Math.max(...grades)).toBeLessThan(0.6);
    expect(attainment(seen, 'expert')).toBe(attainment(calm, 'expert'));
    expect(seen.atFifteen.ill).toEqual(['expert-02']);
  });

  test('leak: slower and fuller by the minute, and down at its end', () => {
    const leak = { kind: 'leak', factorAtEnd: 4, memoryAtEnd: 0.95 } as const;
    const seen = see([{ ...during, ...leak, targets: { agents: ['expert-02'] } }]);
    const memory = seen.events.flatMap((it) =>
      it.type === 'sample' && it.agent === 'expert-02' ? (it.memory ?? 0) : [],
    );
    expect(Math.max(...memory)).toBeGreaterThan(0.9);
    expect(seen.downs).toEqual([['expert-02', UNTIL, 'crashed']]);
    const [early, late] = [begun(seen, on(['expert-02'])), begun(calm, on(['expert-02']))].map((it) =>
      meanServiceS(it),
    );
    expect(early).toBeGreaterThan(1.4 * (late ?? Number.NaN));
  });

  test('error_ramp: fails more by the minute, and down at its end', () => {
    const seen = see([{ ...during, kind: 'error_ramp', targets: { agents: ['expert-02'] }, shareAtEnd: 1 }]);
    const own = begun(seen, on(['expert-02']));
    const half = (from: number, until: number) =>
      shareOf(
        own.filter((it) => (it.startedAt ?? 0) >= from && (it.startedAt ?? 0) < until),
        failedWith('internal_error'),
      );
    expect(half((FROM + UNTIL) / 2, UNTIL)).toBeGreaterThan(half(FROM, (FROM + UNTIL) / 2));
    expect(seen.downs).toEqual([['expert-02', UNTIL, 'crashed']]);
  });

  test('zone_loss: all agents of the zone, over all pools, are down until its end', () => {
    const seen = see([{ ...during, kind: 'zone_loss', zone: 0 }]);
    // Zones go round: of three for triage, of two for expert.
    const zone = ['triage-01', 'triage-04', 'expert-01', 'expert-03', 'expert-05', 'expert-07', 'expert-09'];
    expect([...seen.atFifteen.ill].sort()).toEqual([...zone].sort());
    expect(seen.downs).toHaveLength(7);
    expect(seen.ups.filter(([, at]) => at === UNTIL)).toHaveLength(7);
    expect(attainment(seen, 'expert')).toBeLessThan(attainment(calm, 'expert') - 0.1);
  });
});

describe('faults of pools and of what they depend on', () => {
  test('dependency_slow: everybody of the pool works so much longer, and nobody is ill', () => {
    const seen = see([{ ...during, kind: 'dependency_slow', pools: ['expert'], factor: 1.5 }]);
    const slowed = meanServiceS(begun(seen, inPool('expert'))) / meanServiceS(begun(calm, inPool('expert')));
    expect(slowed).toBeGreaterThan(1.3);
    expect(slowed).toBeLessThan(1.7);
    expect(seen.atFifteen.ill).toEqual([]);
  });

  test('dependency_errors: such a share of the attempts fails', () => {
    const seen = see([{ ...during, kind: 'dependency_errors', pools: ['triage'], share: 0.3 }]);
    const share = shareOf(begun(seen, inPool('triage')), failedWith('dependency_error'));
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
    expect(begun(seen, inPool('expert')).some(failedWith('dependency_error'))).toBe(false);
  });

  test('deploy to some agents: they alone have the version, and are as fast as it is', () => {
    const canary = {
      kind: 'deploy',
      pool: 'expert',
      version: '2.0',
      factor: 0.5,
      failureShare: 0,
      announced: true,
    } as const;
    const { attempts } = see([{ ...during, ...canary, agents: 1 }]);
    const inForce = attempts.filter(
      ({ startedAt, task }) =>
        startedAt !== null && startedAt > FROM && startedAt < UNTIL && task.type.pool === 'expert',
    );
    const newer = inForce.filter(({ version }) => version === '2.0');
    expect(new Set(newer.map(({ agent }) => agent?.id)).size).toBe(1);
    expect(
      new Set(inForce.filter(({ version }) => version === '1.0').map(({ agent }) => agent?.id)).size,
    ).toBeGreaterThan(1);
    expect(attempts.filter(({ startedAt, version }) => (startedAt ?? 0) > UNTIL && version === '2.0')).toEqual([]);
  });

  test('deploy: another version that is slower and fails more; announced or not, and taken back at its end', () => {
    const deploy = { kind: 'deploy', pool: 'expert', version: '2.0', factor: 1.5, failureShare: 0.2 } as const;
    const [told, silent] = [true, false].map((announced) => see([{ ...during, ...deploy, announced }]));
    if (!told || !silent) throw new Error('two runs');
    expect(told.changes.map(([{ kind, version }, at]) => [kind, version, at])).toEqual([
      ['deploy', '2.0', FROM],
      ['deploy', '1.0', UNTIL],
    ]);
    expect(silent.changes).toEqual([]);
    for (const seen of [told, silent]) {
      const own = begun(seen, inPool('expert'));
      expect(new Set(own.map(({ version }) => version))).toEqual(new Set(['2.0']));
      expect(shareOf(own, failedWith('internal_error'))).toBeGreaterThan(0.15);
      expect(meanServiceS(own) / meanServiceS(begun(calm, inPool('expert')))).toBeGreaterThan(1.3);
      expect(seen.attempts.at(-1)?.version).toBe('1.0');
    }
    expect(told.events.filter(({ type }) => type === 'change')).toHaveLength(2);
  });

  test('rate_limit: what is over the rate is refused at once', () => {
    const seen = see([{ ...during, kind: 'rate_limit', pools: ['expert'], perMinute: 60 }]);
    const own = begun(seen, inPool('expert'));
    const letThrough = own.filter((it) => !failedWith('rate_limited')(it));
    expect(letThrough).toHaveLength(600);
    expect(own.length).toBeGreaterThan(900);
  });

  test('poison_type: such a share of one type takes so much longer', () => {
    const seen = see([{ ...during, kind: 'poison_type', taskType: 'solve', share: 0.3, factor: 4 }]);
    const mean = (it: Seen, taskType: string) =>
      begun(it, ofType(taskType)).reduce((sum, { fate }) => sum + (fate?.serviceUs ?? 0), 0) /
      begun(it, ofType(taskType)).length;
    // 1 + 0.3 · 3 on average
    expect(mean(seen, 'solve') / mean(calm, 'solve')).toBeGreaterThan(1.5);
    expect(mean(seen, 'solve') / mean(calm, 'solve')).toBeLessThan(2.4);
    expect(mean(seen, 'check') / mean(calm, 'check')).toBeLessThan(1.2);
  });
});

describe('faults of load', () => {
  const arrived = (seen: Seen) => total(seen, 'triage', (row) => row.arrived);

  test('load_spike: so many times the workflows, and the truth expects them', () => {
    const seen = see([{ ...during, kind: 'load_spike', factor: 2 }]);
    expect(arrived(seen) / arrived(calm)).toBeGreaterThan(1.8);
    expect(arrived(seen) / arrived(calm)).toBeLessThan(2.2);
    expect(seen.atFifteen.rate).toBeCloseTo(2 * calm.atFifteen.rate, 9);
    expect(calm.atFifteen.rate).toBeCloseTo(120, 9);
  });

  test('load_ramp: half of it over its time', () => {
    const seen = see([{ ...during, kind: 'load_ramp', factor: 3 }]);
    expect(arrived(seen) / arrived(calm)).toBeGreaterThan(1.8);
    expect(arrived(seen) / arrived(calm)).toBeLessThan(2.2);
    const byMinute = rowsOf(seen, 'triage').map((row) => row.arrived);
    expect(byMinute.slice(5).reduce((a, b) => a + b)).toBeGreaterThan(
      1.3 * byMinute.slice(0, 5).reduce((a, b) => a + b),
    );
  });

  test('planned_load: as a spike, and announced', () => {
    const seen = see([{ ...during, kind: 'planned_load', factor: 1.5 }]);
    expect(arrived(seen) / arrived(calm)).toBeGreaterThan(1.35);
    expect(seen.changes.map(([{ kind }, at]) => [kind, at])).toEqual([['campaign', FROM]]);
  });

  test('retry_storm: what clients do not get they ask for again', () => {
    const outage: FaultSpec = { ...during, kind: 'dependency_errors', pools: ['triage'], share: 0.5 };
    const [without, seen] = [see([outage]), see([outage, { ...during, kind: 'retry_storm', extraRequests: 1.5 }])];
    expect(arrived(without)).toBe(arrived(calm));
    expect(arrived(seen)).toBeGreaterThan(1.3 * arrived(without));
    expect(Math.max(...seen.workflows.map(({ generation }) => generation))).toBe(3);
  });
});

describe('faults of the work', () => {
  test('ping_pong: two types send their work back and forth', () => {
    const seen = see([{ ...during, kind: 'ping_pong', taskTypes: ['sort', 'solve'], share: 0.5 }]);
    expect(Math.max(...seen.attempts.map(({ task }) => task.bounces))).toBeGreaterThan(3);
    const back = seen.attempts.filter(({ task }) => task.bounces === 2);
    for (const { task } of back) {
      expect(task.parent?.bounces).toBe(1);
      expect(task.type.taskType).not.toBe(task.parent?.type.taskType);
    }
    expect(total(seen, 'triage', (row) => row.arrived)).toBeGreaterThan(
      1.3 * total(calm, 'triage', (row) => row.arrived),
    );
  });

  test('verification_failure: the verifier sends the work back, and the step before is done again', () => {
    const seen = see([{ ...during, kind: 'verification_failure', taskType: 'check', share: 0.4 }]);
    const redone = seen.attempts.filter(({ task }) => task.redoneFor.length > 0);
    expect(redone.length).toBeGreaterThan(100);
    for (const { task } of redone) {
      expect(task.type.taskType).toBe('solve');
      expect(task.parent?.type.taskType).toBe('check');
    }
    expect(seen.workflows.filter(({ status }) => status === 'completed').length).toBeGreaterThan(1_500);
  });
});

describe('work that is sent back comes to its end', () => {
  const endedOf = (faults: FaultSpec[]) => {
    const { workflows, result } = see(faults);
    const begun = result.workflows.slice(0, 27).reduce((sum, { arrived }) => sum + arrived, 0);
    return workflows.filter(({ startedAt }) => startedAt < 27 * 60e6).length / begun;
  };
  const sentBack = { ...during, kind: 'verification_failure', share: 0.4 } as const;

  test('also where what is done again is sent on to another type', () => {
    const bounced: FaultSpec = { ...during, kind: 'ping_pong', taskTypes: ['sort', 'solve'], share: 0.5 };
    expect(endedOf([{ ...sentBack, taskType: 'check' }, bounced])).toBe(1);
  });

  test('also where a verifier whose work is sent back sends back work itself', () => {
    expect(
      endedOf([
        { ...sentBack, taskType: 'check' },
        { ...sentBack, taskType: 'solve' },
      ]),
    ).toBe(1);
  });
});

describe('faults of the telemetry', () => {
  const targets = { agents: ['expert-02', 'expert-03'] };
  const tasksOf = ({ events }: Seen): IngestTask[] =>
    events.filter((it): it is IngestTask => it.type === 'task' && targets.agents.includes(it.agent ?? ''));
  const see2 = (how: 'missing' | 'delayed' | 'duplicated' | 'wrong_unit') =>
    see([{ ...during, kind: 'telemetry', how, targets, share: 1 }]);

  test.each(['missing', 'delayed', 'duplicated', 'wrong_unit'] as const)('%s: nothing happens to the work', (how) => {
    const seen = see2(how);
    expect(seen.result.pools).toEqual(calm.result.pools);
    expect(seen.atFifteen.ill).toEqual([]);
    expect([...windowOf(seen).agents].sort()).toEqual(targets.agents);
  });

  test('missing: the targets say nothing, to product and controller', () => {
    const seen = see2('missing');
    const ended = seen.events.filter(
      (it) => 'agent' in it && targets.agents.includes(it.agent ?? '') && 'at' in it && it.at > START_MS + 10 * 60_000,
    );
    expect(ended.every((it) => 'at' in it && it.at >= START_MS + 20 * 60_000)).toBe(true);
    expect(ended.length).toBeGreaterThan(0);
    const rows = seen.exports.get(15) ?? [];
    expect(rows.map(({ agent }) => agent)).not.toContain('expert-02');
    expect(rows).toHaveLength(14);
  });

  test('delayed: it comes, three minutes late', () => {
    const seen = see2('delayed');
    expect(tasksOf(seen)).toHaveLength(tasksOf(calm).length);
    const lateS = seen.flushes.flatMap(({ atMs, events }) =>
      events.flatMap((it) => {
        const isHeldBack = it.type === 'heartbeat' && targets.agents.includes(it.agent) && it.at >= START_MS + 600_000;
        return isHeldBack && it.at < START_MS + 1_200_000 ? (atMs - it.at) / 1_000 : [];
      }),
    );
    expect(lateS.length).toBeGreaterThan(75);
    expect(Math.min(...lateS)).toBeGreaterThan(180);
    expect(Math.max(...lateS)).toBeLessThanOrEqual(195);
  });

  test('duplicated: the targets report twice', () => {
    const twice = tasksOf(see2('duplicated'));
    const once = new Set(twice.map(({ task, attempt }) => `${task}/${attempt}`));
    expect(once.size).toBe(tasksOf(calm).length);
    expect(twice.length).toBeGreaterThan(1.25 * once.size);
  });

  test('wrong_unit: durations are a thousand times too short', () => {
    const seen = see2('wrong_unit');
    const wrong = tasksOf(seen).filter(({ durationMs }) => durationMs !== undefined);
    expect(wrong.length).toBeGreaterThan(50);
    const right = new Map(tasksOf(calm).map((it) => [`${it.task}/${it.attempt}`, it]));
    for (const { task, attempt, durationMs } of wrong) {
      const { startedAt = 0, endedAt = 0 } = right.get(`${task}/${attempt}`) ?? {};
      expect(durationMs).toBeCloseTo((endedAt - startedAt) / 1_000, 2);
    }
    const exported = (it: Seen) => it.exports.get(15)?.find(({ agent }) => agent === 'expert-02')?.serviceMs ?? 0;
    expect(exported(seen)).toBeCloseTo(exported(calm) / 1_000, 6);
  });
});
