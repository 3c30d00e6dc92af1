import { expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import type { AgentStateName } from '../../../lib/core/detect/agent-state.ts';
import { type PoolMember, poolStateAt, presentMembers } from '../../../lib/core/detect/pool-state.ts';

const NOW_MS = 1_700_000_000_000;
const MINUTE_MS = 60_000;

function member(agent: string, state: AgentStateName, sinceMinutesAgo: number, lastSeenMs = NOW_MS): PoolMember {
  const sinceMs = NOW_MS - sinceMinutesAgo * MINUTE_MS;
  return { agent, firstSeenMs: NOW_MS - 60 * MINUTE_MS, lastSeenMs, state: { state, sinceMs, why: '' } };
}

const silent = { title: 'Pool p: 3 of 9 agents fell silent together', onsetMs: NOW_MS - 4 * MINUTE_MS } as Alert;

test.each([
  { name: 'healthy', members: [member('a', 'healthy', 60), member('b', 'idle', 9)], minutesAgo: 60 },
  { name: 'healthy', members: [member('a', 'healthy', 60)], resolvedMinutesAgo: 12, minutesAgo: 12 },
  {
    name: 'degraded',
    members: [member('a', 'healthy', 60), member('b', 'dead', 3), member('c', 'degraded', 5)],
    minutesAgo: 5,
    why: '2 of 3 agents need attention: b (dead), c (degraded)',
  },
  { name: 'degraded', members: [member('a', 'healthy', 60)], firing: [silent], minutesAgo: 4, why: silent.title },
  { name: 'dead', members: [member('a', 'dead', 7), member('b', 'dead', 3)], firing: [silent], minutesAgo: 3 },
  { name: 'dead', members: [member('a', 'dead', 7)], minutesAgo: 7, why: 'its only agent, a, is dead' },
  {
    name: 'hung',
    members: [member('a', 'hung', 7), member('b', 'hung', 3)],
    minutesAgo: 3,
    why: 'all 2 agents are hung',
  },
  { name: 'silent', members: [member('a', 'silent', 7), member('b', 'silent', 3)], firing: [silent], minutesAgo: 3 },
  {
    name: 'degraded',
    members: [member('a', 'silent', 7), member('b', 'hung', 3), member('c', 'idle', 9)],
    minutesAgo: 7,
    why: '2 of 3 agents need attention: a (silent), b (hung)',
  },
  { name: 'idle', members: [member('a', 'idle', 7), member('b', 'paused', 9)], minutesAgo: 7 },
  { name: 'paused', members: [member('a', 'paused', 7), member('b', 'stopped', 9)], minutesAgo: 7 },
  { name: 'stopped', members: [member('a', 'stopped', 9)], minutesAgo: 0 },
  { name: 'stopped', members: [], minutesAgo: 0, why: 'no agent of it was ever heard of' },
])('a pool is $name: $why', ({ name, members, firing, resolvedMinutesAgo, minutesAgo, why }) => {
  const resolvedMs = resolvedMinutesAgo === undefined ? null : NOW_MS - resolvedMinutesAgo * MINUTE_MS;
  const state = poolStateAt(members, NOW_MS, firing ?? [], resolvedMs);
  expect(state).toEqual({ state: name, sinceMs: NOW_MS - minutesAgo * MINUTE_MS, why: why ?? expect.any(String) });
});

test('an agent that stopped, or was not heard of for a day, is no longer one of the pool', () => {
  const members = [
    member('a', 'healthy', 9),
    member('b', 'stopped', 9),
    member('c', 'idle', 9, NOW_MS - 24 * 60 * MINUTE_MS),
    member('d', 'idle', 9, NOW_MS - 24 * 60 * MINUTE_MS - 1),
  ];
  expect(presentMembers(members, NOW_MS).map(({ agent }) => agent)).toEqual(['a', 'c']);
});
