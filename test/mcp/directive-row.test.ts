import { expect, test } from 'vitest';
import { Problem } from '../../lib/api/problem.ts';
import type { WhatItSets } from '../../lib/core/remediate/measure-directives.ts';
import { type AnsweredDirective, effectInWords, expectedInWords } from '../../lib/mcp/directive-row.ts';
import { callTool } from '../../lib/mcp/fleetpulse-server.ts';
import { pageLinks } from '../../lib/mcp/page-links.ts';
import { tools } from '../../lib/mcp/registry.ts';
import { obstaclesOf } from '../../lib/mcp/tools/dry-run-directive.ts';

const NOW_MS = Date.parse('2026-03-02T12:00:00Z');
const problemOf = (error: unknown) => new Problem(500, String(error));
const directive: AnsweredDirective = {
  ...{ id: 'd-1', summary: 'route around w-3', mode: 'auto', status: 'expired' },
  ...{ kind: 'route', params: { pool: 'w', weights: { 'w-3': 0.05 }, hot: [] } },
  ...{ issuedAt: '2026-03-02T10:00:00.000Z', expiresAt: '2026-03-02T10:15:00.000Z', alerts: [], evidence: [] },
  expected: {
    kpi: 'average_response_time',
    scope: 'pool:w',
    direction: 'down',
    size: 250,
    unit: 'ms',
    by: '2026-03-02T10:15:00.000Z',
  },
  blastRadius: { pool: 'w', agents: ['w-3'], capacityShare: 0.125 },
  undo: 'roll it back',
  effect: { state: 'measured', estimate: -231.4, low: -260.2, high: -198, unit: 'ms', verdict: 'helped' },
};

test('what is expected and what came of it are told with their units', () => {
  expect(expectedInWords(directive)).toBe(
    'average_response_time of pool:w down by 250 ms until 2026-03-02T10:15:00.000Z',
  );
  expect(effectInWords(directive.effect)).toBe('helped: -231.4 ms (-260.2 ms to -198 ms)');
  expect(effectInWords({ state: 'measuring' })).toBe('effect is measuring');
  expect(effectInWords({ state: 'measured', verdict: 'unmeasurable', reason: 'the load moved' })).toBe(
    'unmeasurable: the load moved',
  );
});

test('effects are those that were measured, newest first, page by page', async () => {
  const hours = [3, 2, 1, 0];
  const directives = hours.map((hour) => ({
    ...directive,
    ...{ id: `d-${hour}`, issuedAt: `2026-03-02T0${hour}:00:00.000Z` },
    effect: hour === 2 ? { state: 'pending' } : directive.effect,
  }));
  const call = { ask: async () => ({ directives }) as never, nowMs: NOW_MS, links: pageLinks(null), problemOf };
  const told = async (args: object) =>
    (await callTool(tools, { name: 'list_effects', arguments: { ...args } }, call)).structuredContent as {
      effects: { directive: string }[];
      next: string | null;
    };
  const first = await told({ limit: 2 });
  expect(first.effects.map((it) => it.directive)).toEqual(['d-3', 'd-1']);
  const rest = await told({ limit: 2, cursor: first.next });
  expect(rest).toMatchObject({ effects: [{ directive: 'd-0' }], next: null });
});

test.each([
  { name: 'a proposed one, with nothing in the way', status: 'proposed', policy: {}, says: [] },
  { name: 'one that is over', status: 'expired', policy: {}, says: [/it is expired: only proposed/] },
  { name: 'with the kill switch on', status: 'proposed', policy: { killSwitch: true }, says: [/kill switch is on/] },
  {
    name: 'while its pool is under maintenance',
    status: 'proposed',
    policy: { maintenance: [{ from: '2026-03-02T11:00:00Z', to: '2026-03-02T13:00:00Z', pool: 'w' }] },
    says: [/pool w is under maintenance: its approval is refused until 2026-03-02T13:00:00.000Z/],
  },
  {
    name: 'while all pools are',
    status: 'proposed',
    policy: { maintenance: [{ from: '2026-03-02T11:00:00Z', to: '2026-03-02T13:00:00Z' }] },
    says: [/pool w is under maintenance/],
  },
  {
    name: 'before the maintenance of another',
    status: 'proposed',
    policy: {
      maintenance: [
        { from: '2026-03-02T11:00:00Z', to: '2026-03-02T13:00:00Z', pool: 'x' },
        { from: '2026-03-02T12:30:00Z', to: '2026-03-02T13:00:00Z', pool: 'w' },
      ],
    },
    says: [],
  },
])('what stands in the way of $name', ({ status, policy, says }) => {
  const obstacles = obstaclesOf({ ...directive, status }, { killSwitch: false, maintenance: [], ...policy }, NOW_MS);
  expect(obstacles).toEqual(says.map((it) => expect.stringMatching(it)));
});

test.each<{ name: string; what: WhatItSets }>([
  {
    name: 'a failover to it',
    what: { ...directive, kind: 'failover', params: { from: 'w', to: 'x', taskTypes: [] } },
  },
  {
    name: 'a loan of its agents',
    what: { ...directive, kind: 'scale', params: { pool: 'w', pooling: { from: 'x', to: 'w', agents: ['x-1'] } } },
  },
])('maintenance of another pool stands in the way of $name', ({ what }) => {
  const maintenance = [{ from: '2026-03-02T11:00:00Z', to: '2026-03-02T13:00:00Z', pool: 'x' }];
  expect(obstaclesOf({ ...what, status: 'proposed' }, { killSwitch: false, maintenance }, NOW_MS)).toEqual([
    'pool x is under maintenance: its approval is refused until 2026-03-02T13:00:00.000Z',
  ]);
});
