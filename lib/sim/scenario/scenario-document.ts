import * as z from 'zod';
import { businessQuantities } from './scenario.ts';

// A scenario as people write it: the names of scenario.ts, and defaults for what has an obvious one. What hangs on other
// fields is filled in by complete-scenario.ts; what must fit together is checked by check-scenario.ts.

/** Agents are named after their pool, and must be ids of at most 128 characters themselves. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9._:/@-]{1,120}$/, 'must be 1 to 120 characters of A-Z a-z 0-9 . _ : / @ -')
  .meta({ id: 'name', description: '1 to 120 characters of A-Z a-z 0-9 . _ : / @ -' });
const text = z.string().max(2_000);
const share = z.number().min(0).max(1);
const positive = z.number().positive().max(1e9);
const atLeastZero = z.number().min(0).max(1e9);
const factor = z.number().positive().max(1_000);
const count = z.int().min(1).max(10_000);
/** From the start of the scenario; 400 days at most. */
const minute = z.number().min(0).max(576_000);
const duration = z.number().positive().max(576_000);
const curve = z
  .array(z.tuple([z.number().min(-1e9).max(1e9), z.number().min(-1e12).max(1e12)]))
  .min(1)
  .max(100)
  .refine(
    (points) => points.every(([x], i) => i === 0 || x > (points[i - 1]?.[0] ?? x)),
    'must ascend: sort the points',
  )
  .meta({
    id: 'curve',
    description: 'points [x, y] in ascending order of x: straight lines between them, level beyond',
  });

export const poolDocument = z.strictObject({
  pool: name,
  team: name.default('none').describe('who owns it'),
  agents: count.describe('at the start; they are named POOL-01, POOL-02, ...'),
  min: count.default(1).describe('what scaling may not go below'),
  max: count.optional().describe('what scaling may not go above; twice the agents without it'),
  slots: z.int().min(1).max(64).default(1).describe('tasks that an agent works on at once'),
  speedSpread: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .describe("agents' factors on service times are uniform in 1 ± this"),
  skillDensity: share.default(1).describe('probability that an agent knows a task type of its pool'),
  provisioning: z
    .strictObject({ medianS: atLeastZero.default(90), sigma: z.number().min(0).max(3).default(0.3) })
    .prefault({})
    .describe('time until an agent that was ordered works, log-normal'),
  costPerHourUsd: atLeastZero.default(1).describe('of one agent'),
  version: name.default('1.0.0'),
  zones: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('failure domains, numbered from 0, that its agents take turns over'),
  backupPool: name.optional().describe('another pool that can take over its work'),
  lendsTo: z.array(name).min(1).optional().describe('pools whose work its agents may be lent to'),
  ladder: z
    .array(
      z.strictObject({
        step: name,
        serviceFactor: z.number().positive().lt(1).describe('on the service times of tasks that start on this rung'),
        qualityLoss: share.default(0),
      }),
    )
    .min(1)
    .max(20)
    .optional()
    .describe('by which its work can be made smaller, from the first rung to the last'),
  contention: z
    .strictObject({
      sigma: share,
      kappa: share,
      concurrency: z.int().min(1).max(64).describe('tasks that an agent takes at once until it is tuned'),
    })
    .optional()
    .describe('n tasks at once each take 1 + sigma (n - 1) + kappa n (n - 1) times as long; in place of slots'),
});

const service = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('lognormal').optional().describe('the kind where none is given'),
      meanS: positive,
      cv: z.number().positive().max(20).default(1).describe('coefficient of variation: standard deviation ÷ mean'),
    }),
    z.strictObject({ kind: z.literal('exponential'), meanS: positive }),
    z.strictObject({ kind: z.literal('deterministic'), meanS: positive }),
    z
      .strictObject({
        kind: z.literal('by_size'),
        fixedMs: positive,
        msPerInputToken: atLeastZero.default(0),
        msPerOutputToken: atLeastZero.default(0),
        cv: z.number().min(0).max(20).default(0.1).describe('of a log-normal factor of mean 1 on what the size says'),
        meanS: positive
          .optional()
          .describe('what is expected, for slaS and staffing; by the medians and sigma of tokens without it'),
      })
      .describe('follows the tokens of the task, those of a recording where it has them'),
  ])
  .describe('time at work of one attempt, on an agent of speed 1');

