import { tableLines } from '../lib/cli/table.ts';
import type { Alert } from '../lib/core/alert/alert.ts';
import { ruleOf } from '../lib/core/alert/rules/registry.ts';
import { type ActionClass, actionClassNames, type Mode } from '../lib/core/remediate/action-class.ts';
import { driveFleet } from '../lib/proving/drive-fleet.ts';
import { productInProcess } from '../lib/proving/product-in-process.ts';
import { powerOfTwo } from '../lib/sim/policies/power-of-two.ts';
import { createRandom } from '../lib/sim/random.ts';
import type { FaultSpec, Scenario } from '../lib/sim/scenario/scenario.ts';
import { withTool } from '../test/fixtures/reported-calls.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../test/fixtures/scenario.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const POOLS = ['writers', 'readers', 'checkers'] as const;
const BEGINS = 30;
const during = { atMinute: BEGINS, minutes: 12 };

/** What goes wrong, and what an alert about it should name: any of these. */
interface Planted {
  fault: FaultSpec;
  /** `dimension id`; of a change, its version stands for it. */
  truth: string[];
  /** Whether the pool's agents report that they call a tool. */
  hasTool?: boolean;
}

const error = { type: 'SchemaError', message: 'no field "total"' };

/** By name: for a pool of which two task types are done. */
const kinds: Record<string, (pool: string) => Planted> = {
  'deploy that fails': (pool) => ({
    fault: { kind: 'deploy', ...during, ...{ pool, version: '2.0', factor: 1, failureShare: 0.2, announced: true } },
    truth: ['change 2.0', 'version 2.0'],
  }),
  'deploy that is slow': (pool) => ({
    fault: { kind: 'deploy', ...during, ...{ pool, version: '2.0', factor: 2, failureShare: 0, announced: true } },
    truth: ['change 2.0', 'version 2.0'],
  }),
  'deploy that nobody told': (pool) => ({
    fault: {
      ...{ kind: 'deploy', ...during, pool, version: '2.0', factor: 1, failureShare: 0.2, announced: false },
      error,
    },
    truth: ['errorType SchemaError: no field <text>'],
  }),
  'tool that fails': (pool) => ({
    ...{ fault: { kind: 'dependency_errors', ...during, pools: [pool], share: 0.2 }, hasTool: true },
    truth: ['tool search'],
  }),
  'tool that is slow': (pool) => ({
    ...{ fault: { kind: 'dependency_slow', ...during, pools: [pool], factor: 2.5 }, hasTool: true },
    truth: ['tool search'],
  }),
  'service that fails': (pool) => ({
    fault: { kind: 'dependency_errors', ...during, pools: [pool], share: 0.2 },
    truth: ['errorType dependency_error: a service that the agent depends on returned an error'],
  }),
  'poisoned task type': (pool) => ({
    fault: { kind: 'poison_type', ...during, taskType: `${pool}-one`, share: 0.8, factor: 4 },
    truth: [`taskType ${pool}-one`],
  }),
};

/**
 * Whether alerts name what was planted: first, or among what they say. Counted are the first alert about the trouble that
 * people are told of, with its subject before its causes, and the alert of the pool, whether it is told or not. In every run
 * another pool and the pool itself have harmless deploys, 2 and 20 minutes before.
 */
export async function benchCauses(
  runs: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const rows: string[][] = [];
  for (const [name, plant] of Object.entries(kinds)) {
    const scores = { told: new Score(), pool: new Score() };
    for (let seed = 1; seed <= runs; seed++) {
      const pool = POOLS[createRandom(seed, name).int(POOLS.length)] ?? POOLS[0];
      const { fault, truth, hasTool = false } = plant(pool);
      const alerts = (await live(pool, fault, hasTool, seed)).filter((alert) => isAboutTasks(alert));
      const told = alerts.filter(({ inhibitedBy }) => inhibitedBy === null);
      scores.told.count(told[0] && [...subjectsOf(told[0]), ...causesOf(told[0])], truth);
      const own = alerts.find(({ scope, rule }) => scope.pool === pool && rule.startsWith('pool-'));
      scores.pool.count(own && causesOf(own), truth);
    }
    rows.push([name, ...scores.told.columns(runs), ...scores.pool.columns(runs)]);
    const seeded = { unit: '%', betterIs: 'higher', kind: 'seeded' } as const;
    record({ name: `${name}: named first by what people are told`, value: scores.told.percentFirst(), ...seeded });
    record({ name: `${name}: named by the pool's own alert`, value: scores.pool.percentNamed(), ...seeded });
  }
  print(`causes in alerts, ${runs} runs of each fault; of the first that people are told, and of the pool's own`);
  const header = ['fault', 'told', 'named first', 'named', 'of pool', 'named first', 'named'];
  for (const line of tableLines(header, rows, (column) => column > 0)) print(line);
  return true;
}

