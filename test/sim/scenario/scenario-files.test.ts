import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import { readRecordedArrivals } from '../../../lib/sim/scenario/read-recorded-arrivals.ts';
import { readScenario } from '../../../lib/sim/scenario/read-scenario.ts';
import type { FaultKind, Scenario } from '../../../lib/sim/scenario/scenario.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const filesIn = (folder: string, pattern = '*.json') => globSync(`${folder}/${pattern}`, { cwd: root }).sort();
const read = (file: string) => readScenario(readFileSync(resolve(root, file), 'utf8'));

/** Every kind of fault, so that the compiler asks for a file when one is added. */
const kinds: Record<FaultKind, true> = {
  ...{ slow: true, fail_fast: true, hang: true, crash: true, quality_collapse: true, dependency_slow: true },
  ...{ dependency_errors: true, load_spike: true, load_ramp: true, retry_storm: true, poison_type: true, leak: true },
  ...{ error_ramp: true, zone_loss: true, deploy: true, rate_limit: true, ping_pong: true },
  ...{ verification_failure: true, telemetry: true, planned_load: true, model_errors: true, tool_slow: true },
};

function recordedOf({ arrivals }: Scenario, file: string) {
  if (arrivals.kind !== 'recorded') return [];
  const path = resolve(root, dirname(file), arrivals.file);
  return readRecordedArrivals(readFileSync(path, 'utf8'), path);
}

describe.each([
  { folder: 'examples/scenarios', count: 5 },
  { folder: 'examples/{e-commerce,customer-service,trading}', pattern: 'scenario.json', count: 3 },
  { folder: 'bench/scenarios', count: 32 },
  { folder: 'bench/responses', count: 8 },
])('$folder', ({ folder, pattern, count }: { folder: string; pattern?: string; count: number }) => {
  test(`has ${count} scenarios of different names`, () => {
    const names = filesIn(folder, pattern).map((file) => read(file).scenario.name);
    expect(names).toHaveLength(count);
    expect(new Set(names).size).toBe(count);
  });

  test.each(filesIn(folder, pattern))('%s is read, says why it exists, and works for ten minutes', (file) => {
    const { scenario } = read(file);
    expect(scenario.why).not.toBe('');
    const simulation = new Simulation({
      scenario,
      seed: 1,
      policy: powerOfTwo,
      recorded: recordedOf(scenario, file),
    });
    simulation.runUntil(scenario.startMs + 600_000);
    const rows = [...simulation.result.pools.values()].flatMap((minutes) => minutes.slice(0, 10));
    const [arrived, completed] = [sum(rows.map((row) => row.arrived)), sum(rows.map((row) => row.completed))];
    expect(arrived).toBeGreaterThan(50);
    expect(completed / arrived).toBeGreaterThan(0.9);
  });
});

describe('the benchmark set', () => {
  const scenarios = filesIn('bench/scenarios').map(read);

  test('has every kind of fault, every way that telemetry fails, a harmless deploy, and days without any fault', () => {
    const faults = scenarios.flatMap(({ scenario }) => scenario.faults);
    // Models and tools are told apart in bench/responses and examples only: the set is older, and stays as it is.
    const later: FaultKind[] = ['model_errors', 'tool_slow'];
    expect(new Set([...faults.map(({ kind }) => kind), ...later])).toEqual(new Set(Object.keys(kinds)));
    const hows = faults.flatMap((fault) => (fault.kind === 'telemetry' ? fault.how : []));
    expect(new Set(hows)).toEqual(new Set(['missing', 'delayed', 'duplicated', 'wrong_unit']));
    expect(faults.some((it) => it.kind === 'deploy' && it.factor === 1 && it.failureShare === 0)).toBe(true);
    expect(scenarios.filter(({ scenario }) => scenario.faults.length === 0)).toHaveLength(3);
  });

  test('is run with the same 30 seeds', () => {
    const seeds = Array.from({ length: 30 }, (_, i) => 1_001 + i);
    for (const scenario of scenarios) expect(scenario.seeds).toEqual(seeds);
  });

  test('is of the sizes that its README says', () => {
    for (const { scenario } of scenarios) {
      const { pools, taskTypes, telemetry, arrivals } = scenario;
      const agents = sum(pools.map((pool) => pool.agents));
      expect(agents).toBeGreaterThanOrEqual(20);
      expect(agents).toBeLessThanOrEqual(200);
      expect(pools.length).toBeLessThanOrEqual(5);
      for (const pool of pools) {
        expect(pool).toMatchObject({ speedSpread: 0.25, skillDensity: 0.4, provisioning: { medianS: 90 } });
        expect(pool.slots).toBeLessThanOrEqual(8);
      }
      for (const { service } of taskTypes) expect([1, 1.5, 2]).toContain('cv' in service ? service.cv : 0);
      expect(telemetry).toMatchObject({ delayMinutes: 2, lossShare: 0.01, clockSkewS: 5 });
      expect(arrivals).toMatchObject({ kind: 'poisson', dailyAmplitude: 0.3 });
    }
  });
});

describe('docs/simulate.md', () => {
  const text = readFileSync(resolve(root, 'docs/simulate.md'), 'utf8');

  test('shows a scenario that is read', () => {
    const [, example = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
    expect(readScenario(example).scenario).toMatchObject({ name: 'support desk', faults: [{ kind: 'slow' }] });
  });

  test('has every kind of fault in its table', () => {
    const rows = [...text.matchAll(/^\| `([a-z_]+)` \| .* \| `[^|]*` \|$/gm)].map(([, kind]) => kind);
    expect(rows).toEqual(expect.arrayContaining(Object.keys(kinds)));
  });
});

test('a recording is read from its first request on', () => {
  const csv = 'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:04.5,30,4\n2023-11-16 18:17:03.25,4808,10\n';
  expect(readRecordedArrivals(csv, 'x.csv')).toEqual([
    { atMs: 0, inputTokens: 4_808, outputTokens: 10 },
    { atMs: 1_250, inputTokens: 30, outputTokens: 4 },
  ]);
});

test('a recorded workload arrives as it was recorded', () => {
  const file = 'examples/scenarios/recorded-conversation.json';
  const { scenario } = read(file);
  const recorded = recordedOf(scenario, file);
  const { pools } = new Simulation({ scenario, seed: 1, policy: powerOfTwo, recorded }).run();
  const perMinute = (pools.get('chat') ?? []).map(({ arrived }) => arrived);
  expect(perMinute).toEqual(
    perMinute.map((_, minute) => recorded.filter(({ atMs }) => Math.floor(atMs / 60_000) === minute).length),
  );
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
