import { describe, expect, test } from 'vitest';
import { DirectiveApplier } from '../../lib/proving/apply-directives.ts';
import type { ActiveDirective } from '../../lib/proving/product-under-test.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import { powerOfTwo } from '../../lib/sim/policies/power-of-two.ts';
import { adjustable, START_MS, twoPools } from '../fixtures/sim-scenarios.ts';

const at = (minute: number) => START_MS + minute * 60_000;

/** A fleet with its orchestrator, who is told what is in force minute by minute. */
function start() {
  const base = adjustable(twoPools());
  const contention = { sigma: 0, kappa: 0, concurrency: 2 };
  const pools = base.pools.map((it) => (it.pool === 'triage' ? { ...it, contention } : it));
  const simulation = new Simulation({ scenario: { ...base, pools }, seed: 4, policy: powerOfTwo });
  const applier = new DirectiveApplier(simulation.controls);
  const acks: [string, boolean, string | null][] = [];
  const acked = new Set<string>();
  const takenBack = new Set<string>();
  const follow = (minute: number, active: readonly Pick<ActiveDirective, 'id' | 'kind' | 'params'>[]) => {
    simulation.runUntil(at(minute));
    const directives = active.map((directive) => ({
      ...directive,
      expiresAt: new Date(at(minute + 10)).toISOString(),
      ...(acked.has(directive.id) && { ackedAt: new Date(at(0)).toISOString() }),
    }));
    return applier.follow(
      directives,
      at(minute),
      async (id) => takenBack.has(id),
      async (id, applied, note) => {
        acked.add(id);
        acks.push([id, applied, note]);
      },
    );
  };
  /** Uses of controls, without when and by which pool. */
  const done = () =>
    simulation.result.actions.map(({ at: _at, minute: _minute, pool: _pool, action, ...about }) => [
      action,
      ...Object.values(about),
    ]);
  return { simulation, follow, acks, done, takenBack };
}

describe('each kind of directive', () => {
  test.each([
    {
      name: 'route: weights, and none after',
      said: { kind: 'route', params: { pool: 'triage', weights: { 'triage-01': 0.2 }, hot: [] } },
      applied: [['set_weights', { 'triage-01': 0.2 }]],
      reverted: [['set_weights', {}]],
    },
    {
      name: 'breaker of an agent: out of dispatch but for probes, and back',
      said: { kind: 'breaker', params: { agent: 'triage-01', pool: 'triage', state: 'open', probeFraction: 0.05 } },
      applied: [['eject', 'triage-01', 0.05]],
      reverted: [['readmit', 'triage-01']],
    },
    {
      name: 'breaker of a model: the next one instead, and back',
      said: { kind: 'breaker', params: { model: 'large', state: 'half-open', probeFraction: 0.2 } },
      applied: [['break_model', 'large', 0.2]],
      reverted: [['break_model', 'large']],
    },
    {
      name: 'scale: a level, which stays',
      said: { kind: 'scale', params: { pool: 'triage', desired: 8 } },
      applied: [['scale', 8]],
      reverted: [],
    },
    {
      name: 'scale: agents on loan, and back',
      said: {
        kind: 'scale',
        params: { pool: 'expert', pooling: { from: 'triage', to: 'expert', agents: ['triage-01', 'triage-02'] } },
      },
      applied: [
        ['lend', 'triage-01', 'expert'],
        ['lend', 'triage-02', 'expert'],
      ],
      reverted: [
        ['give_back', 'triage-01', 'expert'],
        ['give_back', 'triage-02', 'expert'],
      ],
    },
    {
      name: 'degrade: a rung, and all again',
      said: { kind: 'degrade', params: { pool: 'expert', step: 'short' } },
      applied: [['rung', 'short']],
      reverted: [['rung', null]],
    },
    {
      name: 'degrade: a share, and all again',
      said: { kind: 'degrade', params: { pool: 'expert', admitFraction: 0.7 } },
      applied: [['admit', 0.7]],
      reverted: [['admit', 1]],
    },
    {
      name: 'degrade: the important, and all again',
      said: { kind: 'degrade', params: { pool: 'expert', shedBelow: 'high' } },
      applied: [['shed', 'high']],
      reverted: [['shed', null]],
    },
    {
      name: 'failover: to another, and back',
      said: { kind: 'failover', params: { from: 'triage', to: 'expert', taskTypes: [] } },
      applied: [['failover', 'expert']],
      reverted: [['failover', 'triage']],
    },
    {
      name: 'restart: once',
      said: { kind: 'restart', params: { agent: 'triage-01', drain: true } },
      applied: [['restart', 'triage-01', 1]],
      reverted: [],
    },
    {
      name: 'tune: of a pool, and as it was',
      said: { kind: 'tune', params: { pool: 'triage', params: { concurrency: 4 } } },
      applied: [['tune', { concurrency: 4 }]],
      reverted: [['tune', { concurrency: null }]],
    },
  ])('$name', async ({ said, applied, reverted }) => {
    const { follow, acks, done } = start();
    const directive = { id: 'd', ...said };
    await follow(2, [directive]);
    await follow(3, [directive]);
    expect(done()).toEqual(applied);
    expect(acks).toEqual([['d', true, null]]);
    await follow(4, []);
    expect(done().slice(applied.length)).toEqual(reverted);
    await follow(5, []);
    expect(done()).toHaveLength(applied.length + reverted.length);
  });

  test('takes back nothing that was renewed, and what has expired even while it is told', async () => {
    const { simulation, done } = start();
    const applier = new DirectiveApplier(simulation.controls);
    const told = (until: number) => [
      {
        id: 'd',
        kind: 'degrade',
        params: { pool: 'expert', step: 'short' },
        expiresAt: new Date(at(until)).toISOString(),
      },
    ];
    const ignore = async () => {};
    await applier.follow(told(5), at(1), async () => false, ignore);
    await applier.follow(told(9), at(5), async () => false, ignore);
    expect(done()).toEqual([['rung', 'short']]);
    await applier.follow(told(9), at(9), async () => false, ignore);
    expect(done()).toEqual([
      ['rung', 'short'],
      ['rung', null],
    ]);
  });
});

