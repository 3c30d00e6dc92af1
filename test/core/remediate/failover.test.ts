import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import type { Mode } from '../../../lib/core/remediate/action-class.ts';
import { type AgentDid, DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';

const writers = poolOf('writers', 4, 4);
const generalists = poolOf('generalists', 10, 4);

function fleet() {
  return new DecidedFleet('failover', [...writers, ...generalists], {
    writers: { backupPool: 'generalists' },
    generalists: {},
  });
}

/** A fleet whose failovers people approve. */
function askedFleet(mode: Mode = 'recommend') {
  return Object.assign(fleet(), { mode });
}

const well: AgentDid = { completed: 20, serviceMs: 6_000, utilization: 0.5, queued: 0 };
const idle: AgentDid = { utilization: 0, queued: 0 };
const dead: AgentDid = { timeout: 20, isSilent: true };
const failing: AgentDid = { failed: 20, serviceMs: 6_000, utilization: 0.5, queued: 0 };
const hung: AgentDid = { timeout: 20, utilization: 1, queued: 9 };

const about = (rule: string): Partial<Alert> => ({ rule, scope: { pool: 'writers' } });
const interrupted = [about('pool-interrupted')];
const bothTold = [about('pool-hung'), about('pool-interrupted')];

type Fleet = ReturnType<typeof fleet>;

function pass(it: Fleet, minutes: number, did: AgentDid, told: Partial<Alert>[] = [], backup = well): Fleet {
  for (let i = 0; i < minutes; i++) it.pass({ ...each(writers, did), ...each(generalists, backup) }, told);
  return it;
}

/** Minutes until nothing is in force any more; at most so many. */
function minutesInForce(it: Fleet, did: AgentDid, most = 100): number {
  for (let minute = 0; minute < most; minute++) {
    if (it.active.length === 0) return minute;
    pass(it, 1, did);
  }
  return most;
}

/** The first writer does the rare task type, the others the usual one. */
const typed = (did: AgentDid) =>
  Object.fromEntries(writers.map(({ agent }, i) => [agent, { ...did, taskType: i === 0 ? 'rare' : 'usual' }]));

/** Lets minutes pass in which generalists are well. */
function passingOf(it: { pass(did: Record<string, AgentDid>, told: Partial<Alert>[]): unknown }) {
  return (minutes: number, did: Record<string, AgentDid>, told: Partial<Alert>[] = []) => {
    for (let i = 0; i < minutes; i++) it.pass({ ...did, ...each(generalists, well) }, told);
  };
}

describe('the work of a pool goes to its backup', () => {
  test('when its agents are silent and its tasks time out', () => {
    const it = pass(pass(fleet(), 3, well), 3, dead, interrupted);
    expect(it.params).toEqual([{ from: 'writers', to: 'generalists', taskTypes: [] }]);
    const [directive] = it.active;
    expect(directive?.signals).toEqual([
      expect.stringContaining('tasks ended badly'),
      '4 of its 4 agents send no heartbeat',
    ]);
    expect(directive?.isDisruptive).toBe(true);
  });

  test('when its agents are hung and its tasks time out', () => {
    expect(pass(pass(fleet(), 3, well), 3, hung, bothTold).params).toEqual([
      { from: 'writers', to: 'generalists', taskTypes: [] },
    ]);
  });

  test('as far as that has room: the task types with the least work', () => {
    const it = fleet();
    // 40 slots, of which 34 may be at work: room for 4.
    const busy = { ...well, utilization: 0.75 };
    const types = (did: AgentDid) => ({
      ...Object.fromEntries(writers.map(({ agent }, i) => [agent, { ...did, taskType: i === 0 ? 'rare' : 'usual' }])),
    });
    for (let i = 0; i < 3; i++) it.pass({ ...types(well), ...each(generalists, busy) });
    for (let i = 0; i < 3; i++) it.pass({ ...types(dead), ...each(generalists, busy) }, interrupted);
    expect(it.params).toEqual([{ from: 'writers', to: 'generalists', taskTypes: ['rare'] }]);
  });
});

describe('the work of a pool stays', () => {
  test.each([
    {
      of: 'its tasks fail, whatever of, and nothing else is wrong',
      did: failing,
      told: [about('pool-interrupted'), about('model-failing')],
    },
    {
      of: 'its agents send no heartbeats, and nothing is known to fail',
      did: { isSilent: true },
      told: [about('pool-silent')],
    },
    { of: 'all is well', did: well, told: [] },
  ])('when $of', ({ did, told }) => {
    expect(pass(pass(fleet(), 3, well), 6, did, told).active).toHaveLength(0);
  });

  test('when it has no backup, or one without agents', () => {
    for (const settings of [{}, { backupPool: 'nobody' }]) {
      const it = new DecidedFleet('failover', [...writers, ...generalists], { writers: settings, generalists: {} });
      expect(pass(pass(it, 3, well), 6, dead, interrupted).active).toHaveLength(0);
    }
  });

  test('when the backup has trouble of its own, or no room', () => {
    const told = [...interrupted, { rule: 'bottleneck-forming', scope: { pool: 'generalists' } }];
    expect(pass(pass(fleet(), 3, well), 6, dead, told).active).toHaveLength(0);
    const full = { ...well, utilization: 0.9 };
    expect(pass(pass(fleet(), 3, well), 6, dead, interrupted, full).active).toHaveLength(0);
  });

  test('on no sign of names in whose place others have come, however lately', () => {
    const it = fleet();
    pass(it, 20, well);
    const fresh = writers.map((member) => ({ ...member, agent: `new-${member.agent}` }));
    for (const member of fresh) it.join(member);
    // The new version fails.
    for (let i = 0; i < 8; i++)
      it.pass({ ...each(fresh, failing), ...each(generalists, well) }, [about('pool-failing')]);
    expect(it.active).toEqual([]);
  });

  test('on no sign of names of hours ago that nobody misses', () => {
    const former = poolOf('writers', 6, 4).map((it) => ({ ...it, agent: `former-${it.agent}` }));
    const it = new DecidedFleet('failover', [...writers, ...former, ...generalists], {
      writers: { backupPool: 'generalists' },
      generalists: {},
    });
    for (let i = 0; i < 3; i++) it.pass({ ...each(writers, well), ...each(former, well), ...each(generalists, well) });
    pass(it, 65, well);
    expect(pass(it, 5, failing, [about('pool-failing')]).active).toEqual([]);
  });
});

describe('the work goes back', () => {
  test('when the agents have been there for five minutes', () => {
    const it = pass(pass(fleet(), 3, well), 10, dead, interrupted);
    // Two minutes in which what had failed is still among the last tasks, then five, to the minute's end.
    expect(minutesInForce(it, idle)).toBe(8);
  });

  test('when as many others are there in place of those that died', () => {
    const it = pass(pass(fleet(), 3, well), 10, dead, interrupted);
    const others = writers.map((member) => ({ ...member, agent: `other-${member.agent}` }));
    for (const { agent, capacity } of others) it.join({ agent, pool: 'writers', capacity });
    let minutes = 0;
    for (; it.active.length > 0 && minutes < 100; minutes++)
      it.pass({ ...each(others, idle), ...each(generalists, well) });
    expect(minutes).toBe(8);
  });

  test('where its agents send no heartbeats, one task type first', () => {
    const it = fleet();
    const beatless = (did: AgentDid) =>
      Object.fromEntries(Object.entries(typed(did)).map(([agent, one]) => [agent, { ...one, isSilent: true }]));
    const passBeatless = passingOf(it);
    passBeatless(3, beatless(well));
    passBeatless(5, beatless(hung), bothTold);
    for (const { agent } of writers) Object.assign(it.roster.get(agent)!, { lastSeenMs: it.nowMs });
    expect(it.params).toMatchObject([{ taskTypes: [] }]);
    passBeatless(8, beatless(idle));
    expect(it.params).toMatchObject([{ taskTypes: ['usual'] }]);
    passBeatless(6, { 'writers-01': { ...well, taskType: 'rare', isSilent: true } });
    expect(it.params).toEqual([]);
  });

  test('at once when the backup is the backup no more, or has no agents', () => {
    const unnamed = pass(pass(fleet(), 3, well), 5, dead, interrupted);
    unnamed.pools.set('writers', {});
    expect(pass(unnamed, 1, dead, interrupted).active).toEqual([]);
    const left = pass(pass(fleet(), 3, well), 5, dead, interrupted);
    for (const { agent } of generalists) {
      const entry = left.roster.get(agent)!;
      left.roster.set(agent, { ...entry, lastBeat: entry.lastBeat && { ...entry.lastBeat, state: 'stopped' } });
    }
    left.pass(each(writers, dead), interrupted);
    expect(left.active).toEqual([]);
  });

  test('not while the pool is told to be silent, or half of its agents are', () => {
    const it = pass(pass(fleet(), 3, well), 3, dead, interrupted);
    pass(it, 12, idle, [about('pool-silent')]);
    expect(it.active).toHaveLength(1);
    for (let i = 0; i < 12; i++) {
      const half = Object.fromEntries(writers.map(({ agent }, n) => [agent, n < 2 ? idle : { isSilent: true }]));
      it.pass({ ...half, ...each(generalists, well) });
    }
    expect(it.active).toHaveLength(1);
  });

  test('after twice as long when it did not hold the first time', () => {
    const it = pass(pass(fleet(), 3, well), 5, dead, interrupted);
    expect(minutesInForce(it, idle)).toBe(8);
    pass(it, 4, dead, interrupted);
    expect(it.active).toHaveLength(1);
    expect(minutesInForce(it, idle)).toBe(13);
  });

  test('one task type first where only tasks can tell, and again after twice as long when that fails', () => {
    const it = fleet();
    const passTyped = passingOf(it);
    passTyped(3, typed(well));
    passTyped(3, typed(hung), bothTold);
    expect(it.params[0]?.taskTypes).toEqual([]);
    passTyped(8, each(writers, idle));
    expect(it.params[0]?.taskTypes).toEqual(['usual']);
    const [first = '', ...others] = writers.map(({ agent }) => agent);
    const rest = Object.fromEntries(others.map((agent) => [agent, idle]));
    passTyped(2, { ...rest, [first]: { ...failing, taskType: 'rare' } });
    expect(it.params[0]?.taskTypes).toEqual([]);
    passTyped(10, each(writers, idle));
    expect(it.params[0]?.taskTypes).toEqual([]);
    passTyped(3, each(writers, idle));
    expect(it.params[0]?.taskTypes).toEqual(['usual']);
    passTyped(3, { ...rest, [first]: { ...well, taskType: 'rare' } });
    expect(it.params[0]?.taskTypes).toEqual(['usual']);
    passTyped(1, { ...rest, [first]: { ...well, taskType: 'rare' } });
    expect(it.active).toHaveLength(0);
  });

  test('not to the broken pool while people are asked: what they approved comes back when the first task type fails there', () => {
    const it = askedFleet();
    const passTyped = passingOf(it);
    passTyped(3, typed(well));
    passTyped(3, typed(hung), bothTold);
    it.approve();
    passTyped(8, each(writers, idle));
    expect(it.inForce).toMatchObject([{ taskTypes: ['usual'] }]);
    const [first = '', ...others] = writers.map(({ agent }) => agent);
    const rest = Object.fromEntries(others.map((agent) => [agent, idle]));
    passTyped(2, { ...rest, [first]: { ...failing, taskType: 'rare' } });
    expect(it.inForce).toMatchObject([{ taskTypes: [] }]);
    expect(it.records.size).toBe(1);
  });

  test('never in a minute that is decided again', () => {
    const it = pass(pass(pass(fleet(), 3, well), 5, dead, interrupted), 3, idle);
    const before = structuredClone([...it.records]);
    it.decide();
    expect([...it.records]).toEqual(before);
  });
});

describe('a failover that waits for a person', () => {
  const everything = [{ from: 'writers', to: 'generalists', taskTypes: [] }];
  const proposedFor = (did: AgentDid, told: Partial<Alert>[], mode?: Mode) => {
    const it = askedFleet(mode);
    const go = passingOf(it);
    go(3, typed(well));
    go(3, typed(did), told);
    expect(it.params).toEqual(everything);
    return { it, go };
  };

  test('is over when the pool does its work again: nothing was moved that could be tried there first', () => {
    const { it, go } = proposedFor(hung, bothTold);
    const summaries = new Set(it.active.map(({ summary }) => summary));
    for (let minute = 0; minute < 3; minute++) {
      go(1, typed(well));
      for (const { summary } of it.active) summaries.add(summary);
    }
    expect(it.active).toEqual([]);
    expect([...summaries]).toEqual(['have the work of pool writers done by pool generalists']);
  });

  test('is over when its tasks end well, though an alert that it hangs still fires', () => {
    const { it, go } = proposedFor(hung, bothTold);
    go(3, typed(well), bothTold);
    expect(it.active).toEqual([]);
  });

  test('stays as it was proposed as long as the pool is down, also when it is given nothing any more', () => {
    const { it, go } = proposedFor(dead, interrupted);
    const [{ id = '' } = {}] = it.active;
    go(10, typed(dead), interrupted);
    go(20, typed({ isSilent: true }), [about('pool-silent')]);
    expect(it.active).toMatchObject([
      { id, params: everything[0], memory: { wellSinceMs: null, probe: null }, inForceMs: null },
    ]);
  });

  test('is over when the backup has trouble of its own, or is the backup no more', () => {
    const trouble = { rule: 'bottleneck-forming', scope: { pool: 'generalists' } };
    for (const [told, settings] of [
      [[trouble], { backupPool: 'generalists' }],
      [[], {}],
    ] as const) {
      const { it, go } = proposedFor(dead, interrupted);
      it.pools.set('writers', settings);
      go(1, typed({ isSilent: true }), [about('pool-silent'), ...told]);
      expect(it.active).toEqual([]);
    }
  });

  // 40 slots, of which 34 may be at work: room for 4.
  const busy = { ...well, utilization: 0.75 };

  test('moves what the backup has room for by then, as long as an alert calls for it', () => {
    const { it } = proposedFor(dead, interrupted);
    it.pass({ ...typed(dead), ...each(generalists, busy) });
    expect(it.params).toEqual(everything);
    it.pass({ ...typed(dead), ...each(generalists, busy) }, interrupted);
    expect(it.params).toEqual([{ ...everything[0], taskTypes: ['rare'] }]);
    expect(it.active[0]?.summary).toBe('have rare of pool writers done by pool generalists');
  });

  test('stays as it was asked for under approve, and remembers what it moves', () => {
    const { it } = proposedFor(dead, interrupted, 'approve');
    it.pass({ ...typed(dead), ...each(generalists, busy) }, interrupted);
    expect(it.active).toMatchObject([{ params: everything[0], memory: { isAll: true } }]);
  });

  test('and is approved goes back like every other, from then on', () => {
    const { it, go } = proposedFor(hung, bothTold);
    go(4, typed(hung), bothTold);
    it.approve();
    go(7, each(writers, idle));
    expect(it.inForce).toEqual(everything);
    go(1, each(writers, idle));
    expect(it.inForce).toEqual([{ ...everything[0], taskTypes: ['usual'] }]);
  });
});
