import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ActionClass, actionClassNames, type Mode } from '../core/remediate/action-class.ts';
import { readScenario } from '../sim/scenario/read-scenario.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { CommandError } from './command-error.ts';
import type { ExampleStage } from './example-stages.ts';

/** A fleet to be run: what it is, what it is set up with, and where each stage of what it shows is seen. */
export interface Example {
  name: string;
  scenario: Scenario;
  seed: number;
  /** By name, as PUT /v1/budgets/{name} takes them. */
  budgets: Readonly<Record<string, Record<string, unknown>>>;
  /** How far each class of action may go by itself. */
  modes: Readonly<Record<ActionClass, Mode>>;
  /** None where nothing in particular is to be shown. */
  stages: readonly ExampleStage[];
}

export const exampleNames = [
  'e-commerce',
  'customer-service',
  'trading',
  'content-production',
  'data-processing',
] as const;

const folder = fileURLToPath(new URL('../../examples', import.meta.url));

/**
 * Reads an example from its folder in examples/, or, where it has none, its scenario from examples/scenarios.
 * @throws CommandError when there is none of that name
 * @throws ScenarioError when its scenario is not right
 */
export function readExample(name: string): Example {
  if (!exampleNames.some((known) => known === name)) {
    throw new CommandError(`there is no example "${name}": examples are ${exampleNames.join(', ')}`);
  }
  const own = (file: string) => join(folder, name, file);
  const file = existsSync(own('scenario.json')) ? own('scenario.json') : join(folder, 'scenarios', `${name}.json`);
  const { scenario, seeds } = readScenario(readFileSync(file, 'utf8'));
  const { modes = {} } = jsonIn(own('policy.json'), {}) as { modes?: Partial<Record<ActionClass, Mode>> };
  const everyAuto = Object.fromEntries(actionClassNames.map((action) => [action, 'auto'])) as Record<ActionClass, Mode>;
  return {
    ...{ name, scenario, seed: seeds?.[0] ?? 1 },
    budgets: jsonIn(own('budgets.json'), {}) as Example['budgets'],
    modes: { ...everyAuto, ...modes },
    stages: jsonIn(own('stages.json'), []) as ExampleStage[],
  };
}

function jsonIn(file: string, otherwise: unknown): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : otherwise;
}
