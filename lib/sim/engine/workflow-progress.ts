import type { FaultSpec, Scenario, TaskTypeSpec, WorkflowSpec } from '../scenario/scenario.ts';
import type { Agenda } from './agenda.ts';
import type { Birth } from './arrivals.ts';
import { hashNumbers } from './counted-random.ts';
import type { FactSink } from './facts.ts';
import type { FaultWindow } from './fault-window.ts';
import type { Luck } from './luck.ts';
import type { Tally } from './sim-result.ts';
import type { Task, Workflow } from './work.ts';

/** Slots for tasks of one step: passes beyond that share their luck. */
const PASSES = 1_024;
/** Two pools send a task to each other so often at most. */
export const MAX_BOUNCES = 8;
/** A client that never gets its answer gives up after asking so often again. */
const MAX_GENERATIONS = 3;

export interface WorkflowProgressDeps {
  scenario: Scenario;
  agenda: Agenda;
  luck: Luck;
  tally: Tally;
  sinks: readonly FactSink[];
  /** Faults of the whole fleet and of one type that are in force. */
  faultsOfType: (taskType: string) => readonly FaultWindow[];
  fleetFaults: () => readonly FaultWindow[];
  submit: (task: Task) => void;
  /** A customer of a closed population has what it came for, or not. */
  onCustomerServed: (customer: number) => void;
}

/** What follows what within workflows. */
export class WorkflowProgress {
  readonly #deps: WorkflowProgressDeps;
  readonly #types: ReadonlyMap<string, TaskTypeSpec>;
  readonly #totalWeight: number;
  readonly #successors = new Map<WorkflowSpec, readonly (readonly number[])[]>();
  /** By workflow type. */
  readonly #predecessors = new Map<WorkflowSpec, readonly (readonly number[])[]>();

