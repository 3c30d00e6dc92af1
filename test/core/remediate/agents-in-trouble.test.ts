import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { noWatch } from '../../../lib/core/detect/watch.ts';
import { countSample, emptyPresenceRollup, type PresenceRollup } from '../../../lib/core/kpi/presence-rollup.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { actionClassNames, type Mode } from '../../../lib/core/remediate/action-class.ts';
import type { Directive, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import { flappings } from '../../../lib/core/remediate/guardrails/flap-guard.ts';
import type { Held } from '../../../lib/core/remediate/held.ts';
import { planDirectives } from '../../../lib/core/remediate/plan-directives.ts';
import type { Policy } from '../../../lib/core/remediate/policy.ts';
import { demotionOf, trackRecordOf } from '../../../lib/core/remediate/track-record.ts';
import { firingAlert } from '../../fixtures/alert.ts';
import { DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';
import { directiveOf, directiveRecord } from '../../fixtures/directive.ts';
import { type Done, JudgedPool, START } from '../../fixtures/judged-minutes.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const well: Done = { completed: 10, serviceMs: Array(10).fill(1_000) };

interface Told {
  /** What agents that are not named did is {@link well}. */
  done?: Record<string, Done>;
  /** Agents whose heartbeats stay away. */
  silent?: readonly string[];
  firing?: readonly Alert[];
  /** What agents sampled. */
  presence?: readonly PresenceRollup[];
  minutes?: number;
}

/** A pool of ten, decided minute by minute. */
class Fleet {
  /** What was refused in the last minute. */
  held: Held[] = [];
  records = new Map<string, DirectiveRecord>();
  readonly pool: JudgedPool;
  beats: 'ready' | 'busy' = 'busy';
  readonly #policy: Policy;

  constructor(agents: readonly string[] = names, modes: Partial<Record<string, Mode>> = {}) {
    this.pool = new JudgedPool(agents);
    const all = actionClassNames.map((name) => [name, modes[name] ?? 'auto']);
    this.#policy = { modes: Object.fromEntries(all) as Policy['modes'], killSwitch: false, maintenance: [] };
  }

  pass({ done = {}, silent = [], firing = [], presence = [], minutes = 1 }: Told = {}): this {
    for (let i = 0; i < minutes; i++) {
      const working = [...this.pool.roster.keys()].filter((agent) => !silent.includes(agent));
      this.pool.pass({ ...Object.fromEntries(working.map((agent) => [agent, well])), ...done }, presence);
      const { nowMs } = this.pool.context();
      for (const agent of working) this.#beat(agent, nowMs);
      this.decide(firing);
    }
    return this;
  }

  decide(firing: readonly Alert[] = []): void {
    const { minute, nowMs, roster, minutes } = this.pool.context();
    const input = {
      ...{ minute, nowMs, roster, minutes, firing, policy: this.#policy, recent: [...this.records.values()] },
      ...{ pools: new Map(), plan: null, watch: noWatch(), changes: [] },
    };
    this.held = [];
    this.records = planDirectives(this.records, input, { onHeld: (it) => this.held.push(it) });
  }

  /** An orchestrator says that it cannot. */
  refuse(kind: Directive['kind'], note: string): void {
    for (const [id, record] of this.records) {
      if (record.directive.kind !== kind || record.directive.ended) continue;
      const ack = { applied: false, atMs: this.pool.context().nowMs, by: 'orch', note };
      this.records.set(id, { ...record, ack, acks: [ack] });
    }
  }

  /** Orchestrators say that they did it. */
  acknowledge(kind: Directive['kind']): void {
    for (const [id, record] of this.records) {
      if (record.directive.kind !== kind || record.ack?.applied) continue;
      const { nowMs } = this.pool.context();
      this.records.set(id, { ...record, ack: { applied: true, atMs: nowMs, by: 'orchestrator', note: null } });
    }
  }

  /** A person says yes, half a minute into the next. */
  approve(kind: Directive['kind'], afterMs = MINUTE_MS / 2): void {
    const atMs = this.pool.context().nowMs + afterMs;
    for (const [id, record] of this.records) {
      if (record.directive.kind !== kind || record.directive.ended) continue;
      this.records.set(id, { ...record, approved: { atMs, by: 'ann', note: null } });
    }
  }

  of<Kind extends Directive['kind']>(kind: Kind) {
    return [...this.records.values()].flatMap(({ directive }) =>
      directive.kind === kind ? (directive as Extract<Directive, { kind: Kind }>) : [],
    );
  }

  live<Kind extends Directive['kind']>(kind: Kind) {
    return this.of(kind).filter(({ ended }) => ended === null);
  }

  /** It says goodbye. */
  stop(agent: string): void {
    const entry = this.pool.roster.get(agent);
    const { nowMs } = this.pool.context();
    if (entry) entry.lastBeat = { atMs: nowMs, state: 'stopped', intervalMs: 15_000, progress: null };
  }

  get minutes(): number {
    return this.pool.minute - START + 1;
  }

  #beat(agent: string, nowMs: number): void {
    const entry = this.pool.roster.get(agent);
    if (!entry) return;
    entry.lastSeenMs = nowMs;
    entry.firstBeatMs = 0;
    entry.lastBeat = { atMs: nowMs - 1_000, state: this.beats, intervalMs: 15_000, progress: null };
  }
}

const failing: Done = { completed: 1, failed: 19, serviceMs: Array(20).fill(100) };

/** In which minutes its probes come, and what becomes of its breaker by which. */
interface Scarce {
  what: string;
  good: readonly number[];
  bad: readonly number[];
  state: 'open' | undefined;
  at: number;
}

describe('an agent whose tasks fail', () => {
  test('is cut off in its first minute, probed when its time is over, and back when its probes are good', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    expect(fleet.records.size).toBe(0);
    fleet.pass({ done: { a: failing } });
    expect(fleet.live('breaker')).toMatchObject([
      { subject: 'a', params: { agent: 'a', state: 'open', probeFraction: 0.01 }, memory: { times: 1 } },
    ]);
    expect(fleet.live('route')).toEqual([]);
    fleet.pass({ done: { a: {} } });
    fleet.pass({ done: { a: {} } });
    // Somewhat less than ten tasks a minute would be its share: 0.3 of them are 2.5 or more.
    expect(fleet.live('breaker')).toMatchObject([{ params: { state: 'half-open', probeFraction: 0.15 } }]);
    fleet.pass({ done: { a: { completed: 5, serviceMs: Array(5).fill(1_000) } } });
    expect(fleet.live('breaker')).toEqual([]);
    expect(fleet.of('breaker')[0]?.ended?.why).toContain('nothing calls for it any more');
    fleet.pass({ minutes: 5 });
    expect(fleet.of('breaker')).toHaveLength(1);
  });

  test('stays cut off, for twice as long, when its probes fail; and starts from there when it soon fails again', () => {
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { a: failing } });
    fleet.pass({ done: { a: {} }, minutes: 2 });
    fleet.pass({ done: { a: { completed: 1, failed: 4 } } });
    expect(fleet.live('breaker')).toMatchObject([{ params: { state: 'open' }, memory: { times: 2 } }]);
    for (let i = 0; fleet.live('breaker')[0]?.params.state === 'open' && i < 4; i++) fleet.pass({ done: { a: {} } });
    fleet.pass({ done: { a: { completed: 6, serviceMs: Array(6).fill(1_000) } } });
    expect(fleet.live('breaker')).toEqual([]);
    fleet.pass({ minutes: 3 }).pass({ done: { a: failing } });
    expect(fleet.live('breaker')).toMatchObject([{ memory: { times: 3 } }]);
  });

  test.each<Scarce>([
    {
      what: 'back after twelve minutes when one probe came, and was good',
      good: [2],
      bad: [],
      state: undefined,
      at: 12,
    },
    {
      what: 'back with the third good one, however far apart they come',
      good: [1, 6, 11],
      bad: [],
      state: undefined,
      at: 11,
    },
    { what: 'cut off again when one of two is bad, minutes later', good: [1], bad: [8], state: 'open', at: 8 },
  ])('whose work is scarce is $what', ({ good, bad, state, at }) => {
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { a: failing } });
    const stateNow = () => fleet.live('breaker')[0]?.params.state;
    while (stateNow() === 'open') fleet.pass({ done: { a: {} } });
    for (let minute = 1; minute <= at; minute++) {
      expect(stateNow(), `before minute ${minute}`).toBe('half-open');
      const done: Done = good.includes(minute) ? { completed: 1 } : bad.includes(minute) ? { failed: 1 } : {};
      fleet.pass({ done: { a: done } });
      const { records } = fleet;
      fleet.decide();
      expect(fleet.records).toEqual(records);
    }
    expect(stateNow()).toBe(state);
  });

  test('deciding a minute again changes nothing', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    for (const done of [failing, {}, {}, { failed: 5 }, {}, {}, {}, { completed: 9 }]) {
      fleet.pass({ done: { a: done } });
      const { records } = fleet;
      fleet.decide();
      expect(fleet.records).toEqual(records);
    }
  });

  test('and is stopped for that is cut off no more, nor anew, and nothing is held against the breaker for it', () => {
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { a: failing }, minutes: 2 });
    fleet.stop('a');
    fleet.pass({ done: { a: {} }, silent: ['a'] });
    expect(fleet.of('breaker').map(({ ended }) => ended)).toMatchObject([{ how: 'expired', by: 'agent left' }]);
    const { nowMs } = fleet.pool.context();
    expect(flappings(fleet.records.values(), nowMs).filter(({ kind }) => kind === 'breaker')).toEqual([]);
    const { falseShare } = trackRecordOf('breaker', fleet.records.values());
    expect(falseShare).toBe(0);
    fleet.pass({ done: { a: {} }, silent: ['a'], minutes: 10 });
    expect(fleet.of('breaker')).toHaveLength(1);
    expect(demotionOf('breaker', fleet.records.values(), { nowMs })).toBeNull();
  });

  test('is given its work back when nobody else is well who could do it, which is held against nothing either', () => {
    const fleet = new Fleet(['a', 'b', 'c', 'd']);
    for (const agent of ['a', 'b']) {
      const entry = fleet.pool.roster.get(agent);
      if (entry?.description) entry.description.skills = { chat: 1, special: 1 };
    }
    fleet.pass({ minutes: 5 }).pass({ done: { a: failing } });
    expect(fleet.live('breaker')).toHaveLength(1);
    fleet.stop('b');
    fleet.pass({ done: { a: {}, b: {} }, silent: ['b'] });
    expect(fleet.of('breaker').map(({ ended }) => ended)).toMatchObject([{ how: 'expired', by: 'last of its kind' }]);
    expect(trackRecordOf('breaker', fleet.records.values()).falseShare).toBe(0);
  });

  test('is proposed to be cut off as long as it fails, and not to be probed; approved late, it is open for its time', () => {
    const fleet = new Fleet(names, { breaker: 'recommend', route: 'observe' }).pass({ minutes: 5 });
    fleet.pass({ done: { a: failing }, minutes: 20 });
    expect(fleet.of('breaker')).toMatchObject([
      { inForceMs: null, params: { state: 'open', probeFraction: 0.01 }, memory: { times: 1 } },
    ]);
    fleet.approve('breaker');
    fleet.pass({ done: { a: failing } });
    expect(fleet.live('breaker')).toMatchObject([{ params: { state: 'open' }, memory: { times: 1 } }]);
    fleet.pass({ done: { a: {} }, minutes: 2 });
    expect(fleet.live('breaker')).toMatchObject([{ params: { state: 'half-open' }, memory: { times: 1 } }]);
  });

  test('is proposed to be cut off no more when it is well, and that is not counted as an opening', () => {
    const fleet = new Fleet(names, { breaker: 'recommend', route: 'observe' }).pass({ minutes: 5 });
    fleet.pass({ done: { a: failing }, minutes: 10 }).pass({ minutes: 6 });
    expect(fleet.live('breaker')).toEqual([]);
    fleet.pass({ done: { a: failing }, minutes: 2 });
    expect(fleet.live('breaker')).toMatchObject([{ memory: { times: 1 } }]);
  });

  test('is led around where breakers may only be recommended', () => {
    const fleet = new Fleet(names, { breaker: 'recommend' }).pass({ minutes: 5 }).pass({ done: { a: failing } });
    expect(fleet.live('route')).toMatchObject([{ params: { weights: { a: 0.05 } }, blastRadius: { agents: ['a'] } }]);
  });

  test.each([
    { pool: 'three, where two peers are no measure', agents: ['a', 'b', 'c'], types: 1 },
    { pool: 'twelve, of which three each do a task type', agents: [...names, 'k', 'l'], types: 4 },
  ])('is given its work back when it is well again, in a pool of $pool', ({ agents, types }) => {
    const done = (ofA: Done) =>
      Object.fromEntries(
        agents.map((agent, i) => [agent, { ...(agent === 'a' ? ofA : well), taskType: `type ${i % types}` }]),
      );
    const told = firingAlert({
      ...{ id: 'a fails', rule: 'agent-failing', kind: 'performance_degradation' },
      scope: { pool: 'workers', agent: 'a' },
    });
    const fleet = new Fleet(agents, { breaker: 'observe' }).pass({ done: done(well), minutes: 5 });
    fleet.pass({ done: done(failing), firing: [told], minutes: 6 });
    expect(fleet.live('route')).toMatchObject([{ params: { weights: { a: 0.05 } } }]);
    fleet.pass({ done: done({ completed: 1, failed: 3 }), minutes: 3 });
    expect(fleet.live('route')[0]?.params.weights['a']).toBeLessThanOrEqual(0.1);
    fleet.pass({ done: done({ completed: 3, serviceMs: Array(3).fill(1_000) }), minutes: 12 });
    expect(fleet.live('route')).toEqual([]);
    expect(fleet.of('route')).toHaveLength(1);
  });

  test('is not to blame where the others fail as well', () => {
    const half: Done = { completed: 10, failed: 10, serviceMs: Array(20).fill(1_000) };
    const done = Object.fromEntries(names.map((agent) => [agent, half]));
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { ...done, a: failing }, minutes: 5 });
    expect(fleet.records.size).toBe(0);
  });

  test('is not to blame where half of the pool stands out', () => {
    const done = Object.fromEntries(names.slice(0, 5).map((agent) => [agent, failing]));
    expect(new Fleet().pass({ minutes: 5 }).pass({ done, minutes: 5 }).records.size).toBe(0);
  });

  test('is not to blame while half of those who have told of the minute fail, before the others tell', () => {
    const silent = (agent: string): [string, Done] => [agent, {}];
    const first = { ...Object.fromEntries(names.map(silent)), a: failing, b: failing, c: well };
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: first });
    expect(fleet.records.size).toBe(0);
    fleet.pass({ done: { a: failing, b: failing } });
    expect(fleet.live('breaker').map(({ subject }) => subject)).toEqual(['a', 'b']);
  });

  test('is not cut off where nobody else does what it does', () => {
    const special = (failed: number, completed: number): Done => ({ completed, failed, taskType: 'special' });
    const fleet = new Fleet();
    const entry = fleet.pool.roster.get('a');
    if (entry?.description) entry.description.skills = { chat: 1, special: 1 };
    fleet.pass({ done: { a: special(0, 10) }, minutes: 5 }).pass({ done: { a: failing } });
    expect(fleet.records.size).toBe(0);
  });
});

