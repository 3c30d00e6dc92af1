import { describe, expect, test } from 'vitest';
import type { FleetEvent } from '../../../lib/core/model/event.ts';
import { poolRefusal, reaches, withinReach } from '../../../lib/core/model/pool-access.ts';

const restricted = { pools: ['p', 'q'] };
const task = { type: 'task', task: 't', taskType: 'x', endedAtMs: 0, attempt: 1, priority: 'normal' } as const;

describe('somebody who is restricted to pools', () => {
  test.each<{ name: string; event: FleetEvent; refused: RegExp | null }>([
    { name: 'an agent of one of them', event: { type: 'agent', agent: 'a', pool: 'p' }, refused: null },
    {
      name: 'an agent of another',
      event: { type: 'agent', agent: 'a', pool: 'z' },
      refused: /^pool z is not one of the key's pools: p, q$/,
    },
    {
      name: 'an agent whose work may go to one of them',
      event: { type: 'agent', agent: 'a', pool: 'p', backupPool: 'q' },
      refused: null,
    },
    {
      name: 'an agent whose work may go to another',
      event: { type: 'agent', agent: 'a', pool: 'p', backupPool: 'z' },
      refused: /^backupPool z is not one of the key's pools, p, q: leave it out; PUT \/v1\/pools\/p sets it/,
    },
    { name: 'an agent that was of one of them', event: { type: 'agent', agent: 'of q', pool: 'p' }, refused: null },
    {
      name: 'an agent that is of another',
      event: { type: 'agent', agent: 'of z', pool: 'p' },
      refused: /^agent of z is of a pool that is not one of the key's pools, p, q: move it with a key that has both/,
    },
    { name: 'a task of an agent', event: { ...task, agent: 'a', status: 'completed' }, refused: null },
    { name: 'a task that one of them rejected', event: { ...task, pool: 'q', status: 'rejected' }, refused: null },
    { name: 'a task that another rejected', event: { ...task, pool: 'z', status: 'rejected' }, refused: /pool z/ },
    {
      name: 'a heartbeat',
      event: { type: 'heartbeat', agent: 'a', atMs: 0, state: 'ready', intervalMs: 1 },
      refused: null,
    },
    { name: 'a change of one of them', event: { type: 'change', atMs: 0, kind: 'deploy', pool: 'p' }, refused: null },
    { name: 'a change of another', event: { type: 'change', atMs: 0, kind: 'deploy', pool: 'z' }, refused: /pool z/ },
    { name: 'a change of an agent', event: { type: 'change', atMs: 0, kind: 'deploy', agent: 'a' }, refused: null },
    {
      name: 'a change of everything',
      event: { type: 'change', atMs: 0, kind: 'maintenance' },
      refused: /of the whole system: name one of p, q$/,
    },
    {
      name: 'a metric of another',
      event: { type: 'metric', name: 'm', value: 1, atMs: 0, kind: 'gauge', direction: 'none', pool: 'z' },
      refused: /pool z/,
    },
    {
      name: 'a metric of everything',
      event: { type: 'metric', name: 'm', value: 1, atMs: 0, kind: 'gauge', direction: 'none' },
      refused: /whole system/,
    },
  ])('reporting $name: $refused', ({ event, refused }) => {
    const placement = new Map([
      ['of q', 'q'],
      ['of z', 'z'],
    ]);
    const refusal = poolRefusal(restricted, event, placement);
    if (refused) expect(refusal?.why).toMatch(refused);
    else expect(refusal).toBeNull();
    expect(poolRefusal({}, event, placement)).toBeNull();
  });

  test('sees what is of these pools only; anybody else sees all', () => {
    const items = [{ pool: 'p' }, { pool: 'z' }, { pool: 'q' }];
    expect(withinReach(restricted, items, ({ pool }) => pool)).toEqual([{ pool: 'p' }, { pool: 'q' }]);
    expect(withinReach({}, items, ({ pool }) => pool)).toEqual(items);
    expect(reaches({ pools: [] }, 'p')).toBe(false);
  });
});
