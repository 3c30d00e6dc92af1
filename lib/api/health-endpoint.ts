import type { Freshness } from '../core/kpi/freshness.ts';
import { type EpochMs, MINUTE_MS } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { momentSchema, nullable, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { type HttpAnswer, jsonAnswer } from './problem.ts';
import { VERSION } from './version.ts';

/** From then on a check that only looks at the status should notice. */
const FAILING_AFTER_MS = 5 * MINUTE_MS;

const healthSchema = objectSchema({
  status: {
    type: 'string',
    enum: ['ok', 'behind', 'starting'],
    description: 'behind: the newest figures are more than 3 minutes old; starting: no minute has been completed yet',
  },
  version: textSchema,
  now: momentSchema,
  dataAgeMs: { ...nullable(numberSchema), description: 'null while starting' },
});

export const healthEndpoint = {
  method: 'GET',
  path: '/v1/health',
  scope: null,
  summary: 'Whether the minute job keeps up, for every system together; needs no key and names nobody',
  passing: ['now', 'dataAgeMs'],
  parameters: {},
  answer: healthSchema,
  otherAnswers: { 503: { description: 'The newest figures are more than 5 minutes old', schema: healthSchema } },
} as const satisfies Endpoint;

export function healthAnswer({ status, dataAgeMs }: Freshness, nowMs: EpochMs): HttpAnswer {
  const isFailing = dataAgeMs !== null && dataAgeMs > FAILING_AFTER_MS;
  const now = new Date(nowMs).toISOString();
  return jsonAnswer(isFailing ? 503 : 200, { status, version: VERSION, now, dataAgeMs });
}