describe('an agent that takes longer', () => {
  const slow = (times: number): Done => ({ completed: 8, serviceMs: Array(8).fill(1_000 * times) });

  test('five times as long is led around, and back when it is as fast as the others', () => {
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { a: slow(5) }, minutes: 3 });
    expect(fleet.live('route')).toMatchObject([{ params: { weights: { a: 0.05 } } }]);
    fleet.pass({ minutes: 12 });
    expect(fleet.live('route')).toEqual([]);
  });

  describe('and around which it is proposed to lead work', () => {
    const proposed = () => {
      const fleet = new Fleet(names, { route: 'recommend', breaker: 'observe' }).pass({ minutes: 5 });
      fleet.pass({ done: { a: slow(5) }, minutes: 6 });
      expect(fleet.live('route')).toMatchObject([{ inForceMs: null, params: { weights: { a: 0.05 } } }]);
      return fleet;
    };

    test('is well again, and the proposal over: no work is to be led back that was never led away', () => {
      const fleet = proposed();
      for (let minute = 0; minute < 6; minute++) {
        fleet.pass();
        for (const { summary, params } of fleet.live('route'))
          expect([summary, params.weights['a']]).toEqual(['route around a', 0.05]);
      }
      expect(fleet.live('route')).toEqual([]);
      expect(fleet.of('route')).toHaveLength(1);
    });

    test('gives its place to another that falls ill when it is well', () => {
      const fleet = proposed().pass({ done: { b: slow(5) }, minutes: 6 });
      expect(fleet.live('route')).toMatchObject([{ summary: 'route around b', blastRadius: { agents: ['b'] } }]);
      const [{ params = null } = {}] = fleet.live('route');
      expect(params?.weights['a']).toBeGreaterThan(0.9);
    });

    test('is not taken to be led around: an alert about what may be chance calls for nothing', () => {
      const fleet = proposed();
      const degraded = firingAlert({
        ...{ id: 'a is degraded', rule: 'agent-degraded', kind: 'performance_degradation' },
        ...{ scope: { pool: 'workers', agent: 'a' }, value: 3, expected: 1 },
      });
      fleet.pass({ done: { a: slow(2) }, firing: [degraded], minutes: 6 });
      expect(fleet.live('route')).toEqual([]);
    });

    test.each([MINUTE_MS / 2, MINUTE_MS + 2_000])(
      'is led back to in steps where a person says yes, %i ms after the last minute that was decided',
      (afterMs) => {
        const fleet = proposed();
        fleet.approve('route', afterMs);
        const weights = [];
        for (let minute = 0; minute < 12 && fleet.live('route').length > 0; minute++) {
          fleet.pass();
          weights.push(...fleet.live('route').map(({ params }) => params.weights['a'] ?? 1));
        }
        expect([...new Set(weights)]).toEqual([0.05, 0.1, 0.2, 0.4, 0.8]);
        expect(fleet.live('route')).toEqual([]);
        expect(fleet.of('route')).toMatchObject([{ began: 'route around a' }]);
      },
    );
  });

  test('is left alone until it has shown in two minutes one after the other', () => {
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { a: slow(5) }, minutes: 2 });
    expect(fleet.records.size).toBe(0);
    const once = new Fleet().pass({ minutes: 5 }).pass({ done: { a: slow(5) } });
    expect(once.pass({ minutes: 10 }).records.size).toBe(0);
  });

  test('is led around at once where no chance explains it', () => {
    const crawling: Done = { completed: 60, serviceMs: Array(60).fill(19_000) };
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { a: crawling }, minutes: 2 });
    expect(fleet.live('route')).toMatchObject([{ params: { weights: { a: 0.05 } } }]);
  });

  test('is cut off when it still takes so long after twenty minutes of little work', () => {
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ done: { a: slow(6) }, minutes: 20 });
    expect(fleet.live('breaker')).toEqual([]);
    fleet.pass({ done: { a: slow(6) }, minutes: 3 });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a', memory: { ailment: 'slow' } }]);
  });

  test.each([1.25, 1.7])('%f times as long by nature is left alone', (times) => {
    expect(new Fleet().pass({ done: { a: slow(times) }, minutes: 15 }).records.size).toBe(0);
  });

  test('a thousand times as long as those that tell seconds for milliseconds is left alone where slots are told', () => {
    const fleet = new Fleet();
    const inSeconds: Done = { completed: 10, serviceMs: Array(10).fill(1) };
    const done = Object.fromEntries(names.slice(0, 7).map((agent) => [agent, inSeconds]));
    fleet.pass({ done, minutes: 10 });
    expect(fleet.records.size).toBe(0);
  });
});

