import { expectedServiceS } from './expected-service.ts';
import type { PoolSpec, Scenario, ServiceSpec, TaskTypeSpec, WorkflowSpec, WorkflowStep } from './scenario.ts';
import type { PoolDocument, ScenarioDocument, TaskTypeDocument, WorkflowDocument } from './scenario-document.ts';

/** As in the reference model of the baselines: 12 s of work, 60 s to be attained in, 120 s to be given up after. */
const SLA_PER_SERVICE = 5;
const TIMEOUT_PER_SLA = 2;

/** Fills in what hangs on other fields. @param document without problems */
export function completeScenario(given: ScenarioDocument): Scenario {
  const { $schema, seeds, start, domain, businessMetrics, ...document } = given;
  const taskTypes = document.taskTypes.map(completeTaskType);
  const workflows = document.workflows ?? taskTypes.map(({ taskType }) => workflowOfOneStep(taskType));
  const { arrivals } = document;
  return {
    ...document,
    startMs: Date.parse(start),
    ...(domain !== undefined && { domain }),
    pools: document.pools.map(completePool),
    taskTypes,
    workflows: workflows.map((workflow) => completeWorkflow(workflow, taskTypes)),
    arrivals: 'perMinute' in arrivals ? { ...arrivals, kind: 'poisson' } : arrivals,
    ...(businessMetrics !== undefined && { businessMetrics: businessMetrics.map((it) => withoutUndefined(it)) }),
    faults: document.faults.map((fault) => withoutUndefined(fault)),
  };
}

function completePool({ max, backupPool, lendsTo, ladder, contention, ...pool }: PoolDocument): PoolSpec {
  return {
    ...pool,
    max: max ?? 2 * pool.agents,
    ...(backupPool !== undefined && { backupPool }),
    ...(lendsTo !== undefined && { lendsTo }),
    ...(ladder !== undefined && { ladder }),
    ...(contention !== undefined && { slots: contention.concurrency, contention }),
  };
}

function completeTaskType(given: TaskTypeDocument): TaskTypeSpec {
  const { service, quality, csat, model, models, tools, ...type } = given;
  const meanS = expectedServiceS({ service, tokens: type.tokens });
  const slaS = type.slaS ?? SLA_PER_SERVICE * meanS;
  return {
    ...type,
    service: completeService(service, meanS),
    slaS,
    timeoutS: type.timeoutS ?? TIMEOUT_PER_SLA * slaS,
    ...(quality !== undefined && { quality }),
    ...(csat !== undefined && { csat: withoutUndefined(csat) }),
    ...(model !== undefined && { model }),
    ...(models !== undefined && { models: models.map((it) => withoutUndefined(it)) }),
    ...(tools !== undefined && { tools }),
  };
}

function completeService(service: TaskTypeDocument['service'], meanS: number): ServiceSpec {
  if (service.kind === 'by_size') return { ...service, meanS };
  return service.kind === 'exponential' || service.kind === 'deterministic'
    ? service
    : { ...service, kind: 'lognormal' };
}

function completeWorkflow({ slaS, ...workflow }: WorkflowDocument, taskTypes: readonly TaskTypeSpec[]): WorkflowSpec {
  const steps = workflow.steps.map((step) => ({ ...step, step: step.step ?? step.taskType }));
  return { ...workflow, steps, slaS: slaS ?? longestSlaS(steps, taskTypes) };
}

function workflowOfOneStep(taskType: string): WorkflowDocument {
  return { workflowType: taskType, weight: 1, steps: [{ taskType, after: [], repeatShare: 0 }] };
}

/** The sum of the limits on the path on which it is largest. */
function longestSlaS(steps: readonly WorkflowStep[], taskTypes: readonly TaskTypeSpec[]): number {
  const known = new Map<string, number>();
  const upTo = (name: string): number => {
    const step = steps.find((it) => it.step === name);
    if (!step) return 0;
    const own = taskTypes.find(({ taskType }) => taskType === step.taskType)?.slaS ?? 0;
    const sum = known.get(name) ?? own + Math.max(0, ...step.after.map(upTo));
    known.set(name, sum);
    return sum;
  };
  return Math.max(...steps.map(({ step }) => upTo(step)));
}

type Present<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

function withoutUndefined<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>;
}
