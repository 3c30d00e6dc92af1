import { describe, expect, it } from 'vitest';
import { agentSkillEnhancement } from '../../../lib/core/recommend/strategies/agent-skill-enhancement.ts';
import { architectureEvolution } from '../../../lib/core/recommend/strategies/architecture-evolution.ts';
import { cacheOptimization } from '../../../lib/core/recommend/strategies/cache-optimization.ts';
import { loadBalancingAdjustment } from '../../../lib/core/recommend/strategies/load-balancing-adjustment.ts';
import { processAutomation } from '../../../lib/core/recommend/strategies/process-automation.ts';
import { queryImprovement } from '../../../lib/core/recommend/strategies/query-improvement.ts';
import { resourceReallocation } from '../../../lib/core/recommend/strategies/resource-reallocation.ts';
import { skillDevelopmentPrograms } from '../../../lib/core/recommend/strategies/skill-development-programs.ts';
import { technologyUpgrades } from '../../../lib/core/recommend/strategies/technology-upgrades.ts';
import { workflowStreamlining } from '../../../lib/core/recommend/strategies/workflow-streamlining.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import { firingAlert } from '../../fixtures/alert.ts';
import { agentEntry, observed, task } from './observed-fleet.ts';

const WINDOW_S = 7_200;
const lab = ['lab-1', 'lab-2', 'lab-3', 'lab-4'].map((agent) => agentEntry(agent));

/** Every so many seconds one, by turns, where nothing waits. */
function steady(everyS: number, of: (i: number, atS: number) => Partial<Parameters<typeof task>[0]> = () => ({})) {
  return Array.from({ length: Math.floor((WINDOW_S - 200) / everyS) }, (_, i) =>
    task({ agent: `lab-${1 + (i % 4)}`, atS: i * everyS, workS: 8 + (i % 5), ...of(i, i * everyS) }),
  );
}

describe('load_balancing_adjustment', () => {
  /** All of it on one of four agents, first come first served. */
  function piledUp() {
    let freeS = 0;
    return steady(10, (i, atS) => {
      const workS = 8 + (i % 4);
      const startS = Math.max(atS, freeS);
      freeS = startS + workS;
      return { agent: 'lab-1', workS, waitS: startS - atS };
    });
  }

  it('says what tasks wait for one agent while three are free', () => {
    const random = createRandom(1, 'arrivals');
    let freeS = 0;
    let atS = 0;
    const tasks = Array.from({ length: 600 }, () => {
      atS += random.exponential(11);
      const workS = random.exponential(9);
      const startS = Math.max(atS, freeS);
      freeS = startS + workS;
      return task({ agent: 'lab-1', atS, waitS: startS - atS, workS });
    });
    const [found, ...others] = loadBalancingAdjustment.evaluate(observed(lab, tasks));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      strategy: 'load_balancing_adjustment',
      horizon: 'immediate',
      scope: { pool: 'lab' },
    });
    const waitMs = tasks.reduce((sum, { waitUs = 0 }) => sum + waitUs, 0) / tasks.length / 1_000;
    // Of four agents that are at work a fifth of the time hardly anyone waits.
    expect(found?.expectedGain.value).toBeGreaterThan(0.85 * waitMs);
    expect(found?.expectedGain.value).toBeLessThanOrEqual(waitMs);
    expect(found?.expectedGain.unit).toBe('ms');
  });

  it('is silent where work is uneven but nobody waits', () => {
    expect(loadBalancingAdjustment.evaluate(observed(lab, piledUp()))).toEqual([]);
  });

  it('is silent about a pool of one agent', () => {
    const alone = steady(20, () => ({ agent: 'lab-1', waitS: 30 }));
    expect(loadBalancingAdjustment.evaluate(observed([agentEntry('lab-1')], alone))).toEqual([]);
  });
});

describe('resource_reallocation', () => {
  const desk = ['desk-1', 'desk-2', 'desk-3', 'desk-4'].map((agent) => agentEntry(agent));
  const gate = ['gate-1', 'gate-2'].map((agent) => agentEntry(agent));

  /** Two agents of the gate with more than they can do at once, in turn; the desk has an hour's work of ten minutes. */
  function uneven() {
    const random = createRandom(2, 'arrivals');
    const free = [0, 0];
    let atS = 0;
    const tasks = [];
    while (atS < WINDOW_S - 600) {
      atS += random.exponential(10.5);
      const agent = (free[0] ?? 0) <= (free[1] ?? 0) ? 0 : 1;
      const startS = Math.max(atS, free[agent] ?? 0);
      const workS = random.exponential(19);
      free[agent] = startS + workS;
      tasks.push(task({ agent: `gate-${agent + 1}`, taskType: 'check', atS, waitS: startS - atS, workS }));
      tasks.push(task({ agent: `desk-${1 + (tasks.length % 4)}`, taskType: 'plan', atS, workS: 4 }));
    }
    return tasks;
  }

  it('moves agents from where they are spare to where tasks wait, where they may be lent', () => {
    const [found] = resourceReallocation.evaluate(
      observed([...desk, ...gate], uneven(), { settings: new Map([['desk', { lendsTo: ['gate'] }]]) }),
    );
    expect(found?.scope).toEqual({ pool: 'gate', from: 'desk' });
    expect(found?.basis['moved']).toBeGreaterThanOrEqual(1);
    expect(found?.title).toMatch(/from pool desk to pool gate/);
  });

  it('is silent where they may not, and do not know the work', () => {
    expect(resourceReallocation.evaluate(observed([...desk, ...gate], uneven()))).toEqual([]);
  });
});

