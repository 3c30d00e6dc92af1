import { describe, expect, test } from 'vitest';
import { policyAnswer, policyWarnings } from '../../lib/api/policy-endpoint.ts';
import { poolWarnings } from '../../lib/api/pools-endpoint.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { NO_CHANGES } from '../../lib/core/remediate/policy.ts';
import { modesAll } from '../fixtures/modes.ts';

const NOW_MS = 29_000_000 * MINUTE_MS;
const reported = new Set(['support', 'solo']);
const window = (pool: string | null, untilMs = NOW_MS + MINUTE_MS) => ({ fromMs: NOW_MS - MINUTE_MS, untilMs, pool });
const iso = (ms: number) => new Date(ms).toISOString();

describe('a change of the windows of maintenance', () => {
  test('of pools that are there, or of all, leaves nothing to warn of', () => {
    expect(policyWarnings({ maintenance: [window('support'), window(null)] }, reported, NOW_MS)).toEqual([]);
    expect(policyWarnings({}, reported, NOW_MS)).toEqual([]);
  });

  test('warns of a pool that nobody has reported from, and of a window that is over', () => {
    const maintenance = [window('support'), window('suport'), window('solo', NOW_MS)];
    expect(policyWarnings({ maintenance }, reported, NOW_MS)).toEqual([
      expect.stringMatching(
        /^maintenance\[1\]\.pool: no agent has reported from pool suport, .* Did you mean support\?/,
      ),
      `maintenance[2]: it was over at ${iso(NOW_MS)}, so it stops nothing and is not listed. Set it again with a later to, or leave it out.`,
    ]);
  });
});

test('windows that are over are not listed', () => {
  const windows = [window('support', NOW_MS - 1), window('solo', NOW_MS), window('support', NOW_MS + 1)];
  const changes = { ...NO_CHANGES, maintenance: { windows, by: 'ann', atMs: 0 } };
  const { maintenance } = policyAnswer({ modes: modesAll('auto') }, changes, { records: [], held: [], nowMs: NOW_MS });
  expect(maintenance).toEqual([{ from: iso(NOW_MS - MINUTE_MS), to: iso(NOW_MS + 1), pool: 'support' }]);
});

test('a change of a pool warns of each pool that it names and nobody has reported from', () => {
  const paths = (pool: string, request: Parameters<typeof poolWarnings>[1]) =>
    poolWarnings(pool, request, reported).map((text) => text.slice(0, text.indexOf(':')));
  expect(paths('solo', { backupPool: 'support', lendsTo: ['support'] })).toEqual([]);
  expect(paths('solo', { backupPool: null, lendsTo: null })).toEqual([]);
  expect(paths('solu', { backupPool: 'suport', lendsTo: ['support', 'writers'] })).toEqual([
    ...['/v1/pools/solu', 'backupPool', 'lendsTo[1]'],
  ]);
});