describe('what changes while it is in force', () => {
  const says = (kind: string, params: Record<string, unknown>) => [{ id: 'd', kind, params }];

  test('a breaker that half opens probes more, and closes', async () => {
    const { follow, done } = start();
    const breaker = (state: string, probeFraction: number) =>
      says('breaker', { agent: 'triage-01', pool: 'triage', state, probeFraction });
    await follow(2, breaker('open', 0));
    await follow(3, breaker('half-open', 0.1));
    await follow(4, breaker('closed', 1));
    await follow(5, []);
    expect(done()).toEqual([
      ['eject', 'triage-01', 0],
      ['eject', 'triage-01', 0.1],
      ['readmit', 'triage-01'],
    ]);
  });

  test('who is not lent any more comes back, the others stay', async () => {
    const { follow, done } = start();
    const pooling = (agents: string[]) =>
      says('scale', { pool: 'expert', pooling: { from: 'triage', to: 'expert', agents } });
    await follow(2, pooling(['triage-01', 'triage-02']));
    await follow(3, pooling(['triage-02', 'triage-03']));
    expect(done().slice(2)).toEqual([
      ['give_back', 'triage-01', 'expert'],
      ['lend', 'triage-03', 'expert'],
    ]);
  });

  test('a degradation of another sort ends the one before', async () => {
    const { follow, done } = start();
    await follow(2, says('degrade', { pool: 'expert', step: 'short' }));
    await follow(3, says('degrade', { pool: 'expert', admitFraction: 0.5 }));
    await follow(4, says('degrade', { pool: 'expert', admitFraction: 0.6 }));
    await follow(5, []);
    expect(done()).toEqual([
      ['rung', 'short'],
      ['rung', null],
      ['admit', 0.5],
      ['admit', 0.6],
      ['admit', 1],
    ]);
  });

  test('a setting that is not named any more is as it was', async () => {
    const { follow, done } = start();
    await follow(2, says('tune', { pool: 'triage', params: { concurrency: 4 } }));
    await follow(3, says('tune', { pool: 'triage', params: { timeoutMs: 9_000 } }));
    expect(done()).toEqual([
      ['tune', { concurrency: 4 }],
      ['tune', { concurrency: null, timeoutMs: 9_000 }],
    ]);
  });
});

