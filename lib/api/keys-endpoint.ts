import { type ApiKey, type KeyGrant, keyStateAt, keyStates, scopes } from '../core/model/api-key.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, integerField, listOf, numberField, oneOf, textField, timeField } from './field.ts';
import { listSchema, momentSchema, nullable, objectSchema, textSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { type RecordOf, recordSchema, settingOf } from './record-fields.ts';

const MAX_POOLS = 100;
const MAX_OVERLAP_HOURS = 720;
const DEFAULT_OVERLAP_HOURS = 24;
const HOUR_MS = 3_600_000;

const scope = oneOf(scopes);
const limitFields = {
  required: { eventsPerSecond: numberField(0.01, 1_000_000), burst: integerField(1, 100_000_000) },
  optional: {},
} as const;

/** Which system's keys are meant: the key's own; a key of the system "default" may name another. */
const ofSystem = { system: idField } as const;

const keySchema = objectSchema(
  {
    id: textSchema,
    name: textSchema,
    system: idField.schema,
    scopes: listSchema(scope.schema),
    state: oneOf(keyStates).schema,
    createdAt: momentSchema,
    createdBy: nullable(textSchema),
    expiresAt: nullable(momentSchema),
    lastUsedAt: { ...nullable(momentSchema), description: 'to the hour' },
  },
  {
    pools: listSchema(idField.schema),
    limit: recordSchema(limitFields),
    revokedAt: momentSchema,
    rotatedFrom: textSchema,
    rotatedTo: textSchema,
  },
);

/** The only answer that a key stands in. */
const madeSchema = objectSchema({ id: textSchema, key: textSchema, expiresAt: nullable(momentSchema) });

export const createKeyEndpoint = {
  method: 'POST',
  path: '/v1/keys',
  scope: 'admin',
  summary: 'Makes an API key, which is shown this once; restricted to pools, it reports on and reads of these only',
  parameters: {},
  body: {
    required: { name: textField(128), scopes: listOf(scope, scopes.length) },
    optional: {
      ...ofSystem,
      pools: listOf(idField, MAX_POOLS),
      limit: settingOf(limitFields),
      expiresAt: timeField,
    },
  },
  status: 201,
  answer: madeSchema,
} as const satisfies Endpoint;

export const listKeysEndpoint = {
  method: 'GET',
  path: '/v1/keys',
  scope: 'admin',
  summary: 'The API keys of the system, with what they may do and when they were last used; never a key itself',
  parameters: ofSystem,
  answer: objectSchema({ keys: listSchema(keySchema) }),
} as const satisfies Endpoint;

export const rotateKeyEndpoint = {
  method: 'POST',
  path: '/v1/keys/{id}/rotate',
  scope: 'admin',
  summary: `Makes a key with the same rights; the old one works for overlapHours more (${DEFAULT_OVERLAP_HOURS} unless said)`,
  parameters: ofSystem,
  body: { required: {}, optional: { overlapHours: numberField(0, MAX_OVERLAP_HOURS) } },
  status: 201,
  answer: madeSchema,
} as const satisfies Endpoint;

export const revokeKeyEndpoint = {
  method: 'DELETE',
  path: '/v1/keys/{id}',
  scope: 'admin',
  summary: 'Ends a key, within a minute: functions remember keys that long. The last admin key of a system stays',
  parameters: ofSystem,
  answer: keySchema,
} as const satisfies Endpoint;

/** @throws Problem 422 for a key that could do nothing, has expired already, or is an admin's and restricted to pools */
export function readKeyRequest(body: RecordOf<typeof createKeyEndpoint.body>, nowMs: EpochMs): KeyGrant {
  const { name, pools, limit, expiresAt } = body;
  const wanted = scopes.filter((it) => body.scopes.includes(it));
  if (wanted.length === 0) throw wrong('scopes', `scopes must name one or more of ${scopes.join(', ')}`);
  if (pools?.length === 0) throw wrong('pools', 'pools must name a pool; without pools, the key is for all of them');
  if (pools !== undefined && wanted.includes('admin')) {
    throw wrong('pools', 'pools cannot be had with the scope admin, which makes keys for all pools');
  }
  if (expiresAt !== undefined && expiresAt <= nowMs) throw wrong('expiresAt', 'expiresAt must be later than now');
  return {
    ...{ name, scopes: wanted, expiresAtMs: expiresAt ?? null },
    ...(pools === undefined ? {} : { pools: [...new Set(pools)].sort() }),
    ...(limit === undefined ? {} : { limit }),
  };
}

export function readOverlapMs({ overlapHours }: RecordOf<typeof rotateKeyEndpoint.body>): number {
  return (overlapHours ?? DEFAULT_OVERLAP_HOURS) * HOUR_MS;
}

function wrong(path: string, message: string): Problem {
  return new Problem(422, message, { errors: [{ path, code: 'inconsistent_fields', message }] });
}

export function unknownKey(id: string): Problem {
  return new Problem(404, `there is no key ${id} in this system: GET /v1/keys lists them`);
}

export function foreignSystem(system: string): Problem {
  return new Problem(
    403,
    `keys of another system are managed with an admin key of ${system} or of the system "default"`,
  );
}

export function keyMadeAnswer(made: { id: string; key: string; expiresAtMs: EpochMs | null }): Record<string, unknown> {
  return { id: made.id, key: made.key, expiresAt: momentOrNull(made.expiresAtMs) };
}

export function keysAnswer(keys: readonly ApiKey[], nowMs: EpochMs): Record<string, unknown> {
  return { keys: keys.map((key) => keyAnswer(key, nowMs)) };
}

export function keyAnswer(key: ApiKey, nowMs: EpochMs): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    system: key.system,
    scopes: key.scopes,
    ...(key.pools === undefined ? {} : { pools: key.pools }),
    ...(key.limit === undefined ? {} : { limit: key.limit }),
    state: keyStateAt(key, nowMs),
    createdAt: new Date(key.createdAtMs).toISOString(),
    createdBy: key.createdBy ?? null,
    expiresAt: momentOrNull(key.expiresAtMs),
    lastUsedAt: momentOrNull(key.lastUsedAtMs ?? null),
    ...(key.revokedAtMs === undefined ? {} : { revokedAt: new Date(key.revokedAtMs).toISOString() }),
    ...(key.rotatedFrom === undefined ? {} : { rotatedFrom: key.rotatedFrom }),
    ...(key.rotatedTo === undefined ? {} : { rotatedTo: key.rotatedTo }),
  };
}

function momentOrNull(atMs: EpochMs | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
