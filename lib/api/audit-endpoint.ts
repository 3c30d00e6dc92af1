import { type AuditEntry, actorKinds, auditActions, auditOutcomes } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { Maintenance } from '../core/remediate/policy.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import { listSchema, momentSchema, objectSchema, textSchema } from './json-schema.ts';
import { nextSchema, pageParameters } from './page.ts';
import { maintenanceAnswer } from './policy-endpoint.ts';
import { cursorFor, momentField, type QueryValues } from './query-parameters.ts';

const DEFAULT_LIMIT = 100;

export const auditEndpoint = {
  method: 'GET',
  path: '/v1/audit',
  scope: 'admin',
  summary: 'Who changed the policy and keys, ruled on directives and forgot agents, newest first; kept for 400 days',
  parameters: {
    from: momentField,
    to: momentField,
    ...pageParameters,
    system: idField,
  },
  answer: objectSchema({
    entries: listSchema(
      objectSchema(
        {
          id: textSchema,
          at: momentSchema,
          who: objectSchema(
            { kind: oneOf(actorKinds).schema, id: textSchema, name: textSchema },
            { onBehalfOf: textSchema },
          ),
          action: oneOf(auditActions).schema,
          target: textSchema,
          outcome: {
            ...oneOf(auditOutcomes).schema,
            description: 'begun: it was interrupted, and the change may or may not have been made',
          },
        },
        { reason: textSchema, before: { type: 'object' }, after: { type: 'object' } },
      ),
    ),
    next: nextSchema,
  }),
} as const satisfies Endpoint;

/** One more than a page is read, to know whether there is another. */
export function readAuditRequest(
  { from, to, limit = DEFAULT_LIMIT, cursor }: QueryValues<typeof auditEndpoint.parameters>,
  nowMs: EpochMs,
) {
  return { fromMs: from ?? 0, toMs: to ?? nowMs + 1, limit: limit + 1, before: cursor };
}

export function auditAnswer(
  found: readonly AuditEntry[],
  { limit }: ReturnType<typeof readAuditRequest>,
): Record<string, unknown> {
  const page = found.slice(0, limit - 1);
  const last = page.at(-1);
  return {
    entries: page.map(({ atMs, id, before, after, ...entry }) => ({
      ...{ id, at: iso(atMs), ...entry },
      ...(before && { before: withWindows(before) }),
      ...(after && { after: withWindows(after) }),
    })),
    next: last && found.length > page.length ? cursorFor(last.id) : null,
  };
}

/** Windows of maintenance are written as they are kept; here they are told as PUT /v1/policy takes them. */
function withWindows(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { maintenance } = fields;
  if (!Array.isArray(maintenance)) return fields;
  return { ...fields, maintenance: (maintenance as Maintenance[]).map(maintenanceAnswer) };
}

function iso(ms: EpochMs): string {
  return new Date(ms).toISOString();
}
