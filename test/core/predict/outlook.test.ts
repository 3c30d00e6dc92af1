import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryTable } from '../../../lib/aws/dynamodb/memory-table.ts';
import { dynamoWatchStore } from '../../../lib/aws/dynamodb/watch-store.ts';
import type { ShareRing } from '../../../lib/core/detect/share-ring.ts';
import { noWatch } from '../../../lib/core/detect/watch.ts';
import type { Roster } from '../../../lib/core/model/roster.ts';
import { type AgentCourse, type CourseReading, coursesAfter } from '../../../lib/core/predict/agent-course.ts';
import { agentPrior } from '../../../lib/core/predict/agent-prior.ts';
import { foresightAfter, noForesight } from '../../../lib/core/predict/foresight.ts';
import { coefficientsOf, hazardAfter, riskOf } from '../../../lib/core/predict/hazard.ts';
import { agentOutlooks } from '../../../lib/core/predict/outlook.ts';
import { JudgedPool, names, START } from '../../fixtures/judged-minutes.ts';

const SLOT = 5_800_000;
const WELL: CourseReading = {
  ...{ ended: 60, failed: 0, peersFailedPermille: 5, slowPercent: 0, slowErrorPercent: 10, beatLateTenths: 0 },
};

const failing = (shares: readonly number[]): AgentCourse => ({
  slot: SLOT,
  readings: shares.map((share) => ({ ...WELL, failed: Math.round(60 * share) })),
});
const holding = (permille: readonly number[]): ShareRing => ({ slot: SLOT, permille: [...permille] });
const level = holding([300, 300, 300, 300, 300, 300, 300, 300]);

/** @param pools by agent */
function outlooks(
  courses: Record<string, AgentCourse>,
  memory: Record<string, ShareRing> = {},
  pools: Record<string, string> = {},
  foresight = noForesight,
) {
  const roster = new Map(
    [...Object.keys(courses), ...Object.keys(memory)].map((agent) => [
      agent,
      { agent, description: { type: 'agent', agent, pool: pools[agent] ?? 'workers' } },
    ]),
  ) as unknown as Roster;
  return agentOutlooks({
    ...{ minute: 5 * SLOT, roster, foresight },
    ...{ courses: new Map(Object.entries(courses)), memory: new Map(Object.entries(memory)), inUse: new Map() },
  });
}

const peers = Object.fromEntries(names(6).map((name) => [name, level]));
const probabilityOf = (of: ReturnType<typeof outlooks>, agent: string) => of.get(agent)?.probability ?? 0;

describe('an agent', () => {
  test('of which nothing grows has no outlook', () => {
    expect(outlooks({ a: failing([0, 0, 0, 0, 0, 0, 0, 0]) }, { ...peers, a: level }).size).toBe(0);
  });

  test('whose errors grow is likely to break down, one that began to fail at once is not', () => {
    const of = outlooks({
      ramp: failing([0, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.5]),
      step: failing([0, 0, 0, 0.6, 0.8, 0.8, 0.8, 0.8]),
    });
    expect(probabilityOf(of, 'ramp')).toBeGreaterThan(0.5);
    expect(probabilityOf(of, 'step')).toBeLessThan(0.3);
  });

  test('whose memory grows is likely to break down, unless that of its peers does as well', () => {
    const growing = holding([300, 300, 300, 400, 500, 600, 700, 780]);
    const alone = outlooks({}, { ...peers, a: growing });
    expect(probabilityOf(alone, 'a')).toBeGreaterThan(0.5);
    expect(alone.get('a')?.because[0]?.sign).toMatch(/^memory/);
    const together = outlooks({}, { ...Object.fromEntries(names(6).map((name) => [name, growing])), a: growing });
    expect(together.get('a')?.signs.ramps.memory ?? null).toBeNull();
    expect(probabilityOf(together, 'a')).toBeLessThan(probabilityOf(alone, 'a'));
  });

  test('is the likelier to break down the more errors it has at the end of the same ramp', () => {
    const of = (share: number) => failing([0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1].map((it) => it * share));
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 0.9, noNaN: true }), (share) => {
        const [less, more] = [share, Math.min(1, share + 0.1)].map((it) => probabilityOf(outlooks({ a: of(it) }), 'a'));
        expect(more).toBeGreaterThan((less ?? 1) - 0.02);
      }),
    );
    expect(probabilityOf(outlooks({ a: of(0.9) }), 'a')).toBeGreaterThan(probabilityOf(outlooks({ a: of(0.3) }), 'a'));
  });
});

const anyCourse = fc
  .array(
    fc.option(
      fc.record({
        ended: fc.integer({ min: 1, max: 1_295 }),
        failed: fc.integer({ min: 0, max: 1_295 }),
        peersFailedPermille: fc.integer({ min: 0, max: 1_000 }),
        slowPercent: fc.integer({ min: -600, max: 600 }),
        slowErrorPercent: fc.integer({ min: 1, max: 1_295 }),
        beatLateTenths: fc.integer({ min: 0, max: 1_295 }),
      }),
    ),
    { maxLength: 15 },
  )
  .map(
    (before): AgentCourse => ({
      slot: SLOT,
      readings: [...before, WELL].map((it) => it && { ...it, failed: Math.min(it.ended, it.failed) }),
    }),
  );
const anyRing = fc
  .array(fc.option(fc.integer({ min: 0, max: 1_000 })), { maxLength: 23 })
  .map((before): ShareRing => ({ slot: SLOT, permille: [...before, 500] }));

