import { expect, test } from 'vitest';
import { readCapacity } from '../../lib/app/read-capacity.ts';
import { noWatch } from '../../lib/core/detect/watch.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../lib/core/model/time.ts';
import type { BudgetScope } from '../../lib/core/slo/budget.ts';
import { countMinute, emptyTally } from '../../lib/core/slo/budget-tally.ts';
import { AMOUNT_PARTS } from '../../lib/core/slo/tally-minute.ts';
import { poolOf } from '../fixtures/decided-fleet.ts';

const MINUTE = 29_000_000;

/** Of a pool with agents of two teams, of which the second said so last, and a budget of 100 USD that is spent. */
async function levelWith(scope: BudgetScope): Promise<string[]> {
  const agents = poolOf('writers', 2, 4).map(({ agent, pool, capacity }, i) => ({
    ...{ agent, firstSeenMs: 0, lastSeenMs: 0, firstBeatMs: 0, lastBeat: null },
    describedBy: { eventId: agent, atMs: i },
    description: { type: 'agent' as const, agent, pool, capacity, team: i === 0 ? 'content' : 'sales' },
  }));
  const budget = {
    ...{ name: 'money', kpi: 'cost_per_task' as const, scope, objective: null, period: '30d', limit: 100 },
    ...{ owner: null, updatedAtMs: 0, updatedBy: 'ann' },
  };
  const tally = emptyTally(30 * DAY_MINUTES);
  countMinute(tally, MINUTE, { bad: 200 * AMOUNT_PARTS, total: 200 * AMOUNT_PARTS });
  const deps = {
    watch: { read: async () => ({ ...noWatch(), budgets: new Map([['money', { tally }]]) }) },
    budgets: { list: async () => [{ revision: 1, budget }] },
    directives: { open: async () => [] },
    fleet: { roster: async () => new Map(agents.map((entry) => [entry.agent, entry])) },
    plans: { readPlanHead: async () => null },
    policies: { read: async () => null },
  };
  const read = await readCapacity(deps as unknown as Parameters<typeof readCapacity>[0], 'default', MINUTE * MINUTE_MS);
  return read.map(({ pool, level }) => `${pool} ${level}`);
}

test.each<[BudgetScope, string]>([
  [{ kind: 'fleet' }, 'writers shed'],
  // The first in the alphabet owns it, as budgets are counted.
  [{ kind: 'team', id: 'content' }, 'writers shed'],
  [{ kind: 'team', id: 'sales' }, 'writers accept'],
])('a spent budget of %o: %s', async (scope, level) => {
  expect(await levelWith(scope)).toEqual([level]);
});