  constructor(deps: WorkflowProgressDeps) {
    this.#deps = deps;
    const { taskTypes, workflows } = deps.scenario;
    this.#types = new Map(taskTypes.map((type) => [type.taskType, type]));
    this.#totalWeight = workflows.reduce((sum, { weight }) => sum + weight, 0);
    for (const spec of workflows) {
      const indexOf = new Map(spec.steps.map(({ step }, index) => [step, index]));
      const predecessors = spec.steps.map(({ after }) => after.flatMap((step) => indexOf.get(step) ?? []));
      this.#predecessors.set(spec, predecessors);
      this.#successors.set(
        spec,
        spec.steps.map((_, index) => predecessors.flatMap((before, later) => (before.includes(index) ? later : []))),
      );
    }
  }

  begin({ id, key, row }: Birth, customer: number | null = null): void {
    const { luck, scenario } = this.#deps;
    const named = scenario.workflows.find(({ workflowType }) => workflowType === row?.workflowType);
    const spec = named ?? luck.workflowSpec(key, scenario.workflows, this.#totalWeight);
    if (spec) this.#begin({ id, key, spec, customer, generation: 0 }, row);
  }

  /** The last attempt at a task has ended. */
  taskEnded(task: Task): void {
    const { workflow } = task;
    if (workflow.status !== 'open') return;
    if (task.status !== 'completed') {
      this.#end(workflow, task.status === 'timeout' ? 'timeout' : 'failed');
      return;
    }
    const { luck } = this.#deps;
    const coins = luck.completion(task);
    const spec = workflow.spec.steps[task.step];
    const back = this.#bouncesTo(task, coins.bounces);
    if (back) {
      this.#submit(workflow, task.step, task, { type: back, bounces: task.bounces + 1, redoneFor: task.redoneFor });
      return;
    }
    if (coins.isSentBack < this.#sentBackShare(task)) {
      const before = this.#predecessors.get(workflow.spec)?.[task.step]?.[0];
      // A step that checks nobody's work does its own again.
      if (before === undefined) this.#submit(workflow, task.step, task, { redoneFor: task.redoneFor });
      else this.#submit(workflow, before, task, { redoneFor: [...task.redoneFor, task.step] });
      return;
    }
    if (coins.isRepeated < (spec?.repeatShare ?? 0)) {
      this.#submit(workflow, task.step, task, { redoneFor: task.redoneFor });
      return;
    }
    this.#stepDone(task);
  }

  #begin(about: Pick<Workflow, 'id' | 'key' | 'spec' | 'customer' | 'generation'>, row: Birth['row']): void {
    const { steps } = about.spec;
    const workflow: Workflow = {
      ...about,
      startedAt: this.#deps.agenda.now,
      status: 'open',
      endedAt: null,
      steps: steps.map(({ after }) => ({ missing: after.length, isDone: false, passes: 0 })),
      openSteps: steps.length,
    };
    this.#deps.tally.workflowArrived(workflow);
    for (const [index, { after }] of steps.entries())
      if (after.length === 0) this.#submit(workflow, index, null, { row });
  }

  #stepDone(task: Task): void {
    const { workflow, redoneFor } = task;
    const verifier = redoneFor.at(-1);
    if (verifier !== undefined) {
      this.#submit(workflow, verifier, task, { redoneFor: redoneFor.slice(0, -1) });
      return;
    }
    const progress = workflow.steps[task.step];
    if (!progress || progress.isDone) return;
    progress.isDone = true;
    workflow.openSteps -= 1;
    if (workflow.openSteps === 0) {
      this.#end(workflow, 'completed');
      return;
    }
    for (const next of this.#successors.get(workflow.spec)?.[task.step] ?? []) {
      const waiting = workflow.steps[next];
      if (!waiting) continue;
      waiting.missing -= 1;
      if (waiting.missing === 0) this.#submit(workflow, next, task, {});
    }
  }

  #submit(
    workflow: Workflow,
    step: number,
    parent: Task | null,
    about: { type?: TaskTypeSpec; bounces?: number; redoneFor?: readonly number[]; row?: Birth['row'] },
  ): void {
    const spec = workflow.spec.steps[step];
    const progress = workflow.steps[step];
    const type = about.type ?? this.#types.get(spec?.taskType ?? '');
    if (!spec || !progress || !type) throw new RangeError(`workflow ${workflow.spec.workflowType} has no step ${step}`);
    const slot = step * PASSES + (progress.passes % PASSES);
    const id = `${workflow.id}-${spec.step}${progress.passes > 0 ? `-${progress.passes + 1}` : ''}`;
    progress.passes += 1;
    const tokens = this.#deps.luck.tokens(workflow.key, slot, type);
    this.#deps.submit({
      id,
      workflow,
      step,
      slot,
      type,
      parent,
      delegatedBy: parent?.agent ?? null,
      redoneFor: about.redoneFor ?? [],
      bounces: about.bounces ?? 0,
      inputTokens: about.row?.inputTokens ?? tokens.input,
      outputTokens: about.row?.outputTokens ?? tokens.output,
      arrivedAt: this.#deps.agenda.now,
      status: 'open',
      agent: null,
    });
  }

  #end(workflow: Workflow, status: 'completed' | 'failed' | 'timeout'): void {
    const { agenda, tally, sinks, luck } = this.#deps;
    workflow.status = status;
    workflow.endedAt = agenda.now;
    tally.workflowEnded(workflow);
    for (const sink of sinks) sink.onWorkflowEnded?.(workflow);
    if (workflow.customer !== null) this.#deps.onCustomerServed(workflow.customer);
    else if (status !== 'completed' && workflow.generation < MAX_GENERATIONS) {
      const mean = sumOf(this.#deps.fleetFaults(), (spec) => (spec.kind === 'retry_storm' ? spec.extraRequests : 0));
      if (mean === 0) return;
      for (const [index, pause] of luck.requestsAgain(workflow, mean).entries()) {
        const { id, key, spec, generation } = workflow;
        const again = { id: `${id}-r${index + 1}`, key: hashNumbers(key, index + 1, 2), spec, customer: null };
        agenda.schedule(agenda.now + pause, () => this.#begin({ ...again, generation: generation + 1 }, undefined));
      }
    }
  }

  /** The type that a task is sent on to instead of being done with. */
  #bouncesTo({ type, bounces }: Task, coin: number): TaskTypeSpec | undefined {
    if (bounces >= MAX_BOUNCES) return undefined;
    for (const { spec } of this.#deps.faultsOfType(type.taskType)) {
      if (spec.kind !== 'ping_pong' || coin >= spec.share) continue;
      return this.#types.get(spec.taskTypes[0] === type.taskType ? spec.taskTypes[1] : spec.taskTypes[0]);
    }
    return undefined;
  }

  #sentBackShare({ type }: Task): number {
    return sumOf(this.#deps.faultsOfType(type.taskType), (spec) =>
      spec.kind === 'verification_failure' ? spec.share : 0,
    );
  }
}

function sumOf(windows: readonly FaultWindow[], amount: (spec: FaultSpec) => number): number {
  return windows.reduce((sum, { spec }) => sum + amount(spec), 0);
}
