import { describe, expect, test } from 'vitest';
import { drawnFleet } from '../../../bench/efficiency/fleets.ts';
import { plainMeans, TaskLog } from '../../../bench/efficiency/task-log.ts';
import { agentEfficiency, type Efficiency } from '../../../lib/core/efficiency/agent-efficiency.ts';
import { createRandom } from '../../../lib/sim/random.ts';

interface Nature {
  tasks: number;
  meanMs?: number;
  success?: number;
  quality?: number;
  usd?: number;
}

/** Agents of a nature by task type; those with 0 tasks only declare the skill. */
function efficiencyOf(agents: Record<string, Record<string, Nature>>): Map<string, Efficiency> {
  const log = new TaskLog();
  for (const [agent, types] of Object.entries(agents)) {
    for (const [taskType, { tasks, meanMs = 1_000, success = 1, quality, usd = 0.01 }] of Object.entries(types)) {
      const random = createRandom(1, `${agent}/${taskType}`);
      for (let i = 0; i < tasks; i++) {
        log.add({
          ...{ agent, taskType, minute: i, status: random.uniform() < success ? 'completed' : 'failed' },
          serviceUs: Math.round(random.logNormal(meanMs * 1_000, 0.4)),
          quality: quality === undefined ? null : Math.min(1, Math.max(0, random.normal(quality, 0.05))),
          costUsd: random.logNormal(usd, 0.3),
        });
      }
    }
  }
  const skills = new Map(Object.entries(agents).map(([agent, types]) => [agent, Object.keys(types)]));
  return new Map(agentEfficiency(log.records(skills)).map((of) => [`${of.agent}/${of.taskType}`, of]));
}

/** Six agents that are alike at both types. */
function peers(nature: Nature = { tasks: 60 }): Record<string, Record<string, Nature>> {
  return Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((agent) => [agent, { code: nature, plan: nature }]));
}

describe('held-out error on fleets whose truth is drawn', () => {
  const measures = {
    successRatio: { plain: 'success', isRelative: false },
    serviceMs: { plain: 'serviceMs', isRelative: true },
    quality: { plain: 'quality', isRelative: false },
    costUsd: { plain: 'costUsd', isRelative: true },
  } as const;
  const compared = [1, 2, 3, 4, 5, 6].flatMap((seed) => {
    const fleet = drawnFleet(seed);
    const tasks = fleet.tasks(240);
    const log = new TaskLog();
    for (const task of tasks) log.add(task);
    const raw = Map.groupBy(tasks, ({ agent, taskType }) => `${agent}/${taskType}`);
    return agentEfficiency(log.records(fleet.skills)).flatMap((row) => {
      const own = raw.get(`${row.agent}/${row.taskType}`);
      const truth = fleet.truth?.(row.agent, row.taskType);
      return own && truth ? [{ row, truth, raw: plainMeans(own) }] : [];
    });
  });

  test.each(Object.keys(measures) as (keyof typeof measures)[])(
    'of %s is at least a fifth below that of raw means, and 90 %% intervals hold what they should',
    (name) => {
      const { plain, isRelative } = measures[name];
      const apart = (estimate: number, truth: number) => (isRelative ? Math.log(estimate / truth) : estimate - truth);
      let [pairs, ofRaw, ofModel, covered] = [0, 0, 0, 0];
      for (const { row, truth, raw } of compared) {
        const [estimate, mean] = [row[name], raw[plain]];
        if (estimate === null || mean === null) continue;
        pairs += 1;
        ofRaw += apart(mean.mean, truth[plain]) ** 2;
        ofModel += apart(estimate.value, truth[plain]) ** 2;
        if (estimate.low <= truth[plain] && truth[plain] <= estimate.high) covered += 1;
      }
      expect(pairs).toBeGreaterThan(300);
      expect(Math.sqrt(ofModel / ofRaw)).toBeLessThan(0.8);
      expect(covered / pairs).toBeGreaterThan(0.82);
      expect(covered / pairs).toBeLessThan(0.97);
    },
  );
});