describe('an agent that has nothing to do, and of which an alert says that it takes long', () => {
  const degraded = firingAlert({
    ...{ id: 'a is degraded', rule: 'agent-degraded', kind: 'performance_degradation' },
    ...{ scope: { pool: 'workers', agent: 'a' }, value: 10, expected: 1 },
  });
  const sampled = names.map((agent) => {
    const rollup = emptyPresenceRollup(agent);
    countSample(rollup, { type: 'sample', agent, atMs: 0, active: agent === 'a' ? 0 : 2, capacity: 2, queued: 0 });
    return rollup;
  });

  test('is led around where nobody samples: then nothing speaks against it', () => {
    const fleet = new Fleet().pass({ done: { a: {} }, minutes: 5 }).pass({ done: { a: {} }, firing: [degraded] });
    expect(fleet.live('route')).toMatchObject([{ params: { weights: { a: 0.05 } } }]);
  });

  test('is left alone where slots are told: its slots do not show it', () => {
    const idle = { done: { a: {} }, presence: sampled };
    const fleet = new Fleet().pass({ ...idle, minutes: 5 }).pass({ ...idle, firing: [degraded] });
    expect(fleet.records.size).toBe(0);
  });
});

test('an agent of which an alert says that it takes long is left alone where its tasks can be compared, and are no more than chance', () => {
  const degraded = firingAlert({
    ...{ id: 'a is degraded', rule: 'agent-degraded', kind: 'performance_degradation' },
    ...{ scope: { pool: 'workers', agent: 'a' }, value: 3, expected: 1 },
  });
  const usual: Done = { completed: 10, serviceMs: [200, 300, 500, 700, 1_000, 1_000, 1_500, 2_000, 3_000, 5_000] };
  const others = Object.fromEntries(names.map((agent) => [agent, usual]));
  const few: Done = { completed: 3, serviceMs: [2_000, 3_000, 5_000] };
  const fleet = new Fleet().pass({ done: others, minutes: 5 });
  fleet.pass({ done: { ...others, a: few }, firing: [degraded], minutes: 3 });
  expect(fleet.records.size).toBe(0);
});

