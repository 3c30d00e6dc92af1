import { expect, test } from 'vitest';
import { poolDemand, staffByPool } from '../../../../lib/core/remediate/scale/pool-demand.ts';
import { type AgentDid, DecidedFleet, each, poolOf } from '../../../fixtures/decided-fleet.ts';

const agents = poolOf('writers', 10, 4);
const well: AgentDid = { completed: 12, serviceMs: 10_000, utilization: 0.5, queued: 0 };

function demandAfter(...minutes: Record<string, AgentDid>[]) {
  const fleet = new DecidedFleet('tune', agents, { writers: {} });
  for (const did of minutes) fleet.pass(did);
  const context = { ...fleet.context(), live: [] };
  return poolDemand(
    context,
    'writers',
    staffByPool(context).get('writers') ?? { working: [], idled: [], missing: [], unheard: [] },
  );
}

test('slots are those that agents sample, since a setting that was tuned is not declared anew', () => {
  expect(demandAfter(each(agents, well))).toMatchObject({ slots: 40, newestLoad: 20 });
  // Half of the slots, all of them at work.
  const tuned = { ...well, slots: 2, utilization: 1 };
  expect(demandAfter(each(agents, well), each(agents, tuned))).toMatchObject({ slots: 20, newestLoad: 20 });
});

test('slots of agents that send no samples are those that they declare', () => {
  const { utilization, queued, ...unsampled } = well;
  const some = { ...each(agents, well), ...each(agents.slice(0, 5), unsampled), 'writers-10': { ...well, slots: 8 } };
  expect(demandAfter(some)?.slots).toBe(5 * 4 + 4 * 4 + 8);
});