describe('cache_optimization', () => {
  it('tells how much of the work was asked for before', () => {
    const tasks = steady(6, (i) => ({ inputHash: i % 2 === 0 ? `popular-${(i / 2) % 5}` : `own-${i}` }));
    const [found] = cacheOptimization.evaluate(observed(lab, tasks));
    expect(found?.scope).toEqual({ pool: 'lab', taskType: 'draft' });
    // Every second one of 10 s, at ten tasks a minute.
    expect(found?.basis['repeatedShare']).toBeCloseTo(0.5, 1);
    expect(found?.expectedGain.unit).toBe('agent-hours/day');
    expect(found?.expectedGain.value).toBeGreaterThan(17);
    expect(found?.expectedGain.value).toBeLessThan(21);
  });

  it('does not take attempts at one task for repeats of it', () => {
    const tasks = steady(6, (i) => {
      const number = Math.floor(i / 2);
      return {
        task: `same-${number}`,
        inputHash: `of-${number}`,
        attempt: 1 + (i % 2),
        status: i % 2 === 0 ? 'failed' : 'completed',
      };
    });
    expect(cacheOptimization.evaluate(observed(lab, tasks))).toEqual([]);
  });

  it('is silent where inputs are not told', () => {
    expect(cacheOptimization.evaluate(observed(lab, steady(6)))).toEqual([]);
  });
});

/** Workflows of a plan that calls for a draft and, beside it, a look-up; the draft takes longer. */
function workflows(count: number, tools: { draft?: string; lookUp?: string }, again: (i: number) => number = () => 0) {
  return Array.from({ length: count }, (_, i) => {
    const id = `w${i}`;
    const atS = i * 30;
    const tool = (name: string | undefined, seconds: number) =>
      name === undefined
        ? {}
        : { parts: [{ kind: 'tool', name, durationUs: seconds * 1e6, status: 'completed' } as const] };
    const root = task({ agent: 'lab-1', atS, workS: 5, taskType: 'plan', task: `${id}-plan`, workflow: id });
    const child = (name: string, from: number, workS: number, more = {}) =>
      task({
        agent: 'lab-2',
        atS: from,
        workS,
        taskType: name,
        task: `${id}-${name}-${from}`,
        parent: `${id}-plan`,
        workflow: id,
        ...more,
      });
    const done = [
      root,
      child('draft', atS + 5, 10, tool(tools.draft, 8)),
      child('look-up', atS + 5, 6, tool(tools.lookUp, 5.5)),
    ];
    for (let round = 0; round < again(i); round++) done.push(child('draft', atS + 16 + 11 * round, 10));
    return done;
  }).flat();
}

describe('query_improvement', () => {
  it('finds the tool that workflows wait for, and halves it', () => {
    const [found, ...others] = queryImprovement.evaluate(
      observed(lab, workflows(200, { draft: 'warehouse', lookUp: 'archive' })),
    );
    expect(others).toEqual([]);
    expect(found?.scope.tool).toBe('warehouse');
    // Eight of fifteen seconds.
    expect(found?.basis['pathShare']).toBeCloseTo(8 / 15, 2);
    expect(found?.expectedGain.value).toBeCloseTo(4_000, -2);
  });

  it('leaves a tool alone that takes as long beside the path', () => {
    expect(queryImprovement.evaluate(observed(lab, workflows(200, { lookUp: 'archive' })))).toEqual([]);
  });
});

