import type { PredictedBottleneck } from '../core/capacity/predict-bottlenecks.ts';
import { type EpochMs, MINUTE_MS } from '../core/model/time.ts';
import type { Allocation } from '../core/optimize/allocate.ts';
import type { AllocationProblem } from '../core/optimize/allocation-problem.ts';
import type { ProblemFault } from '../core/optimize/problem-fault.ts';
import { readProblem } from '../core/optimize/read-problem.ts';
import type { FleetPlan } from '../core/plan/fleet-plan.ts';
import type { ComparedPlan, ProblemPlan, WhatIf, WhatIfOutcome } from '../core/plan/what-if.ts';
import type { Asked, Endpoint } from './endpoint.ts';
import { booleanField, type Field, idField, integerField, isRecord, numberField, oneOf } from './field.ts';
import {
  countSchema,
  type JsonSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  shareSchema,
  textSchema,
} from './json-schema.ts';
import { poolOutlookAnswer, poolOutlookSchema } from './pool-outlook-answer.ts';
import { Problem } from './problem.ts';
import { mapOf, settingOf } from './record-fields.ts';

const HOUR_MS = 3_600_000;
/** As the schedule in infra/stacks/analysis.ts has it. */
const MINUTE_OF_THE_HOUR = 20;
const MAX_FACTOR = 1_000;
const MAX_TASKS_PER_MIN = 1e7;
const MAX_AGENTS = 1_000_000;
const MAX_USD = 1e7;
const MAX_NAMES = 1_000;

const nullableShare = nullable({ type: 'number', minimum: 0 });
const faultSchema = objectSchema({ path: textSchema, message: textSchema });
const plannedShareSchema = objectSchema(
  { taskType: textSchema, agent: nullable(textSchema), pool: nullable(textSchema), tasksPerMin: numberSchema },
  { step: { ...textSchema, description: 'of the ladder; absent for tasks done in full' } },
);

const allocationSchema = objectSchema(
  {
    agents: { type: 'object', additionalProperties: countSchema, description: 'by pool' },
    shares: listSchema(plannedShareSchema, {
      description:
        'who does how much of what; in fleets of more than a hundred agents, agent names the first of a group that is alike',
    }),
    costPerHourUsd: { ...nullable(numberSchema), description: 'of agents and tokens' },
    status: {
      ...nullable(oneOf(['optimal', 'feasible', 'infeasible']).schema),
      description: 'null before the first plan; infeasible: no plan keeps to every limit, this is the best safe one',
    },
    explanation: listSchema(faultSchema, { description: 'what stands in the way, and how to mend it' }),
    unserved: listSchema(objectSchema({ taskType: textSchema, tasksPerMin: numberSchema, share: shareSchema })),
    utilization: listSchema(
      objectSchema({ agent: textSchema, pool: textSchema, utilization: nullableShare, maxUtilization: shareSchema }),
    ),
    pools: listSchema(
      objectSchema({ pool: textSchema, agents: countSchema, utilization: nullableShare, saturation: nullableShare }),
      { description: 'by how much of their usable capacity is in use, tightest first' },
    ),
  },
  {
    source: oneOf(['solver', 'relaxed-limits', 'current', 'greedy']).schema,
    counts: listSchema(objectSchema({ agent: textSchema, pool: textSchema, count: countSchema, now: countSchema })),
    standby: listSchema(objectSchema({ withoutDomain: textSchema, shares: listSchema(plannedShareSchema) })),
    gap: nullable(numberSchema),
    objectiveUsdPerHour: numberSchema,
    price: { type: 'object', additionalProperties: numberSchema },
  },
);

