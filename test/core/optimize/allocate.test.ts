import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomProblem } from '../../../bench/allocate/random-problem.ts';
import { allocate } from '../../../lib/core/optimize/allocate.ts';
import type { AgentGroup, AllocationProblem, TaskDemand } from '../../../lib/core/optimize/allocation-problem.ts';
import { checkPlan } from '../../../lib/core/optimize/check-plan.ts';
import type { LinearSolver } from '../../../lib/core/optimize/linear-program.ts';
import { readProblem } from '../../../lib/core/optimize/read-problem.ts';
import { settleProblem } from '../../../lib/core/optimize/settle-problem.ts';
import { loadLinearSolver } from '../../../lib/highs/linear-solver.ts';
import { arbitraryAllocation } from '../../fixtures/arbitrary-allocation.ts';
import { bruteForceObjective, leastWorstShare } from '../../fixtures/brute-force-allocation.ts';

let solver: LinearSolver;

beforeAll(async () => {
  solver = await loadLinearSolver();
});

const exact = { relativeGap: 0, timeLimitS: 60 };

/** One agent that does ten tasks a minute of each type named: 6 s each, one slot, all of it usable. */
function agent(id: string, types: string[], more: Partial<AgentGroup> = {}): AgentGroup {
  return {
    id,
    pool: 'pool',
    count: { now: 1 },
    costPerHourUsd: 1,
    maxUtilization: 1,
    skills: Object.fromEntries(types.map((type) => [type, { serviceMs: 6_000 }])),
    ...more,
  };
}

function tasks(id: string, demandPerMin: number, more: Partial<TaskDemand> = {}): TaskDemand {
  return { id, demandPerMin, penaltyUsd: 1, ...more };
}

function unservedOf(problem: AllocationProblem): Record<string, number> {
  const { unserved } = allocate(problem, solver, exact);
  return Object.fromEntries(unserved.map(({ taskType, share }) => [taskType, Number(share.toFixed(6))]));
}