describe('what cannot be applied', () => {
  test.each([
    {
      kind: 'breaker',
      params: { agent: 'triage-77', pool: 'triage', state: 'open', probeFraction: 0 },
      note: 'there is no agent "triage-77" now',
    },
    { kind: 'breaker', params: { tool: 'search', state: 'open', probeFraction: 0 }, note: 'tool "search"' },
    { kind: 'restart', params: { agent: 'nobody', drain: false }, note: 'there is no agent "nobody" now' },
    { kind: 'scale', params: { pool: 'nowhere', desired: 3 }, note: 'there is no pool "nowhere"' },
    {
      kind: 'scale',
      params: { pool: 'triage', pooling: { from: 'expert', to: 'triage', agents: ['expert-01'] } },
      note: '"expert" lends no agents to "triage"',
    },
    { kind: 'degrade', params: { pool: 'expert', step: 'tiny' }, note: 'no rung "tiny"' },
    { kind: 'degrade', params: { pool: 'expert', taskType: 'solve', step: 'short' }, note: 'not one task type' },
    { kind: 'failover', params: { from: 'triage', to: 'nowhere', taskTypes: [] }, note: 'there is no pool "nowhere"' },
    { kind: 'tune', params: { pool: 'triage', params: { batch: 3 } }, note: '"batch" is nothing that can be set here' },
    { kind: 'tune', params: { pool: 'expert', params: { concurrency: 3 } }, note: 'as they have slots' },
  ])('$kind $params is told with the reason, once, and nothing is done', async ({ kind, params, note }) => {
    const { follow, acks, done } = start();
    await follow(2, [{ id: 'd', kind, params }]);
    await follow(3, [{ id: 'd', kind, params }]);
    await follow(4, []);
    expect(acks).toEqual([['d', false, expect.stringContaining(note)]]);
    expect(done()).toEqual([]);
  });

  test('of a kind that is not known here is left to others: nothing is said', async () => {
    const { follow, acks, done } = start();
    await follow(2, [{ id: 'd', kind: 'dance', params: {} }]);
    expect([acks, done()]).toEqual([[], []]);
  });

  test('is tried again: an agent that scaling brings later is ejected when it is there', async () => {
    const { simulation, follow, acks, done } = start();
    const breaker = {
      ...{ id: 'd', kind: 'breaker' },
      params: { agent: 'triage-07', pool: 'triage', state: 'open', probeFraction: 0 },
    };
    await follow(2, [breaker]);
    simulation.controls.scale('triage', 7);
    await follow(3, [breaker]);
    expect(acks.map(([, applied]) => applied)).toEqual([false, true]);
    expect(done()).toEqual([
      ['scale', 7],
      ['eject', 'triage-07', 0],
    ]);
  });

  test('an agent that is gone does not keep others from being lent, nor anything from being taken back', async () => {
    const { simulation, follow, acks, done } = start();
    const agents = ['triage-06', 'triage-05'];
    const loan = {
      ...{ id: 'l', kind: 'scale' },
      params: { pool: 'expert', pooling: { from: 'triage', to: 'expert', agents } },
    };
    const breaker = {
      ...{ id: 'b', kind: 'breaker' },
      params: { agent: 'triage-06', pool: 'triage', state: 'open', probeFraction: 0 },
    };
    await follow(2, [loan, breaker]);
    simulation.controls.scale('triage', 5);
    await follow(12, [loan, breaker]);
    await follow(13, []);
    expect(acks).toEqual([
      ['l', true, null],
      ['b', true, null],
    ]);
    expect(done().slice(3)).toEqual([
      ['scale', 5],
      ['give_back', 'triage-05', 'expert'],
    ]);
  });
});

test('a level that is taken back goes back to what it was; one that has ended stays', async () => {
  const { follow, done, takenBack } = start();
  const level = (id: string, desired: number, before: number) => ({
    ...{ id, kind: 'scale', params: { pool: 'triage', desired, before } },
  });
  await follow(1, [level('s1', 8, 6)]);
  await follow(2, [level('s2', 5, 8)]);
  takenBack.add('s2');
  await follow(3, []);
  expect(done()).toEqual([
    ['scale', 8],
    ['scale', 5],
    ['scale', 8],
  ]);
});