class Score {
  #alerts = 0;
  #first = 0;
  #named = 0;

  count(named: readonly string[] | undefined, truth: readonly string[]): void {
    if (!named) return;
    this.#alerts += 1;
    if (truth.includes(named[0] ?? '')) this.#first += 1;
    if (named.some((it) => truth.includes(it))) this.#named += 1;
  }

  /** null without any alert. */
  percentFirst(): number | null {
    return this.#alerts === 0 ? null : (100 * this.#first) / this.#alerts;
  }

  percentNamed(): number | null {
    return this.#alerts === 0 ? null : (100 * this.#named) / this.#alerts;
  }

  columns(runs: number): string[] {
    return [`${this.#alerts}/${runs}`, String(this.#first), String(this.#named)];
  }
}

type Told = Pick<Alert, 'rule' | 'scope' | 'inhibitedBy' | 'causes'> & { detectedAt: string; changes: unknown };

/** What an alert is about counts as named where it is more than a place. */
function subjectsOf({ scope }: Told): string[] {
  const { tool, taskType, version } = scope;
  return Object.entries({ tool, taskType, version }).flatMap(([name, id]) =>
    id === undefined ? [] : [`${name} ${id}`],
  );
}

function causesOf({ causes = [], changes }: Told): string[] {
  const versions = new Map((changes as { id: string; version?: string }[]).map(({ id, version }) => [id, version]));
  return causes.map(({ dimension, id }) => `${dimension} ${dimension === 'change' ? (versions.get(id) ?? id) : id}`);
}

function isAboutTasks({ rule, scope }: Told): boolean {
  return scope.agent === undefined && (ruleOf(rule)?.measures !== undefined || scope.tool !== undefined);
}

/** @returns alerts of the fault, the first first */
async function live(pool: string, fault: FaultSpec, hasTool: boolean, seed: number): Promise<Told[]> {
  const other = POOLS[(POOLS.indexOf(pool as (typeof POOLS)[number]) + 1) % POOLS.length] ?? POOLS[0];
  const harmless = { kind: 'deploy', factor: 1, failureShare: 0, announced: true } as const;
  const scenario: Scenario = {
    ...fleet,
    faults: [
      { ...harmless, atMinute: 10, pool, version: '1.1' },
      { ...harmless, atMinute: BEGINS - 2, pool: other, version: '1.2' },
      fault,
    ],
  };
  const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'observe'])) as Record<ActionClass, Mode>;
  const inner = productInProcess(scenario.startMs, modes);
  const product = hasTool ? withTool(inner, scenario, { tool: 'search', pools: [pool] }) : inner;
  await driveFleet({ scenario, seed, policy: powerOfTwo }, product);
  const alerts = (await product.alerts()) as unknown as Told[];
  const minuteOf = ({ detectedAt }: Told) => (Date.parse(detectedAt) - scenario.startMs) / 60_000;
  return alerts.filter((alert) => minuteOf(alert) > BEGINS).sort((a, b) => minuteOf(a) - minuteOf(b));
}

const fleet = scenarioWith({
  ...{ minutes: BEGINS + 14, arrivals: poisson(300) },
  pools: POOLS.map((pool) => poolSpec(pool, { agents: 8, slots: 4, speedSpread: 0.1 })),
  taskTypes: POOLS.flatMap((pool) =>
    ['one', 'two'].map((of) =>
      taskTypeSpec(`${pool}-${of}`, pool, {
        ...{ service: { kind: 'lognormal', meanS: of === 'one' ? 4 : 3, cv: 1 }, timeoutS: 120, retries: 1 },
        failureShare: 0.01,
      }),
    ),
  ),
  workflows: POOLS.flatMap((pool) =>
    ['one', 'two'].map((of) => ({
      ...{ workflowType: `${pool}-${of}`, weight: 1, slaS: 60, steps: [step('only', `${pool}-${of}`)] },
    })),
  ),
});