describe('what an estimate is based on', () => {
  test('an agent with many tasks is told by them', () => {
    const of = efficiencyOf({ ...peers(), slow: { code: { tasks: 400, meanMs: 3_000 } } }).get('slow/code');
    expect(of?.serviceMs).toMatchObject({ basis: 'own tasks', n: 400 });
    expect((of?.serviceMs?.value ?? 0) / (of?.serviceMs?.raw ?? 1)).toBeCloseTo(1, 1);
  });

  test('one task moves an estimate little: most of it is the pool', () => {
    const of = efficiencyOf({ ...peers({ tasks: 60, success: 0.9 }), new: { code: { tasks: 1, success: 0 } } }).get(
      'new/code',
    );
    expect(of?.successRatio?.raw).toBe(0);
    expect(of?.successRatio?.value).toBeGreaterThan(0.6);
  });

  test('an agent without tasks of a type is expected to be there what it is elsewhere, and less surely', () => {
    const of = efficiencyOf({ ...peers(), slow: { code: { tasks: 200, meanMs: 3_000 }, plan: { tasks: 0 } } });
    const [seen, unseen, peer] = [of.get('slow/code'), of.get('slow/plan'), of.get('a/plan')];
    expect(unseen?.serviceMs).toMatchObject({ basis: 'own other types', n: 0, raw: null });
    expect(unseen?.serviceMs?.value).toBeGreaterThan(1.3 * (peer?.serviceMs?.value ?? Number.NaN));
    const width = (estimate = seen?.serviceMs) => Math.log((estimate?.high ?? 0) / (estimate?.low ?? 1));
    expect(width(unseen?.serviceMs)).toBeGreaterThan(2 * width());
  });

  test('one that did nothing yet is told by its type, and a type that nobody did by the pool', () => {
    const of = efficiencyOf({ ...peers(), new: { code: { tasks: 0 }, rare: { tasks: 0 } } });
    expect(of.get('new/code')?.serviceMs?.basis).toBe('task type');
    expect(of.get('new/rare')?.serviceMs?.basis).toBe('pool');
    const typical = of.get('a/code')?.serviceMs?.value ?? Number.NaN;
    expect((of.get('new/code')?.serviceMs?.value ?? 0) / typical).toBeCloseTo(1, 0);
  });

  test('what nobody told is null, not a guess', () => {
    const of = efficiencyOf({ a: { code: { tasks: 30, usd: 0 } }, b: { code: { tasks: 30, usd: 0 } } }).get('a/code');
    expect(of).toMatchObject({ quality: null, costUsd: null });
    expect(efficiencyOf({ a: { code: { tasks: 0 } } }).get('a/code')).toMatchObject({
      ...{ successRatio: null, serviceMs: null },
      proficiency: { declared: 1, measured: null, toTypical: null },
    });
    expect(agentEfficiency([])).toEqual([]);
  });
});

describe('measured proficiency', () => {
  test('of an agent that takes twice as long as its peers is half of theirs, beside what it declared', () => {
    const of = efficiencyOf({ ...peers({ tasks: 300 }), slow: { code: { tasks: 300, meanMs: 2_000 } } });
    const { declared, measured, toTypical } = of.get('slow/code')?.proficiency ?? {};
    expect(declared).toBe(1);
    expect(toTypical).toBeGreaterThan(0.44);
    expect(toTypical).toBeLessThan(0.56);
    expect(measured?.value).toBeLessThan(0.56);
    expect(measured?.low).toBeLessThan(measured?.value ?? 0);
    expect(measured?.high).toBeGreaterThan(measured?.value ?? 1);
    expect(of.get('a/code')?.proficiency.measured?.value).toBeGreaterThan(0.85);
  });

  test('counts tasks that fail and work of poor quality as work that was not done', () => {
    const of = efficiencyOf({
      ...peers({ tasks: 300, quality: 0.9 }),
      fails: { code: { tasks: 300, success: 0.6, quality: 0.9 } },
      poor: { code: { tasks: 300, quality: 0.45 } },
    });
    expect(of.get('fails/code')?.proficiency.toTypical).toBeCloseTo(0.6, 1);
    expect(of.get('poor/code')?.proficiency.toTypical).toBeCloseTo(0.5, 1);
  });

  test('lies within 0..1 as what is declared does, with its interval', () => {
    for (const { proficiency } of efficiencyOf(peers({ tasks: 5, success: 0.8 })).values()) {
      const { low = -1, value = -1, high = 2 } = proficiency.measured ?? {};
      expect([0, low, value, high, 1].toSorted((a, b) => a - b)).toEqual([0, low, value, high, 1]);
    }
  });
});

test('a success ratio lies within its interval and all of it within 0..1, also where everything or nothing completed', () => {
  for (const success of [0, 0.5, 1]) {
    for (const { successRatio } of efficiencyOf(peers({ tasks: 3, success })).values()) {
      const { low, value, high } = successRatio ?? { low: -1, value: -1, high: 2 };
      expect(low).toBeGreaterThanOrEqual(0);
      expect(value).toBeGreaterThanOrEqual(low);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(high).toBeGreaterThan(low);
      expect(high).toBeLessThanOrEqual(1);
    }
  }
});
