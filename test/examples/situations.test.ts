import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readScenario } from '../../lib/sim/scenario/read-scenario.ts';
import { root } from '../docs/snippets/documents.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const names = readdirSync(`${root}examples/situations`).flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);

interface Situation {
  scenario: string;
  budgets: Record<string, { scope: string; owner: string }>;
  pools: Record<string, object>;
  policy: { modes: Record<string, string>; holdOutShare?: number };
}

const read = (name: string): Situation =>
  JSON.parse(readFileSync(`${root}examples/situations/${name}.json`, 'utf8')) as Situation;

let fleetpulse: Fleetpulse;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(Date.parse('2026-03-02T10:00:00Z'));
});
afterAll(() => fleetpulse.stop());

function apply(name: string) {
  const env = { ...process.env, FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY };
  return promisify(execFile)(process.execPath, ['examples/situations/apply.ts', name], { cwd: root, env });
}

test('there are six', () => {
  expect(names).toHaveLength(6);
});

describe.each(names)('%s', (name) => {
  const { scenario, budgets, pools, policy } = read(name);

  test('is applied as it stands, and is then in force', async () => {
    await apply(name);
    for (const [budget, set] of Object.entries(budgets)) {
      const { body } = await fleetpulse.get(`/v1/budgets/${budget}`);
      expect(body).toMatchObject(set);
    }
    for (const [pool, set] of Object.entries(pools)) {
      // A change of nothing is answered with what is in force.
      const headers = { 'content-type': 'application/json' };
      const { body } = await fleetpulse.request('PUT', `/v1/pools/${pool}`, { headers, body: '{}' });
      expect(body).toMatchObject({ settings: set });
    }
    expect((await fleetpulse.get('/v1/policy')).body).toMatchObject(policy);
  });

  test('each of its budgets has an owner, and says from which burn rate on somebody is told', async () => {
    for (const [budget, { owner }] of Object.entries(budgets)) {
      const { body } = await fleetpulse.get(`/v1/budgets/${budget}`);
      expect(owner).toMatch(/\w/);
      expect(body.alertRules.length).toBeGreaterThan(0);
    }
  });

  test('its pools and task types are those of its scenario', () => {
    const { scenario: fleet } = readScenario(readFileSync(root + scenario, 'utf8'));
    const known = [
      'fleet',
      ...fleet.pools.map(({ pool }) => `pool:${pool}`),
      ...fleet.taskTypes.map(({ taskType }) => `taskType:${taskType}`),
    ];
    const named = [
      ...Object.values(budgets).map(({ scope }) => scope),
      ...Object.keys(pools).map((it) => `pool:${it}`),
    ];
    for (const scope of named) expect(known).toContain(scope);
  });
});

test('one that does not exist is refused with those that do', async () => {
  await expect(apply('mission')).rejects.toThrow(/there is no situation "mission": there are .*mission-critical/);
});
