import { expect, test } from 'vitest';
import type { Alert } from '../../lib/dashboard/answers.ts';
import { byNow } from '../../lib/dashboard/by-now.ts';

const at = (clock: string) => `2026-03-02T${clock}:00Z`;
const NOW = Date.parse(at('10:42'));
const alert = (more: Partial<Alert> = {}) =>
  ({ scope: { pool: 'solo', agent: 'solo-1' }, state: 'firing', detectedAt: at('10:06'), ...more }) as Alert;
const agents = [
  { agent: 'solo-1', state: 'dead', since: at('10:03') },
  { agent: 'solo-2', state: 'degraded', since: at('10:03') },
];

test('a text of the minute of the death is told with how long it has lasted by now', () => {
  expect(byNow(alert(), agents, NOW)).toBe('Dead for 39\u00a0min by now');
});

test.each([
  { name: 'it was noticed just now', of: alert({ detectedAt: at('10:42') }) },
  { name: 'it is over', of: alert({ state: 'resolved' }) },
  { name: 'it is of a pool', of: alert({ scope: { pool: 'solo' } }) },
  { name: 'the agent is not gone', of: alert({ scope: { pool: 'solo', agent: 'solo-2' } }) },
  { name: 'the agent is not known', of: alert({ scope: { pool: 'solo', agent: 'solo-9' } }) },
])('nothing is added where $name', ({ of }) => {
  expect(byNow(of, agents, NOW)).toBeUndefined();
});
