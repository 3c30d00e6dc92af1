import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import { powerOfTwo } from '../../../lib/sim/policy/power-of-two.ts';
import { readScenario } from '../../../lib/sim/scenario/read-scenario.ts';
import { scenarioJsonSchema } from '../../../lib/sim/scenario/scenario-schema.ts';

const small = {
  name: 'small',
  why: 'shows how little a file needs',
  minutes: 60,
  pools: [
    { pool: 'triage', agents: 4 },
    { pool: 'expert', agents: 10, slots: 4, zones: 2 },
  ],
  taskTypes: [
    { taskType: 'sort', pool: 'triage', service: { meanS: 2 } },
    { taskType: 'solve', pool: 'expert', service: { meanS: 12 } },
  ],
  workflows: [
    {
      workflowType: 'ticket',
      steps: [{ taskType: 'sort' }, { taskType: 'solve', after: ['sort'], repeatShare: 0.1 }],
    },
  ],
  arrivals: { kind: 'poisson', perMinute: 60 },
  faults: [{ kind: 'slow', atMinute: 20, minutes: 10, targets: { pool: 'expert', count: 2 }, factor: 5 }],
};

function problems(change: Record<string, unknown>): string[] {
  const result = readScenario(JSON.parse(JSON.stringify({ ...small, ...change })));
  return result.status === 'invalid' ? result.problems : [];
}

test('a small file is enough to run', () => {
  const result = readScenario(small);
  if (result.status === 'invalid') throw new Error(result.problems.join('\n'));
  const { scenario } = result;
  expect(scenario.startMs).toBe(Date.UTC(2026, 5, 3, 8));
  expect(scenario.pools[1]).toMatchObject({ min: 1, max: 20, provisioning: { medianS: 90, sigma: 0.3 } });
  expect(scenario.taskTypes[1]).toMatchObject({
    service: { kind: 'lognormal', meanS: 12, cv: 1 },
    slaS: 60,
    timeoutS: 120,
  });
  expect(scenario.workflows[0]).toMatchObject({ weight: 1, slaS: 70 });
  expect(scenario.workflows[0]?.steps.map(({ step }) => step)).toEqual(['sort', 'solve']);
  const outcome = new Simulation({ scenario, seed: 1, policy: powerOfTwo }).run();
  expect(outcome.workflows.reduce((sum, { completed }) => sum + completed, 0)).toBeGreaterThan(3_000);
});

test('without workflows each task type is one', () => {
  const { workflows: _, ...rest } = small;
  expect(readScenario(rest)).toMatchObject({
    scenario: {
      workflows: [
        { workflowType: 'sort', slaS: 10 },
        { workflowType: 'solve', slaS: 60 },
      ],
    },
  });
});

describe('says what is wrong with a field:', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['missing', { minutes: undefined }, 'minutes is required: it must be a number'],
    ['of another type', { minutes: 'an hour' }, 'minutes must be a number; got "an hour"'],
    ['not whole', { minutes: 1.5 }, 'minutes must be a whole number; got 1.5'],
    ['too small', { pools: [{ pool: 'triage', agents: 0 }] }, 'pools[0].agents must be 1 or more; got 0'],
    [
      'unknown',
      { pools: [{ ...small.pools[0], slot: 3 }, small.pools[1]] },
      'pools[0].slot: there is no such field; leave it out',
    ],
    [
      'a time of another form',
      { start: 'today' },
      'start must be an ISO time in UTC such as 2026-06-03T08:00:00Z; got "today"',
    ],
    [
      'a name with a blank',
      { name: 'two words' },
      'name must be 1 to 48 characters of A-Z a-z 0-9 . _ -; got "two words"',
    ],
    [
      'a choice that there is not',
      { taskTypes: [{ ...small.taskTypes[0], priority: 'urgent' }, small.taskTypes[1]] },
      'taskTypes[0].priority must be one of critical, high, normal, low; got "urgent"',
    ],
  ])('%s', (_name, change, problem) => {
    expect(problems(change)).toEqual([problem]);
  });

  test('a kind of fault or arrivals that there is not', () => {
    expect(problems({ faults: [{ kind: 'slwo', atMinute: 1 }] })).toEqual([
      expect.stringMatching(/^faults\[0\]\.kind must be one of slow, fail_fast, .*planned_load; got "slwo"$/),
    ]);
    expect(problems({ arrivals: { perMinute: 3 } })).toEqual([
      'arrivals.kind is required: it must be one of poisson, recorded, closed',
    ]);
  });

  test('targets that are none of the forms', () => {
    expect(problems({ faults: [{ kind: 'hang', atMinute: 1, targets: { pool: 'expert' } }] })).toEqual([
      'faults[0].targets must be {agents}, {pool, count}, {pool, share} or {pool, zone}; got an object',
    ]);
  });
});

