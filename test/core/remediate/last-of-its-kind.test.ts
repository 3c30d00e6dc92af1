import { expect, test } from 'vitest';
import { DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';

const members = poolOf('w', 4, 4);

test.each([
  { what: 'is cut off though it says that it cannot do what nobody does', own: 0, ofOthers: null, cutOff: ['w-01'] },
  { what: 'is not cut off where the others say that they cannot do what it does', own: 1, ofOthers: 0, cutOff: [] },
  { what: 'is cut off where the others can', own: 1, ofOthers: 0.5, cutOff: ['w-01'] },
])('an agent that fails $what', ({ own, ofOthers, cutOff }) => {
  const fleet = new DecidedFleet('breaker', members);
  for (const { agent } of members) {
    const translate = agent === 'w-01' ? own : ofOthers;
    const description = fleet.roster.get(agent)?.description;
    if (description) description.skills = { write: 1, ...(translate !== null && { translate }) };
  }
  const writes = { completed: 20, taskType: 'write' };
  for (let i = 0; i < 5; i++) fleet.pass(each(members, writes));
  fleet.pass({ ...each(members, writes), 'w-01': { failed: 20, serviceMs: 100, taskType: 'write' } });
  expect(fleet.active.map(({ subject }) => subject)).toEqual(cutOff);
});
