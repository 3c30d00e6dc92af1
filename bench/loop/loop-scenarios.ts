import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readScenario } from '../../lib/sim/scenario/read-scenario.ts';
import type { Scenario } from '../../lib/sim/scenario/scenario.ts';

const FOLDER = fileURLToPath(new URL('../scenarios/', import.meta.url));

/** Retries hide a fault and move it into cost, so each scenario is run with and without. */
export type Variant = 'as written' | 'no retries';

export interface LoopScenario {
  name: string;
  variant: Variant;
  scenario: Scenario;
  seeds: readonly number[];
  /** What the file says. */
  text: string;
}

export function scenarioNames(): string[] {
  return readdirSync(FOLDER).flatMap((file) => (file.endsWith('.json') ? file.slice(0, -5) : []));
}

/** A scenario of the fixed set, and the same without retries where it has any. */
export function loopScenarios(name: string): LoopScenario[] {
  const text = readFileSync(`${FOLDER}${name}.json`, 'utf8');
  const { scenario, seeds } = readScenario(text);
  const bare = withoutRetries(scenario);
  const written: LoopScenario = { name, variant: 'as written', scenario, seeds: seeds ?? [], text };
  return bare ? [written, { ...written, variant: 'no retries', scenario: bare }] : [written];
}

/** @returns null where nothing is tried again anyway */
export function withoutRetries(scenario: Scenario): Scenario | null {
  if (scenario.taskTypes.every(({ retries }) => retries === 0)) return null;
  return { ...scenario, taskTypes: scenario.taskTypes.map((type) => ({ ...type, retries: 0 })) };
}
