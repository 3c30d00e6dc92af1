import { expect } from 'vitest';
import { readScenario } from '../../../lib/sim/scenario/read-scenario.ts';
import { ScenarioError } from '../../../lib/sim/scenario/scenario-error.ts';
import { readDocument } from './documents.ts';
import { blocksOf } from './markdown-blocks.ts';

export function scenarioIsRead(text: string): void {
  expect(readScenario(text).scenario.pools.map(({ pool }) => pool)).toEqual(['writers', 'verifiers']);
}

/** A field of a scenario, in the scenario that its page shows. */
export function businessMetricsAreRead(text: string): void {
  const { scenario } = readScenario({ ...example(), workflows: visits, ...JSON.parse(`{${text}}`) });
  expect(scenario.businessMetrics?.map(({ name }) => name)).toEqual(['cart_abandonment_rate']);
}

const visits = [{ workflowType: 'visit', steps: [{ taskType: 'answer' }, { taskType: 'check', after: ['answer'] }] }];

/** What is said of the scenario of the page with the two mistakes that the text tells of. */
export function faultsAreToldAs(text: string): void {
  const scenario = example();
  const [first, ...others] = scenario.pools;
  const { agents, ...pool } = first ?? {};
  const fault = { kind: 'slow', atMinute: 40, minutes: 20, targets: { pool: 'writers', count: 1 }, factor: 5 };
  const faults = [fault, { ...fault, atMinute: 70 }, { ...fault, atMinute: 100, targets: { pool: 'x', count: 1 } }];
  const told = problemsOf({ ...scenario, pools: [{ ...pool, agnets: agents, agents }, ...others], faults });
  const [head, ...lines] = text.split('\n').map((line) => line.trim());
  expect(head).toBe(`desk.json: ${told.length} problems`);
  expect(told).toEqual(lines.filter((line) => line !== ''));
}

function problemsOf(scenario: object): string[] {
  try {
    readScenario(scenario);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

function example(): { pools: Record<string, unknown>[] } {
  const block = blocksOf('docs/simulate.md', readDocument('docs/simulate.md')).find(
    ({ place }) => place === 'docs/simulate.md#A scenario',
  );
  return JSON.parse(block?.text ?? '');
}