describe('workflow_streamlining', () => {
  it('counts what is done again after it was done', () => {
    const [found] = workflowStreamlining.evaluate(
      observed(
        lab,
        workflows(200, {}, (i) => (i % 4 === 0 ? 1 : 0)),
      ),
    );
    expect(found?.basis['reworkedShare']).toBeCloseTo(0.25, 2);
    // Half of 10 s in every fourth of 2,400 workflows a day.
    expect(found?.expectedGain).toMatchObject({ unit: 'agent-hours/day' });
    expect(found?.expectedGain.value).toBeCloseTo((0.5 * 10 * 0.25 * 2_400) / 3_600, 1);
  });

  it('takes a step that every workflow has twice for its plan', () => {
    expect(
      workflowStreamlining.evaluate(
        observed(
          lab,
          workflows(200, {}, () => 1),
        ),
      ),
    ).toEqual([]);
  });

  it('is silent where work is hardly ever done again', () => {
    expect(
      workflowStreamlining.evaluate(
        observed(
          lab,
          workflows(200, {}, (i) => (i % 40 === 0 ? 1 : 0)),
        ),
      ),
    ).toEqual([]);
  });
});

describe('agent_skill_enhancement', () => {
  /** Each task with chance of its own; agents differ by what is given. */
  function byAgent(factors: Record<string, number>, failures: Record<string, number> = {}) {
    const random = createRandom(3, 'tasks');
    return steady(6, (i) => {
      const agent = `lab-${1 + (i % 4)}`;
      const isFailed = random.uniform() < (failures[agent] ?? 0.01);
      return {
        agent,
        workS: random.logNormal(10, 0.5) * (factors[agent] ?? 1),
        ...(isFailed ? { status: 'failed' as const } : {}),
      };
    });
  }

  it('names the agent that takes twice as long as its peers', () => {
    const [found, ...others] = agentSkillEnhancement.evaluate(observed(lab, byAgent({ 'lab-3': 2 })));
    expect(others).toEqual([]);
    expect(found?.scope).toEqual({ pool: 'lab', taskType: 'draft', agent: 'lab-3' });
    expect(found?.expectedGain.unit).toBe('agent-hours/day');
  });

  it('names the agent that fails more, and how many tasks that is', () => {
    const [found] = agentSkillEnhancement.evaluate(observed(lab, byAgent({}, { 'lab-2': 0.3 })));
    expect(found?.scope.agent).toBe('lab-2');
    expect(found?.expectedGain.unit).toBe('tasks/day');
    // A quarter of 14,400 tasks a day.
    expect(found?.expectedGain.value).toBeGreaterThan(700);
    expect(found?.expectedGain.value).toBeLessThan(1_300);
  });

  it('is silent about an agent that was alerted about meanwhile: what it did says nothing of what it can', () => {
    const context = observed(lab, byAgent({ 'lab-3': 2 }));
    const alert = (onsetMs: number, resolvedMs: number | null) =>
      firingAlert({ scope: { pool: 'lab', agent: 'lab-3' }, onsetMs, resolvedMs });
    const during = [alert(context.fromMs + 60_000, context.fromMs + 120_000)];
    const before = [alert(context.fromMs - 120_000, context.fromMs - 60_000)];
    expect(agentSkillEnhancement.evaluate({ ...context, alerts: during })).toEqual([]);
    expect(agentSkillEnhancement.evaluate({ ...context, alerts: before })).toHaveLength(1);
  });

  it('is silent about agents that differ as agents do', () => {
    expect(
      agentSkillEnhancement.evaluate(observed(lab, byAgent({ 'lab-1': 0.9, 'lab-2': 1.1, 'lab-3': 1.15 }))),
    ).toEqual([]);
  });
});

describe('technology_upgrades', () => {
  const six = ['lab-1', 'lab-2', 'lab-3', 'lab-4', 'lab-5', 'lab-6'].map((agent) => agentEntry(agent));
  function twoVersions(factor: number) {
    const random = createRandom(4, 'tasks');
    return steady(4, (i) => {
      const number = 1 + (i % 6);
      return {
        agent: `lab-${number}`,
        version: number <= 3 ? '2' : '1',
        workS: random.logNormal(10, 0.5) * (number <= 3 ? factor : 1) * [0.95, 1, 1.05][number % 3]!,
      };
    });
  }

  it('recommends the version that is a third faster, and says what the others would save', () => {
    const [found, ...others] = technologyUpgrades.evaluate(observed(six, twoVersions(2 / 3)));
    expect(others).toEqual([]);
    expect(found?.scope).toEqual({ pool: 'lab', version: '2' });
    // A third of 11.3 s, of half of 21,600 tasks a day, less for the minutes at the end.
    expect(found?.expectedGain.low).toBeLessThan(11.3);
    expect(found?.expectedGain.high).toBeGreaterThan(11);
  });

  it('is silent about versions that are alike', () => {
    expect(technologyUpgrades.evaluate(observed(six, twoVersions(1)))).toEqual([]);
  });
});