describe('an agent with one task at work, of which an alert says that it hangs', () => {
  const presence = names.map((agent) => {
    const rollup = emptyPresenceRollup(agent);
    for (let i = 0; i < 4; i++) {
      const active = agent === 'a' ? Number(i === 3) : 2;
      countSample(rollup, { type: 'sample', agent, atMs: i * 15_000, active, capacity: 2, queued: 0 });
    }
    return rollup;
  });
  const hungFor = (minutes: number, fleet: Fleet) =>
    firingAlert({
      ...{ id: 'a hangs', rule: 'agent-hung', scope: { pool: 'workers', agent: 'a' } },
      onsetMs: fleet.pool.context().nowMs - minutes * MINUTE_MS,
    });
  const working = () => new Fleet().pass({ done: { a: {} }, presence, minutes: 5 });

  test('is left alone: a long task is no hang', () => {
    const fleet = working();
    fleet.pass({ done: { a: {} }, presence, firing: [hungFor(6, fleet)], minutes: 2 });
    expect(fleet.records.size).toBe(0);
  });

  test('is cut off when that has lasted for a quarter of an hour', () => {
    const fleet = working();
    fleet.pass({ done: { a: {} }, presence, firing: [hungFor(15, fleet)] });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a', memory: { ailment: 'hung' } }]);
  });

  test('is cut off when three of its tasks were given up, and none ended', () => {
    const fleet = working();
    fleet.pass({ done: { a: { timeout: 3 } }, presence, firing: [hungFor(6, fleet)] });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a', memory: { ailment: 'hung' } }]);
  });

  test('is left alone where its three lost tasks are no more than chance beside what its peers lose', () => {
    const unlucky: Done = { completed: 9, failed: 1, serviceMs: Array(10).fill(1_000) };
    const done = { ...Object.fromEntries(names.map((agent) => [agent, unlucky])), a: {} };
    const fleet = new Fleet().pass({ done, presence, minutes: 5 });
    fleet.pass({ done: { ...done, a: { timeout: 3 } }, presence, firing: [hungFor(6, fleet)] });
    expect(fleet.records.size).toBe(0);
  });

  test('is cut off where it has no peers to compare its lost tasks with', () => {
    const fleet = new Fleet(['a', 'b', 'c']).pass({ done: { a: {} }, presence, minutes: 5 });
    fleet.pass({ done: { a: { timeout: 3 } }, presence, firing: [hungFor(6, fleet)] });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a', memory: { ailment: 'hung' } }]);
  });

  test('is cut off where it tells nothing of its slots', () => {
    const fleet = new Fleet().pass({ done: { a: {} }, minutes: 5 });
    fleet.pass({ done: { a: {} }, firing: [hungFor(6, fleet)] });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a', memory: { ailment: 'hung' } }]);
  });
});

