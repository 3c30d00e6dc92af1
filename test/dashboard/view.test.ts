import { describe, expect, test } from 'vitest';
import { readView, type View, viewQuery } from '../../lib/dashboard/view.ts';

const present: View = {
  tab: 'now',
  window: '15m',
  atMs: null,
  pool: null,
  state: null,
  severity: null,
  kind: null,
  alertState: null,
  find: null,
  sort: null,
  list: null,
  agent: null,
  alert: null,
  week: null,
  compared: null,
  ahead: null,
  what: null,
};

test('the view without a query follows the present, and needs none', () => {
  expect(readView('')).toEqual(present);
  expect(viewQuery(present)).toBe('');
});

describe('a link reproduces the view', () => {
  test.each<Partial<View>>([
    { window: '6h' },
    { atMs: Date.parse('2026-11-24T10:32:00Z') },
    { pool: 'writers', state: 'dead' },
    { agent: 'a/b:c@d' },
    { find: 'writer', sort: '-p95', week: '2026-W47' },
    { tab: 'alerts', severity: 'high', kind: 'system_failure', alertState: 'firing' },
    { tab: 'settings' },
    { find: 'writer', week: '2026-W47' },
    { alert: 'gvc7o-e5fffd2196b4054a', window: '1d' },
  ])('%o', (change) => {
    const view = { ...present, ...change };
    expect(readView(viewQuery(view))).toEqual(view);
  });
});

describe('what a query cannot mean is as if it were not there', () => {
  test.each(['?window=soon', '?window=91d', '?window=', '?at=yesterday', '?pool=', '?tab=elsewhere', '?other=1'])(
    '%s',
    (query) => {
      expect(readView(query)).toEqual(present);
    },
  );
});

test('of an alert and an agent, the alert is opened', () => {
  expect(readView('?agent=a&alert=b')).toEqual({ ...present, alert: 'b' });
});
