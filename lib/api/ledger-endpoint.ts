import type { LedgerSummary } from '../core/ledger/ledger.ts';
import { minuteOf } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { countSchema, momentSchema, objectSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { momentField, type QueryValues } from './query-parameters.ts';
import { type Window, windowAnswer } from './window.ts';

const HOUR_MINUTES = 60;
const MAX_MINUTES = 35 * 24 * 60;

export const ledgerEndpoint = {
  method: 'GET',
  path: '/v1/ledger',
  scope: 'read',
  summary: 'What became of the events received in the period; without a period, in the last hour',
  parameters: { from: momentField, to: momentField },
  answer: objectSchema({
    from: momentSchema,
    to: momentSchema,
    received: countSchema,
    stored: countSchema,
    pending: countSchema,
    ignored: { type: 'object', additionalProperties: countSchema },
    rejected: { type: 'object', additionalProperties: countSchema },
    duplicate: countSchema,
    difference: { type: 'integer', description: 'received minus all the others: 0 unless something was lost' },
  }),
} as const satisfies Endpoint;

/** @throws Problem 400 for a period that is empty or too long ago */
export function readLedgerRequest(parameters: QueryValues<typeof ledgerEndpoint.parameters>, nowMs: number): Window {
  const to = parameters.to === undefined ? minuteOf(nowMs) + 1 : minuteOf(parameters.to);
  const from = parameters.from === undefined ? to - HOUR_MINUTES : minuteOf(parameters.from);
  if (from >= to) throw new Problem(400, 'from must lie before to, by a minute or more');
  if (to - from > MAX_MINUTES) throw new Problem(400, 'the ledger reaches back 35 days: choose a later from');
  return { from, to };
}

export function ledgerAnswer(summary: LedgerSummary, period: Window): Record<string, unknown> {
  return { ...windowAnswer(period), ...summary };
}