test('an agent that tells a wrong unit, and has one task at work that has not ended, is not taken for a slow one', () => {
  const presence = names.map((agent) => {
    const rollup = emptyPresenceRollup(agent);
    for (let i = 0; i < 4; i++) {
      const active = agent !== 'a' ? 2 : i === 0 ? 1 : 0;
      countSample(rollup, { type: 'sample', agent, atMs: i * 15_000, active, capacity: 2, queued: 0 });
    }
    return rollup;
  });
  const inMicroseconds: Done = { completed: 8, serviceMs: Array(8).fill(1_000_000) };
  const fleet = new Fleet().pass({ done: { a: inMicroseconds }, minutes: 6 });
  fleet.pass({ done: { a: {} }, presence, minutes: 2 });
  expect(fleet.records.size).toBe(0);
});

describe('agents that fall silent', () => {
  const dead = (agent: string, detectedMs: number): Alert =>
    firingAlert({
      id: `${agent} is dead`,
      rule: 'agent-dead',
      kind: 'system_failure',
      scope: { pool: 'workers', agent },
      detectedMs,
      onsetMs: detectedMs - MINUTE_MS,
    });

  test('are cut off without probes when their tasks are given up, and restarted after three minutes, once', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    const gone = { done: { a: { timeout: 4 } }, silent: ['a'] };
    fleet.pass({ done: { a: {} }, silent: ['a'] }).pass({ ...gone, minutes: 2 });
    expect(fleet.live('breaker')).toMatchObject([
      { subject: 'a', params: { state: 'open', probeFraction: 0 }, blastRadius: { capacityShare: 0 } },
    ]);
    fleet.pass({ ...gone, minutes: 4 });
    expect(fleet.of('restart')).toMatchObject([{ params: { agent: 'a', drain: false }, isDisruptive: true }]);
    fleet.acknowledge('restart');
    fleet.pass({ done: { a: {} }, silent: ['a'], minutes: 20 });
    expect(fleet.of('restart')).toHaveLength(1);
    expect(fleet.live('restart')).toEqual([]);
  });

  test('are restarted twice if that does not help, and then left to people', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'], minutes: 8 });
    for (let i = 0; i < 180; i++) {
      fleet.acknowledge('restart');
      fleet.pass({ done: { a: { timeout: 2 } }, silent: ['a'] });
    }
    const restarts = fleet.of('restart');
    expect(restarts).toHaveLength(2);
    expect(restarts[1]?.evidence.at(-1)).toContain('left to people');
    expect(((restarts[1]?.issuedMs ?? 0) - (restarts[0]?.issuedMs ?? 0)) / MINUTE_MS).toBeGreaterThanOrEqual(30);
  });

  test.each([
    { what: 'are not restarted where they went when fewer were ordered', ordered: [6, 5], ago: 5, restarts: 0 },
    { what: 'are restarted where they went before fewer were ordered', ordered: [6, 5], ago: 1, restarts: 1 },
    { what: 'are restarted where they went when more were ordered', ordered: [5, 6], ago: 5, restarts: 1 },
    { what: 'are restarted where another said goodbye for it', ordered: [6, 5], ago: 5, goodbye: 'j', restarts: 1 },
    { what: 'are not restarted where two were ordered away', ordered: [7, 5], ago: 5, goodbye: 'j', restarts: 0 },
  ])('$what', ({ ordered: [before, desired], ago, goodbye, restarts }) => {
    const fleet = new Fleet().pass({ minutes: 5 });
    const silent = ['a', ...(goodbye ? [goodbye] : [])];
    const gone = { done: { a: { timeout: 4 }, ...(goodbye && { [goodbye]: {} }) }, silent };
    for (let minute = 1; minute <= 8; minute++) {
      if (minute === 6 - ago) {
        const params = { pool: 'workers', before: before!, desired: desired! };
        const order = directiveOf('scale', fleet.pool.context().nowMs, 'workers', params);
        fleet.records.set(order.id, directiveRecord(order));
        if (goodbye) fleet.stop(goodbye);
      }
      fleet.pass(gone);
    }
    expect(fleet.of('restart')).toHaveLength(restarts);
  });

  test.each([
    { what: 'are not restarted once another has come in their place', more: 0, restarts: 0 },
    { what: 'are restarted where another came as more were ordered', more: 1, restarts: 1 },
  ])('$what', ({ more, restarts }) => {
    const fleet = new Fleet().pass({ minutes: 5 });
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'] });
    const { nowMs, roster } = fleet.pool.context();
    const params = { pool: 'workers', before: names.length - 1, desired: names.length - 1 + more };
    const order = directiveOf('scale', nowMs, 'workers', params);
    fleet.records.set(order.id, directiveRecord(order));
    fleet.pool.roster.set('n', { ...roster.get('b')!, agent: 'n', firstSeenMs: nowMs + MINUTE_MS });
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'], minutes: 8 });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a' }]);
    expect(fleet.of('restart')).toHaveLength(restarts);
  });

  test('are believed to live while no task of theirs is lost: several at once are telemetry', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    const { nowMs } = fleet.pool.context();
    const firing = ['a', 'b'].map((agent) => dead(agent, nowMs));
    fleet.pass({ done: { a: {}, b: {} }, silent: ['a', 'b'], firing, minutes: 20 });
    expect(fleet.records.size).toBe(0);
  });

  test('are believed dead when one alone is missing for ten minutes and its alert says so', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    const firing = [dead('a', fleet.pool.context().nowMs)];
    fleet.pass({ done: { a: {} }, silent: ['a'], firing, minutes: 9 });
    expect(fleet.records.size).toBe(0);
    fleet.pass({ done: { a: {} }, silent: ['a'], firing, minutes: 2 });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a', causes: ['a is dead'] }]);
  });

  test('are believed dead at once when one alone is missing and its alert says so, where all others are heard well', () => {
    const heard = (agents: readonly string[]) =>
      agents.map((agent) => {
        const rollup = emptyPresenceRollup(agent);
        rollup.counters.beats = 4;
        return rollup;
      });
    const others = names.filter((agent) => agent !== 'a');
    for (const [presence, isBelieved] of [
      [heard(others), true],
      [heard(others.slice(1)), false],
    ] as const) {
      const fleet = new Fleet().pass({ minutes: 5, presence });
      const firing = [dead('a', fleet.pool.context().nowMs)];
      fleet.pass({ done: { a: {} }, silent: ['a'], firing, presence, minutes: 4 });
      expect(fleet.live('breaker').map(({ subject }) => subject)).toEqual(isBelieved ? ['a'] : []);
    }
  });

  test('are believed to live while they lose no more than the others do now and then: what they end is not seen', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    const firing = [dead('a', fleet.pool.context().nowMs)];
    fleet.pass({ done: { a: {} }, silent: ['a', 'b'], firing, minutes: 2 });
    fleet.pass({ done: { a: { timeout: 1 }, c: { ...well, timeout: 1 } }, silent: ['a', 'b'], firing, minutes: 3 });
    fleet.pass({ done: { a: {} }, silent: ['a', 'b'], firing, minutes: 10 });
    expect(fleet.records.size).toBe(0);
  });

  test('are cut off sooner where several of them lose tasks: what is chance of one is none of all', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    const silent = ['a', 'b', 'c'];
    fleet.pass({ done: { a: {} }, silent });
    const lost = Object.fromEntries(silent.map((agent) => [agent, { timeout: 2 }]));
    fleet.pass({ done: { a: { timeout: 2 } }, silent: ['a'] });
    expect(fleet.live('breaker')).toEqual([]);
    fleet.pass({ done: lost, silent });
    expect(fleet.live('breaker').map(({ subject }) => subject)).toEqual(silent);
  });

  /** Given up by 'a' while it was silent, then there again until it is probed. */
  const backAgain = (active: number | null) => {
    const sampled = emptyPresenceRollup('a');
    if (active !== null) countSample(sampled, { type: 'sample', agent: 'a', atMs: 0, active, capacity: 4, queued: 0 });
    const fleet = new Fleet();
    // Which is what clients say unless they are told otherwise.
    fleet.beats = 'ready';
    fleet.pass({ minutes: 5 });
    fleet.pass({ done: { a: {} }, silent: ['a'] }).pass({ done: { a: { timeout: 4 } }, silent: ['a'] });
    const stateNow = () => fleet.live('breaker')[0]?.params.state;
    for (let i = 0; stateNow() === 'open' && i < 4; i++) fleet.pass({ done: { a: {} }, presence: [sampled] });
    expect(stateNow()).toBe('half-open');
    return { fleet, stateNow, presence: [sampled] };
  };

  test.each([
    {
      what: 'are probed on while they say that they have nothing to do: no probe has come',
      active: 0,
      state: 'half-open',
    },
    { what: 'are cut off again when their slots are at work and end nothing', active: 2, state: 'open' },
    { what: 'are cut off again when they say nothing of their slots and end nothing', active: null, state: 'open' },
  ])('and come back $what', ({ active, state }) => {
    const { fleet, stateNow, presence } = backAgain(active);
    fleet.pass({ done: { a: {} }, presence, minutes: 3 });
    expect(stateNow()).toBe(state);
  });

  test('and come back get their work again though their few probes happen to take long', () => {
    const { fleet } = backAgain(0);
    fleet.pass({ done: { a: { completed: 5, serviceMs: Array(5).fill(3_000) } } });
    expect(fleet.live('breaker')).toEqual([]);
  });

  test('are restarted after three minutes also where nobody sends them more to lose', () => {
    const fleet = new Fleet().pass({ minutes: 5 });
    fleet.pass({ done: { a: {} }, silent: ['a'] }).pass({ done: { a: { timeout: 4 } }, silent: ['a'] });
    expect(fleet.live('breaker')).toMatchObject([{ subject: 'a' }]);
    fleet.pass({ done: { a: {} }, silent: ['a'], minutes: 4 });
    expect(fleet.of('restart')).toMatchObject([{ params: { agent: 'a' } }]);
  });
});

