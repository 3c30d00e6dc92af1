import { describe, expect, test } from 'vitest';
import { alertFingerprint } from '../../../../lib/core/alert/fingerprint.ts';
import { agentFailing } from '../../../../lib/core/alert/rules/agent-failing.ts';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { createRandom } from '../../../../lib/sim/random.ts';
import { each, JudgedPool, names, START } from '../../../fixtures/judged-minutes.ts';

const agents = names(8);
const well = each(agents, { completed: 19, failed: 1 });
const scope = { pool: 'workers', agent: 'w-03' };

describe('an agent that fails while its peers do not', () => {
  test('a black hole is told after its first minute', () => {
    const pool = new JudgedPool(agents).pass(well).pass({ ...well, 'w-03': { failed: 60 } });
    expect(pool.judge(agentFailing, scope)).toMatchObject({
      verdict: 'breach',
      finding: {
        title: 'Agent w-03 fails 100 % of its tasks',
        onsetMs: (START + 1) * MINUTE_MS,
        ...{ value: 1, unit: 'ratio', n: 60 },
        // Of 60 failures about 3 would have been expected.
        impact: { tasksLostPerMinute: expect.closeTo(57, -1) },
      },
    });
    expect(pool.breaching(agentFailing)).toEqual(['w-03']);
  });

  test('that it attracts work is said when it has more than its peers, and only then', () => {
    const said = (tasks: number) => {
      const pool = new JudgedPool(agents).pass(well).pass({ ...well, 'w-03': { failed: tasks } });
      const found = pool.judge(agentFailing, scope);
      return found?.verdict === 'breach' ? `${found.finding.why} ${found.finding.evidence.join(' ')}` : 'nothing';
    };
    expect(said(60)).toMatch(/It attracts work.*ended 3\.0 times as many tasks/);
    expect(said(20)).not.toMatch(/attracts/);
  });

  test('one that fails at five tasks of twelve is told in the third minute, with the minute in which it began', () => {
    const pool = new JudgedPool(agents).pass(well).pass(well);
    const failing = { ...well, 'w-03': { completed: 7, failed: 5 } };
    const verdicts = [1, 2, 3].map(() => pool.pass(failing).verdict(agentFailing, 'w-03'));
    expect(verdicts.slice(0, 2)).not.toContain('breach');
    expect(verdicts[2]).toBe('breach');
    expect(pool.judge(agentFailing, scope)).toMatchObject({ finding: { onsetMs: (START + 2) * MINUTE_MS } });
  });

  test('peers that did too little to be sure of their own ratio are no measure for four failures', () => {
    const few = names(4);
    const pool = new JudgedPool(few);
    const seldom = each(few, { completed: 3 });
    for (const failed of [1, 2, 1]) pool.pass({ ...seldom, 'w-03': { completed: 4 - failed, failed } });
    expect(pool.verdict(agentFailing, 'w-03')).toBe('unknown');
  });

  test('three bad minutes of too few tasks are not enough', () => {
    const pool = new JudgedPool(agents);
    for (let i = 0; i < 3; i++) pool.pass({ ...well, 'w-03': { failed: 3 } });
    expect(pool.verdict(agentFailing, 'w-03')).toBe('unknown');
  });

  test('a bad peer does not hide it', () => {
    const pool = new JudgedPool(agents).pass({ ...well, 'w-03': { failed: 40 }, 'w-04': { failed: 300 } });
    expect(pool.breaching(agentFailing)).toEqual(['w-03', 'w-04']);
  });

  test('it is clear again with a normal minute, and stays as it is between the thresholds', () => {
    const pool = new JudgedPool(agents).pass({ ...well, 'w-03': { failed: 60 } });
    expect(pool.pass({ ...well, 'w-03': { completed: 10, failed: 1 } }).verdict(agentFailing, 'w-03')).toBe('clear');
    expect(pool.pass({ ...well, 'w-03': { completed: 22, failed: 3 } }).verdict(agentFailing, 'w-03')).toBe('unknown');
  });

  test('who calls it noise raises the threshold', () => {
    const pool = new JudgedPool(agents);
    for (let i = 0; i < 4; i++) pool.pass({ ...well, 'w-03': { completed: 100, failed: 25 } });
    expect(pool.verdict(agentFailing, 'w-03')).toBe('breach');
    pool.strictness = 1.6;
    expect(pool.verdict(agentFailing, 'w-03')).toBe('unknown');
  });
});

describe('what is no agent’s fault', () => {
  test('half of a pool failing leaves its agents unjudged', () => {
    const failing = each(agents.slice(0, 4), { failed: 40 });
    const pool = new JudgedPool(agents);
    for (let i = 0; i < 4; i++) pool.pass({ ...well, ...failing });
    expect(pool.breaching(agentFailing)).toEqual([]);
    expect(pool.verdict(agentFailing, 'w-01')).toBe('unknown');
    // With three it is their own.
    const fewer = new JudgedPool(agents).pass({ ...well, ...each(agents.slice(0, 3), { failed: 40 }) });
    expect(fewer.breaching(agentFailing)).toEqual(['w-01', 'w-02', 'w-03']);
  });

  test('another mix of work is compared type by type', () => {
    const hard = { taskType: 'proof', completed: 10, failed: 10 };
    const chat = { completed: 20 };
    const pool = new JudgedPool(agents);
    for (let i = 0; i < 4; i++) {
      pool.pass({ ...each(agents.slice(4), chat), ...each(agents.slice(0, 4), hard), 'w-05': [chat, hard] });
    }
    expect(pool.breaching(agentFailing)).toEqual([]);
  });

  test.each(['agent-dead', 'agent-hung'])('of an agent of which %s is told, nothing more is said', (rule) => {
    const pool = new JudgedPool(agents).pass({ ...well, 'w-03': { failed: 60 } });
    pool.firing.add(alertFingerprint(rule, scope));
    expect(pool.verdict(agentFailing, 'w-03')).toBe('unknown');
  });
});

test('a thousand agent-hours in which agents differ by chance, and somewhat by themselves, tell nothing', () => {
  const random = createRandom(11, 'failures');
  const fleet = names(50);
  const own = new Map(fleet.map((agent) => [agent, Math.max(0, 0.05 + random.normal(0, 0.015))]));
  const pool = new JudgedPool(fleet);
  const told: string[] = [];
  for (let minute = 0; minute < 20 * 60; minute++) {
    const done = fleet.map((agent) => {
      const n = Math.max(0, Math.round(random.normal(9, 3)));
      const failed = Array.from({ length: n }).filter(() => random.uniform() < (own.get(agent) ?? 0)).length;
      return [agent, { completed: n - failed, failed }];
    });
    told.push(...pool.pass(Object.fromEntries(done)).breaching(agentFailing));
  }
  expect(told).toEqual([]);
});
