import { expect, test } from 'vitest';
import { readProblem } from '../../../lib/core/optimize/read-problem.ts';

/** A problem that can be read, with changes at paths such as `agents.0.id`; undefined removes. */
function changed(changes: Record<string, unknown>): unknown {
  const problem: unknown = {
    agents: [
      { id: 'a', pool: 'north', count: { now: 2 }, costPerHourUsd: 1, skills: { triage: { serviceMs: 5_000 } } },
      { id: 'b', pool: 'south', count: { now: 1, min: 0, max: 3 }, costPerHourUsd: 2, skills: {} },
    ],
    taskTypes: [{ id: 'triage', demandPerMin: 12, pool: 'north' }],
  };
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() as string;
    let at = problem as Record<string, unknown>;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return problem;
}

test('a problem with nothing but what it needs is read', () => {
  expect(readProblem(changed({}))).toEqual({ status: 'read', problem: changed({}) });
});

test.each([
  { name: 'no object', changes: null, path: 'problem', message: 'must be an object with agents, taskTypes' },
  { name: 'no agents', changes: { agents: undefined }, path: 'agents', message: 'is missing' },
  {
    name: 'an unknown field',
    changes: { bugdet: 1 },
    path: 'bugdet',
    message: 'is not known: remove it, or use one of agents',
  },
  {
    name: 'a negative rate',
    changes: { 'taskTypes.0.demandPerMin': -1 },
    path: 'taskTypes[0].demandPerMin',
    message: 'must be tasks a minute, a number from 0 to 10000000; got -1',
  },
  {
    name: 'a rate that is no number',
    changes: { 'taskTypes.0.demandPerMin': Number.NaN },
    path: 'taskTypes[0].demandPerMin',
    message: 'got NaN',
  },
  {
    name: 'a service time of 0',
    changes: { 'agents.0.skills.triage.serviceMs': 0 },
    path: 'agents[0].skills.triage.serviceMs',
    message: 'above 0',
  },
  {
    name: 'a quality above 1',
    changes: { 'agents.0.skills.triage.quality': 80 },
    path: 'agents[0].skills.triage.quality',
    message: 'a share from 0 to 1',
  },
  {
    name: 'a success ratio of 0',
    changes: { 'agents.0.skills.triage.successRatio': 0 },
    path: 'agents[0].skills.triage.successRatio',
    message: 'above 0',
  },
  {
    name: 'half an agent',
    changes: { 'agents.0.count.now': 1.5 },
    path: 'agents[0].count.now',
    message: 'a whole number',
  },
  {
    name: 'least above most',
    changes: { 'agents.1.count.min': 4 },
    path: 'agents[1].count',
    message: 'min 4 is above max 3: lower min or raise max',
  },
  {
    name: 'most below what there is',
    changes: { 'agents.0.count.max': 1 },
    path: 'agents[0].count',
    message: 'min (taken from now) 2 is above max 1: lower min or raise max',
  },
  {
    name: 'an id twice',
    changes: { 'agents.1.id': 'a' },
    path: 'agents[1].id',
    message: '"a" is already an agent or group (agents[0]): rename one, or remove it',
  },
  {
    name: 'a skill for no task type',
    changes: { 'agents.1.skills.sumarize': { serviceMs: 1 } },
    path: 'agents[1].skills.sumarize',
    message: 'there is no task type "sumarize": add it to taskTypes, or remove the skill',
  },
  {
    name: 'a pool without agents',
    changes: { 'taskTypes.0.pool': 'west' },
    path: 'taskTypes[0].pool',
    message: 'no agent is of pool "west"',
  },
  {
    name: 'an unknown priority',
    changes: { 'taskTypes.0.priority': 'urgent' },
    path: 'taskTypes[0].priority',
    message: 'must be one of critical, high, normal, low; got "urgent"',
  },
  { name: 'a negative budget', changes: { budgetUsdPerHour: -3 }, path: 'budgetUsdPerHour', message: 'got -3' },
  {
    name: 'a share of nobody',
    changes: { 'current.shares': [{ taskType: 'triage', agent: 'c', tasksPerMin: 1 }] },
    path: 'current.shares[0].agent',
    message: 'there is no agent "c": remove the share',
  },
  {
    name: 'a step twice',
    changes: {
      'taskTypes.0.ladder': [
        { step: 's', workShare: 0, penaltyUsd: 0 },
        { step: 's', workShare: 1, penaltyUsd: 0 },
      ],
    },
    path: 'taskTypes[0].ladder[1].step',
    message: '"s" is declared twice: rename one',
  },
])('$name is refused where it stands, with how to mend it', ({ changes, path, message }) => {
  const read = readProblem(changes === null ? null : changed(changes));
  expect(read).toMatchObject({ status: 'malformed', faults: [{ path, message: expect.stringContaining(message) }] });
});

test('names of the language are no skills', () => {
  const problem = changed({ 'taskTypes.0.id': 'constructor', 'agents.0.skills': {} });
  expect(readProblem(problem).status).toBe('read');
});
