import { agentStates } from '../core/detect/agent-state.ts';
import type { PoolState } from '../core/detect/pool-state.ts';
import { kpiValues } from '../core/kpi/registry.ts';
import type { ScopeFigures } from '../core/kpi/scope-figures.ts';
import type { PoolInForce, PoolSettings, Tunable } from '../core/model/pool-settings.ts';
import type { PoolSettingsFault } from '../core/model/pool-settings-fault.ts';
import { unreportedPool } from '../core/model/unreported-pool.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { type Field, idField, integerField, isRecord, listOf, numberField, oneOf, removable } from './field.ts';
import { countSchema, type JsonSchema, listSchema, momentSchema, objectSchema, textSchema } from './json-schema.ts';
import { kpisSchema } from './kpi-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import type { QueryValues } from './query-parameters.ts';
import { CLOSED, mapOf, readSetting, recordSchema, settingOf } from './record-fields.ts';
import { warningsSchema } from './warnings-schema.ts';
import { type Window, windowAnswer, windowParameters } from './window.ts';

const [MOST_AGENTS, MOST_POOLS, MOST_RUNGS, MOST_TUNABLE, MOST_CHOICES] = [100_000, 100, 10, 10, 20];

const factorField: Field<number> = {
  expects: 'a number between 0 and 1, neither included, such as 0.6',
  schema: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  read: (raw) => (typeof raw === 'number' && raw > 0 && raw < 1 ? raw : undefined),
};

const bounds = {
  required: {
    least: integerField(0, Number.MAX_SAFE_INTEGER),
    most: integerField(0, Number.MAX_SAFE_INTEGER),
  },
  optional: {},
};
const choices = { required: { choices: listOf(idField, MOST_CHOICES) }, optional: {} };

const tunableField: Field<Tunable> = {
  expects: 'an object, either {"least", "most"} of whole numbers or {"choices"} of names',
  schema: { oneOf: [recordSchema(bounds, CLOSED), recordSchema(choices, CLOSED)] },
  read: (raw, path) => {
    if (!isRecord(raw)) return undefined;
    return 'choices' in raw ? readSetting(raw, choices, path) : readSetting(raw, bounds, path);
  },
};

const agentCount = integerField(0, MOST_AGENTS);

/** What may be set of a pool: see lib/core/model/pool-settings.ts. */
const settingFields = {
  min: agentCount,
  max: agentCount,
  backupPool: idField,
  lendsTo: listOf(idField, MOST_POOLS),
  ladder: listOf(
    settingOf({
      required: { step: idField, serviceFactor: factorField, qualityLoss: numberField(0, 1) },
      optional: {},
    }),
    MOST_RUNGS,
  ),
  tunable: mapOf(idField, tunableField, MOST_TUNABLE),
} satisfies { [Name in keyof PoolSettings]: Field<NonNullable<PoolSettings[Name]>> };

const settingsSchema: JsonSchema = recordSchema({ required: {}, optional: settingFields });
const originSchema: JsonSchema = {
  ...objectSchema({}, Object.fromEntries(Object.keys(settingFields).map((name) => [name, textSchema]))),
  description: 'of each setting: "agents", or who set it and when',
};

export const poolsEndpoint = {
  method: 'GET',
  path: '/v1/pools',
  scope: 'read',
  ofPools: true,
  summary: 'The pools in order of their ids: state, since when, why, and every KPI over the window',
  parameters: { ...windowParameters, ...pageParameters },
  answer: objectSchema({
    window: componentSchema('Window'),
    pools: listSchema(
      objectSchema({
        pool: idField.schema,
        agents: { ...countSchema, description: 'that have not stopped and were heard of within a day' },
        state: oneOf(agentStates).schema,
        since: momentSchema,
        why: textSchema,
        settings: { ...settingsSchema, description: 'in force now, whatever the window' },
        origin: originSchema,
        kpis: kpisSchema('pool'),
      }),
    ),
    next: nextSchema,
  }),
} as const satisfies Endpoint;

export const changePoolEndpoint = {
  method: 'PUT',
  path: '/v1/pools/{pool}',
  scope: 'admin',
  summary:
    'Changes what is named of the settings of a pool, null removes, and leaves the rest; the next minute goes by it',
  parameters: {},
  body: {
    required: {},
    optional: {
      min: removable(settingFields.min),
      max: removable(settingFields.max),
      backupPool: removable(settingFields.backupPool),
      lendsTo: removable(settingFields.lendsTo),
      ladder: removable(settingFields.ladder),
      tunable: removable(settingFields.tunable),
    },
  },
  answer: objectSchema({
    ...{ pool: idField.schema, settings: settingsSchema, origin: originSchema },
    warnings: warningsSchema,
  }),
} as const satisfies Endpoint;

/** @param warnings of the change, see poolWarnings */
export function poolSettingsAnswer(pool: string, inForce: PoolInForce, warnings: string[]): Record<string, unknown> {
  return { pool, ...settingsAnswer(inForce), warnings };
}

/** What of a change comes to nothing as it is, and what to do about it. @param reported pools that agents have reported from */
export function poolWarnings(
  pool: string,
  { backupPool, lendsTo }: { backupPool?: string | null; lendsTo?: readonly string[] | null },
  reported: ReadonlySet<string>,
): string[] {
  const named = [
    { path: `/v1/pools/${pool}`, pool, so: 'so what is set of it counts once one does' },
    ...(backupPool == null ? [] : [{ path: 'backupPool', pool: backupPool, so: 'so nothing can fail over to it' }]),
    ...(lendsTo ?? []).map((to, i) => ({ path: `lendsTo[${i}]`, pool: to, so: 'so nothing can be lent to it' })),
  ];
  return named.flatMap((one) => unreportedPool(one, reported) ?? []);
}

export function inconsistentPool({ path, message }: PoolSettingsFault): Problem {
  return new Problem(422, message, { errors: [{ path, code: 'inconsistent_fields', message }] });
}

function settingsAnswer({ settings, origins }: PoolInForce): Record<string, unknown> {
  const fields = Object.keys(settings) as (keyof PoolSettings)[];
  const originOf = (field: keyof PoolSettings) => {
    const origin = origins[field];
    return origin ? `${origin.by}, ${new Date(origin.atMs).toISOString()}` : 'agents';
  };
  return { settings, origin: Object.fromEntries(fields.map((field) => [field, originOf(field)])) };
}

type PoolsRequest = Window & Pick<QueryValues<typeof poolsEndpoint.parameters>, 'limit' | 'cursor'>;

export interface ReportedPool {
  pool: string;
  present: readonly unknown[];
  state: PoolState;
  figures: ScopeFigures;
}

/** One page of pools, in order of their ids. @param settingsOf what is in force of each */
export function poolsAnswer(
  pools: readonly ReportedPool[],
  settingsOf: (pool: string) => PoolInForce,
  { limit, cursor: after, ...window }: PoolsRequest,
): Record<string, unknown> {
  const { items, next } = pageOf(pools, ({ pool }) => pool, { after, limit });
  return {
    window: windowAnswer(window),
    pools: items.map(({ pool, present, state, figures }) => ({
      pool,
      agents: present.length,
      state: state.state,
      since: new Date(state.sinceMs).toISOString(),
      why: state.why,
      ...settingsAnswer(settingsOf(pool)),
      kpis: kpiValues('pool', figures),
    })),
    next,
  };
}
