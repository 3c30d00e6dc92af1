import { expect, test } from 'vitest';
import { episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

/** 120 tasks a minute, of which 2 % fail: a fifth of what the objective of 90 % allows. */
const fleet = scenarioWith({
  ...{ minutes: 90, arrivals: poisson(120) },
  pools: [poolSpec('writers', { agents: 12, slots: 4 })],
  taskTypes: [
    taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 8, cv: 1 }, failureShare: 0.02 }),
  ],
});
const budgets = {
  drafts: { kpi: 'task_completion_rate', scope: 'pool:writers', objective: 0.9, period: '30d', owner: 'support' },
};

test('while a budget lasts, nobody hears of it', async () => {
  expectNotices(await episode(fleet, { budgets }), []);
});

test('when most of the work fails, the owner of its budget is woken within five minutes', async () => {
  const lived = await episode(
    {
      ...fleet,
      faults: [{ kind: 'dependency_errors', atMinute: 40, minutes: 15, pools: ['writers'], share: 0.9 }],
    },
    { budgets },
  );
  const burn = { kind: 'budget_burn', pool: 'writers', team: 'support', scope: { budget: 'drafts' } } as const;
  const ofBudget = lived.notices.filter(({ attributes }) => attributes['kind'] === 'budget_burn');
  expectNotices({ notices: ofBudget }, [
    { ...burn, between: [42, 46], state: 'firing', severity: 'critical' },
    // Nobody has acknowledged it for ten minutes.
    { ...burn, between: [52, 57], state: 'firing', severity: 'critical' },
    { ...burn, between: [55, 75], state: 'resolved' },
  ]);
  expect(ofBudget[0]?.body).toMatchObject({
    unit: 'times',
    expected: 1,
    why: expect.stringContaining('Owner: support'),
  });
});

test('a slow burn is told as a ticket, long before the budget is spent', async () => {
  // Of an objective of 98 % some 7 % of the tasks go wrong: the budget of a day lasts seven hours.
  const lived = await episode(
    {
      ...{ ...fleet, minutes: 240 },
      faults: [{ kind: 'dependency_errors', atMinute: 60, minutes: 150, pools: ['writers'], share: 0.05 }],
    },
    { budgets: { drafts: { ...budgets.drafts, objective: 0.98, period: '1d' } } },
  );
  expectNotices(lived, [
    // Five in a hundred tasks are too few for any rate to stand out; an error that nobody knows is not.
    {
      between: [62, 70],
      state: 'firing',
      kind: 'anomaly',
      severity: 'medium',
      pool: 'writers',
      title: /^New error of \d+ agents/,
    },
    {
      ...{ between: [90, 125], state: 'firing', kind: 'budget_burn', severity: 'medium', team: 'support' },
      ...{ scope: { budget: 'drafts' }, title: /^Budget drafts is spent 3\.\d times as fast as it lasts$/ },
    },
    { between: [211, 225], state: 'resolved', kind: 'anomaly', pool: 'writers' },
  ]);
});
