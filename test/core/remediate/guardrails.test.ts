import { describe, expect, test } from 'vitest';
import type { Alert, AlertKind } from '../../../lib/core/alert/alert.ts';
import { noLevel } from '../../../lib/core/detect/level.ts';
import { seriesId } from '../../../lib/core/detect/series-id.ts';
import { noWatch, type Watch } from '../../../lib/core/detect/watch.ts';
import type { RosterEntry } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { type ActionClass, actionClassNames } from '../../../lib/core/remediate/action-class.ts';
import type { DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import type { DirectiveKind } from '../../../lib/core/remediate/directive-kind.ts';
import type { Action, DecisionInput } from '../../../lib/core/remediate/guardrails/guardrail.ts';
import type { Held } from '../../../lib/core/remediate/held.ts';
import { planDirectives } from '../../../lib/core/remediate/plan-directives.ts';
import type { Policy } from '../../../lib/core/remediate/policy.ts';
import { type AgentDid, rollupsOf } from '../../fixtures/decided-fleet.ts';
import { directiveOf, directiveRecord } from '../../fixtures/directive.ts';

const START = 29_000_000;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Policy['modes'];

/** Two pools, of ten agents and of three, and what is proposed for them minute by minute. */
class Fleet {
  minute = START;
  records = new Map<string, DirectiveRecord>();
  recent: DirectiveRecord[] = [];
  policy: Policy = { modes, killSwitch: false, maintenance: [] };
  runningFrom = 0;
  readonly dead = new Set<string>();
  readonly ill = new Set<string>();
  readonly silent = new Set<string>();
  readonly alerts: Alert[] = [];
  held: Held[] = [];
  /** What agents did in the minute, as whoever gave them tasks tells. */
  did: Record<string, AgentDid> = {};
  /** Standard deviations of the larger pool's errors above their level, minute by minute. */
  readonly deviations = new Map<number, number>();
  /** Tasks that wait in the larger pool, and standard deviations above their level, minute by minute. */
  readonly queues = new Map<number, { queued: number; deviation: number }>();
  /** A kind that cannot decide. */
  broken: ActionClass | null = null;
  readonly #heardMs = new Map<string, number>();
  readonly #agents = [...named('w', 10), ...named('s', 3)];
  skills: Record<string, string> = {};

  get nowMs() {
    return (this.minute + 1) * MINUTE_MS;
  }

  /** Decides a minute in which exactly this is called for; then time goes on. */
  propose(...actions: Action[]): this {
    this.held = [];
    const kinds = Object.fromEntries(
      actionClassNames.map((name) => {
        const kind = scripted(actions.filter((it) => it.kind === name));
        return [name, name === this.broken ? { ...kind, propose: fail } : kind];
      }),
    ) as unknown as NonNullable<NonNullable<Parameters<typeof planDirectives>[2]>['kinds']>;
    this.records = planDirectives(this.records, this.#input(), { kinds, onHeld: (it) => this.held.push(it) });
    this.minute += 1;
    return this;
  }

  /** Minutes in which the same is called for. */
  pass(minutes: number, ...actions: Action[]): this {
    for (let i = 0; i < minutes; i++) this.propose(...actions);
    return this;
  }

  get live(): string[] {
    return [...this.records.values()].flatMap(({ directive }) => (directive.ended ? [] : directive.summary)).sort();
  }

  get refusals(): string[] {
    return this.held.map(({ guardrail }) => guardrail);
  }

  #series(): Watch['series'] {
    const recent = [...this.deviations].map(([minute, deviation]) => ({ minute, value: 0.2, n: 50, deviation }));
    const memory = { level: noLevel, minute: this.minute, recent: recent.slice(-5) };
    const waiting = [...this.queues].map(([minute, { queued: value, deviation }]) => ({
      minute,
      value,
      n: 50,
      deviation,
    }));
    const pool = { kind: 'pool', id: 'workers' } as const;
    return new Map([
      [seriesId('error_ratio', pool), memory],
      [seriesId('queued', pool), { ...memory, recent: waiting.slice(-5) }],
    ]);
  }

  #input(): DecisionInput {
    const entryOf = (agent: string): RosterEntry => {
      if (!this.dead.has(agent) && !this.silent.has(poolOf(agent))) this.#heardMs.set(agent, this.nowMs - 5_000);
      const atMs = this.#heardMs.get(agent) ?? this.nowMs - 3 * MINUTE_MS;
      const skill = this.skills[agent];
      return {
        ...{ agent, firstSeenMs: 0, lastSeenMs: atMs, firstBeatMs: 0, describedBy: null },
        lastBeat: { atMs, state: 'ready', intervalMs: 15_000, progress: null },
        description: {
          ...{ type: 'agent', agent, pool: poolOf(agent), capacity: 2 },
          ...(skill === undefined ? {} : { skills: { [skill]: 1 } }),
        },
      };
    };
    return {
      ...{ minute: this.minute, nowMs: this.nowMs, recent: this.recent, changes: [] },
      minutes: new Map([[this.minute, rollupsOf(this.did)]]),
      roster: new Map(this.#agents.map((agent) => [agent, entryOf(agent)])),
      firing: [
        ...[...this.ill].map((agent) => alert('agent-degraded', 'performance_degradation', agent)),
        ...[...this.dead].map((agent) => alert('agent-dead', 'system_failure', agent)),
        ...this.alerts,
      ],
      ...{ pools: new Map(), plan: null, watch: { ...noWatch(), series: this.#series() } },
      ...{ policy: this.policy, runningFrom: this.runningFrom },
    };
  }
}

function named(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
}

function poolOf(agent: string): string {
  return agent.startsWith('w') ? 'workers' : 'small';
}

function alert(rule: string, kind: AlertKind, agent?: string): Alert {
  return { rule, kind, id: rule, scope: agent ? { pool: poolOf(agent), agent } : { pool: 'workers' } } as Alert;
}

function fail(): never {
  throw new RangeError('it got 0');
}

function scripted(actions: readonly Action[]) {
  return {
    propose: () => [...actions],
    differs: (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b),
    targets: () => [],
  } as unknown as DirectiveKind<ActionClass>;
}

function action(kind: ActionClass, subject: string, params: unknown, more: Partial<Action> = {}): Action {
  return {
    ...{ kind, subject, params, summary: `${kind} ${subject}`, causes: [], onsetMs: 0, evidence: [] },
    expected: { kpi: 'queue_depth', scope: '', direction: 'down', size: 1, unit: 'tasks', byMs: 0 },
    blastRadius: {
      pool: poolOf(subject) === 'workers' || subject === 'workers' ? 'workers' : 'small',
      agents: [],
      capacityShare: 0,
    },
    ...{ isDisruptive: false, signals: [], memory: null, undo: '' },
    ...more,
  } as Action;
}

const breaker = (agent: string) => action('breaker', agent, { agent, state: 'open', probeFraction: 0 });
const restart = (agent: string) => action('restart', agent, { agent, drain: false });
const route = (...agents: string[]) =>
  action(
    'route',
    'workers',
    { pool: 'workers', weights: Object.fromEntries(agents.map((it) => [it, 0.05])), hot: [] },
    {
      blastRadius: { pool: 'workers', agents, capacityShare: agents.length / 10 },
    },
  );
const tune = (agent: string) => action('tune', agent, { agent, params: { batch: 2 } });
const size = (desired: number) => action('scale', 'workers', { pool: 'workers', desired });
const no = { applied: false, atMs: 0, by: 'orch', note: null };
const failover = (from: string, to: string, signals = ['errors', 'silence']) =>
  action('failover', from, { from, to, taskTypes: [] }, { signals });

describe('capacity', () => {
  test('one tenth of a pool may be taken out at once, and three tenths in total', () => {
    const fleet = new Fleet().propose(breaker('w1'), breaker('w2'), breaker('w3'), breaker('w4'));
    expect(fleet.live).toEqual(['breaker w1', 'breaker w2', 'breaker w3']);
    expect(fleet.refusals).toEqual(['capacity budget']);
  });

  test('what one action takes beyond a tenth it does not take', () => {
    const lend = action('scale', 'workers', {
      pool: 'small',
      pooling: { from: 'workers', to: 'small', agents: ['w1', 'w2'] },
    });
    expect(new Fleet().propose(lend).refusals).toEqual(['capacity budget']);
  });

  test('work is led around two of ten one after the other', () => {
    const fleet = new Fleet();
    fleet.ill.add('w1').add('w2');
    expect(fleet.propose(route('w1', 'w2')).live).toEqual(['route around w1']);
    expect(fleet.propose(route('w1', 'w2')).live).toEqual(['route workers']);
    expect([...fleet.records.values()][0]?.directive.params).toMatchObject({ weights: { w1: 0.05, w2: 0.05 } });
  });

  test('in a pool of three one may go where two others work, and not a second', () => {
    const fleet = new Fleet().propose(breaker('s1'), breaker('s2'));
    expect(fleet.live).toEqual(['breaker s1']);
  });

  test('what is dead is no loss: work is kept from four dead agents of ten', () => {
    const fleet = new Fleet();
    for (const agent of named('w', 4)) fleet.dead.add(agent);
    expect(fleet.propose(...named('w', 4).map(breaker)).live).toHaveLength(4);
  });

  test('a pool that is half ill is not made smaller', () => {
    const fleet = new Fleet();
    for (const agent of named('w', 5)) fleet.ill.add(agent);
    expect(fleet.propose(size(9)).refusals).toEqual(['healthy majority']);
    fleet.ill.delete('w5');
    expect(fleet.propose(size(9)).live).toEqual(['scale workers']);
  });

  test.each([
    { name: 'what scaling added goes at once', params: { before: 6, desired: 10 }, more: {}, refusals: [] },
    { name: 'no more goes at once than it added', params: { before: 6, desired: 8 }, more: {} },
    { name: 'what it could not add does not', params: { before: 6, desired: 10 }, more: { ack: no } },
  ])('of a pool of ten, four less: $name', ({ params, more, refusals = ['capacity budget'] }) => {
    const fleet = new Fleet();
    const order = directiveOf('scale', fleet.nowMs - 60 * MINUTE_MS, 'workers', { pool: 'workers', ...params });
    fleet.recent.push(directiveRecord(order, more));
    expect(fleet.propose(action('scale', 'workers at 6', { pool: 'workers', desired: 6 })).refusals).toEqual(refusals);
  });

  test('whoever alone does a type of task stays at work', () => {
    const fleet = new Fleet();
    fleet.skills = { w1: 'sum', w2: 'write', w3: 'write' };
    expect(fleet.propose(breaker('w1'), breaker('w2')).live).toEqual(['breaker w2']);
    expect(fleet.refusals).toEqual(['last of a task type']);
  });
});

describe('a shared cause', () => {
  test('while four of ten are ill none of them is taken out, and what was taken out before comes back', () => {
    const fleet = new Fleet();
    fleet.ill.add('w1');
    expect(fleet.propose(breaker('w1')).live).toEqual(['breaker w1']);
    for (const agent of named('w', 4)) fleet.ill.add(agent);
    expect(fleet.propose(breaker('w1'), breaker('w2')).live).toEqual([]);
    expect([...fleet.records.values()][0]?.directive.ended).toMatchObject({ how: 'rolled_back', by: 'shared cause' });
  });

  test('who has been dead for an hour is missed no more, and stops nothing', () => {
    const fleet = new Fleet().pass(1);
    for (const agent of named('w', 4)) fleet.dead.add(agent);
    expect(fleet.pass(59, breaker('w5')).live).toEqual([]);
    expect(fleet.pass(2, breaker('w5')).live).toEqual(['breaker w5']);
  });

  test('a storm of deaths restarts nobody, and takes nobody out who works', () => {
    const fleet = new Fleet();
    for (const agent of named('w', 4)) fleet.dead.add(agent);
    expect(fleet.propose(restart('w1'), breaker('w5')).live).toEqual([]);
    expect(fleet.refusals).toEqual(['storm brake', 'storm brake']);
  });
});

describe('what interrupts work', () => {
  test('is done once in five minutes in a pool, and three times in an hour', () => {
    const fleet = new Fleet();
    const done: number[] = [];
    for (let minute = 0; minute < 70; minute++) {
      const before = fleet.records.size;
      fleet.propose(restart(`w${(minute % 10) + 1}`));
      if (fleet.records.size > before) done.push(minute);
    }
    expect(done).toEqual([0, 5, 10, 60, 65]);
  });

  test('is counted for each pool', () => {
    expect(new Fleet().propose(restart('w1'), restart('s1')).live).toEqual(['restart s1', 'restart w1']);
  });

  test('waits while another waits for a person', () => {
    const fleet = new Fleet();
    fleet.policy = { ...fleet.policy, modes: { ...modes, restart: 'approve' } };
    fleet.propose(restart('w1'));
    expect(fleet.pass(6, restart('w1'), restart('w2')).refusals).toEqual(['disruption budget']);
  });

  describe('and what waits for a person', () => {
    const scaleIn = action(
      'scale',
      'workers at 9',
      { pool: 'workers', desired: 9, before: 10 },
      { isDisruptive: true },
    );
    const moved = failover('workers', 'small');
    const asking = (mode: 'recommend' | 'approve', ...kinds: ActionClass[]) => {
      const fleet = new Fleet();
      const asked = Object.fromEntries(kinds.map((kind) => [kind, mode]));
      fleet.policy = { ...fleet.policy, modes: { ...modes, ...asked } };
      return fleet;
    };
    const endings = (fleet: Fleet) =>
      [...fleet.records.values()].flatMap(({ directive: { summary, ended } }) =>
        ended ? `${summary}: ${ended.by}` : [],
      );

    test.each([
      { mode: 'recommend', waiting: restart('w1') },
      { mode: 'approve', waiting: restart('w1') },
      { mode: 'recommend', waiting: scaleIn },
      { mode: 'approve', waiting: scaleIn },
    ] as const)('keeps no failover back, which takes its place: $mode, $waiting.summary', ({ mode, waiting }) => {
      const fleet = asking(mode, waiting.kind).pass(2, waiting);
      fleet.propose(waiting, moved);
      expect(fleet.live).toEqual(['failover workers']);
      expect(endings(fleet)).toEqual([`${waiting.summary}: superseded`]);
      const once = fleet.records.size;
      // Nor is it asked for again at once.
      expect(fleet.pass(3, waiting, moved).records.size).toBe(once);
      expect(fleet.refusals).toEqual(['disruption budget']);
    });

    test('gives way to a failover that people are asked for, and keeps back what is less urgent', () => {
      const fleet = asking('approve', 'restart', 'failover').pass(2, restart('w1'));
      expect(fleet.propose(restart('w1'), moved).live).toEqual(['failover workers']);
      expect(fleet.pass(3, restart('w1'), moved).live).toEqual(['failover workers']);
      expect(fleet.refusals).toEqual(['disruption budget']);
      const other = asking('approve', 'failover').propose(moved);
      expect(other.propose(restart('w1'), moved).refusals).toEqual(['disruption budget']);
    });

    test('takes nothing from the budget where it is only recommended, until one of them is approved', () => {
      const fleet = asking('recommend', 'restart').pass(2, restart('w1'), restart('w2'));
      expect(fleet.live).toEqual(['restart w1', 'restart w2']);
      const [[id, record] = ['', undefined]] = fleet.records;
      const approved = { atMs: fleet.nowMs - MINUTE_MS, by: 'ann', note: null };
      fleet.records.set(id, { ...(record as DirectiveRecord), approved });
      fleet.propose(restart('w1'), restart('w2'));
      expect(fleet.live).toEqual(['restart w1']);
      expect(endings(fleet)).toEqual(['restart w2: superseded']);
      expect(fleet.pass(3, restart('w1'), restart('w2')).live).toEqual(['restart w1']);
      expect(fleet.propose(restart('w1'), restart('w2')).live).toEqual(['restart w1', 'restart w2']);
    });

    test.each(['recommend', 'approve'] as const)(
      'is withdrawn under %s once the others could not do without, and asked for again when they can',
      (mode) => {
        const fleet = asking(mode, 'restart').pass(2, restart('w1'));
        for (const agent of ['w2', 'w3', 'w4', 'w5']) fleet.dead.add(agent);
        expect(fleet.propose(restart('w1')).live).toEqual([]);
        expect(fleet.held).toMatchObject([{ subject: 'w1', guardrail: 'storm brake' }]);
        expect([...fleet.records.values()].map(({ directive: { ended } }) => ended?.why)).toEqual([
          'withdrawn: 4 of 10 agents of pool workers are ill or gone: no single one is taken out while that lasts',
        ]);
        fleet.dead.clear();
        expect(fleet.propose(restart('w1')).live).toEqual(['restart w1']);
      },
    );

    test('and is approved after a minute that calls for it no more, is in force until the next', () => {
      const fleet = asking('recommend', 'restart').propose(restart('w1'));
      const [[id, record] = ['', undefined]] = fleet.records;
      const approved = { atMs: fleet.nowMs + 2_000, by: 'ann', note: null };
      fleet.records.set(id, { ...(record as DirectiveRecord), approved });
      expect(fleet.propose().records.get(id)?.directive.ended).toBeNull();
      expect(fleet.propose().records.get(id)?.directive).toMatchObject({
        inForceMs: approved.atMs,
        ended: { by: 'cause gone' },
      });
    });

    test('in one pool says nothing of another', () => {
      const fleet = asking('recommend', 'restart').propose(restart('s1'));
      expect(fleet.propose(restart('s1'), moved).live).toEqual(['failover workers', 'restart s1']);
    });
  });

  test('done otherwise is a directive of its own, which the budget has room for', () => {
    const drained = action('restart', 'w1', { agent: 'w1', drain: true });
    const fleet = new Fleet().propose(restart('w1'));
    expect(fleet.pass(4, drained).records.size).toBe(1);
    expect(fleet.propose(drained).records.size).toBe(2);
    expect([...fleet.records.values()][0]?.directive.ended).toMatchObject({ by: 'superseded' });
  });
});

describe('an agent', () => {
  test('is restarted when its breaker has been open for three minutes, not before', () => {
    const fleet = new Fleet();
    fleet.ill.add('w1');
    fleet.propose(breaker('w1'));
    for (let minute = 1; minute < 3; minute++)
      expect(fleet.propose(breaker('w1'), restart('w1')).refusals).toEqual(['settling']);
    expect(fleet.propose(breaker('w1'), restart('w1')).live).toEqual(['breaker w1', 'restart w1']);
  });

  test('gets less work, then none, at once', () => {
    const fleet = new Fleet();
    fleet.ill.add('w1');
    fleet.propose(route('w1'));
    expect(fleet.propose(route('w1'), breaker('w1')).live).toEqual(['breaker w1', 'route workers']);
  });

  test('is not tuned within three minutes after its breaker opened', () => {
    const fleet = new Fleet().propose(breaker('w1'));
    fleet.pass(2, breaker('w1'), tune('w1'));
    expect(fleet.live).toEqual(['breaker w1']);
    expect(fleet.propose(breaker('w1'), tune('w1')).live).toEqual(['breaker w1', 'tune w1']);
  });

  test('has one owner for each of its knobs', () => {
    const other = action('tune', 'workers', { pool: 'workers', params: { batch: 4 } });
    expect(new Fleet().propose(tune('w1'), other).refusals).toEqual(['one owner']);
  });
});

describe('a failover', () => {
  test('needs two signals that are not the same', () => {
    expect(new Fleet().propose(failover('workers', 'small', ['errors', 'errors'])).refusals).toEqual(['two signals']);
    expect(new Fleet().propose(failover('workers', 'small')).live).toEqual(['failover workers']);
  });

  test('goes to a pool that is well, and not in a circle', () => {
    const fleet = new Fleet();
    fleet.ill.add('s1').add('s2');
    expect(fleet.propose(failover('workers', 'small')).refusals).toEqual(['healthy majority']);
    fleet.ill.clear();
    fleet.propose(failover('workers', 'small'));
    fleet.propose(failover('workers', 'small'), failover('small', 'workers'));
    expect(fleet.refusals).toEqual(['failover destination']);
  });
});

describe('what is not known', () => {
  test('a pool that has sent nothing for three minutes is neither interrupted nor made smaller', () => {
    const fleet = new Fleet().propose();
    fleet.silent.add('workers');
    fleet.pass(2);
    expect(fleet.propose(size(9), restart('w1')).refusals).toEqual(['stale telemetry', 'stale telemetry']);
    expect(fleet.propose(size(12)).live).toEqual(['scale workers']);
  });

  test('when all of a pool fall silent at once none of them is taken for dead', () => {
    const fleet = new Fleet().propose();
    fleet.silent.add('workers');
    expect(fleet.propose(breaker('w1')).refusals).toEqual(['stale telemetry']);
  });

  test.each([
    { what: 'its pool is told to be silent', told: alert('pool-silent', 'service_interruption') },
    { what: 'it is told to be mute', told: alert('agent-mute', 'anomaly', 'w1') },
  ])('an agent is not taken out while $what', ({ told }) => {
    const fleet = new Fleet();
    fleet.alerts.push(told);
    expect(fleet.propose(breaker('w1')).refusals).toEqual(['stale telemetry']);
  });

  test('a monitor that has started anew looks for three minutes first, and leaves alone what is in force', () => {
    const fleet = new Fleet().propose(breaker('w1'));
    fleet.runningFrom = fleet.minute;
    for (let i = 0; i < 3; i++) expect(fleet.propose(breaker('w1'), breaker('w2')).live).toEqual(['breaker w1']);
    expect(fleet.propose(breaker('w1'), breaker('w2')).live).toEqual(['breaker w1', 'breaker w2']);
  });
});

describe('a loop that runs wild', () => {
  test('issues thirty directives in ten minutes at most', () => {
    const tools = Array.from({ length: 40 }, (_, i) =>
      action('breaker', `tool ${i}`, { tool: `tool ${i}`, state: 'open', probeFraction: 0 }),
    );
    const fleet = new Fleet().propose(...tools);
    expect(fleet.live).toHaveLength(30);
    expect(fleet.refusals).toEqual(Array(10).fill('token bucket'));
    expect(fleet.pass(10, ...tools).live).toHaveLength(40);
  });

  test('waits twice as long after each time that it did and undid the same', () => {
    const fleet = new Fleet();
    const begun: number[] = [];
    for (let minute = 0; minute < 40; minute++) {
      const before = fleet.records.size;
      // On whenever that is allowed, and off the minute after.
      const isOn = fleet.live.length > 0;
      fleet.propose(
        ...(isOn ? [] : [action('breaker', 'search', { tool: 'search', state: 'open', probeFraction: 0 })]),
      );
      if (fleet.records.size > before) begun.push(minute);
    }
    // Off after 1 min; held for 2, 4, 8, 16 min from then. From the second time on the class only proposes, and what is
    // not in force is no reversal.
    expect(begun.slice(0, 3)).toEqual([0, 3, 8]);
  });

  test('a directive that stood for half an hour is no flapping', () => {
    const fleet = new Fleet().pass(31, breaker('w1')).propose();
    expect(fleet.propose(breaker('w1')).live).toEqual(['breaker w1']);
  });
});

test('people read what was refused, and why', () => {
  const fleet = new Fleet().propose(failover('workers', 'small', ['errors']));
  expect(fleet.held).toEqual([
    {
      ...{ kind: 'failover', subject: 'workers', summary: 'failover workers', guardrail: 'two signals' },
      ...{ why: 'a failover needs 2 independent signals; there is 1', atMs: (START + 1) * MINUTE_MS },
    },
  ]);
});

test('a kind that fails decides nothing and is told of, the others decide, and what is in force stays', () => {
  const fleet = new Fleet().propose(breaker('w1'));
  fleet.broken = 'breaker';
  fleet.propose(breaker('w2'), failover('workers', 'small'));
  expect(fleet.live).toEqual(['breaker w1', 'failover workers']);
  expect(fleet.held).toMatchObject([{ kind: 'breaker', guardrail: 'error', why: 'it got 0' }]);
});

describe('what was approved of other kinds', () => {
  const admit = (admitFraction: number) =>
    action('degrade', 'workers', { pool: 'workers', admitFraction }, { summary: `admit ${admitFraction}` });
  const lend = (...agents: string[]) =>
    action('scale', 'workers for small', { pool: 'small', pooling: { from: 'workers', to: 'small', agents } });
  const approve = (kind: ActionClass, asked: Action) => {
    const fleet = new Fleet();
    fleet.policy = { ...fleet.policy, modes: { ...modes, [kind]: 'recommend' } };
    fleet.propose(asked);
    const [[id, record] = ['', undefined]] = fleet.records;
    fleet.records.set(id, {
      ...(record as DirectiveRecord),
      approved: { atMs: fleet.nowMs - MINUTE_MS, by: 'ann', note: null },
    });
    return fleet;
  };
  const inForce = (fleet: Fleet) =>
    [...fleet.records.values()].flatMap(({ directive }) =>
      directive.ended || directive.inForceMs === null ? [] : directive.params,
    );
  const asked = (fleet: Fleet) =>
    [...fleet.records.values()].flatMap(({ directive }) =>
      directive.ended || directive.inForceMs !== null ? [] : directive.params,
    );

  test('a share of tasks follows the load down to what was approved, and what is less is asked for', () => {
    const fleet = approve('degrade', admit(0.7));
    const shares = [0.9, 0.7, 1, 0.3].map((share) => inForce(fleet.propose(admit(share)))[0]);
    expect(shares).toMatchObject([0.9, 0.7, 1, 0.7].map((admitFraction) => ({ admitFraction })));
    expect(asked(fleet)).toMatchObject([{ admitFraction: 0.3 }]);
  });

  test('the next value of a search is asked for, and agents keep their own until it is approved', () => {
    const tryOut = (batch: number) => action('tune', 'workers', { pool: 'workers', params: { batch } });
    const fleet = approve('tune', tryOut(4)).pass(2, tryOut(4));
    expect(inForce(fleet)).toMatchObject([{ params: { batch: 4 } }]);
    fleet.pass(2, tryOut(6));
    expect(inForce(fleet)).toEqual([]);
    expect(asked(fleet)).toMatchObject([{ params: { batch: 6 } }]);
  });

  test('a failover goes back to all that was approved of it, without a question', () => {
    const move = (...taskTypes: string[]) =>
      action('failover', 'workers', { from: 'workers', to: 'small', taskTypes }, { signals: ['errors', 'silence'] });
    const fleet = approve('failover', move()).pass(6, move()).pass(4, move('write'));
    expect(inForce(fleet)).toMatchObject([{ taskTypes: ['write'] }]);
    fleet.propose(move());
    expect(inForce(fleet)).toMatchObject([{ taskTypes: [] }]);
    expect(fleet.records.size).toBe(1);
    expect(asked(fleet)).toEqual([]);
  });

  test('a failover of some task types stays while all of them are asked for', () => {
    const move = (...taskTypes: string[]) =>
      action('failover', 'workers', { from: 'workers', to: 'small', taskTypes }, { signals: ['errors', 'silence'] });
    const fleet = approve('failover', move('write')).pass(6, move('write')).propose(move());
    expect(inForce(fleet)).toMatchObject([{ taskTypes: ['write'] }]);
    expect(asked(fleet)).toMatchObject([{ taskTypes: [] }]);
  });

  test('lent agents come home without a question, and no other ones are lent', () => {
    const fleet = approve('scale', lend('w1')).propose(lend('w1'));
    fleet.propose(lend('w1', 'w2'));
    expect(inForce(fleet)).toMatchObject([{ pooling: { agents: ['w1'] } }]);
    expect(asked(fleet)).toMatchObject([{ pooling: { agents: ['w1', 'w2'] } }]);
    fleet.propose(lend());
    expect(inForce(fleet)).toMatchObject([{ pooling: { agents: [] } }]);
    expect(asked(fleet)).toEqual([]);
  });
});

describe('what is in force is taken back also while its kind fails', () => {
  const whileItFails = (kind: ActionClass, ...actions: Action[]) => {
    const fleet = new Fleet().pass(3, ...actions);
    fleet.broken = kind;
    return fleet;
  };
  const endings = (fleet: Fleet) => [...fleet.records.values()].map(({ directive }) => directive.ended?.by);

  test('when the kill switch is turned on', () => {
    const fleet = whileItFails('route', route('w1'));
    fleet.policy = { ...fleet.policy, killSwitch: true };
    fleet.propose();
    expect(endings(fleet)).toEqual(['kill switch']);
    expect(fleet.refusals).toEqual(['error', 'kill switch']);
    // Once is enough.
    expect(fleet.propose().refusals).toEqual(['error']);
  });

  test('when its pool comes under maintenance, and no other one', () => {
    const fleet = whileItFails('breaker', breaker('w1'), breaker('s1'));
    fleet.policy = { ...fleet.policy, maintenance: [{ fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER, pool: 'small' }] };
    expect(fleet.propose().live).toEqual(['breaker w1']);
    expect(fleet.held.at(-1)).toMatchObject({ subject: 's1', guardrail: 'maintenance' });
  });

  test('when it does harm', () => {
    const fleet = new Fleet();
    fleet.deviations.set(START - 1, 0);
    fleet.propose(action('scale', 'workers at 9', { pool: 'workers', desired: 9, before: 10 }));
    fleet.broken = 'scale';
    for (const deviation of [0, 4, 4]) {
      fleet.deviations.set(fleet.minute, deviation);
      fleet.propose();
    }
    expect(endings(fleet)).toEqual(['harm']);
  });

  test('when the agents of its pool fall ill together', () => {
    const fleet = whileItFails('route', route('w1'));
    for (const agent of ['w1', 'w2', 'w3', 'w4']) fleet.ill.add(agent);
    fleet.propose();
    expect(endings(fleet)).toEqual(['shared cause']);
  });
});

describe('a pool that gets fewer agents', () => {
  const scaleIn = action('scale', 'workers at 9', { pool: 'workers', desired: 9, before: 10 });
  /** The errors of four minutes from the decision on. */
  const after = (deviations: number[], before = 0.5) => {
    const fleet = new Fleet();
    fleet.deviations.set(START - 1, before);
    for (const deviation of deviations) {
      fleet.deviations.set(fleet.minute, deviation);
      fleet.propose(scaleIn);
    }
    return [...fleet.records.values()].map(({ directive }) => directive.ended?.by ?? null);
  };

  test.each([
    { name: 'keeps them away while its errors stay within their band', deviations: [0, 1, 2, 3], ended: [null] },
    { name: 'gets them back when its errors are beyond it for two minutes', deviations: [0, 1, 4, 4], ended: ['harm'] },
    { name: 'does not for one minute', deviations: [0, 1, 4, 1], ended: [null] },
    { name: 'does not where it was as bad before', deviations: [0, 1, 4, 4], before: 4, ended: [null] },
  ])('$name', ({ deviations, before, ended }) => {
    expect(after(deviations, before)).toEqual(ended);
  });
});

test('a pool that takes over the work of another is not harmed by a queue that is worked off', () => {
  const after = (queues: number[]) => {
    const fleet = new Fleet();
    for (const [minute, queued] of queues.entries()) {
      fleet.queues.set(fleet.minute, { queued, deviation: minute === 0 ? 0 : 9 });
      fleet.propose(failover('small', 'workers'));
    }
    return [...fleet.records.values()].map(({ directive }) => directive.ended?.by ?? null);
  };
  expect(after([0, 0, 200, 120, 40])).toEqual([null]);
  expect(after([0, 0, 200, 220, 240])).toEqual(['harm']);
});

test('a pool that is silent is failed over only where others tell that its tasks end badly', () => {
  const fleet = new Fleet();
  fleet.silent.add('workers');
  fleet.pass(4);
  expect(fleet.propose(failover('workers', 'small')).refusals).toEqual(['stale telemetry']);
  fleet.did = { w1: { timeout: 8, completed: 1 }, w2: { timeout: 9 } };
  expect(fleet.propose(failover('workers', 'small')).live).toEqual(['failover workers']);
});
