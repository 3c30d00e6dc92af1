import { type ActionClass, actionClassNames, type Mode, modes } from '../core/remediate/action-class.ts';
import { LEASE_MS } from '../core/remediate/directive-status.ts';
import { MAX_SHARE_TOGETHER } from '../core/remediate/guardrails/capacity-budget.ts';
import { HOLD_MS } from '../core/remediate/guardrails/hold-after-refusal.ts';
import { MEASURED_MINUTES } from '../core/remediate/measure-directives.ts';
import { type Maintenance, type PolicyChanges, policyInForce } from '../core/remediate/policy.ts';
import { MAX_GROWTH, MAX_WEIGHT, MIN_WEIGHT } from '../core/remediate/route-weights.ts';
import type { Endpoint } from './endpoint.ts';
import { booleanField, idField, listOf, oneOf, timeField } from './field.ts';
import { listSchema, momentSchema, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { mapOf, type RecordOf, recordOf } from './record-fields.ts';

const MAX_WINDOWS = 100;
const action = oneOf(actionClassNames);
const mode = oneOf(modes);

const modesSchema = objectSchema(Object.fromEntries(actionClassNames.map((name) => [name, mode.schema])));
const originsSchema = objectSchema(Object.fromEntries(actionClassNames.map((name) => [name, textSchema])));

const policySchema = objectSchema({
  modes: modesSchema,
  killSwitch: { type: 'boolean' },
  maintenance: listSchema(objectSchema({ from: momentSchema, to: momentSchema }, { pool: idField.schema })),
  limits: {
    type: 'object',
    additionalProperties: objectSchema({ value: numberSchema, unit: textSchema, origin: textSchema }),
  },
  origin: objectSchema({ modes: originsSchema, killSwitch: textSchema, maintenance: textSchema }),
});

export const readPolicyEndpoint = {
  method: 'GET',
  path: '/v1/policy',
  scope: 'read',
  summary: 'What Fleetpulse may do by itself, within which limits, and where each setting comes from',
  parameters: {},
  answer: policySchema,
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
        recordOf({ required: { from: timeField, to: timeField }, optional: { pool: idField } }),
        MAX_WINDOWS,
      ),
    },
  },
  answer: policySchema,
} as const satisfies Endpoint;

/** @throws Problem 422 for a maintenance window that ends before it begins */
export function readPolicyChange(body: RecordOf<typeof changePolicyEndpoint.body>): {
  modes?: Partial<Record<ActionClass, Mode>>;
  killSwitch?: boolean;
  maintenance?: Maintenance[];
} {
  const { modes: wanted, killSwitch, maintenance } = body;
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
  };
}

/** Constants of lib/core/remediate: the same in every environment. */
const limits = {
  lease: { value: LEASE_MS, unit: 'ms' },
  capacityShare: { value: MAX_SHARE_TOGETHER, unit: 'ratio' },
  holdAfterRefusal: { value: HOLD_MS, unit: 'ms' },
  measured: { value: MEASURED_MINUTES, unit: 'min' },
  minWeight: { value: MIN_WEIGHT, unit: 'ratio' },
  maxWeight: { value: MAX_WEIGHT, unit: 'ratio' },
  weightGrowthPerMinute: { value: MAX_GROWTH, unit: 'ratio' },
} as const;

export function policyAnswer(
  modesOfEnvironment: Record<ActionClass, Mode>,
  changes: PolicyChanges | null,
): Record<string, unknown> {
  const policy = policyInForce(modesOfEnvironment, changes);
  const origin = (change: { by: string; atMs: number } | null | undefined) =>
    change ? `${change.by}, ${new Date(change.atMs).toISOString()}` : 'environment';
  return {
    ...policy,
    maintenance: policy.maintenance.map(({ fromMs, untilMs, pool }) => ({
      from: new Date(fromMs).toISOString(),
      to: new Date(untilMs).toISOString(),
      ...(pool === null ? {} : { pool }),
    })),
    limits: Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, { ...limit, origin: 'built in' }])),
    origin: {
      modes: Object.fromEntries(actionClassNames.map((name) => [name, origin(changes?.modes[name])])),
      killSwitch: origin(changes?.killSwitch),
      maintenance: origin(changes?.maintenance),
    },
  };
}
