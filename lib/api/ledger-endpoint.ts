import type { LedgerSummary } from '../core/ledger/ledger.ts';
import { type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { oneOf, textField } from './field.ts';
import { countSchema, listSchema, momentSchema, objectSchema, textSchema } from './json-schema.ts';
import { momentField, type QueryValues, wrongParameter } from './query-parameters.ts';
import { type Window, windowAnswer } from './window.ts';

const HOUR_MINUTES = 60;
const MAX_MINUTES = 35 * 24 * 60;
const ledgerParts = ['minute', 'key'] as const;

/** Ids of keys, subjects of tokens, ARNs of roles. */
const senderField = textField(1_024);

const counts = {
  received: countSchema,
  stored: countSchema,
  pending: countSchema,
  ignored: { type: 'object', additionalProperties: countSchema },
  rejected: { type: 'object', additionalProperties: countSchema },
  duplicate: countSchema,
  difference: { type: 'integer', description: 'received minus all the others: 0 unless something was lost' },
};

export const ledgerEndpoint = {
  method: 'GET',
  path: '/v1/ledger',
  scope: 'read',
  summary: 'What became of the events received in the period; without a period, in the last hour',
  parameters: { from: momentField, to: momentField, key: senderField, by: oneOf(ledgerParts) },
  answer: objectSchema(
    { from: momentSchema, to: momentSchema, ...counts },
    {
      parts: listSchema(objectSchema(counts, { minute: momentSchema, key: textSchema }), {
        description: 'the same for each minute of receipt, or each sender, where "by" asks for it',
      }),
    },
  ),
} as const satisfies Endpoint;

/** @throws Problem 400 for a period that is empty or too long ago */
export function readLedgerRequest(
  parameters: QueryValues<typeof ledgerEndpoint.parameters>,
  nowMs: number,
): Window & { sender: string | undefined; by: (typeof ledgerParts)[number] | undefined } {
  const to = parameters.to === undefined ? minuteOf(nowMs) + 1 : minuteOf(parameters.to);
  const from = parameters.from === undefined ? to - HOUR_MINUTES : minuteOf(parameters.from);
  if (from >= to) throw wrongParameter('from', 'inconsistent_fields', 'from must lie before to, by a minute or more');
  if (to - from > MAX_MINUTES) {
    throw wrongParameter('from', 'invalid_field', 'the ledger reaches back 35 days: choose a later from');
  }
  return { from, to, sender: parameters.key, by: parameters.by };
}

export function ledgerAnswer(
  total: LedgerSummary,
  period: ReturnType<typeof readLedgerRequest>,
  parts: readonly { minute: Minute | null; sender: string | null; summary: LedgerSummary }[],
): Record<string, unknown> {
  const shown = parts.map(({ minute, sender, summary }) => ({
    ...(minute === null ? {} : { minute: new Date(startOfMinute(minute)).toISOString() }),
    ...(sender === null ? {} : { key: sender }),
    ...summary,
  }));
  return { ...windowAnswer(period), ...total, ...(period.by === undefined ? {} : { parts: shown }) };
}