export const taskTypeDocument = z.strictObject({
  taskType: name,
  pool: name.describe('the pool that serves it'),
  priority: z.enum(['critical', 'high', 'normal', 'low']).default('normal'),
  service,
  slaS: positive.optional().describe('within which a task counts as attained; five times service.meanS without it'),
  timeoutS: positive.optional().describe('an attempt is given up after this, waiting included; twice slaS without it'),
  retries: z.int().min(0).max(2).default(0).describe('attempts after the first'),
  failureShare: share.default(0).describe('share of attempts that fail without any fault'),
  quality: z
    .strictObject({ mean: share, sd: share.default(0.05), gradedShare: share.default(1) })
    .optional()
    .describe('graded quality of what completes; without it nothing is graded'),
  csat: z
    .strictObject({
      mean: z.number().min(1).max(5),
      sd: z.number().min(0).max(5).default(1),
      ratedShare: share.default(1),
      lossByWaitS: curve.optional().describe('stars lost, by the seconds until work on it began'),
    })
    .optional()
    .describe('stars 1 to 5 that users give to what completes; without it nobody rates'),
  model: name.optional().describe('what agents use for it, as they report it'),
  models: z
    .array(
      z.strictObject({
        model: name,
        serviceFactor: factor.default(1).describe('on service times'),
        failureShare: share.default(0).describe('share of its calls that fail without any fault'),
        quality: share.optional().describe('mean grade of what it completes; that of the task type without it'),
        costFactor: atLeastZero.default(1).describe('on the price of tokens'),
      }),
    )
    .min(1)
    .max(20)
    .optional()
    .describe(
      'models that can do it: the first is used until it is tuned, and the next when calls of it are broken off',
    ),
  tools: z
    .array(z.strictObject({ tool: name, share: share.positive() }))
    .min(1)
    .max(20)
    .optional()
    .describe('called for it, each with the share of the time at work that it takes; each call is reported'),
  tokens: z
    .strictObject({
      inputMedian: atLeastZero.default(1_000),
      outputMedian: atLeastZero.default(250),
      sigma: z.number().min(0).max(3).default(0.6),
      usdPerMillionInput: atLeastZero.default(1),
      usdPerMillionOutput: atLeastZero.default(4),
    })
    .prefault({}),
  revenueUsd: atLeastZero.default(0),
});

export const businessMetricDocument = z.strictObject({
  name: name.describe('as the fleet reports it'),
  unit: z.string().min(1).max(32).describe('such as percent, ms, usd'),
  direction: z.enum(['higher', 'lower', 'none']).default('none').describe('which way is better'),
  pool: name.optional().describe('whose metric it is; without it that of the system'),
  taskType: name.optional().describe('counted are tasks of this type'),
  workflowType: name.optional().describe('counted are workflows of this type; without either all workflows'),
  from: z
    .enum(businessQuantities)
    .describe('what the curve is of: seconds to the end, or until work began; grade; 0 where it completed, else 1'),
  curve,
  unserved: z.number().min(-1e12).max(1e12).optional().describe('what counts for one that did not complete'),
  noise: atLeastZero.default(0).describe('standard deviation of what else moves it'),
  everyS: z.number().min(1).max(3_600).default(15).describe('how often it is reported: the mean of what ended since'),
});

const stepDocument = z.strictObject({
  step: name.optional().describe('the name of its task type without it'),
  taskType: name,
  after: z.array(name).default([]).describe('steps that must have completed first'),
  repeatShare: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .describe('probability that it is done once more when it completed'),
});

export const workflowDocument = z.strictObject({
  workflowType: name,
  weight: positive.default(1).describe('relative frequency among the workflows'),
  slaS: positive.optional().describe('the sum of the slaS on its longest path without it'),
  steps: z.array(stepDocument).min(1).max(100),
});

const arrivals = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('poisson').optional().describe('the kind where none is given'),
      perMinute: positive.describe('workflows, as a mean over a day of the pattern'),
      dailyAmplitude: share.default(0).describe('0.3: between 0.7 and 1.3 times the mean within a day'),
      peakHour: z.number().min(0).max(24).default(14).describe('UTC'),
      weekendFactor: factor.default(1).describe('for Saturday and Sunday'),
      bursts: z.array(z.strictObject({ atMinute: minute, minutes: duration, factor })).default([]),
    }),
    z.strictObject({
      kind: z.literal('recorded'),
      file: z.string().min(1).max(1_000).describe('CSV of a recorded workload, relative to the scenario file'),
    }),
    z.strictObject({ kind: z.literal('closed'), customers: z.int().min(1).max(100_000), thinkS: positive }),
  ])
  .describe('of workflows');

const telemetry = z
  .strictObject({
    hostAgents: count.default(5).describe('agents of a pool that report together'),
    flushS: z.number().min(1).max(3_600).default(15),
    heartbeatS: z.number().min(1).max(3_600).default(15),
    sampleS: z.number().min(1).max(3_600).default(15),
    delayMinutes: z.int().min(0).max(15).default(0).describe('reports come 0 to this many minutes late'),
    lossShare: share.default(0),
    duplicateShare: share.default(0),
    clockSkewS: z.number().min(0).max(3_600).default(0).describe("hosts' clocks are off by a constant within ± this"),
  })
  .describe('how the fleet reports, and how badly');

const targets = z
  .union([
    z.strictObject({ agents: z.array(name).min(1) }),
    z.strictObject({ pool: name, count }),
    z.strictObject({ pool: name, share: share.positive() }),
    z.strictObject({ pool: name, zone: z.int().min(0) }),
  ])
  .meta({ id: 'targets', description: 'agents by name, or how many of a pool are drawn with the seed' });

