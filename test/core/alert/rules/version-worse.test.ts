import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../../lib/core/alert/alert.ts';
import { inhibitedAlerts } from '../../../../lib/core/alert/inhibition.ts';
import { inhibitions } from '../../../../lib/core/alert/inhibitions.ts';
import { versionWorse } from '../../../../lib/core/alert/rules/version-worse.ts';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { createRandom } from '../../../../lib/sim/random.ts';
import { firingAlert } from '../../../fixtures/alert.ts';
import { type Done, each, JudgedPool, names, START } from '../../../fixtures/judged-minutes.ts';

const agents = names(10);
const newer = agents.slice(0, 4);
const scope = { pool: 'workers', version: '2.0' };
const well = each(agents, { completed: 19, failed: 1 });

/** The first four of ten agents run version 2.0, unless said otherwise. */
function poolOfTwoVersions(minutes: readonly Record<string, Done>[], of: readonly string[] = newer): JudgedPool {
  const pool = new JudgedPool(agents, (agent) => ({ version: of.includes(agent) ? '2.0' : '1.9' }));
  for (const minute of minutes) pool.pass({ ...well, ...minute });
  return pool;
}

/** Three tasks of a time, and 10 % around it. */
const took = (ms: number): Done => ({ serviceMs: [0.9 * ms, ms, 1.1 * ms, 0.95 * ms, 1.05 * ms] });

describe('a version that is worse than the one beside it', () => {
  const failing = each(newer, { completed: 9, failed: 3 });

  test('is told in the third minute in which it fails, with the first and with its agents', () => {
    expect(poolOfTwoVersions([{}, {}, failing, failing]).judge(versionWorse, scope)?.verdict).not.toBe('breach');
    const found = poolOfTwoVersions([{}, {}, failing, failing, failing]).judge(versionWorse, scope);
    expect(found).toMatchObject({
      verdict: 'breach',
      finding: {
        title: 'Version 2.0 in pool workers fails 25 % of its tasks',
        // 36 of 144 in three minutes; the others fail one in twenty.
        ...{ value: 0.25, expected: expect.closeTo(0.05, 2), n: 144 },
        onsetMs: (START + 2) * MINUTE_MS,
        impact: { tasksLostPerMinute: expect.closeTo(9.6, 0) },
        contributors: newer.map((agent) => ({ agent, share: 0.25 })),
        evidence: expect.arrayContaining(['no deploy of version 2.0 was reported in the last two hours']),
      },
    });
  });

  test('is suspected, and not told, while it has failed for two minutes', () => {
    const failing = each(newer, { completed: 4, failed: 3 });
    expect(poolOfTwoVersions([failing, failing]).judge(versionWorse, scope)?.verdict).toBe('suspect');
    expect(poolOfTwoVersions([failing, failing, failing]).judge(versionWorse, scope)?.verdict).toBe('breach');
  });

  test('is told after one minute in which all of it fails', () => {
    const pool = poolOfTwoVersions([{}, each(newer, { failed: 20 })]);
    expect(pool.judge(versionWorse, scope)).toMatchObject({
      verdict: 'breach',
      finding: { onsetMs: (START + 1) * MINUTE_MS },
    });
  });

  test('is told when it takes 1.7 times as long', () => {
    const slow = { ...each(agents, took(1_000)), ...each(newer, took(1_700)) };
    expect(poolOfTwoVersions([slow, slow, slow]).judge(versionWorse, scope)).toMatchObject({
      verdict: 'breach',
      finding: { title: 'Version 2.0 in pool workers takes 1.7 times as long', unit: 'ms' },
    });
    const hardly = { ...each(agents, took(1_000)), ...each(newer, took(1_300)) };
    expect(poolOfTwoVersions([hardly, hardly, hardly]).judge(versionWorse, scope)?.verdict).toBe('unknown');
  });

  test('names the deployment, and is judged because of it even where most have it', () => {
    const most = agents.slice(0, 6);
    const pool = poolOfTwoVersions(
      Array.from({ length: 4 }, () => each(most, { completed: 9, failed: 3 })),
      most,
    );
    expect(pool.judge(versionWorse, scope)).toBeUndefined();
    const event = { type: 'change' as const, atMs: START * MINUTE_MS, kind: 'deploy' as const, pool: 'workers' };
    const changes = [{ id: 'b#1', event: { ...event, version: '2.0', note: 'new prompt' } }];
    const found = versionWorse.assess(pool.context({ changes })).filter(({ verdict }) => verdict === 'breach');
    expect(found).toMatchObject([
      {
        scope,
        finding: {
          evidence: expect.arrayContaining([expect.stringMatching(/^deploy of version 2.0 reported at .*new prompt$/)]),
        },
      },
    ]);
  });

  test('is clear again when its failures have ended', () => {
    expect(poolOfTwoVersions([failing, failing, failing, {}]).judge(versionWorse, scope)?.verdict).toBe('clear');
  });
});

describe('no version is blamed', () => {
  test('for one agent of it, nor where there is only one', () => {
    const failing = each(['w-01'], { failed: 20 });
    expect(versionWorse.assess(poolOfTwoVersions([failing], ['w-01']).context())).toEqual([]);
    expect(versionWorse.assess(poolOfTwoVersions([each(newer, { failed: 20 })], []).context())).toEqual([]);
  });

  test('where both fail alike', () => {
    const all = each(agents, { completed: 10, failed: 10 });
    expect(poolOfTwoVersions([all, all, all]).judge(versionWorse, scope)?.verdict).toBe('clear');
  });

  test('by chance in 1,000 hours of two versions side by side', () => {
    const random = createRandom(17, 'versions');
    const pool = poolOfTwoVersions([]);
    const told: unknown[] = [];
    for (let minute = 0; minute < 100 * 60; minute++) {
      const done = agents.map((agent) => {
        const failed = Array.from({ length: 8 }).filter(() => random.uniform() < 0.05).length;
        const serviceMs = Array.from({ length: 8 }, () => random.logNormal(1_000, 0.8));
        return [agent, { completed: 8 - failed, failed, serviceMs }];
      });
      pool.pass(Object.fromEntries(done));
      told.push(...versionWorse.assess(pool.context()).filter(({ verdict }) => verdict === 'breach'));
    }
    expect(told).toEqual([]);
  });
});

test('it explains what is wrong with its agents, and not with others', () => {
  const of = (rule: string, agent: string): Alert =>
    firingAlert({ id: `${rule}-${agent}`, rule, scope: { pool: 'workers', agent }, fingerprint: `${rule}-${agent}` });
  const explains = newer.map((agent) => ({ pool: 'workers', agent }));
  const version = firingAlert({ id: 'version', rule: 'version-worse', scope, fingerprint: 'version', explains });
  const alerts = [
    ...[of('agent-failing', 'w-01'), of('agent-degraded', 'w-02'), of('agent-slower', 'w-04')],
    ...[of('agent-failing', 'w-09'), of('agent-poor-quality', 'w-01')],
  ];
  expect([...inhibitedAlerts([version, ...alerts], inhibitions, version.detectedMs)]).toEqual([
    ['agent-failing-w-01', 'version'],
    ['agent-degraded-w-02', 'version'],
    ['agent-slower-w-04', 'version'],
  ]);
});
