import { expect, test } from 'vitest';
import { agentDegraded, agentSlower } from '../../../../lib/core/alert/rules/agent-slow.ts';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { createRandom } from '../../../../lib/sim/random.ts';
import { type Done, JudgedPool, names, START } from '../../../fixtures/judged-minutes.ts';

const rules = [agentDegraded, agentSlower];
const MEAN_MS = 12_000;
const random = createRandom(3, 'slow agents');
/** Log-normal with a coefficient of variation of 1: sigma² = ln 2. */
const times = (n: number, factor = 1) =>
  Array.from({ length: n }, () => random.logNormal((factor * MEAN_MS) / Math.SQRT2, Math.sqrt(Math.log(2))));
const done = (n: number, factor = 1): Done => ({ serviceMs: times(n, factor) });

/** Two slots: ten tasks of 12 s a minute at most, and two of those that take five times as long. */
function poolWith(agents: readonly string[], slow: Record<string, Done>): Record<string, Done> {
  return { ...Object.fromEntries(agents.map((agent) => [agent, done(6 + random.int(4))])), ...slow };
}

test('an agent that is five times slower and ends two tasks a minute is told within six minutes, with its first slow one', () => {
  const agents = names(8);
  const toldAfter: number[] = [];
  const onsets: number[] = [];
  for (let run = 0; run < 20; run++) {
    const pool = new JudgedPool(agents);
    for (let minute = 0; minute < 5; minute++) pool.pass(poolWith(agents, {}));
    let told = 0;
    for (let minute = 1; minute <= 6 && told === 0; minute++) {
      pool.pass(poolWith(agents, { 'w-05': done(2, 5) }));
      if (rules.some((rule) => pool.breaching(rule).includes('w-05'))) told = minute;
    }
    toldAfter.push(told);
    const scope = { pool: 'workers', agent: 'w-05' };
    const found = rules.map((rule) => pool.judge(rule, scope)).find((it) => it?.verdict === 'breach');
    if (!found) continue;
    expect(found).toMatchObject({ finding: { why: expect.stringContaining('tasks of the last 5 minutes') } });
    onsets.push((('finding' in found ? found.finding.onsetMs : 0) - START * MINUTE_MS) / MINUTE_MS);
  }
  expect(onsets.toSorted((a, b) => a - b)[10]).toBe(5);
  // One of the twenty has too many lucky tasks.
  expect(toldAfter.filter((minutes) => minutes >= 3)).toHaveLength(19);
});

test('few tasks of one slow minute are no lasting slowness', () => {
  const agents = names(8);
  const pool = new JudgedPool(agents);
  for (let minute = 0; minute < 4; minute++) pool.pass(poolWith(agents, { 'w-05': {} }));
  pool.pass(poolWith(agents, { 'w-05': done(2, 40) })).pass(poolWith(agents, { 'w-05': {} }));
  expect(pool.breaching(agentDegraded)).toEqual([]);
});

test('five slow tasks of two minutes are none either', () => {
  const agents = names(8);
  const pool = new JudgedPool(agents);
  for (let minute = 0; minute < 4; minute++) pool.pass(poolWith(agents, { 'w-05': {} }));
  const slow = (n: number) => ({ serviceMs: Array.from({ length: n }, () => 5 * MEAN_MS) });
  for (const n of [3, 2]) {
    pool.pass(poolWith(agents, { 'w-05': slow(n) }));
    expect(pool.verdict(agentDegraded, 'w-05')).not.toBe('breach');
  }
  // With a third minute they are.
  expect(pool.pass(poolWith(agents, { 'w-05': slow(2) })).verdict(agentDegraded, 'w-05')).toBe('breach');
});

test('a thousand agent-hours of agents that end few tasks, or many, tell nothing', () => {
  const agents = names(50);
  const pool = new JudgedPool(agents);
  const told: string[] = [];
  for (let minute = 0; minute < 20 * 60; minute++) {
    // Half of them are seldom used: three tasks in two minutes.
    const seldom = Object.fromEntries(agents.slice(0, 25).map((agent) => [agent, done(random.int(4))]));
    pool.pass(poolWith(agents, seldom));
    told.push(...pool.breaching(agentDegraded), ...pool.breaching(agentSlower));
  }
  expect(told).toEqual([]);
});

test('in a pool whose agents end too few tasks a minute to be compared by the minute, it is slow since the first of those together', () => {
  const agents = names(8);
  const pool = new JudgedPool(agents);
  const slow = { serviceMs: [8 * MEAN_MS] };
  for (let minute = 0; minute < 6; minute++) {
    const usual = Object.fromEntries(agents.map((agent) => [agent, { serviceMs: [MEAN_MS, 1.1 * MEAN_MS] }]));
    pool.pass({ ...usual, 'w-05': slow });
  }
  const found = pool.judge(agentDegraded, { pool: 'workers', agent: 'w-05' });
  if (found?.verdict !== 'breach') throw new Error(`it is ${found?.verdict}`);
  expect((found.finding.onsetMs - START * MINUTE_MS) / MINUTE_MS).toBe(1);
});
