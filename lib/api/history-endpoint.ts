import { metricKinds } from '../core/model/event.ts';
import type { Asked, Endpoint } from './endpoint.ts';
import { MAX_METRIC } from './event-schema.ts';
import { type Field, InvalidField, idField, isRecord, numberField, oneOf, textField, timeField } from './field.ts';
import { countSchema, listSchema, objectSchema, textSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { readRecord, recordSchema } from './record-fields.ts';

const MAX_POINTS = 10_000;
/** A problem lists at most this many wrong points. */
const MAX_ERRORS = 100;

const pointFields = {
  required: { at: timeField, value: numberField(-MAX_METRIC, MAX_METRIC) },
  optional: {},
} as const;

/** Each is read by itself, so that one that is wrong does not keep out the others. */
const pointsField: Field<unknown[]> = {
  expects: `a list of 1 to ${MAX_POINTS} points {"at", "value"}`,
  schema: { type: 'array', items: recordSchema(pointFields), minItems: 1, maxItems: MAX_POINTS },
  read: (raw) => (Array.isArray(raw) && raw.length > 0 && raw.length <= MAX_POINTS ? raw : undefined),
};

export const importHistoryEndpoint = {
  method: 'POST',
  path: '/v1/history',
  scope: 'admin',
  summary:
    'Brings in history of a custom metric, older than 24 hours. All points of a UTC day go into one request: it replaces what was brought in of that day and metric before, and never what came as events',
  parameters: {},
  body: {
    required: { metric: idField, points: pointsField },
    optional: { unit: textField(64), kind: oneOf(metricKinds) },
  },
  answer: objectSchema({
    stored: { ...countSchema, description: 'points' },
    minutes: { ...countSchema, description: 'with a point, as far back as minutes are kept' },
    hours: countSchema,
    days: countSchema,
    rejected: listSchema(objectSchema({ index: countSchema, code: textSchema, message: textSchema })),
  }),
} as const satisfies Endpoint;

/** A point that was not stored, by its place in the request. */
export interface RefusedPoint {
  index: number;
  code: string;
  message: string;
}

/** What a request says, with the points that can be read apart from the others. */
export function readHistoryRequest({ metric, unit, kind, points }: Asked<typeof importHistoryEndpoint>['body']) {
  const read: { index: number; atMs: number; value: number }[] = [];
  const refused: RefusedPoint[] = [];
  points.forEach((raw, index) => {
    const path = `points[${index}]`;
    try {
      if (!isRecord(raw)) throw new InvalidField('invalid_field', path, `${path} must be an object {"at", "value"}`);
      const { at, value } = readRecord(raw, pointFields, path);
      read.push({ index, atMs: at, value });
    } catch (error) {
      if (!(error instanceof InvalidField)) throw error;
      refused.push({ index, code: error.code, message: error.message });
    }
  });
  return { metric: { name: metric, unit: unit ?? '', kind: kind ?? ('gauge' as const) }, points: read, refused };
}

/** @throws Problem 422 when no point was stored */
export function historyAnswer(
  { stored, steps: { minute, hour, day } }: { stored: number; steps: { minute: number; hour: number; day: number } },
  refused: readonly RefusedPoint[],
): Record<string, unknown> {
  const rejected = refused.toSorted((a, b) => a.index - b.index);
  if (stored === 0) {
    throw new Problem(422, `none of the ${rejected.length} points can be stored: ${rejected[0]?.message}`, {
      errors: rejected
        .slice(0, MAX_ERRORS)
        .map(({ index, code, message }) => ({ path: `points[${index}]`, code, message })),
    });
  }
  return { stored, minutes: minute, hours: hour, days: day, rejected };
}