const planFields = {
  resource_allocation: allocationSchema,
  predicted_bottlenecks: listSchema(
    objectSchema(
      {
        rank: { type: 'integer', minimum: 1 },
        kind: textSchema,
        id: textSchema,
        utilization: { type: 'number', minimum: 0 },
        evidence: listSchema(textSchema),
      },
      {
        saturates: objectSchema({
          at: nullable(momentSchema),
          earliestAt: nullable(momentSchema),
          latestAt: nullable(momentSchema),
          reason: nullable(textSchema),
        }),
        servers: nullable(numberSchema),
        demandMs: numberSchema,
        waitMs: nullable(numberSchema),
        waitShare: nullable(shareSchema),
        loadFactor: nullable(numberSchema),
        confidence: nullable(shareSchema),
        expectedGain: nullable({ type: 'object' }),
      },
    ),
    { description: 'what is full first when the forecast workload comes' },
  ),
  recommendations: listSchema(
    objectSchema({
      strategy: textSchema,
      horizon: oneOf(['immediate', 'medium']).schema,
      pool: nullable(textSchema),
      title: textSchema,
      why: listSchema(textSchema),
      expectedGain: objectSchema({ tasksPerMin: nullable(numberSchema), usdPerHour: nullable(numberSchema) }),
      confidence: nullable(shareSchema),
    }),
  ),
  duals: listSchema(
    objectSchema(
      { kind: oneOf(['agent', 'task', 'budget']).schema, usdPerHour: numberSchema, words: textSchema },
      { agent: textSchema, pool: textSchema, taskType: textSchema },
    ),
    { description: 'what one more agent, task or dollar is worth; negative saves' },
  ),
  madeAt: nullable(momentSchema),
  trigger: nullable(oneOf(['hour', 'capacity moved', 'load moved', 'what-if']).schema),
  for: { ...nullable(momentSchema), description: 'the hour whose workload is divided begins in it' },
  pools: listSchema(poolOutlookSchema, { description: 'what each pool will need, and whether it has it' }),
} satisfies Record<string, JsonSchema>;

export const planEndpoint = {
  method: 'GET',
  path: '/v1/plan',
  scope: 'read',
  summary:
    'The newest plan for the coming hour: who should do how much of what with how many agents, what will be full first, what to do about it, and what one more agent is worth',
  parameters: {},
  answer: objectSchema(planFields, { reason: { ...textSchema, description: 'why there is no plan yet' } }),
} as const satisfies Endpoint;

/** Read by readProblem, which names every field that is wrong. */
const problemField: Field<unknown> = {
  expects: 'a planning problem, an object with agents and taskTypes (docs/planning.md)',
  schema: { type: 'object', description: 'a whole planning problem, as docs/planning.md describes it' },
  read: (raw) => (isRecord(raw) ? raw : undefined),
};

const agentsField = integerField(0, MAX_AGENTS);

export const planWhatIfEndpoint = {
  method: 'POST',
  path: '/v1/plan',
  scope: 'read',
  summary:
    'The plan under other assumptions, compared with the one in force; or a plan for a whole problem. Nothing is stored or changed',
  parameters: {},
  body: {
    required: {},
    optional: {
      factor: numberField(0, MAX_FACTOR),
      workload: mapOf(idField, numberField(0, MAX_TASKS_PER_MIN), MAX_NAMES),
      pools: mapOf(
        idField,
        settingOf({ required: {}, optional: { agents: agentsField, min: agentsField, max: agentsField } }),
        MAX_NAMES,
      ),
      budgetUsdPerHour: numberField(0, MAX_USD),
      resilience: settingOf({ required: { servedShare: numberField(0, 1) }, optional: {} }),
      pooling: settingOf({ required: {}, optional: { allowed: booleanField, maxLentShare: numberField(0, 1) } }),
      problem: problemField,
    },
  },
  answer: objectSchema({
    ...planFields,
    compared: {
      ...nullable(
        objectSchema({
          madeAt: { ...momentSchema, description: 'of the plan in force' },
          agents: { type: 'object', additionalProperties: { type: 'integer' } },
          costPerHourUsd: numberSchema,
          unservedPerMin: numberSchema,
        }),
      ),
      description:
        'what this one has more than the plan in force, negative for less: agents by pool where they differ, USD an hour, and unserved tasks a minute; null where no plan is in force',
    },
  }),
} as const satisfies Endpoint;

/** The plan of a system, or why there is none yet. */
export function planAnswer(plan: FleetPlan | null, nowMs: EpochMs): Record<string, unknown> {
  if (plan) return wholePlanAnswer(plan, plan.trigger);
  return {
    resource_allocation: {
      ...{ agents: {}, shares: [], costPerHourUsd: null, status: null },
      ...{ explanation: [], unserved: [], utilization: [], pools: [] },
    },
    ...{ predicted_bottlenecks: [], recommendations: [], duals: [] },
    ...{ madeAt: null, trigger: null, for: null, pools: [] },
    reason: `there is no plan of this system yet: ${nextPlan(nowMs)}`,
  };
}

