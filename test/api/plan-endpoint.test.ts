import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../lib/api/openapi.ts';
import {
  planAnswer,
  planEndpoint,
  planWhatIfEndpoint,
  problemPlanAnswer,
  readWhatIfRequest,
  whatIfAnswer,
} from '../../lib/api/plan-endpoint.ts';
import { allocate } from '../../lib/core/optimize/allocate.ts';
import { loadLinearSolver } from '../../lib/highs/linear-solver.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';

const solver = await loadLinearSolver();
const document = openApiDocument({ readPlan: planEndpoint, planWhatIf: planWhatIfEndpoint });
const schemas = new OpenApiSchemas(JSON.parse(JSON.stringify(document)));
const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
const problem = {
  agents: [
    {
      id: 'a',
      pool: 'p',
      count: { now: 1 },
      costPerHourUsd: 1,
      maxUtilization: 0.5,
      skills: { t: { serviceMs: 6_000 } },
    },
  ],
  taskTypes: [{ id: 't', demandPerMin: 4.8 }],
};

describe('before the first plan', () => {
  test.each([
    { now: '10:19:59', next: /next at 2026-03-02T10:20:00/ },
    { now: '10:20:00', next: /next at 2026-03-02T11:20:00/ },
    { now: '23:59:00', next: /next at 2026-03-03T00:20:00/ },
  ])('at $now all fields are there, empty, with when there will be one', ({ now, next }) => {
    const answer = planAnswer(null, at(now));
    expect(schemas.violations('get', '/v1/plan', 200, answer)).toEqual([]);
    expect(answer).toMatchObject({
      resource_allocation: { agents: {}, shares: [], costPerHourUsd: null, status: null },
      ...{ predicted_bottlenecks: [], recommendations: [], duals: [], reason: expect.stringMatching(next) },
    });
  });

  test('there is nothing to change, but a problem can be planned for', () => {
    const refused = { status: 409, message: expect.stringMatching(/or send a whole planning problem as "problem"/) };
    expect(() => whatIfAnswer({ status: 'no-plan' }, at('10:00:00'))).toThrow(expect.objectContaining(refused));
  });
});

describe('what a plan is wanted for', () => {
  test('is changes to the plan in force, or a problem of its own', () => {
    expect(readWhatIfRequest({ factor: 2, workload: { t: 1 } })).toEqual({
      ...{ of: 'changes', what: { factor: 2, workload: { t: 1 } } },
    });
    expect(readWhatIfRequest({})).toEqual({ of: 'changes', what: {} });
    expect(readWhatIfRequest({ problem })).toEqual({ of: 'problem', problem });
  });

  test.each([
    { name: 'both', body: { problem, factor: 2 }, errors: [{ path: 'factor', code: 'inconsistent_fields' }] },
    {
      name: 'a problem that lacks something and has something odd',
      body: { problem: { taskTypes: [{ id: 't', demandPerMin: -1 }], x: 1 } },
      errors: [
        { path: 'problem.x', message: /^problem\.x: is not known: remove it/ },
        { path: 'problem.agents', message: /is missing/ },
        { path: 'problem.taskTypes[0].demandPerMin', message: /tasks a minute, a number from 0/ },
      ],
    },
    {
      name: 'a problem whose parts do not know each other',
      body: { problem: { ...problem, taskTypes: [{ id: 't', demandPerMin: 1, pool: 'q' }] } },
      errors: [{ path: 'problem.taskTypes[0].pool', message: /no agent is of pool "q"/ }],
    },
  ])('$name is a 422 that names each field', ({ body, errors }) => {
    const told = errors.map(({ message, ...rest }: { path: string; code?: string; message?: RegExp }) =>
      expect.objectContaining(message ? { ...rest, message: expect.stringMatching(message) } : rest),
    );
    expect(() => readWhatIfRequest(body)).toThrow(expect.objectContaining({ status: 422, errors: told }));
  });
});

describe('the answer to a problem', () => {
  const answerTo = (of: typeof problem) =>
    problemPlanAnswer({ allocation: allocate(of, solver), recommendations: [], compared: null }, at('10:00:00'));

  test('is its plan, with pools that are nearly full as bottlenecks and what one more agent is worth', () => {
    const answer = answerTo(problem);
    expect(schemas.violations('post', '/v1/plan', 200, answer)).toEqual([]);
    expect(answer).toMatchObject({
      resource_allocation: { agents: { p: 1 }, status: 'optimal', shares: [{ taskType: 't', agent: 'a', pool: 'p' }] },
      predicted_bottlenecks: [
        { rank: 1, kind: 'pool', id: 'p', evidence: ['96 % of its usable capacity is in use', /./] },
      ],
      ...{ trigger: 'what-if', madeAt: '2026-03-02T10:00:00.000Z', compared: null },
    });
    expect(answer['duals']).not.toEqual([]);
  });

  test('that cannot be had is infeasible, with why and the best safe plan', () => {
    const answer = answerTo({ ...problem, ...{ budgetUsdPerHour: 0.1 } });
    expect(schemas.violations('post', '/v1/plan', 200, answer)).toEqual([]);
    expect(answer).toMatchObject({
      resource_allocation: { status: 'infeasible', explanation: [{ message: /budget/ }] },
    });
  });
});
