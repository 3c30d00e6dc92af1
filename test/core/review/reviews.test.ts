import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DayOfWork } from '../../../bench/agent-reviews/day-of-work.ts';
import { drawFleet, drawPools } from '../../../bench/agent-reviews/drawn-fleet.ts';
import { tallyPools, tallyReviews } from '../../../bench/agent-reviews.ts';
import type { WorkDay } from '../../../lib/core/benchmark/work-day.ts';
import { type AgentReview, agentReviews, type ReviewContext } from '../../../lib/core/review/agent-review.ts';
import { collectWork } from '../../../lib/core/review/collected-work.ts';
import { comparePeers } from '../../../lib/core/review/compare-peers.ts';
import { poolReviews } from '../../../lib/core/review/pool-review.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const DAY = 1_440;
const DAYS = 28;
const FIRST = 29_000 * DAY;

interface Nature {
  pool?: string;
  tasksPerDay?: number;
  meanS?: number;
  failures?: number;
  quality?: number;
  /** Hours at which it works, in turn. */
  hours?: readonly number[];
  /** Days on which it works. */
  days?: readonly number[];
}

/** Weeks of agents, each with a nature by task type; days with 10 % of luck of their own. */
function weeksOf(
  agents: Record<string, Record<string, Nature>>,
  { badDays = [] as number[], rushHour = -1 } = {},
): WorkDay[] {
  const random = createRandom(7, 'reviews');
  return Array.from({ length: DAYS }, (_, day) => {
    const to = new DayOfWork(FIRST + day * DAY);
    for (const [agent, types] of Object.entries(agents)) {
      for (const [taskType, nature] of Object.entries(types)) {
        const { pool = 'p', tasksPerDay = 30, meanS = 10, failures = 0.05, quality, hours = [12], days } = nature;
        if (days && !days.includes(day)) continue;
        const worker = to.worker({ agent, pool });
        const luck = random.logNormal(1, 0.1) * (badDays.includes(day) ? 3 : 1);
        for (let n = 0; n < tasksPerDay; n++) {
          const hour = hours[n % hours.length] as number;
          const rushed = hour === rushHour ? 2 : 1;
          const isCompleted = random.uniform() >= failures;
          to.add(worker, taskType, hour, {
            ...{ [isCompleted ? 'completed' : 'failed']: 1, serviceCount: 1 },
            serviceUs: Math.round(1e6 * random.logNormal(meanS, 0.5) * luck * rushed),
            ...(quality === undefined
              ? {}
              : { qualityCount: 1, qualityPpm: Math.round(1e6 * Math.min(1, random.normal(quality, 0.1))) }),
          });
        }
      }
    }
    return to.finish();
  });
}

const NAMES = ['b', 'c', 'd', 'e', 'f', 'g'];

function peers(nature: Nature = {}): Record<string, Record<string, Nature>> {
  return Object.fromEntries(NAMES.map((name) => [name, { code: nature }]));
}

/** One agent that is slow and one that is graded lower, at two types. */
function unlike(): WorkDay[] {
  const both = (nature: Nature) => ({ code: nature, plan: { ...nature, tasksPerDay: 12 } });
  const others = Object.fromEntries(NAMES.map((name) => [name, both({ quality: 0.8 })]));
  return weeksOf({ a: { code: { meanS: 17, quality: 0.8 } }, z: { plan: { quality: 0.6 } }, ...others });
}

function reviewOf(agent: string, days: readonly WorkDay[], context: ReviewContext = {}): AgentReview {
  return agentReviews(comparePeers(collectWork(days)), context).find((its) => its.agent === agent) as AgentReview;
}

