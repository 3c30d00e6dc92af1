import * as z from 'zod';

// How a scenario is written in a file: the names of scenario.ts, with `start` as ISO time instead of startMs, and with
// defaults for all that has an obvious one. Defaults that follow from other fields are filled in by readScenario.

const positive = z.number().gt(0);
const amount = z.number().min(0);
const share = z.number().min(0).max(1);
/** Of something that may happen again: once for sure would be for ever. */
const repeatShare = z.number().min(0).max(0.9);
const whole = z.int().min(0);
const minute = z.number().min(0);
/** Names become ids of events (docs/events.md), with room for numbers behind them. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,48}$/)
  .describe('1 to 48 characters of A-Z a-z 0-9 . _ -');
const text = z.string().min(1).max(1_000);
const optional = z.exactOptional;

const pool = z.strictObject({
  pool: name,
  team: name.default('ops'),
  agents: z.int().min(1).max(1_000),
  min: optional(whole).describe('1 where absent'),
  max: optional(whole).describe('twice the agents where absent'),
  slots: z.int().min(1).max(64).default(1),
  speedSpread: z.number().min(0).max(0.9).default(0.25),
  skillDensity: share.default(1),
  provisioning: z.strictObject({ medianS: amount.default(90), sigma: amount.default(0.3) }).prefault({}),
  costPerHourUsd: amount.default(1),
  version: name.default('1.0'),
  zones: z.int().min(1).max(20).default(1),
  backupPool: optional(name),
});

const service = z.strictObject({
  kind: z.enum(['lognormal', 'exponential', 'deterministic']).default('lognormal'),
  meanS: positive,
  cv: optional(amount).describe('of lognormal; 1 where absent'),
});

const taskType = z.strictObject({
  taskType: name,
  pool: name,
  priority: z.enum(['critical', 'high', 'normal', 'low']).default('normal'),
  service,
  slaS: optional(positive).describe('five times the mean service time where absent'),
  timeoutS: optional(positive).describe('twice slaS where absent'),
  retries: z.int().min(0).max(2).default(1),
  failureShare: share.default(0.005),
  quality: optional(z.strictObject({ mean: share, sd: share.default(0.05), gradedShare: share.default(0.2) })),
  tokens: z
    .strictObject({
      inputMedian: amount.default(1_000),
      outputMedian: amount.default(250),
      sigma: amount.default(0.8),
      usdPerMillionInput: amount.default(1),
      usdPerMillionOutput: amount.default(4),
    })
    .prefault({}),
  revenueUsd: amount.default(0),
});

const step = z.strictObject({
  step: optional(name).describe('the task type where absent'),
  taskType: name,
  after: z.array(name).default([]),
  repeatShare: repeatShare.default(0),
});

const workflow = z.strictObject({
  workflowType: name,
  weight: positive.default(1),
  slaS: optional(positive).describe('the sum of its steps where absent'),
  steps: z.array(step).min(1).max(50),
});

const arrivals = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('poisson'),
    perMinute: amount,
    dailyAmplitude: z.number().min(0).max(1).default(0),
    peakHour: z.number().min(0).max(24).default(14),
    weekendFactor: positive.default(1),
    bursts: z.array(z.strictObject({ atMinute: minute, minutes: positive, factor: amount })).default([]),
  }),
  z.strictObject({ kind: z.literal('recorded'), file: text }),
  z.strictObject({ kind: z.literal('closed'), customers: z.int().min(1).max(100_000), thinkS: amount }),
]);

const telemetry = z.strictObject({
  hostAgents: z.int().min(1).default(5),
  flushS: positive.default(15),
  heartbeatS: z.number().min(1).default(15),
  sampleS: z.number().min(1).default(15),
  delayMinutes: whole.default(0),
  lossShare: share.default(0),
  duplicateShare: share.default(0),
  clockSkewS: amount.default(0),
});

const targets = z.union([
  z.strictObject({ agents: z.array(name).min(1) }),
  z.strictObject({ pool: name, count: z.int().min(1) }),
  z.strictObject({ pool: name, share }),
  z.strictObject({ pool: name, zone: whole }),
]);

const pools = z.array(name).min(1);
const time = { atMinute: minute, minutes: optional(positive) };

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow'), ...time, targets, factor: positive }),
  z.strictObject({
    kind: z.literal('fail_fast'),
    ...time,
    targets,
    share: share.default(1),
    afterMs: amount.default(100),
  }),
  z.strictObject({ kind: z.literal('hang'), ...time, targets }),
  z.strictObject({ kind: z.literal('crash'), ...time, targets, backAfterMinutes: optional(positive) }),
  z.strictObject({ kind: z.literal('quality_collapse'), ...time, targets, quality: share }),
  z.strictObject({ kind: z.literal('dependency_slow'), ...time, pools, factor: positive }),
  z.strictObject({ kind: z.literal('dependency_errors'), ...time, pools, share }),
  z.strictObject({ kind: z.literal('load_spike'), ...time, factor: amount }),
  z.strictObject({ kind: z.literal('load_ramp'), ...time, factor: amount }),
  z.strictObject({ kind: z.literal('retry_storm'), ...time, extraRequests: amount }),
  z.strictObject({ kind: z.literal('poison_type'), ...time, taskType: name, share, factor: positive }),
  z.strictObject({ kind: z.literal('leak'), ...time, targets, factorAtEnd: positive, memoryAtEnd: share }),
  z.strictObject({ kind: z.literal('error_ramp'), ...time, targets, shareAtEnd: share }),
  z.strictObject({ kind: z.literal('zone_loss'), ...time, zone: whole }),
  z.strictObject({
    kind: z.literal('deploy'),
    ...time,
    pool: name,
    version: name,
    factor: positive.default(1),
    failureShare: share.default(0),
    announced: z.boolean().default(true),
  }),
  z.strictObject({ kind: z.literal('rate_limit'), ...time, pools, perMinute: whole }),
  z.strictObject({ kind: z.literal('ping_pong'), ...time, taskTypes: z.tuple([name, name]), share }),
  z.strictObject({ kind: z.literal('verification_failure'), ...time, taskType: name, share: repeatShare }),
  z.strictObject({
    kind: z.literal('telemetry'),
    ...time,
    how: z.enum(['missing', 'delayed', 'duplicated', 'wrong_unit']),
    targets,
    share: share.default(1),
  }),
  z.strictObject({ kind: z.literal('planned_load'), ...time, factor: amount }),
]);

export const scenarioSchema = z.strictObject({
  name,
  why: text,
  start: z.iso.datetime().default('2026-06-03T08:00:00Z').describe('a whole minute, UTC'),
  minutes: z.int().min(1).max(100_000),
  warmUpMinutes: whole.default(0),
  pools: z.array(pool).min(1).max(50),
  taskTypes: z.array(taskType).min(1).max(200),
  workflows: optional(z.array(workflow).min(1).max(100)).describe(
    'one of a single step for each task type where absent',
  ),
  arrivals,
  telemetry: telemetry.prefault({}),
  faults: z.array(fault).max(200).default([]),
});

/** JSON Schema of a scenario file, for documentation and editors; what readScenario checks beyond it, it cannot say. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