describe('the least objective is that of enumerating every count', () => {
  const small = arbitraryAllocation({ agents: 4, taskTypes: 4, mostAgents: 2 });
  const options = fc.record({
    budgetUsdPerHour: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
    qualityUsdPerTask: fc.constantFrom(0, 0.05),
    pooling: fc.constantFrom({}, { allowed: false }, { maxLentShare: 0.5 }),
  });

  test('within a thousandth of a thousandth, for 300 problems', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(small, options, (base, { budgetUsdPerHour, ...rest }) => {
        const problem: AllocationProblem = {
          ...base,
          ...rest,
          fairness: 'none',
          ...(budgetUsdPerHour !== undefined && { budgetUsdPerHour }),
        };
        expect(readProblem(problem).status).toBe('read');
        const best = bruteForceObjective(problem);
        const answer = allocate(problem, solver, exact);
        if (best === Number.POSITIVE_INFINITY) {
          expect(answer.status).toBe('infeasible');
          expect(answer.explanation[0]?.path).toBe('budgetUsdPerHour');
        } else {
          expect(answer.status).toBe('optimal');
          expect(Math.abs(answer.objectiveUsdPerHour - best)).toBeLessThanOrEqual(1e-6 * Math.max(1, best));
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('what must hold between problems', () => {
  const problems = arbitraryAllocation({ agents: 5, taskTypes: 4, mostAgents: 2 }).map(
    (problem): AllocationProblem => ({ ...problem, fairness: 'none' }),
  );
  const objective = (problem: AllocationProblem) => allocate(problem, solver, exact).objectiveUsdPerHour;
  const atMost = (limit: number) => limit + 1e-6 * Math.max(1, limit);

  test('one more agent that may be there never costs more', () => {
    fc.assert(
      fc.property(problems, fc.nat(), (problem, pick) => {
        const agents = problem.agents.map((it, i) =>
          i === pick % problem.agents.length ? { ...it, count: { ...it.count, max: it.count.max! + 1 } } : it,
        );
        expect(objective({ ...problem, agents })).toBeLessThanOrEqual(atMost(objective(problem)));
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  test('one more skill never costs more', () => {
    fc.assert(
      fc.property(problems, fc.nat(), fc.nat(), (problem, pick, type) => {
        const taskType = problem.taskTypes[type % problem.taskTypes.length]!.id;
        const agents = problem.agents.map((it, i) =>
          i === pick % problem.agents.length
            ? { ...it, skills: { [taskType]: { serviceMs: 4_000 }, ...it.skills } }
            : it,
        );
        expect(objective({ ...problem, agents })).toBeLessThanOrEqual(atMost(objective(problem)));
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test('all money times three is the objective times three', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const scaled: AllocationProblem = {
          ...problem,
          agents: problem.agents.map((it) => ({
            ...it,
            costPerHourUsd: 3 * it.costPerHourUsd,
            skills: Object.fromEntries(
              Object.entries(it.skills).map(([type, skill]) => [
                type,
                { ...skill, tokenCostUsd: 3 * skill.tokenCostUsd! },
              ]),
            ),
          })),
          taskTypes: problem.taskTypes.map((it) => ({ ...it, penaltyUsd: 3 * it.penaltyUsd! })),
        };
        const once = objective(problem);
        expect(Math.abs(objective(scaled) - 3 * once)).toBeLessThanOrEqual(1e-5 * Math.max(1, once));
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  test('in another order agents and task types get the same plan', () => {
    fc.assert(
      fc.property(arbitraryAllocation({ agents: 5, taskTypes: 4, mostAgents: 2 }), (problem) => {
        const reversed = { ...problem, agents: problem.agents.toReversed(), taskTypes: problem.taskTypes.toReversed() };
        const { explanation: _, ...plan } = allocate(problem, solver, exact);
        const { explanation: __, ...other } = allocate(reversed, solver, exact);
        expect(other).toEqual(plan);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

test('every plan keeps to every limit, or says that it is infeasible and why', { timeout: 120_000 }, () => {
  const options = fc.record(
    {
      budgetUsdPerHour: fc.integer({ min: 4, max: 25 }),
      fairness: fc.constantFrom('max-min' as const, 'none' as const),
      pooling: fc.constantFrom({ allowed: false }, { maxLentShare: 0.3 }),
      resilience: fc.constantFrom({ servedShare: 0 }, { servedShare: 0.1 }, { servedShare: 0.5 }),
      churn: fc.constantFrom(
        { maxMovedShare: 0.25, costPerMovedTaskUsd: 0.01 },
        { costPerAgentChangeUsd: 0.5, maxAgentChange: 1 },
      ),
      balanceUsdPerHour: fc.constantFrom(0, 2),
    },
    { requiredKeys: [] },
  );
  let solved = 0;
  fc.assert(
    fc.property(arbitraryAllocation({ agents: 6, taskTypes: 4, mostAgents: 3 }), options, (base, option) => {
      const taskTypes = base.taskTypes.map((it, i) =>
        i > 0
          ? it
          : {
              ...it,
              ladder: [
                { step: 'short', workShare: 0.5, penaltyUsd: 0.02, maxShare: 0.5 },
                { step: 'canned', workShare: 0, penaltyUsd: 0.05, maxShare: 0.2 },
              ],
            },
      );
      const able = base.agents.find(({ skills }) => Object.keys(skills).length > 0);
      const shares = able ? [{ taskType: Object.keys(able.skills)[0]!, agent: able.id, tasksPerMin: 3 }] : [];
      const problem: AllocationProblem = {
        ...base,
        taskTypes,
        ...option,
        ...(option.churn && { current: { shares } }),
      };
      const answer = allocate(problem, solver, exact);
      const broken = checkPlan(settleProblem(problem), answer).map(({ limit }) => limit);
      if (answer.status === 'infeasible') {
        expect(answer.explanation.length).toBeGreaterThan(0);
        expect(broken.filter((it) => !['budget', 'resilience', 'count'].includes(it))).toEqual([]);
      } else {
        expect(answer).toMatchObject({ status: 'optimal', source: 'solver' });
        expect(broken).toEqual([]);
        solved += 1;
      }
      expect(JSON.stringify(answer)).not.toMatch(/NaN|Infinity/);
    }),
    { numRuns: 400, seed: 6 },
  );
  expect(solved).toBeGreaterThan(150);
  expect(solved).toBeLessThan(350);
});

describe('who is served where not all can be', () => {
  test('the more important class comes first, however long its tasks take', () => {
    // 60 s a critical task: by penalty for a minute of work, ten times as many low ones would count as much.
    const problem: AllocationProblem = {
      agents: [agent('a', [], { skills: { slow: { serviceMs: 60_000 }, quick: { serviceMs: 10 } } })],
      taskTypes: [tasks('slow', 1, { priority: 'critical' }), tasks('quick', 1_000, { priority: 'low' })],
    };
    expect(unservedOf(problem)).toEqual({ quick: 1 });
  });

  test('types of one class get the same share, though one takes five times as long', () => {
    // 60 s of work a minute for 60·1 + 12·5 = 120 s: half of each.
    const problem: AllocationProblem = {
      agents: [agent('a', [], { skills: { short: { serviceMs: 1_000 }, long: { serviceMs: 5_000 } } })],
      taskTypes: [tasks('short', 60), tasks('long', 12)],
    };
    expect(unservedOf(problem)).toEqual({ short: 0.5, long: 0.5 });
  });

  test('without fairness the short tasks come first, which saves most penalties', () => {
    const problem: AllocationProblem = {
      agents: [agent('a', [], { skills: { short: { serviceMs: 1_000 }, long: { serviceMs: 5_000 } } })],
      taskTypes: [tasks('short', 60), tasks('long', 12)],
      fairness: 'none',
    };
    expect(unservedOf(problem)).toEqual({ long: 1 });
  });

  test('what nobody can do does not take the rest of its class with it', () => {
    const problem: AllocationProblem = {
      agents: [agent('a', ['known'])],
      taskTypes: [tasks('known', 8), tasks('unknown', 8)],
    };
    const answer = allocate(problem, solver);
    expect(answer.unserved).toEqual([{ taskType: 'unknown', tasksPerMin: 8, share: 1 }]);
    expect(answer.explanation).toEqual([
      { path: 'taskTypes[1]', message: 'unknown: no agent has the skill: add it to the skills of an agent' },
    ]);
  });
});

test('the worst share of the most important class is as small as all agents together can make it', {
  timeout: 120_000,
}, () => {
  let short = 0;
  fc.assert(
    fc.property(arbitraryAllocation({ agents: 4, taskTypes: 4, mostAgents: 1 }), (base) => {
      const problem = {
        ...base,
        taskTypes: base.taskTypes.map((it) => ({ ...it, demandPerMin: 5 * it.demandPerMin })),
      };
      const least = leastWorstShare(problem);
      if (least === null) return;
      const { unserved } = allocate(problem, solver, exact);
      const shares = unserved.filter(({ taskType }) => least.taskTypes.includes(taskType)).map(({ share }) => share);
      expect(Math.max(0, ...shares)).toBeCloseTo(least.share, 5);
      if (least.share > 0.01 && least.share < 0.99) short += 1;
    }),
    { numRuns: 200, seed: 7 },
  );
  expect(short).toBeGreaterThan(20);
});

describe('options', () => {
  test('an agent is added only when it is worth it, and its value is told', () => {
    // 25 tasks a minute need 2.5 agents; the third saves 5 tasks a minute of 60·0.1·10 USD/h each and costs 1.
    const problem: AllocationProblem = {
      agents: [agent('a', ['t'], { count: { now: 1, min: 1, max: 2 } })],
      taskTypes: [tasks('t', 25, { penaltyUsd: 0.1 })],
    };
    const answer = allocate(problem, solver, exact);
    expect(answer.agents).toEqual({ pool: 2 });
    expect(answer.unserved[0]?.tasksPerMin).toBeCloseTo(5);
    expect(answer.objectiveUsdPerHour).toBeCloseTo(2 + 5 * 60 * 0.1 * 10);
    expect(answer.duals.find(({ kind }) => kind === 'agent')).toMatchObject({
      pool: 'pool',
      usdPerHour: expect.closeTo(-(10 * 60 * 0.1 * 10 - 1), 3),
      words: 'one more agent in pool pool (like a) saves 599.00 USD/h',
    });
    expect(answer.duals.find(({ kind }) => kind === 'task')?.usdPerHour).toBeCloseTo(60);
  });

  test('without any one zone enough is left, and by whom is told', () => {
    const zones = ['zone-a', 'zone-b'].map((failureDomain) =>
      agent(failureDomain, ['t'], {
        failureDomain,
        count: { now: 1, min: 0, max: 5 },
        costPerHourUsd: failureDomain === 'zone-a' ? 1 : 2,
      }),
    );
    const problem: AllocationProblem = { agents: zones, taskTypes: [tasks('t', 20)], resilience: { servedShare: 0.8 } };
    // 16 a minute must be left without either zone: two agents in each, of which the cheap ones could do all.
    const answer = allocate(problem, solver, exact);
    expect(answer.counts.map(({ agent, count }) => [agent, count])).toEqual([
      ['zone-a', 2],
      ['zone-b', 2],
    ]);
    expect(answer.standby.map(({ withoutDomain, shares }) => [withoutDomain, shares[0]?.agent])).toEqual([
      ['zone-a', 'zone-b'],
      ['zone-b', 'zone-a'],
    ]);
  });

  test('no more moves than may, and what moves costs', () => {
    const problem: AllocationProblem = {
      agents: [agent('dear', [], { skills: { t: { serviceMs: 6_000, tokenCostUsd: 0.5 } } }), agent('cheap', ['t'])],
      taskTypes: [tasks('t', 10)],
      current: { shares: [{ taskType: 't', agent: 'dear', tasksPerMin: 10 }] },
      churn: { maxMovedShare: 0.3, costPerMovedTaskUsd: 0.1 },
    };
    const answer = allocate(problem, solver, exact);
    expect(answer.shares.map(({ agent, tasksPerMin }) => [agent, Number(tasksPerMin.toFixed(6))])).toEqual([
      ['cheap', 3],
      ['dear', 7],
    ]);
    expect(answer.price.moved).toBeCloseTo(3 * 60 * 0.1);
  });

  test('what cannot be done in full is degraded by the declared steps', () => {
    const problem: AllocationProblem = {
      agents: [agent('a', ['t'])],
      taskTypes: [tasks('t', 15, { ladder: [{ step: 'short', workShare: 0.5, penaltyUsd: 0.1 }] })],
    };
    // 5 in full and 10 by half the work fill ten tasks' time.
    const { shares, unserved } = allocate(problem, solver, exact);
    expect(shares.map(({ step, tasksPerMin }) => [step, Number(tasksPerMin.toFixed(6))])).toEqual([
      [undefined, 5],
      ['short', 10],
    ]);
    expect(unserved).toEqual([]);
  });

  test('agents that take longer to provision than there is time are not counted on', () => {
    const problem: AllocationProblem = {
      agents: [agent('a', ['t'], { count: { now: 1, min: 0, max: 9 }, provisioningMin: 10 })],
      taskTypes: [tasks('t', 50)],
    };
    expect(allocate({ ...problem, leadTimeMin: 5 }, solver).agents).toEqual({ pool: 1 });
    expect(allocate({ ...problem, leadTimeMin: 15 }, solver).agents).toEqual({ pool: 5 });
  });
});

describe('limits that contradict each other', () => {
  test('a budget below what resilience needs: what would mend it, either way, and a plan all the same', () => {
    const problem: AllocationProblem = {
      agents: ['zone-a', 'zone-b'].map((zone) =>
        agent(zone, ['t'], { failureDomain: zone, count: { now: 1, min: 0, max: 5 }, costPerHourUsd: 2 }),
      ),
      taskTypes: [tasks('t', 20)],
      resilience: { servedShare: 1 },
      budgetUsdPerHour: 5,
    };
    // Two agents in each zone cost 8. With 5 there are two: one in each zone serves half of the demand.
    const answer = allocate(problem, solver, exact);
    expect(answer.status).toBe('infeasible');
    expect(answer.explanation.map(({ path }) => path).slice(0, 2)).toEqual([
      'budgetUsdPerHour',
      'resilience.servedShare',
    ]);
    expect(answer.explanation[0]?.message).toBe(
      '5.00 USD/h are 3.00 too few for what is to be served without any one failure domain: raise it to 8.00',
    );
    expect(answer.explanation[1]?.message).toMatch(
      /^without zone-[ab] there is capacity for \d+\.\d+ of the wanted 20\.00 t a minute/,
    );
    expect(answer.source).toBe('relaxed-limits');
    expect(answer.shares.reduce((sum, { tasksPerMin }) => sum + tasksPerMin, 0)).toBeCloseTo(20);
  });

  test('a budget that does not pay for the fewest agents', () => {
    const answer = allocate(
      { agents: [agent('a', ['t'], { count: { now: 5 } })], taskTypes: [tasks('t', 20)], budgetUsdPerHour: 3 },
      solver,
    );
    expect(answer).toMatchObject({ status: 'infeasible', source: 'greedy' });
    expect(answer.explanation[0]).toMatchObject({
      path: 'budgetUsdPerHour',
      message: expect.stringContaining(
        '3.00 USD/h do not pay for the fewest agents allowed, which cost 5.00 USD/h: raise it by 2.00',
      ),
    });
    expect(answer.shares).toEqual([{ taskType: 't', agent: 'a', pool: 'pool', tasksPerMin: 20 }]);
  });
});

describe('when time runs out', () => {
  /** HiGHS, but not in time for some. */
  const late = (isLate: (integers: boolean) => boolean): LinearSolver => ({
    open: (program) => {
      const open = solver.open(program);
      return {
        ...open,
        solve: (limits) =>
          isLate(limits.integers) ? { status: 'no-solution', seconds: limits.timeLimitS } : open.solve(limits),
      };
    },
  });
  const problem: AllocationProblem = {
    agents: [agent('a', ['t', 'u'], { count: { now: 2, min: 0, max: 4 } }), agent('b', ['u'])],
    taskTypes: [tasks('t', 12), tasks('u', 17, { priority: 'high' })],
  };

  test('before whole counts are found, those of the relaxation are rounded up, and how far off it may be is told', () => {
    const answer = allocate(
      problem,
      late((integers) => integers),
    );
    expect(answer).toMatchObject({ status: 'feasible', source: 'solver', unserved: [] });
    expect(answer.gap).toBeGreaterThanOrEqual(0);
    expect(answer.explanation[0]).toMatchObject({ path: 'timeLimitS', message: expect.stringContaining('ran out') });
  });

  test('before anything is found, the cμ rule plans with the agents that there are', () => {
    const answer = allocate(
      problem,
      late(() => true),
    );
    expect(answer).toMatchObject({ status: 'feasible', source: 'greedy', gap: null, agents: { pool: 3 } });
    expect(answer.explanation[0]?.path).toBe('timeLimitS');
    expect(answer.unserved).toEqual([]);
    expect(checkPlan(settleProblem(problem), answer)).toEqual([]);
  });

  test('in the middle of the search, the plan keeps to every limit and says how far off it may be', () => {
    const large = randomProblem(1, { agents: 100, taskTypes: 20, counts: true, mostAgents: 1 });
    const answer = allocate(large, solver, { timeLimitS: 0.3, relativeGap: 0 });
    expect(checkPlan(settleProblem(large), answer)).toEqual([]);
    expect(answer.status).toBe('feasible');
    // A machine that is busy with other things may not even come to a first plan of the solver in that time.
    if (answer.source === 'solver') expect(answer.gap).toBeGreaterThan(0);
    expect(answer.explanation.map(({ path }) => path)).toContain('timeLimitS');
  });

  test('after so many nodes, the plan is the same on any machine, keeps to every limit and says how far off it may be', () => {
    // Which of them are left out hardly matters, and each choice has to be ruled out.
    const alike: AllocationProblem = {
      agents: Array.from({ length: 20 }, (_, i) =>
        agent(`a-${i}`, [], {
          ...{ count: { now: 1, min: 0, max: 1 }, slots: 3, costPerHourUsd: 2 + 0.013 * ((7 * i) % 20) },
          skills: Object.fromEntries(
            ['t', 'u', 'v'].map((type, t) => [type, { serviceMs: 5_000 + 37 * ((11 * i + 5 * t) % 20) }]),
          ),
        }),
      ),
      taskTypes: [tasks('t', 130), tasks('u', 90), tasks('v', 110)],
    };
    const search = () => allocate(alike, solver, { timeLimitS: 60, relativeGap: 0, nodeLimit: 1 });
    const answer = search();
    expect(answer).toMatchObject({ status: 'feasible', source: 'solver' });
    expect(answer.gap).toBeGreaterThan(0);
    expect(answer.explanation[0]?.message).toMatch(/nodes for solving ran out: a better plan can be cheaper by/);
    expect(checkPlan(settleProblem(alike), answer)).toEqual([]);
    expect(search()).toEqual(answer);
    expect(() => allocate(problem, solver, { nodeLimit: 0 })).toThrow('nodeLimit must be 1 or more; got 0');
  });

  test('what is in force is kept where it can do the new demand too', () => {
    const current = {
      shares: [
        { taskType: 't', agent: 'a', tasksPerMin: 6 },
        { taskType: 'u', agent: 'b', tasksPerMin: 4 },
        { taskType: 'u', agent: 'a', tasksPerMin: 4 },
      ],
    };
    const answer = allocate(
      { ...problem, taskTypes: [tasks('t', 10), tasks('u', 16)], current },
      late(() => true),
    );
    expect(answer.source).toBe('current');
    expect(answer.shares.map(({ agent, taskType, tasksPerMin }) => [agent, taskType, tasksPerMin])).toEqual([
      ['a', 't', 10],
      ['a', 'u', 8],
      ['b', 'u', 8],
    ]);
    // Above what b can do, it is not.
    expect(
      allocate(
        { ...problem, taskTypes: [tasks('u', 21), tasks('t', 1)], current },
        late(() => true),
      ).source,
    ).toBe('greedy');
  });
});

test('marginal values are the slopes of the objective', () => {
  const problem: AllocationProblem = {
    agents: [
      agent('a', ['t', 'u'], { slots: 2 }),
      agent('b', [], {
        pool: 'other',
        skills: { u: { serviceMs: 9_000, tokenCostUsd: 0.01 }, v: { serviceMs: 3_000 } },
      }),
    ],
    taskTypes: [tasks('t', 11, { priority: 'high' }), tasks('u', 14), tasks('v', 13.7, { priority: 'low' })],
    fairness: 'none',
  };
  const objective = (of: AllocationProblem) => allocate(of, solver, exact).objectiveUsdPerHour;
  const base = objective(problem);
  for (const { taskType, usdPerHour } of allocate(problem, solver, exact).duals.filter(({ kind }) => kind === 'task')) {
    const more = problem.taskTypes.map((it) =>
      it.id === taskType ? { ...it, demandPerMin: it.demandPerMin + 0.01 } : it,
    );
    expect((objective({ ...problem, taskTypes: more }) - base) / 0.01).toBeCloseTo(usdPerHour, 3);
  }
});