describe('says what does not fit together:', () => {
  const fault = (about: Record<string, unknown>) => ({ faults: [{ atMinute: 1, ...about }] });
  const steps = (...list: Record<string, unknown>[]) => ({ workflows: [{ workflowType: 'ticket', steps: list }] });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a fault of an unknown pool',
      fault({ kind: 'hang', targets: { pool: 'x', count: 1 } }),
      'faults[0].targets.pool: there is no pool "x"; pools are triage, expert',
    ],
    [
      'one of several pools',
      fault({ kind: 'dependency_slow', pools: ['expert', 'x'], factor: 2 }),
      'faults[0].pools[1]: there is no pool "x"; pools are triage, expert',
    ],
    [
      'a fault of an unknown task type',
      fault({ kind: 'poison_type', taskType: 'x', share: 0.1, factor: 2 }),
      'faults[0].taskType: there is no task type "x"; task types are sort, solve',
    ],
    [
      'a fault of an unknown agent',
      fault({ kind: 'hang', targets: { agents: ['triage-05'] } }),
      'faults[0].targets.agents[0]: there is no agent "triage-05" at the start; agents are named pool-01, pool-02 and so on',
    ],
    [
      'more targets than agents',
      fault({ kind: 'hang', targets: { pool: 'triage', count: 5 } }),
      'faults[0].targets.count must not be above the agents of the pool (4); got 5',
    ],
    [
      'a fault after the end',
      fault({ kind: 'load_spike', factor: 2, atMinute: 60 }),
      'faults[0].atMinute must be below minutes (60); got 60',
    ],
    [
      'a fault that outlasts the scenario',
      fault({ kind: 'load_spike', factor: 2, atMinute: 50, minutes: 20 }),
      'faults[0].minutes: the fault ends at minute 70, after the scenario (60); shorten it, or leave minutes out for "until the end"',
    ],
    [
      'a zone that there is not',
      fault({ kind: 'zone_loss', zone: 2 }),
      'faults[0].zone must be below the number of zones (2), counted from 0; got 2',
    ],
    [
      'work sent back and forth to oneself',
      fault({ kind: 'ping_pong', taskTypes: ['sort', 'sort'], share: 0.5 }),
      'faults[0].taskTypes must be two different task types; got "sort" twice',
    ],
    [
      'a step of an unknown type',
      steps({ taskType: 'sotr' }),
      'workflows[0].steps[0].taskType: there is no task type "sotr"; task types are sort, solve',
    ],
    [
      'a step after an unknown one',
      steps({ taskType: 'sort' }, { taskType: 'solve', after: ['x'] }),
      'workflows[0].steps[1].after[0]: there is no step "x"; steps are sort, solve',
    ],
    [
      'steps in a circle',
      steps({ taskType: 'sort', after: ['solve'] }, { taskType: 'solve', after: ['sort'] }),
      'workflows[0].steps wait for each other in a circle: sort after solve after sort; break it',
    ],
    [
      'two steps of one name',
      steps({ taskType: 'sort' }, { taskType: 'sort' }),
      'workflows[0].steps[1].step: "sort" is taken by workflows[0].steps[0]; names must differ',
    ],
    [
      'a minimum above the maximum',
      { pools: [{ pool: 'triage', agents: 4, min: 6, max: 5 }, small.pools[1]] },
      'pools[0].min must not be above max (5); got 6',
    ],
    [
      'an unknown backup pool',
      { pools: [{ ...small.pools[0], backupPool: 'x' }, small.pools[1]] },
      'pools[0].backupPool: there is no pool "x"; pools are triage, expert',
    ],
    [
      'a pool without work',
      { pools: [...small.pools, { pool: 'idle', agents: 1 }] },
      'pools[2].pool: "idle" serves no task type and backs no pool up; give it one or leave it out',
    ],
    [
      'a limit that nothing can miss',
      { taskTypes: [{ ...small.taskTypes[0], slaS: 60, timeoutS: 30 }, small.taskTypes[1]] },
      'taskTypes[0].timeoutS must be slaS (60) or more, or nothing could be late; got 30',
    ],
    [
      'nothing to judge',
      { warmUpMinutes: 60 },
      'warmUpMinutes must be below minutes (60), or nothing is judged; got 60',
    ],
    [
      'a start within a minute',
      { start: '2026-06-03T08:00:30Z' },
      'start must be a whole minute, such as 2026-06-03T08:00:00Z',
    ],
  ])('%s', (_name, change, problem) => {
    expect(problems(change)).toContain(problem);
  });
});

test('all problems come at once', () => {
  expect(problems({ minutes: 0, pools: [] })).toHaveLength(2);
});

test('the JSON Schema accepts what is read and refuses what is not', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const accepts = ajv.compile(scenarioJsonSchema());
  expect(accepts(small)).toBe(true);
  expect(accepts({ ...small, minutes: 0 })).toBe(false);
  expect(accepts({ ...small, faults: [{ kind: 'slow', atMinute: 1 }] })).toBe(false);
});
