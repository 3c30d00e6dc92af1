import { describe, expect, test } from 'vitest';
import { readBudgetRequest, setBudgetEndpoint } from '../../lib/api/budgets-endpoint.ts';
import { readJsonBody } from '../../lib/api/json-body.ts';
import { Problem } from '../../lib/api/problem.ts';

function read(body: Record<string, unknown>, keptDays = 400) {
  const raw = {
    body: JSON.stringify(body),
    isBase64Encoded: false,
    contentType: 'application/json',
    contentEncoding: undefined,
  };
  return readBudgetRequest(readJsonBody(raw, setBudgetEndpoint.body), keptDays);
}

function problemOf(body: Record<string, unknown>, keptDays?: number): Problem {
  try {
    read(body, keptDays);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const share = { kpi: 'task_completion_rate', scope: 'fleet', objective: 0.99, period: '30d' };
const latency = { ...share, kpi: 'average_response_time', limit: 2_000 };
const amount = { kpi: 'cost_per_task', scope: 'pool:writers', period: '7d', limit: 50 };

test('a budget is read as it is kept', () => {
  expect(read({ ...share, owner: 'content', revision: 3 })).toEqual({
    settings: { ...share, scope: { kind: 'fleet' }, limit: null, owner: 'content' },
    revision: 3,
  });
  expect(read(latency).settings).toMatchObject({ limit: 2_000, objective: 0.99 });
  expect(read({ ...amount, objective: null, owner: null })).toEqual({
    settings: { ...amount, scope: { kind: 'pool', id: 'writers' }, objective: null, owner: null },
  });
  const scopes = ['fleet', 'pool:a/b', 'agent:a:b', 'taskType:t', 'team:content'];
  expect(scopes.map((scope) => read({ ...share, scope }).settings.scope)).toEqual([
    { kind: 'fleet' },
    { kind: 'pool', id: 'a/b' },
    { kind: 'agent', id: 'a:b' },
    { kind: 'taskType', id: 't' },
    { kind: 'team', id: 'content' },
  ]);
});

describe('a budget that makes no sense is refused, naming the field and the fix', () => {
  test.each([
    {
      name: 'an unknown KPI',
      body: { ...share, kpi: 'speed' },
      path: 'kpi',
      says: /one of task_completion_rate, average_resp/,
    },
    {
      name: 'a KPI without budgets',
      body: { ...share, kpi: 'queue_depth' },
      path: 'kpi',
      says: /one of task_completion/,
    },
    { name: 'no KPI', body: { ...share, kpi: undefined }, path: 'kpi', says: /kpi is required/ },
    {
      name: 'an unknown scope',
      body: { ...share, scope: 'workflowType:w' },
      path: 'scope',
      says: /fleet, pool:ID, agent:ID, taskType:ID, team:ID/,
    },
    { name: 'a scope without an id', body: { ...share, scope: 'pool:' }, path: 'scope', says: /pool:ID/ },
    { name: 'an id that none can be', body: { ...share, scope: 'pool:a b' }, path: 'scope', says: /pool:ID/ },
    {
      name: 'a scope that the KPI does not have',
      body: { ...latency, kpi: 'end_to_end_latency', scope: 'team:t' },
      path: 'scope',
      says: /not defined for team: use fleet$/,
    },
    {
      name: 'a task type that is not available',
      body: { ...share, kpi: 'system_availability', scope: 'taskType:t' },
      path: 'scope',
      says: /use fleet, pool, agent, team$/,
    },
    {
      name: 'no objective of a share',
      body: { ...share, objective: undefined },
      path: 'objective',
      says: /between 0 and 1/,
    },
    ...[0, 1, 99.9, -0.5, '0.99', null].map((objective) => ({
      ...{ name: `an objective of ${objective}`, body: { ...share, objective }, path: 'objective' },
      says: /a share between 0 and 1, neither included, such as 0.99/,
    })),
    { name: 'an objective of an amount', body: { ...amount, objective: 0.9 }, path: 'objective', says: /leave it out/ },
    ...['30', '0d', '91d', '30m', '2161h', 30].map((period) => ({
      ...{ name: `a period of ${period}`, body: { ...share, period }, path: 'period' },
      says: /hours or days from 1h to 90d, such as 30d/,
    })),
    { name: 'no period', body: { ...share, period: undefined }, path: 'period', says: /period is required/ },
    {
      name: 'no limit of a latency',
      body: { ...latency, limit: undefined },
      path: 'limit',
      says: /required for average_response_time, in ms/,
    },
    {
      name: 'no limit of an amount',
      body: { ...amount, limit: undefined },
      path: 'limit',
      says: /how many usd may be spent/,
    },
    {
      name: 'a limit of a plain share',
      body: { ...share, limit: 5 },
      path: 'limit',
      says: /limit is not for task_completion_rate.*leave it out/,
    },
    { name: 'a limit of 0', body: { ...latency, limit: 0 }, path: 'limit', says: /a number above 0/ },
    { name: 'a misspelt field', body: { ...share, target: 1 }, path: 'target', says: /use kpi, scope, period/ },
    { name: 'a revision that none can be', body: { ...share, revision: -1 }, path: 'revision', says: /whole number/ },
  ])('$name', ({ body, path, says }) => {
    const { status, errors, message } = problemOf(body);
    expect({ status, paths: errors.map((it) => it.path) }).toEqual({ status: 422, paths: [path] });
    expect(message).toMatch(says);
  });

  test('everything that is wrong at once', () => {
    const { errors } = problemOf({ ...amount, kpi: 'system_availability', scope: 'taskType:t' });
    expect(errors.map(({ path, code }) => [path, code])).toEqual([
      ['scope', 'inconsistent_fields'],
      ['objective', 'missing_field'],
      ['limit', 'inconsistent_fields'],
    ]);
  });

  test('a period beyond what is kept', () => {
    expect(read({ ...share, period: '48h' }, 2).settings.period).toBe('48h');
    expect(problemOf({ ...share, period: '49h' }, 2)).toMatchObject({
      ...{ status: 400, errors: [{ path: 'period' }] },
      message: 'period must be at most 2d, as long as figures are kept; got 49h',
    });
  });
});