describe('in a pool of two, where the other is less than a majority', () => {
  const told = (rule: string, fleet: Fleet) =>
    firingAlert({
      ...{ id: `a: ${rule}`, rule, scope: { pool: 'workers', agent: 'a' }, detectedMs: fleet.pool.context().nowMs },
      kind: rule === 'agent-failing' ? 'performance_degradation' : 'system_failure',
    });
  const working = () => new Fleet(['a', 'b']).pass({ minutes: 5 });

  test('an agent that is dead is cut off and restarted', () => {
    const fleet = working();
    const firing = [told('agent-dead', fleet)];
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'], firing, minutes: 6 });
    expect(fleet.live('breaker')).toMatchObject([{ params: { agent: 'a', state: 'open' } }]);
    expect(fleet.of('restart')).toMatchObject([{ params: { agent: 'a', drain: false } }]);
  });

  test('an agent that is dead stays cut off while the grades of the other are poor: it is no better than that', () => {
    const fleet = working();
    const firing = [told('agent-dead', fleet)];
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'], firing, minutes: 4 });
    const poor = firingAlert({
      ...{ id: 'b is poor', rule: 'agent-poor-quality', kind: 'performance_degradation' },
      scope: { pool: 'workers', agent: 'b' },
    });
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'], firing: [...firing, poor], minutes: 5 });
    expect(fleet.live('breaker')).toMatchObject([{ params: { agent: 'a', probeFraction: 0 } }]);
    expect(fleet.of('breaker')).toHaveLength(1);
  });

  test('an agent that hangs is cut off and restarted', () => {
    const fleet = working();
    const firing = [told('agent-hung', fleet)];
    fleet.pass({ done: { a: { timeout: 4 } }, firing, minutes: 6 });
    expect(fleet.of('breaker')).toMatchObject([{ params: { agent: 'a' }, memory: { ailment: 'hung' } }]);
    expect(fleet.of('restart')).toMatchObject([{ params: { agent: 'a', drain: false } }]);
  });

  test('an agent whose tasks fail gets a quarter of what it would, and all of it when it is well', () => {
    const fleet = working();
    const firing = [told('agent-failing', fleet)];
    fleet.pass({ done: { a: failing }, firing, minutes: 6 });
    expect(fleet.of('breaker')).toEqual([]);
    expect(fleet.live('route')).toMatchObject([
      { params: { weights: { a: 0.25, b: 1.75 } }, summary: 'send less work to a', blastRadius: { agents: ['a'] } },
    ]);
    fleet.pass({ minutes: 8 });
    expect(fleet.live('route')).toEqual([]);
  });

  const bothDead = (fleet: Fleet) =>
    ['a', 'b'].map((agent) => ({
      ...told('agent-dead', fleet),
      ...{ id: `${agent} is dead`, scope: { pool: 'workers', agent } },
    }));

  test('no work is led around both when both are dead: there is nobody to take it', () => {
    const fleet = working();
    const firing = bothDead(fleet);
    fleet.pass({ done: { a: { timeout: 4 }, b: { timeout: 4 } }, silent: ['a', 'b'], firing, minutes: 10 });
    expect(fleet.of('route')).toEqual([]);
    // Until one is back.
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'], firing: firing.slice(0, 1), minutes: 3 });
    expect([...fleet.of('breaker'), ...fleet.of('route')].map(({ blastRadius }) => blastRadius.agents)).toEqual([
      ['a'],
    ]);
  });

  test('one that work is led around stays so when the other dies too: that nobody is left ends nothing, and widens nothing', () => {
    const fleet = new Fleet(['a', 'b'], { breaker: 'recommend' }).pass({ minutes: 5 });
    const firing = bothDead(fleet);
    fleet.pass({ done: { a: { timeout: 4 } }, silent: ['a'], firing: firing.slice(0, 1), minutes: 3 });
    const [before] = fleet.of('route');
    expect(before).toMatchObject({ blastRadius: { agents: ['a'] }, inForceMs: expect.any(Number) });
    fleet.pass({ done: { a: { timeout: 4 }, b: { timeout: 4 } }, silent: ['a', 'b'], firing, minutes: 4 });
    expect(fleet.of('route')).toMatchObject([{ id: before?.id, params: before?.params, ended: null }]);
  });

  test('an agent that leaks keeps working: it is well, and would be missed', () => {
    const fleet = working();
    const leak = { ...told('agent-leaking', fleet), kind: 'failure_predicted' as const, impact: { minutesLeft: 20 } };
    fleet.pass({ firing: [leak], minutes: 6 });
    expect(fleet.of('restart')).toEqual([]);
  });
});