describe('process_automation', () => {
  const human = (share: number, workS: number) => [
    { kind: 'wait', name: 'human', durationUs: Math.round(share * workS * 1e6), status: 'completed' } as const,
  ];

  it('lets run by itself what never fails, takes as long each time and waits for people', () => {
    const tasks = steady(10, (i) => ({ workS: 8 + (i % 3), parts: human(0.5, 8 + (i % 3)) }));
    const [found] = processAutomation.evaluate(observed(lab, tasks));
    expect(found?.scope).toEqual({ pool: 'lab', taskType: 'draft' });
    expect(found?.expectedGain.value).toBeCloseTo(4_500, -2);
    expect(found?.title).toMatch(/for a person/);
  });

  it('is silent where one of them failed', () => {
    const tasks = steady(10, (i) => ({ parts: human(0.5, 8), status: i === 100 ? 'failed' : 'completed' }));
    expect(processAutomation.evaluate(observed(lab, tasks))).toEqual([]);
  });

  it('is silent where no two of them take as long', () => {
    const tasks = steady(10, (i) => {
      const workS = i % 10 === 0 ? 60 : 3;
      return { workS, parts: human(0.5, workS) };
    });
    expect(processAutomation.evaluate(observed(lab, tasks))).toEqual([]);
  });
});

describe('architecture_evolution', () => {
  /** Agents of several slots: what is at work makes a task as much longer. */
  function contending(factor: (atWork: number) => number) {
    const random = createRandom(5, 'tasks');
    const running = new Map<string, number[]>();
    let atS = 0;
    return Array.from({ length: 2_400 }, () => {
      atS += random.exponential(2.9);
      const agent = `lab-${1 + random.int(2)}`;
      const ends = (running.get(agent) ?? []).filter((end) => end > atS);
      const workS = random.logNormal(12, 0.5) * factor(ends.length + 1);
      running.set(agent, [...ends, atS + workS]);
      return task({ agent, atS, workS });
    });
  }
  const two = ['lab-1', 'lab-2'].map((agent) => agentEntry(agent, { capacity: 16 }));

  it('tells coherency from the tasks that were at work when each began', () => {
    const [found] = architectureEvolution.evaluate(
      observed(
        two,
        contending((n) => 1 + 0.02 * n * (n - 1)),
      ),
    );
    expect(found?.scope).toEqual({ pool: 'lab' });
    expect(found?.basis['kappa']).toBeGreaterThan(0.012);
    expect(found?.basis['kappa']).toBeLessThan(0.03);
  });

  it('is silent about work that only waits its turn, and about work that does not', () => {
    expect(
      architectureEvolution.evaluate(
        observed(
          two,
          contending((n) => 1 + 0.1 * (n - 1)),
        ),
      ),
    ).toEqual([]);
    expect(
      architectureEvolution.evaluate(
        observed(
          two,
          contending(() => 1),
        ),
      ),
    ).toEqual([]);
  });
});

describe('skill_development_programs', () => {
  const knowing = (skills: Record<string, Record<string, number>>) =>
    Object.entries(skills).map(([agent, its]) => agentEntry(agent, { skills: its }));
  const tasks = steady(20, (i) => ({
    agent: i % 2 === 0 ? 'lab-1' : 'lab-2',
    taskType: i % 2 === 0 ? 'seal' : 'draft',
  }));

  it('names the type that one agent of a pool knows alone, and what comes of it a minute', () => {
    const [found, ...others] = skillDevelopmentPrograms.evaluate(
      observed(knowing({ 'lab-1': { seal: 0.9, draft: 0.5 }, 'lab-2': { draft: 0.9 } }), tasks),
    );
    expect(others).toEqual([]);
    expect(found?.scope).toEqual({ pool: 'lab', taskType: 'seal' });
    expect(found?.expectedGain.value).toBeCloseTo(1.5, 1);
  });

  it.each([
    [
      'an agent declares no skills and may be given any',
      [agentEntry('lab-1', { skills: { seal: 1 } }), agentEntry('lab-2')],
    ],
    ['a second one knows it', knowing({ 'lab-1': { seal: 1, draft: 1 }, 'lab-2': { seal: 0.2, draft: 1 } })],
  ])('is silent where %s', (_, agents) => {
    const found = skillDevelopmentPrograms.evaluate(observed(agents, tasks));
    expect(found.filter(({ scope }) => scope.taskType === 'seal')).toEqual([]);
  });

  it('is silent where the pool that stands in knows it', () => {
    const agents = knowing({ 'lab-1': { seal: 1, draft: 1 }, 'lab-2': { draft: 1 }, 'gate-1': { seal: 1 } });
    const settings = new Map([['lab', { backupPool: 'gate' }]]);
    expect(skillDevelopmentPrograms.evaluate(observed(agents, tasks, { settings }))).toEqual([]);
  });
});
