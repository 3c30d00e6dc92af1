import type { LedgerSummary } from '../core/ledger/ledger.ts';
import { minuteOf } from '../core/model/time.ts';
import { windowAnswer } from './agents-endpoint.ts';
import { Problem } from './problem.ts';
import { momentField, type QueryParameters, readParameters } from './query-parameters.ts';

const HOUR_MINUTES = 60;
const MAX_MINUTES = 35 * 24 * 60;

/** GET /v1/ledger?from&to, by time of receipt: without a period, the last hour up to now. @throws Problem 400 */
export function readLedgerRequest(given: QueryParameters, nowMs: number): { from: number; to: number } {
  const parameters = readParameters(given, { from: momentField, to: momentField });
  const to = parameters.to === undefined ? minuteOf(nowMs) + 1 : minuteOf(parameters.to);
  const from = parameters.from === undefined ? to - HOUR_MINUTES : minuteOf(parameters.from);
  if (from >= to) throw new Problem(400, 'from must lie before to, by a minute or more');
  if (to - from > MAX_MINUTES) throw new Problem(400, 'the ledger reaches back 35 days: choose a later from');
  return { from, to };
}

export function ledgerAnswer(summary: LedgerSummary, period: { from: number; to: number }): Record<string, unknown> {
  return { ...windowAnswer(period), ...summary };
}