test.each([
  { what: 'its memory is full', hot: { cpu: 0, memory: 0b11111 }, count: 1 },
  { what: 'its CPU is', hot: { cpu: 0b11111, memory: 0 }, count: 0 },
])('an agent that is about to break down is restarted where $what: $count', ({ hot, count }) => {
  const fleet = new DecidedFleet('restart', poolOf('writers', 4, 4));
  const agent = 'writers-01';
  const told = ['resource-high', 'agent-at-risk'].map((rule) => ({ rule, scope: { pool: 'writers', agent } }));
  for (let i = 0; i < 3; i++) {
    const its = { minute: fleet.minute + 1, ...hot, cpuPermille: 950, memoryPermille: 950 };
    fleet.watch = { ...noWatch(), hot: new Map([[agent, its]]) };
    fleet.pass(each(poolOf('writers', 4, 4), { completed: 5, utilization: 0.5, queued: 0 }), told);
  }
  expect(fleet.params).toEqual(Array(count).fill({ agent, drain: true }));
});

describe('an agent that alone does what it does', () => {
  const alone = () => new Fleet(['a']).pass({ minutes: 5 });
  const hung = (fleet: Fleet) =>
    firingAlert({
      ...{ id: 'a hangs', rule: 'agent-hung', kind: 'system_failure', scope: { pool: 'workers', agent: 'a' } },
      detectedMs: fleet.pool.context().nowMs,
    });

  test('is restarted when it hangs, though nothing was kept from it, in the fourth minute', () => {
    const fleet = alone();
    const firing = [hung(fleet)];
    fleet.pass({ done: { a: { timeout: 2 } }, firing, minutes: 2 });
    expect(fleet.of('restart')).toEqual([]);
    fleet.pass({ done: { a: { timeout: 2 } }, firing, minutes: 4 });
    expect(fleet.of('breaker')).toEqual([]);
    expect(fleet.of('restart')).toMatchObject([{ params: { agent: 'a', drain: false }, causes: ['a hangs'] }]);
  });

  test.each([
    { what: 'has a long task that nobody gave up', done: {} },
    { what: 'still ends some', done: { completed: 1, timeout: 4 } },
  ])('is left alone where it $what', ({ done }) => {
    const fleet = alone();
    fleet.pass({ done: { a: done }, firing: [hung(fleet)], minutes: 14 });
    expect(fleet.of('restart')).toEqual([]);
  });

  test('is restarted when it is dead, and those who gave it tasks say so', () => {
    const fleet = alone();
    const firing = [{ ...hung(fleet), id: 'a is dead', rule: 'agent-dead' }];
    fleet.pass({ done: { a: { timeout: 8 } }, silent: ['a'], firing, minutes: 8 });
    expect(fleet.of('restart')).toMatchObject([{ params: { agent: 'a' } }]);
  });
});

test('an agent that leaks is restarted when it has finished its work, and not again for half an hour', () => {
  const leak = firingAlert({
    ...{ id: 'a leaks', rule: 'agent-leaking', kind: 'failure_predicted', scope: { pool: 'workers', agent: 'a' } },
    impact: { minutesLeft: 20 },
  });
  const fleet = new Fleet().pass({ minutes: 5 }).pass({ firing: [leak] });
  expect(fleet.live('restart')).toMatchObject([{ params: { agent: 'a', drain: true }, causes: ['a leaks'] }]);
  fleet.acknowledge('restart');
  fleet.pass({ firing: [leak], minutes: 25 });
  expect(fleet.of('restart')).toHaveLength(1);
});

test('a restart that one says it cannot do is asked for until another has done it, for ten minutes', () => {
  const leak = firingAlert({
    ...{ id: 'a leaks', rule: 'agent-leaking', kind: 'failure_predicted', scope: { pool: 'workers', agent: 'a' } },
    impact: { minutesLeft: 20 },
  });
  const refused = () => {
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ firing: [leak] });
    const [restart] = fleet.live('restart');
    const ack = { applied: false, atMs: restart!.issuedMs + 1_000, by: 'dispatcher', note: 'not mine' };
    fleet.records.set(restart!.id, directiveRecord(restart!, { ack }));
    return fleet.pass({ firing: [leak], minutes: 2 });
  };
  const done = refused();
  expect(done.live('restart')).toHaveLength(1);
  done.acknowledge('restart');
  expect(done.pass({ firing: [leak] }).live('restart')).toEqual([]);
  expect(
    refused()
      .pass({ firing: [leak], minutes: 8 })
      .live('restart'),
  ).toEqual([]);
});