/** What a plan is wanted for: changes to the one in force, or a problem of its own. @throws Problem 422 naming each field and how to mend it */
export function readWhatIfRequest({
  problem,
  ...what
}: Asked<typeof planWhatIfEndpoint>['body']):
  | { of: 'changes'; what: WhatIf }
  | { of: 'problem'; problem: AllocationProblem } {
  if (problem === undefined) return { of: 'changes', what };
  const others = Object.keys(what);
  if (others.length > 0) {
    throw unprocessable(
      others.map((path) => {
        const message = `${path} changes the plan in force, and problem stands for itself: leave one of them out`;
        return { path, message };
      }),
      'inconsistent_fields',
    );
  }
  const read = readProblem(problem);
  if (read.status === 'read') return { of: 'problem', problem: read.problem };
  const faults = read.faults.map(({ path, message }) => {
    const place = path === 'problem' ? path : `problem.${path}`;
    return { path: place, message: `${place}: ${message}` };
  });
  throw unprocessable(faults, 'invalid_field');
}

/** @throws Problem 409 without a plan in force, 422 naming who is not known to it */
export function whatIfAnswer(outcome: WhatIfOutcome, nowMs: EpochMs): Record<string, unknown> {
  if (outcome.status === 'no-plan') {
    throw new Problem(
      409,
      `there is no plan of this system yet that could be changed: ${nextPlan(nowMs)}; or send a whole planning problem as "problem"`,
    );
  }
  if (outcome.status === 'unknown') throw unprocessable(outcome.faults, 'inconsistent_fields');
  return {
    ...wholePlanAnswer({ ...outcome.plan, madeAtMs: nowMs }, 'what-if'),
    compared: comparedAnswer(outcome.compared),
  };
}

export function problemPlanAnswer(
  { allocation, recommendations, compared }: ProblemPlan,
  nowMs: EpochMs,
): Record<string, unknown> {
  return {
    ...allocationAnswer(allocation),
    predicted_bottlenecks: tightPools(allocation),
    recommendations,
    ...{ madeAt: iso(nowMs), trigger: 'what-if', for: null, pools: [] },
    compared: compared && comparedAnswer(compared),
  };
}

function wholePlanAnswer(
  { allocation, bottlenecks, recommendations, madeAtMs, forMs, pools }: FleetPlan,
  trigger: FleetPlan['trigger'] | 'what-if',
): Record<string, unknown> {
  return {
    ...allocationAnswer(allocation),
    predicted_bottlenecks: bottlenecks.map(bottleneckAnswer),
    recommendations,
    ...{ madeAt: iso(madeAtMs), trigger, for: iso(forMs) },
    pools: pools.map(poolOutlookAnswer),
  };
}

function allocationAnswer({ duals, ...allocation }: Allocation): Record<string, unknown> {
  return { resource_allocation: allocation, duals };
}

function bottleneckAnswer({ saturates, ...rest }: PredictedBottleneck): Record<string, unknown> {
  const { atMs, earliestMs, latestMs, reason } = saturates;
  return {
    ...rest,
    saturates: { at: isoOrNull(atMs), earliestAt: isoOrNull(earliestMs), latestAt: isoOrNull(latestMs), reason },
  };
}

/** Pools of a problem are told as bottlenecks from this part of their usable capacity on. */
const TIGHT = 0.9;

/** Of a problem nothing is known but its plan. */
function tightPools({ pools, duals }: Allocation): Record<string, unknown>[] {
  return pools
    .filter(({ saturation }) => saturation !== null && saturation >= TIGHT)
    .map(({ pool, utilization, saturation }, i) => {
      const worth = duals.find((dual) => dual.kind === 'agent' && dual.pool === pool)?.words;
      const full = `${Math.round(100 * (saturation ?? 0))} % of its usable capacity is in use`;
      return {
        ...{ rank: i + 1, kind: 'pool', id: pool, utilization: utilization ?? 0 },
        evidence: worth === undefined ? [full] : [full, worth],
      };
    });
}

function comparedAnswer({ madeAtMs, ...difference }: ComparedPlan): Record<string, unknown> {
  return { madeAt: iso(madeAtMs), ...difference };
}

function nextPlan(nowMs: EpochMs): string {
  const ofThisHour = Math.floor(nowMs / HOUR_MS) * HOUR_MS + MINUTE_OF_THE_HOUR * MINUTE_MS;
  const next = ofThisHour > nowMs ? ofThisHour : ofThisHour + HOUR_MS;
  return `one is made ${MINUTE_OF_THE_HOUR} minutes after each hour, next at ${iso(next)}, once a minute of events is complete`;
}

function unprocessable(faults: readonly ProblemFault[], code: string): Problem {
  return new Problem(422, faults.map(({ message }) => message).join('; '), {
    errors: faults.map(({ path, message }) => ({ path, code, message })),
  });
}

function iso(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}

function isoOrNull(atMs: EpochMs | null): string | null {
  return atMs === null ? null : iso(atMs);
}