test('a probability is between 0 and 1 for any readings', () => {
  fc.assert(
    fc.property(anyCourse, anyRing, (course, ring) => {
      for (const { probability } of outlooks({ a: course }, { a: ring }).values()) {
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('agents of other pools change nothing', () => {
  fc.assert(
    fc.property(anyCourse, anyRing, fc.array(anyRing, { maxLength: 6 }), (course, ring, others) => {
      const own = { ...peers, a: ring };
      const alone = probabilityOf(outlooks({ a: course }, own), 'a');
      const more = Object.fromEntries(others.map((it, i) => [`o-${i}`, it]));
      const elsewhere = Object.fromEntries(Object.keys(more).map((agent) => [agent, 'others']));
      expect(probabilityOf(outlooks({ a: course }, { ...own, ...more }, elsewhere), 'a')).toBe(alone);
    }),
  );
});

describe('what is kept', () => {
  test('of an agent stays small, and is of the last 80 minutes', () => {
    const pool = new JudgedPool(names(4));
    let courses: ReadonlyMap<string, AgentCourse> = new Map();
    for (let minute = 0; minute < 200; minute++) {
      pool.pass(
        Object.fromEntries(names(4).map((name) => [name, { completed: 30, failed: 2, serviceMs: [900, 1_100] }])),
      );
      courses = coursesAfter(courses, pool.context());
    }
    const course = courses.get('w-01');
    expect(course?.readings).toHaveLength(16);
    // As it is stored: two digits for each of six figures.
    expect(16 * 12 + JSON.stringify(['w-01', course?.slot, '']).length).toBeLessThan(300);
    expect(course?.readings.at(-1)).toMatchObject({ ended: 160, failed: 10, peersFailedPermille: 63, slowPercent: 0 });
  });

  test('is the same after a minute that is taken in once more', () => {
    const pool = new JudgedPool(names(4));
    for (let minute = 0; (START + minute) % 5 !== 0; minute++) pool.pass({});
    while (pool.minute % 5 !== 0) pool.pass({ 'w-01': { completed: 3 } });
    const once = coursesAfter(new Map(), pool.context());
    expect(once.size).toBe(1);
    expect(coursesAfter(once, pool.context())).toBe(once);
  });
});

describe('a fleet learns from its own breakdowns', () => {
  const agents = names(8);
  const roster = new Map(agents.map((agent) => [agent, { agent, description: null }])) as unknown as Roster;
  const course = failing([0, 0, 0, 0.05, 0.1, 0.15, 0.2, 0.25]);
  const courses = new Map(agents.map((agent) => [agent, course]));
  const known = { courses, memory: new Map<string, ShareRing>(), inUse: new Map<string, ShareRing>() };
  const learn = (foresight: typeof noForesight, broken: readonly string[], slotsOn: number) =>
    foresightAfter(
      { ...known, foresight },
      { minute: 5 * (SLOT + slotsOn) + 2, roster },
      { agents: new Set(broken), declined: new Set(), pools: new Set() },
    );
  const signs = [...outlooks({ a: course }).values()][0]?.signs.values ?? [];

  test('breakdowns make what preceded them count more, and each counts once', () => {
    const after = learn(noForesight, agents.slice(0, 3), 1);
    expect(riskOf(after.agents, signs).probability).toBeGreaterThan(riskOf(agentPrior, signs).probability);
    expect(after.brokeAgents.get('w-01')).toBe(SLOT + 1);
    // Still down five minutes later: no new breakdown, and nothing is learned of it.
    const still = learn(after, agents.slice(0, 3), 2);
    expect(Math.abs((coefficientsOf(still.agents)[0] ?? 0) - (coefficientsOf(after.agents)[0] ?? 0))).toBeLessThan(
      1e-3,
    );
  });

  test('signs that nothing came of for half an hour make them count less', () => {
    const after = learn(noForesight, [], 6);
    expect(riskOf(after.agents, signs).probability).toBeLessThan(riskOf(agentPrior, signs).probability);
  });

  test('the same minute teaches nothing twice', () => {
    const after = learn(noForesight, agents.slice(0, 3), 1);
    expect(learn(after, agents.slice(0, 3), 1)).toBe(after);
  });
});

describe('what was learned and read is stored', () => {
  const course: AgentCourse = {
    slot: SLOT,
    readings: [WELL, null, { ...WELL, ended: 1_295, failed: 1_295, slowPercent: -600, beatLateTenths: 1_295 }, WELL],
  };
  const hazard = hazardAfter(agentPrior, { signs: agentPrior.weighted.map(() => 1), failed: true, weight: 1 });
  const foresight = {
    ...{ slot: SLOT, agents: hazard, declines: noForesight.declines, pools: noForesight.pools },
    ...{ brokeAgents: new Map([['a', SLOT - 1]]), declinedAgents: new Map([['b', SLOT - 2]]) },
    ...{ brokePools: new Map([['workers', SLOT]]) },
  };
  const watch = { ...noWatch(), courses: new Map([['a', course]]), foresight };

  test('and read back', async () => {
    const store = dynamoWatchStore(new MemoryTable());
    expect(await store.save('default', watch, 1)).toBe(true);
    expect(await store.read('default')).toEqual(watch);
    expect(await store.save('default', noWatch(), 2)).toBe(true);
    expect(await store.read('default')).toEqual(noWatch());
  });

  test('and a state that was written before there was any of it begins with what is shipped', async () => {
    const store = dynamoWatchStore(new MemoryTable());
    await store.save('default', noWatch(), 1);
    expect((await store.read('default')).foresight).toEqual(noForesight);
  });
});
