import type { FaultSpec, Scenario, TaskTypeSpec, WorkflowSpec } from '../scenario/scenario.ts';
import { MAX_BOUNCES } from './workflow-progress.ts';

/** A step that is sent back more often than that is expected to be so often. */
const MOST_REPEATED = 0.95;

/**
 * Tasks of each type in a mean workflow (visit ratios): repetitions included, and what faults of the work in force make be
 * done again or be sent on. As if every task completed: a workflow that fails has fewer.
 */
export function visitsByType(scenario: Scenario, inForce: readonly FaultSpec[] = []): ReadonlyMap<string, number> {
  const total = scenario.workflows.reduce((sum, { weight }) => sum + weight, 0);
  const visits = new Map<string, number>();
  const add = (taskType: string, count: number) => visits.set(taskType, (visits.get(taskType) ?? 0) + count);
  for (const workflow of scenario.workflows) {
    for (const [index, { taskType }] of workflow.steps.entries()) {
      const passes = (workflow.weight / total) * passesOf(workflow, index, inForce);
      const sentOn = inForce.find((spec) => spec.kind === 'ping_pong' && spec.taskTypes.includes(taskType));
      if (sentOn?.kind !== 'ping_pong') {
        add(taskType, passes);
        continue;
      }
      const other = sentOn.taskTypes[0] === taskType ? sentOn.taskTypes[1] : sentOn.taskTypes[0];
      for (let bounces = 0; bounces <= MAX_BOUNCES; bounces += 1)
        add(bounces % 2 === 0 ? taskType : other, passes * sentOn.share ** bounces);
    }
  }
  return visits;
}

/** How often a step of a workflow is done: once, again where it repeats itself, and for each time that a verifier sends it back. */
function passesOf(workflow: WorkflowSpec, index: number, inForce: readonly FaultSpec[]): number {
  const { steps } = workflow;
  const [step] = steps.slice(index, index + 1);
  if (!step) return 0;
  const redone = steps.reduce((sum, verifier, at) => {
    if (at === index || verifier.after[0] !== step.step) return sum;
    return sum + passesOf(workflow, at, inForce) * sentBackShare(verifier.taskType, inForce);
  }, 0);
  const isDone = (1 - sentBackShare(step.taskType, inForce)) * (1 - step.repeatShare);
  return (1 + redone) / isDone;
}

function sentBackShare(taskType: string, inForce: readonly FaultSpec[]): number {
  const share = inForce.reduce(
    (sum, spec) => (spec.kind === 'verification_failure' && spec.taskType === taskType ? sum + spec.share : sum),
    0,
  );
  return Math.min(MOST_REPEATED, share);
}

type Priority = TaskTypeSpec['priority'];
const leastFirst: readonly Priority[] = ['low', 'normal', 'high', 'critical'];

/**
 * By priority, the share to turn away so that such a share of a pool's tasks is, the least important first.
 * By the mix that the scenario leads to expect; @returns a share of 0..1 for each priority
 */
export function rejectedShares(scenario: Scenario, pool: string, share: number): ReadonlyMap<Priority, number> {
  const visits = visitsByType(scenario);
  const types = scenario.taskTypes.filter((type) => type.pool === pool);
  const loadOf = (kept: readonly TaskTypeSpec[]) =>
    kept.reduce((sum, { taskType }) => sum + (visits.get(taskType) ?? 0), 0);
  let left = share * loadOf(types);
  return new Map(
    leastFirst.map((priority) => {
      const load = loadOf(types.filter((type) => type.priority === priority));
      const taken = Math.min(left, load);
      left -= taken;
      return [priority, load === 0 ? 0 : taken / load];
    }),
  );
}