describe('the review of an agent', () => {
  it('tells that it takes longer than its peers, by how much, and what training would save', () => {
    const { weaknesses, strengths, training } = reviewOf(
      'a',
      weeksOf({ a: { code: { meanS: 16, tasksPerDay: 100 } }, ...peers() }),
    );
    expect(strengths).toEqual([]);
    expect(weaknesses).toHaveLength(1);
    const [slow] = weaknesses;
    expect(slow).toMatchObject({
      measure: 'service_time',
      taskType: 'code',
      comparedBy: 'ratio',
      n: 2_800,
      days: 28,
      peerCount: 6,
    });
    expect(slow?.difference.low).toBeLessThan(1.6);
    expect(slow?.difference.high).toBeGreaterThan(1.6);
    expect(slow?.words).toMatch(
      /^takes 1\d\.\d s for a code task, the usual of 6 peers 1\d\.\d s: 1\.\d\d times as long \(90 % interval/,
    );
    // 100 tasks a day, each 6 s shorter at the median, 6.8 s at the mean (times e^(0.5² ÷ 2)).
    expect(training).toMatchObject([
      { strategy: 'agent_skill_enhancement', horizon: 'medium', agent: 'a', pool: 'p', taskType: 'code' },
    ]);
    expect(training[0]?.title).toMatch(/^Bring a up to its peers at code: it takes 1\.[56] times as long$/);
    expect(training[0]?.gain.unit).toBe('s/day');
    expect(training[0]?.gain.low).toBeLessThan(680);
    expect(training[0]?.gain.high).toBeGreaterThan(680);
  });

  it('says nothing of a gain of some seconds a day', () => {
    const { weaknesses, training } = reviewOf('a', weeksOf({ a: { code: { meanS: 16 } }, ...peers() }));
    expect(weaknesses).toHaveLength(1);
    // 30 tasks × 6.8 s are 204 s a day: less than ten minutes.
    expect(training).toEqual([]);
  });

  it('tells failures, and what completing as many as the others would bring', () => {
    const { weaknesses, training } = reviewOf('a', weeksOf({ a: { code: { failures: 0.2 } }, ...peers() }));
    expect(weaknesses.map(({ measure }) => measure)).toEqual(['completion']);
    expect(weaknesses[0]?.words).toContain('points fewer');
    const [advice] = training;
    expect(advice?.title).toMatch(/^Bring a up to its peers at code: \d+ % of its tasks fail$/);
    expect(advice?.gain.unit).toBe('tasks/day');
    expect(advice?.gain.low).toBeLessThan(4.5);
    expect(advice?.gain.high).toBeGreaterThan(4.5);
  });

  it('tells a strength, and sends others there to learn', () => {
    const days = weeksOf({ a: { code: { quality: 0.6 } }, z: { code: { quality: 0.92 } }, ...peers({ quality: 0.8 }) });
    expect(reviewOf('z', days).strengths.map(({ measure }) => measure)).toEqual(['quality']);
    expect(reviewOf('a', days).training[0]?.because.at(-1)).toBe(
      'z is better than usual at it: look at what is done otherwise there.',
    );
  });

  it('does not call it weak for working at the busy hour, or on the bad days', () => {
    const busy = weeksOf({ a: { code: { hours: [9] } }, ...peers({ hours: [9, 12, 15] }) }, { rushHour: 9 });
    expect(reviewOf('a', busy).weaknesses).toEqual([]);
    const badDays = [3, 4, 5, 6, 7, 8, 9, 10];
    const bad = weeksOf({ a: { code: { days: badDays } }, ...peers() }, { badDays });
    expect(reviewOf('a', bad).weaknesses).toEqual([]);
  });

  it('draws an agent with few tasks towards its pool, and says nothing of it', () => {
    const days = weeksOf({ a: { code: { tasksPerDay: 1, meanS: 14, days: [0, 1, 2, 3, 4, 5] } }, ...peers() });
    const { skills, weaknesses } = reviewOf('a', days);
    expect(weaknesses).toEqual([]);
    expect(skills[0]?.n).toBe(6);
    const { serviceMs } = skills[0] as AgentReview['skills'][number];
    expect((serviceMs?.high ?? 0) - (serviceMs?.low ?? 0)).toBeGreaterThan(1_000);
  });

  it('does not take tasks that fail at once for speed', () => {
    const hasty = { failures: 0.4, meanS: 6 };
    const { strengths, weaknesses } = reviewOf('a', weeksOf({ a: { code: hasty }, ...peers() }));
    expect(strengths).toEqual([]);
    expect(weaknesses.map(({ measure }) => measure)).toEqual(['completion']);
  });

  it('does not compare the agents of a pool that has too few', () => {
    const { skills, weaknesses } = reviewOf(
      'a',
      weeksOf({ a: { code: { meanS: 30 } }, b: { code: {} }, c: { code: {} } }),
    );
    expect(weaknesses).toEqual([]);
    expect(skills[0]?.serviceMs?.value).toBeGreaterThan(20_000);
  });

  it('puts the declared proficiency beside the measured one', () => {
    const days = weeksOf({ a: { code: { meanS: 20 } }, ...peers() });
    const [skill] = reviewOf('a', days, { skills: new Map([['a', { code: 0.9 }]]) }).skills;
    expect(skill?.declared).toBe(0.9);
    expect(skill?.measured?.value).toBeGreaterThan(0.4);
    expect(skill?.measured?.high).toBeLessThan(0.7);
  });

  it('names no training for an agent that has another version than its pool', () => {
    const days = weeksOf({ a: { code: { failures: 0.3 } }, ...peers() });
    const versions = new Map(['a', ...NAMES].map((name) => [name, name === 'a' ? '2' : '1']));
    const review = reviewOf('a', days, { versions });
    expect(review.weaknesses).toHaveLength(1);
    expect(review.training).toEqual([]);
  });

  it('is the same in whatever order the days come, and is plain JSON', () => {
    const days = unlike();
    const reviews = agentReviews(comparePeers(collectWork(days)));
    expect(agentReviews(comparePeers(collectWork(days.toReversed())))).toEqual(reviews);
    expect(JSON.parse(JSON.stringify(reviews))).toEqual(reviews);
  });

  it('finds the same where everything takes three times as long', () => {
    const days = unlike();
    const longer = days.map((day) => ({
      ...day,
      counters: { ...day.counters, serviceUs: day.counters.serviceUs.map((us) => 3 * us) },
    }));
    const told = (of: readonly WorkDay[]) =>
      agentReviews(comparePeers(collectWork(of))).flatMap(({ agent, weaknesses, strengths }) =>
        [...weaknesses, ...strengths].map(({ taskType, measure, difference }) => [
          agent,
          taskType,
          measure,
          difference.value.toFixed(6),
        ]),
      );
    expect(told(longer)).toEqual(told(days));
  });

  it('says nothing of no days at all', () => {
    expect(agentReviews(comparePeers(collectWork([])))).toEqual([]);
    expect(poolReviews(comparePeers(collectWork([])))).toEqual([]);
  });
});

describe('the review of a pool', () => {
  const skills = new Map(
    Object.entries({ a: { code: 1, plan: 1 }, ...Object.fromEntries(NAMES.map((name) => [name, { code: 1 }])) }),
  );

  it('tells a task type that one agent alone can do', () => {
    const days = weeksOf({ a: { code: {}, plan: { tasksPerDay: 4 } }, ...peers() });
    const [review] = poolReviews(comparePeers(collectWork(days)), { skills });
    expect(review?.training).toMatchObject([
      {
        ...{ strategy: 'skill_development_programs', horizon: 'long', pool: 'p', taskType: 'plan' },
        title: 'Teach plan to a second agent of pool p: a alone knows it',
        gain: { value: 4, unit: 'tasks/day' },
      },
    ]);
  });

  it('does not, where another agent declares no skills and may be given any, or a pool stands in', () => {
    const days = weeksOf({ a: { code: {}, plan: { tasksPerDay: 4 } }, ...peers(), x: { plan: { pool: 'spare' } } });
    const compared = comparePeers(collectWork(days));
    const some = new Map([...skills].filter(([agent]) => agent !== 'c'));
    expect(poolReviews(compared, { skills: some })[0]?.training).toEqual([]);
    expect(poolReviews(compared, { skills, backupPools: new Map([['p', 'spare']]) })[0]?.training).toEqual([]);
  });

  it('tells a weakness of the whole pool beside another that does the same type', () => {
    const days = weeksOf({
      ...peers({ failures: 0.25, pool: 'p' }),
      ...Object.fromEntries(['s', 't', 'u', 'v'].map((name) => [name, { code: { failures: 0.05, pool: 'q' } }])),
    });
    const [p, q] = poolReviews(comparePeers(collectWork(days)));
    expect(p?.weaknesses.map(({ measure }) => measure)).toEqual(['completion']);
    expect(q?.strengths.map(({ measure }) => measure)).toEqual(['completion']);
    expect(p?.training).toMatchObject([
      { strategy: 'skill_development_programs', pool: 'p', taskType: 'code', gain: { unit: 'tasks/day' } },
    ]);
    // 6 agents × 30 tasks a day × 20 points.
    expect(p?.training[0]?.gain.low).toBeLessThan(36);
    expect(p?.training[0]?.gain.high).toBeGreaterThan(36);
  });

  it('does not call a pool weak for one agent that is', () => {
    const days = weeksOf({
      ...peers({ pool: 'p' }),
      a: { code: { pool: 'p', failures: 0.9, tasksPerDay: 100 } },
      ...Object.fromEntries(['s', 't', 'u', 'v'].map((name) => [name, { code: { pool: 'q' } }])),
    });
    expect(poolReviews(comparePeers(collectWork(days)))[0]?.weaknesses).toEqual([]);
  });
});

describe('on fleets that are drawn', () => {
  it('at most a tenth of what is told is false, and half of what was planted is found', () => {
    const all = tallyReviews(Array.from({ length: 4 }, (_, i) => () => drawFleet(301 + i))).get('all');
    expect(all?.told).toBeGreaterThan(20);
    expect((all?.wrong ?? 1) / (all?.told ?? 1)).toBeLessThanOrEqual(0.1);
    expect((all?.found ?? 0) / (all?.comparable ?? 1)).toBeGreaterThan(0.5);
  });

  it('hardly anything that is told of pools is false', () => {
    const { told, wrong } = tallyPools(Array.from({ length: 6 }, (_, i) => () => drawPools(301 + i)));
    expect(told).toBeGreaterThan(2);
    expect(wrong).toBe(0);
  });

  it('nothing is told where nobody is planted', () => {
    const all = tallyReviews(Array.from({ length: 2 }, (_, i) => () => drawFleet(401 + i, false))).get('all');
    expect(all?.fleetsWithFalse).toBe(0);
  });
});

describe('what is told', () => {
  it('never changes by the names of agents', () => {
    const days = unlike();
    const told = (of: readonly WorkDay[]) =>
      agentReviews(comparePeers(collectWork(of))).flatMap(({ agent, weaknesses }) =>
        weaknesses.map(({ n }) => [agent, n]),
      );
    const before = told(days);
    expect(before).toHaveLength(2);
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('x', 'y', '-') }), (prefix) => {
        const named = days.map((day) => ({
          ...day,
          workers: day.workers.map((its) => ({ ...its, agent: `${prefix}${its.agent}` })),
        }));
        expect(told(named)).toEqual(before.map(([agent, n]) => [`${prefix}${agent}`, n]));
      }),
      { numRuns: 3 },
    );
  });
});
