import { expect, test } from 'vitest';
import { Problem } from '../../lib/api/problem.ts';
import { type AnsweredDirective, effectInWords, expectedInWords } from '../../lib/mcp/directive-row.ts';
import { callTool } from '../../lib/mcp/fleetpulse-server.ts';
import { pageLinks } from '../../lib/mcp/page-links.ts';
import { tools } from '../../lib/mcp/registry.ts';

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
  { name: 'a proposed one, with nothing in the way', answered: { status: 'proposed', obstacles: [] }, says: [] },
  {
    name: 'one that is over',
    answered: { status: 'expired' },
    says: ['it is expired: only proposed directives can be put in force'],
  },
  {
    name: 'one whose approval would be refused',
    answered: {
      status: 'proposed',
      obstacles: [
        { why: 'the kill switch is on', remedy: 'switch it off' },
        { why: 'pool w is under maintenance', remedy: 'wait', until: '2026-03-02T13:00:00.000Z' },
      ],
    },
    says: [
      'the kill switch is on: its approval is refused',
      'pool w is under maintenance: its approval is refused until 2026-03-02T13:00:00.000Z',
    ],
  },
])('what stands in the way of $name', async ({ answered, says }) => {
  const ask = async () => ({ ...directive, ...answered }) as never;
  const call = { ask, nowMs: NOW_MS, links: pageLinks(null), problemOf };
  const dry = await callTool(tools, { name: 'dry_run_directive', arguments: { directive: 'd-1' } }, call);
  expect((dry.structuredContent as { obstacles: string[] }).obstacles).toEqual(says);
});