const when = { atMinute: minute, minutes: duration.optional().describe('until the end without it') };
const pools = z.array(name).min(1);
const error = z
  .strictObject({ type: z.string().min(1).max(200), message: text })
  .optional()
  .describe('what agents say of it, in place of what the simulator says');

export const faultDocument = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow'), ...when, targets, factor }),
  z.strictObject({ kind: z.literal('fail_fast'), ...when, targets, share, afterMs: positive, error }),
  z.strictObject({ kind: z.literal('hang'), ...when, targets }),
  z.strictObject({ kind: z.literal('crash'), ...when, targets, backAfterMinutes: duration.optional() }),
  z.strictObject({ kind: z.literal('quality_collapse'), ...when, targets, quality: share }),
  z.strictObject({ kind: z.literal('dependency_slow'), ...when, pools, factor }),
  z.strictObject({ kind: z.literal('dependency_errors'), ...when, pools, share, error }),
  z.strictObject({ kind: z.literal('model_errors'), ...when, model: name, share, error }),
  z.strictObject({ kind: z.literal('tool_slow'), ...when, tool: name, factor }),
  z.strictObject({ kind: z.literal('load_spike'), ...when, factor }),
  z.strictObject({ kind: z.literal('load_ramp'), ...when, factor }),
  z.strictObject({ kind: z.literal('retry_storm'), ...when, extraRequests: z.number().positive().max(10) }),
  z.strictObject({ kind: z.literal('poison_type'), ...when, taskType: name, share, factor }),
  z.strictObject({ kind: z.literal('leak'), ...when, targets, factorAtEnd: factor, memoryAtEnd: share }),
  z.strictObject({ kind: z.literal('error_ramp'), ...when, targets, shareAtEnd: share }),
  z.strictObject({ kind: z.literal('zone_loss'), ...when, zone: z.int().min(0) }),
  z.strictObject({
    ...{ kind: z.literal('deploy'), ...when, pool: name, version: name },
    ...{ factor: factor.default(1), failureShare: share.default(0), announced: z.boolean().default(true) },
    agents: z.int().min(1).optional(),
    error,
  }),
  z.strictObject({ kind: z.literal('rate_limit'), ...when, pools, perMinute: atLeastZero }),
  z.strictObject({ kind: z.literal('ping_pong'), ...when, taskTypes: z.tuple([name, name]), share }),
  z.strictObject({ kind: z.literal('verification_failure'), ...when, taskType: name, share }),
  z.strictObject({
    ...{ kind: z.literal('telemetry'), ...when, how: z.enum(['missing', 'delayed', 'duplicated', 'wrong_unit']) },
    ...{ targets, share: share.default(1) },
  }),
  z.strictObject({ kind: z.literal('planned_load'), ...when, factor }),
]);

export const scenarioDocument = z.strictObject({
  $schema: z.string().optional().describe('for editors'),
  name: z.string().min(1).max(200),
  why: text.default('').describe('why it exists, and where its figures come from'),
  start: z.iso
    .datetime({ offset: true, error: 'must be a time such as "2026-03-02T00:00:00Z"' })
    .refine((start) => Date.parse(start) % 60_000 === 0 || Number.isNaN(Date.parse(start)), 'must be a whole minute')
    .default('2026-03-02T00:00:00Z')
    .describe('a whole minute; daily and weekly patterns are in UTC'),
  minutes: z.int().min(1).max(576_000),
  warmUpMinutes: z.int().min(0).default(5).describe('simulated and reported, but left out of what is judged'),
  seeds: z.array(z.int().min(0)).min(1).max(1_000).optional().describe('those that a benchmark is run with'),
  pools: z.array(poolDocument).min(1).max(100),
  taskTypes: z.array(taskTypeDocument).min(1).max(1_000),
  workflows: z
    .array(workflowDocument)
    .min(1)
    .max(1_000)
    .optional()
    .describe('one of one step for each task type without'),
  arrivals,
  telemetry: telemetry.prefault({}),
  domain: name.optional().describe('what the fleet is in business for, to be compared with others in it'),
  businessMetrics: z
    .array(businessMetricDocument)
    .max(100)
    .optional()
    .describe('custom metrics that follow what happens'),
  faults: z.array(faultDocument).max(1_000).default([]),
});

export type ScenarioDocument = z.output<typeof scenarioDocument>;
export type PoolDocument = z.output<typeof poolDocument>;
export type TaskTypeDocument = z.output<typeof taskTypeDocument>;
export type WorkflowDocument = z.output<typeof workflowDocument>;
export type BusinessMetricDocument = z.output<typeof businessMetricDocument>;
export type FaultDocument = z.output<typeof faultDocument>;

/** Of a scenario file as it may be written, for editors. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(scenarioDocument, { io: 'input' }), title: 'Fleetpulse scenario' };
}
