import { describe, expect, test } from 'vitest';
import type { Alert, Severity } from '../../../lib/core/alert/alert.ts';
import { alertsAt } from '../../../lib/core/alert/alerts-at.ts';
import { needingAttention } from '../../../lib/core/alert/attention.ts';
import type { AgentStateName } from '../../../lib/core/detect/agent-state.ts';
import { fleetVerdict } from '../../../lib/core/detect/fleet-verdict.ts';
import { freshnessAt } from '../../../lib/core/kpi/freshness.ts';

const ONSET_MS = Date.parse('2026-03-02T18:24:30Z');
const ok = { status: 'ok', dataAgeMs: 0 } as const;
const slow = { title: 'Agent conv-07 takes 7.9 times as long as its pool', onsetMs: ONSET_MS } as Alert;
const silent = { title: 'Pool conv: 4 of 10 agents fell silent together', onsetMs: ONSET_MS } as Alert;
const many = (state: AgentStateName, count: number): AgentStateName[] => Array.from({ length: count }, () => state);

test.each([
  { states: many('healthy', 20), said: 'All 20 agents are healthy' },
  { known: 20, states: [], said: 'All 20 agents have stopped or left' },
  { states: many('healthy', 1), said: 'The only agent is healthy' },
  {
    states: [...many('healthy', 17), ...many('idle', 3)],
    said: '17 of 20 agents are healthy and 3 have no work; nothing is known to be wrong',
  },
  { states: many('idle', 2), said: 'None of 2 agents is at work, and nothing is known to be wrong' },
  {
    states: [...many('healthy', 19), 'degraded' as const],
    attention: [slow],
    said: '1 of 20 agents needs attention: agent conv-07 takes 7.9 times as long as its pool since 18:24 UTC',
  },
  {
    states: [...many('healthy', 16), ...many('dead', 4)],
    attention: [silent, slow],
    said: '4 of 20 agents need attention: pool conv: 4 of 10 agents fell silent together since 18:24 UTC',
  },
  { states: ['dead' as const], attention: [], said: 'The only agent needs attention: 1 dead' },
  {
    states: [...many('healthy', 16), 'silent' as const, ...many('hung', 3)],
    said: '4 of 20 agents need attention: 3 hung, 1 silent',
  },
  {
    states: many('healthy', 20),
    attention: [silent],
    said: 'Pool conv: 4 of 10 agents fell silent together since 18:24 UTC; no single agent needs attention',
  },
])('says "$said"', ({ known, states, attention, said }) => {
  expect(fleetVerdict(known ?? states.length, states, attention ?? [], ok)).toBe(said);
});

test('says that no agent has reported, and what to do', () => {
  expect(fleetVerdict(0, [], [], ok)).toMatch(/^No agent has reported yet: send events to POST \/v1\/events/);
});

test('says first of all that data is old', () => {
  const verdict = fleetVerdict(20, many('healthy', 20), [slow], { status: 'behind', dataAgeMs: 7.9 * 60_000 });
  expect(verdict).toBe('Data is 7 minutes old: the minute job is behind');
});

test.each([
  { name: 'of the minute that has just ended', doneThrough: 9, atMinute: 10, expected: { status: 'ok', dataAgeMs: 0 } },
  { name: 'three minutes old', doneThrough: 9, atMinute: 13, expected: { status: 'ok', dataAgeMs: 180_000 } },
  {
    name: 'older',
    doneThrough: 9,
    atMinute: 13.001,
    expected: { status: 'behind', dataAgeMs: expect.closeTo(180_060) },
  },
  { name: 'newer than the moment asked for', doneThrough: 9, atMinute: 5, expected: { status: 'ok', dataAgeMs: 0 } },
  { name: 'not there yet', doneThrough: null, atMinute: 13, expected: { status: 'starting', dataAgeMs: null } },
])('figures are $name: $expected.status', ({ doneThrough, atMinute, expected }) => {
  expect(freshnessAt(doneThrough, atMinute * 60_000)).toEqual(expected);
});

describe('attention', () => {
  const alert = (agent: string, severity: Severity, onsetMs: number): Alert =>
    ({ id: `${agent}-${severity}`, scope: { pool: 'p', agent }, severity, onsetMs }) as Alert;

  test('goes to the worst first, then to what has lasted longest, once for each subject', () => {
    const firing = [alert('a', 'medium', 1), alert('b', 'high', 3), alert('c', 'high', 2), alert('a', 'critical', 9)];
    expect(needingAttention(firing, 7).map(({ id }) => id)).toEqual(['a-critical', 'c-high', 'b-high']);
    expect(needingAttention(firing, 2)).toHaveLength(2);
  });

  describe('goes to what explains before what it explains:', () => {
    const ofPool = (rule: string, severity: Severity, onsetMs: number, pool = 'solo'): Alert =>
      ({ id: rule, rule, fingerprint: rule, scope: { pool }, state: 'firing', severity, onsetMs }) as Alert;
    const ids = (...firing: Alert[]) => needingAttention(firing, 7).map(({ id }) => id);

    test('agents that fell silent together, and not that their pool does nothing, though that was seen from earlier on', () => {
      const [stopped, silent] = [ofPool('work-stopped', 'critical', 1), ofPool('pool-silent', 'critical', 2)];
      expect(ids(stopped, silent)).toEqual(['pool-silent']);
      expect(fleetVerdict(2, many('silent', 2), needingAttention([stopped, { ...silent, title: 'T' }], 7), ok)).toMatch(
        /^2 of 2 agents need attention: T since/,
      );
    });

    test('but what is worse than what explains it stays', () => {
      expect(ids(ofPool('work-stopped', 'critical', 2), ofPool('pool-degraded', 'high', 1))).toEqual(['work-stopped']);
    });

    test('and what is explained by nothing that fires keeps its place', () => {
      const [stopped, silent] = [ofPool('work-stopped', 'critical', 1), ofPool('pool-silent', 'critical', 2, 'other')];
      expect(ids(stopped, silent)).toEqual(['work-stopped', 'pool-silent']);
    });
  });

  test('is for alerts that fire at the moment: detected by then, and not resolved', () => {
    const lasting = (detectedMs: number, resolvedMs: number | null) => ({ detectedMs, resolvedMs }) as Alert;
    const [past, present, open, future] = [lasting(1, 4), lasting(2, 6), lasting(5, null), lasting(6, null)];
    const at = alertsAt(
      [past, present, open, future].filter((it) => it !== undefined),
      5,
    );
    expect(at).toEqual({ firing: [present, open], lastResolvedMs: 4 });
  });
});
