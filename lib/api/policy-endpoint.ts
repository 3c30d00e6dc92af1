import type { EpochMs } from '../core/model/time.ts';
import { unreportedPool } from '../core/model/unreported-pool.ts';
import { type ActionClass, actionClassNames, type Mode, modes } from '../core/remediate/action-class.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { LEASE_MS } from '../core/remediate/directive-status.ts';
import { MAX_SHARE_PER_ACTION, MAX_SHARE_TOGETHER } from '../core/remediate/guardrails/capacity-budget.ts';
import { DISRUPTION_SPACING_MS, MAX_DISRUPTIONS_PER_HOUR } from '../core/remediate/guardrails/disruption-budget.ts';
import { FIRST_HOLD_MS, LONGEST_HOLD_MS } from '../core/remediate/guardrails/flap-guard.ts';
import { HEALTHY_SHARE } from '../core/remediate/guardrails/healthy-majority.ts';
import { HOLD_MS } from '../core/remediate/guardrails/hold-after-refusal.ts';
import { SETTLING_MS, STARTING_SETTLING_MS } from '../core/remediate/guardrails/settling.ts';
import { SHARED_SHARE } from '../core/remediate/guardrails/shared-cause.ts';
import { STALE_MINUTES } from '../core/remediate/guardrails/stale-telemetry.ts';
import { BUCKET_TOKENS } from '../core/remediate/guardrails/token-bucket.ts';
import { WARM_UP_MINUTES } from '../core/remediate/guardrails/warm-up.ts';
import { HELD_SHOWN_MS, type Held } from '../core/remediate/held.ts';
import { MEASURED_MINUTES, POOL_MEASURED_MINUTES } from '../core/remediate/measured-minutes.ts';
import {
  type EnvironmentPolicy,
  MAX_HOLD_OUT_SHARE,
  type Maintenance,
  type PolicyChanges,
  policyInForce,
} from '../core/remediate/policy.ts';
import { MAX_GROWTH, MAX_WEIGHT, MIN_WEIGHT } from '../core/remediate/route-weights.ts';
import { demoted, demotionsOf } from '../core/remediate/track-record.ts';
import type { Endpoint } from './endpoint.ts';
import { booleanField, idField, listOf, numberField, oneOf, timeField } from './field.ts';
import { listSchema, momentSchema, numberSchema, objectSchema, shareSchema, textSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { mapOf, type RecordOf, settingOf } from './record-fields.ts';
import { warningsSchema } from './warnings-schema.ts';

const MAX_WINDOWS = 100;
const action = oneOf(actionClassNames);
const mode = oneOf(modes);

const modesSchema = objectSchema(Object.fromEntries(actionClassNames.map((name) => [name, mode.schema])));
const originsSchema = objectSchema(Object.fromEntries(actionClassNames.map((name) => [name, textSchema])));

const policyFields = {
  modes: modesSchema,
  killSwitch: { type: 'boolean' },
  maintenance: {
    ...listSchema(objectSchema({ from: momentSchema, to: momentSchema }, { pool: idField.schema })),
    description: 'that are not over',
  },
  limits: {
    type: 'object',
    additionalProperties: objectSchema({ value: numberSchema, unit: textSchema, origin: textSchema }),
  },
  promoteUpTo: mode.schema,
  holdOutShare: shareSchema,
  demoted: listSchema(
    objectSchema(
      {
        action: action.schema,
        mode: mode.schema,
        since: momentSchema,
        until: momentSchema,
        why: textSchema,
      },
      { of: oneOf(['more', 'fewer']).schema },
    ),
  ),
  held: listSchema(
    objectSchema({
      ...{ kind: action.schema, subject: textSchema, summary: textSchema },
      ...{ guardrail: textSchema, why: textSchema, at: momentSchema },
    }),
  ),
  origin: objectSchema({
    modes: originsSchema,
    killSwitch: textSchema,
    maintenance: textSchema,
    promoteUpTo: textSchema,
    holdOutShare: textSchema,
  }),
};

export const readPolicyEndpoint = {
  method: 'GET',
  path: '/v1/policy',
  scope: 'read',
  summary: 'What Fleetpulse may do by itself, within which limits, and where each setting comes from',
  parameters: {},
  answer: objectSchema(policyFields),
} as const satisfies Endpoint;

export const changePolicyEndpoint = {
  method: 'PUT',
  path: '/v1/policy',
  scope: 'admin',
  summary: 'Changes what is named and leaves the rest; acts at once',
  parameters: {},
  body: {
    required: {},
    optional: {
      modes: mapOf(action, mode, actionClassNames.length),
      killSwitch: booleanField,
      maintenance: listOf(
        settingOf({ required: { from: timeField, to: timeField }, optional: { pool: idField } }),
        MAX_WINDOWS,
      ),
      promoteUpTo: mode,
      holdOutShare: numberField(0, MAX_HOLD_OUT_SHARE),
    },
  },
  answer: objectSchema({ ...policyFields, warnings: warningsSchema }),
} as const satisfies Endpoint;

/** @throws Problem 422 for a maintenance window that ends before it begins */
export function readPolicyChange(body: RecordOf<typeof changePolicyEndpoint.body>): {
  modes?: Partial<Record<ActionClass, Mode>>;
  killSwitch?: boolean;
  maintenance?: Maintenance[];
  promoteUpTo?: Mode;
  holdOutShare?: number;
} {
  const { modes: wanted, killSwitch, maintenance, promoteUpTo, holdOutShare } = body;
  const windows = maintenance?.map(({ from, to, pool }, index) => {
    if (from < to) return { fromMs: from, untilMs: to, pool: pool ?? null };
    const path = `maintenance[${index}].to`;
    const message = `${path} must be later than from`;
    throw new Problem(422, message, { errors: [{ path, code: 'inconsistent_fields', message }] });
  });
  return {
    ...(wanted === undefined ? {} : { modes: wanted }),
    ...(killSwitch === undefined ? {} : { killSwitch }),
    ...(windows === undefined ? {} : { maintenance: windows }),
    ...(promoteUpTo === undefined ? {} : { promoteUpTo }),
    ...(holdOutShare === undefined ? {} : { holdOutShare }),
  };
}

/** What of a change comes to nothing as it is, and what to do about it. @param reported pools that agents have reported from */
export function policyWarnings(
  { maintenance = [] }: Pick<ReturnType<typeof readPolicyChange>, 'maintenance'>,
  reported: ReadonlySet<string>,
  nowMs: EpochMs,
): string[] {
  return maintenance.flatMap(({ untilMs, pool }, i) => {
    const path = `maintenance[${i}]`;
    if (untilMs <= nowMs) {
      return `${path}: it was over at ${iso(untilMs)}, so it stops nothing and is not listed. Set it again with a later to, or leave it out.`;
    }
    if (pool === null) return [];
    return unreportedPool({ path: `${path}.pool`, pool, so: 'so it stops nothing' }, reported) ?? [];
  });
}

/** Constants of lib/core/remediate: the same in every environment. */
const limits = {
  lease: { value: LEASE_MS, unit: 'ms' },
  capacityShare: { value: MAX_SHARE_TOGETHER, unit: 'ratio' },
  capacitySharePerAction: { value: MAX_SHARE_PER_ACTION, unit: 'ratio' },
  healthyShare: { value: HEALTHY_SHARE, unit: 'ratio' },
  stormShare: { value: SHARED_SHARE, unit: 'ratio' },
  disruptionSpacing: { value: DISRUPTION_SPACING_MS, unit: 'ms' },
  disruptionsPerHour: { value: MAX_DISRUPTIONS_PER_HOUR, unit: 'directives' },
  newPerTenMinutes: { value: BUCKET_TOKENS, unit: 'directives' },
  settling: { value: SETTLING_MS, unit: 'ms' },
  settlingOfStarts: { value: STARTING_SETTLING_MS, unit: 'ms' },
  staleTelemetry: { value: STALE_MINUTES, unit: 'min' },
  warmUp: { value: WARM_UP_MINUTES, unit: 'min' },
  holdAfterRefusal: { value: HOLD_MS, unit: 'ms' },
  firstHoldOfFlapping: { value: FIRST_HOLD_MS, unit: 'ms' },
  longestHoldOfFlapping: { value: LONGEST_HOLD_MS, unit: 'ms' },
  measured: { value: MEASURED_MINUTES, unit: 'min' },
  poolMeasured: { value: POOL_MEASURED_MINUTES, unit: 'min' },
  minWeight: { value: MIN_WEIGHT, unit: 'ratio' },
  maxWeight: { value: MAX_WEIGHT, unit: 'ratio' },
  weightGrowthPerMinute: { value: MAX_GROWTH, unit: 'ratio' },
} as const;

/** What the policy came to lately. */
export interface PolicyAtWork {
  /** Directives that are open, or to which something happened in the last day. */
  records: readonly DirectiveRecord[];
  /** What was called for and not done. */
  held: readonly Held[];
  nowMs: EpochMs;
}

export function policyAnswer(
  environment: EnvironmentPolicy,
  changes: PolicyChanges | null,
  { records, held, nowMs }: PolicyAtWork,
): Record<string, unknown> {
  const { setMs, ...policy } = policyInForce(environment, changes);
  const origin = (change: { by: string; atMs: number } | null | undefined) =>
    change ? `${change.by}, ${iso(change.atMs)}` : 'environment';
  return {
    ...policy,
    maintenance: policy.maintenance.filter(({ untilMs }) => untilMs > nowMs).map(maintenanceAnswer),
    limits: Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, { ...limit, origin: 'built in' }])),
    demoted: actionClassNames.flatMap((name) => {
      const mode = policy.modes[name];
      if (demoted(mode) === mode) return [];
      return demotionsOf(name, records, { nowMs, forgivenMs: setMs?.[name] }).map(({ of, sinceMs, untilMs, why }) => ({
        ...{ action: name, ...(of && { of }), mode: demoted(mode) },
        ...{ since: iso(sinceMs), until: iso(untilMs), why },
      }));
    }),
    held: held
      .filter(({ atMs }) => nowMs - atMs < HELD_SHOWN_MS)
      .map(({ atMs, ...refused }) => ({ ...refused, at: iso(atMs) })),
    origin: {
      modes: Object.fromEntries(actionClassNames.map((name) => [name, origin(changes?.modes[name])])),
      killSwitch: origin(changes?.killSwitch),
      maintenance: origin(changes?.maintenance),
      promoteUpTo: origin(changes?.promoteUpTo),
      holdOutShare: origin(changes?.holdOutShare),
    },
  };
}

/** A window as PUT /v1/policy takes it. */
export function maintenanceAnswer({ fromMs, untilMs, pool }: Maintenance): Record<string, unknown> {
  return { from: iso(fromMs), to: iso(untilMs), ...(pool === null ? {} : { pool }) };
}

function iso(ms: EpochMs): string {
  return new Date(ms).toISOString();
}
