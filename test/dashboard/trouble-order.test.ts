import { describe, expect, test } from 'vitest';
import { alertsAsOf } from '../../lib/dashboard/alerts-as-of.ts';
import { countStates, firingFirst, isTrouble, troubleFirst } from '../../lib/dashboard/trouble-order.ts';
import { alertWith } from './alerts.ts';

const agent = (id: string, state: string, since = '2026-11-24T10:00:00Z') => ({ id, state, since });

test('trouble comes first, the newest of it first; the others keep the order of their names', () => {
  const rows = [
    agent('b-10', 'healthy', '2026-11-24T10:59:00Z'),
    agent('b-2', 'healthy'),
    agent('stopped', 'stopped'),
    agent('idle', 'idle'),
    agent('old', 'degraded', '2026-11-24T09:00:00Z'),
    agent('new', 'degraded', '2026-11-24T10:30:00Z'),
    agent('silent', 'silent'),
    agent('hung', 'hung'),
    agent('dead', 'dead', '2026-11-23T00:00:00Z'),
    agent('strange', 'haunted'),
  ];
  expect(troubleFirst(rows, ({ id }) => id).map(({ id }) => id)).toEqual([
    'dead',
    'hung',
    'silent',
    'new',
    'old',
    'strange',
    'idle',
    'b-2',
    'b-10',
    'stopped',
  ]);
});

test('states are counted, worst first', () => {
  expect(countStates([agent('a', 'healthy'), agent('b', 'dead'), agent('c', 'healthy')])).toEqual([
    { state: 'dead', count: 1 },
    { state: 'healthy', count: 2 },
  ]);
});

test.each([
  ['dead', true],
  ['hung', true],
  ['silent', true],
  ['degraded', true],
  ['idle', false],
  ['healthy', false],
  ['haunted', false],
])('%s is trouble: %s', (state, expected) => {
  expect(isTrouble(state)).toBe(expected);
});

describe('alerts', () => {
  test('that fire come first, the worst first, then the latest', () => {
    const alerts = [
      alertWith({ id: 'over', state: 'resolved', onsetAt: '2026-11-24T10:50:00Z' }),
      alertWith({ id: 'medium', severity: 'medium' }),
      alertWith({ id: 'earlier', onsetAt: '2026-11-24T09:00:00Z' }),
      alertWith({ id: 'later', onsetAt: '2026-11-24T10:00:00Z' }),
    ];
    expect(firingFirst(alerts).map(({ id }) => id)).toEqual(['later', 'earlier', 'medium', 'over']);
  });

  test('stand as they stood at the moment that is looked at', () => {
    const atMs = Date.parse('2026-11-24T10:10:00Z');
    const alerts = [
      alertWith({ id: 'noticed later', detectedAt: '2026-11-24T10:11:00Z' }),
      alertWith({ id: 'resolved later', state: 'resolved', resolvedAt: '2026-11-24T10:11:00Z' }),
      alertWith({ id: 'resolved before', state: 'resolved', resolvedAt: '2026-11-24T10:09:00Z' }),
      alertWith({ id: 'firing' }),
    ];
    expect(alertsAsOf(alerts, atMs).map(({ id, state, resolvedAt }) => ({ id, state, resolvedAt }))).toEqual([
      { id: 'resolved later', state: 'firing', resolvedAt: undefined },
      { id: 'resolved before', state: 'resolved', resolvedAt: '2026-11-24T10:09:00Z' },
      { id: 'firing', state: 'firing', resolvedAt: undefined },
    ]);
  });
});