test('a restart that a person approves after hours is asked for as long as one that nobody had to approve', () => {
  const leak = firingAlert({
    ...{ id: 'a leaks', rule: 'agent-leaking', kind: 'failure_predicted', scope: { pool: 'workers', agent: 'a' } },
    impact: { minutesLeft: 20 },
  });
  const fleet = new Fleet().pass({ minutes: 5 }).pass({ firing: [leak] });
  const [restart] = fleet.live('restart');
  const hoursMs = 120 * MINUTE_MS;
  fleet.records.set(
    restart!.id,
    directiveRecord({ ...restart!, issuedMs: restart!.issuedMs - hoursMs, renewedMs: restart!.renewedMs - hoursMs }),
  );
  fleet.pass({ firing: [leak], minutes: 9 });
  expect(fleet.live('restart')).toHaveLength(1);
  fleet.pass({ firing: [leak] });
  expect(fleet.live('restart')).toEqual([]);
});

describe('a restart holds back the next of its agent', () => {
  const leak = firingAlert({
    ...{ id: 'a leaks', rule: 'agent-leaking', kind: 'failure_predicted', scope: { pool: 'workers', agent: 'a' } },
    impact: { minutesLeft: 20 },
  });
  const ordered = () => new Fleet().pass({ minutes: 5 }).pass({ firing: [leak] });

  test('where it was asked for in full, though nobody said a word', () => {
    const fleet = ordered().pass({ firing: [leak], minutes: 29 });
    expect(fleet.of('restart')).toHaveLength(1);
    expect(fleet.pass({ firing: [leak], minutes: 2 }).of('restart')).toHaveLength(2);
  });

  test('where it was done, though its cause was gone soon', () => {
    const fleet = ordered();
    fleet.acknowledge('restart');
    expect(
      fleet
        .pass()
        .pass({ firing: [leak], minutes: 20 })
        .of('restart'),
    ).toHaveLength(1);
  });

  test('where nobody could, and `held` says who, why and until when; after two it says that people must', () => {
    const lasting = { ...leak, onsetMs: START * MINUTE_MS };
    const fleet = new Fleet().pass({ minutes: 5 }).pass({ firing: [lasting] });
    const [first] = fleet.of('restart');
    fleet.refuse('restart', 'no rights');
    fleet.pass({ firing: [lasting], minutes: 10 });
    expect(fleet.of('restart')).toMatchObject([{ ended: { why: `orch could not: no rights (${first?.summary})` } }]);
    const until = new Date((first?.issuedMs ?? 0) + 30 * MINUTE_MS).toISOString();
    const held = { kind: 'restart', subject: 'a', summary: first?.summary, guardrail: 'hold after refusal' };
    fleet.pass({ firing: [lasting] });
    expect(fleet.held).toMatchObject([{ ...held, why: `orch could not: no rights: held until ${until}` }]);
    fleet.pass({ firing: [lasting], minutes: 19 });
    expect(fleet.of('restart')).toHaveLength(2);
    fleet.refuse('restart', 'no rights');
    fleet.pass({ firing: [lasting], minutes: 75 });
    expect(fleet.of('restart')).toHaveLength(2);
    const why = 'orch could not: no rights; asked for 2 times, it is left to people';
    expect(fleet.held).toMatchObject([{ ...held, why }]);
  });

  test('and not where it ended before anybody had done it', () => {
    const fleet = ordered().pass();
    expect(fleet.live('restart')).toEqual([]);
    // Once in five minutes the work of a pool may be interrupted.
    expect(fleet.pass({ firing: [leak], minutes: 5 }).live('restart')).toHaveLength(1);
  });
});

const worse = firingAlert({
  ...{ id: 'v2 is worse', rule: 'version-worse', kind: 'performance_degradation' },
  scope: { pool: 'workers', version: '2' },
  explains: ['a', 'b'].map((agent) => ({ pool: 'workers', agent })),
});

test('an agent of a version that does worse is cut off and restarted all the same when it is dead', () => {
  const fleet = new Fleet().pass({ minutes: 5 });
  const gone = { done: { a: { timeout: 4 } }, silent: ['a'], firing: [worse] };
  fleet.pass({ done: { a: {} }, silent: ['a'] }).pass({ ...gone, minutes: 6 });
  expect(fleet.live('breaker')).toMatchObject([{ subject: 'a', params: { state: 'open' } }]);
  expect(fleet.of('restart')).toMatchObject([{ params: { agent: 'a' } }]);
});

test('a breaker of a tool that nobody calls any more ends half an hour after it was to be probed', () => {
  const fleet = new Fleet().pass({ minutes: 5 });
  const { nowMs } = fleet.pool.context();
  const breaker = {
    ...directiveOf('breaker', nowMs),
    ...{ id: 'of-search', subject: 'tool search', params: { tool: 'search', state: 'open', probeFraction: 0.01 } },
    memory: { times: 1, sinceMs: nowMs, untilMs: nowMs + MINUTE_MS },
  } as Directive;
  fleet.records.set(breaker.id, directiveRecord(breaker));
  fleet.pass({ minutes: 30 });
  expect(fleet.live('breaker')).toMatchObject([{ params: { tool: 'search', state: 'half-open' } }]);
  fleet.pass({ minutes: 3 });
  expect(fleet.live('breaker')).toEqual([]);
});

test('agents of a version that does worse are led around together, and none is cut off for itself', () => {
  const fleet = new Fleet().pass({ minutes: 5 });
  // A tenth of the pool a minute.
  fleet.pass({ done: { a: failing, b: failing }, firing: [worse] });
  expect(fleet.live('route')).toMatchObject([{ params: { weights: { a: 0.05 } }, blastRadius: { agents: ['a'] } }]);
  fleet.pass({ done: { a: failing, b: failing }, firing: [worse] });
  expect(fleet.live('breaker')).toEqual([]);
  expect(fleet.live('route')).toMatchObject([
    { params: { weights: { a: 0.05, b: 0.05 } }, causes: ['v2 is worse'], blastRadius: { agents: ['a', 'b'] } },
  ]);
});
