import { isInForce, type Silence, type SilenceMatcher, silenceMatchers } from '../core/alert/silence.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { oneOf, textField, timeField } from './field.ts';
import { listSchema, momentSchema, objectSchema, textSchema } from './json-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import type { QueryValues } from './query-parameters.ts';
import { mapOf, type RecordOf } from './record-fields.ts';

/** Whoever wants quiet for longer has something to repair. */
const LONGEST_MS = 30 * DAY_MINUTES * MINUTE_MS;
const states = ['active', 'pending', 'expired'] as const;

const silenceSchema = objectSchema({
  id: textSchema,
  state: oneOf(states).schema,
  matchers: { type: 'object', additionalProperties: textSchema },
  from: momentSchema,
  to: momentSchema,
  by: textSchema,
  comment: textSchema,
});

export const silencesEndpoint = {
  method: 'GET',
  path: '/v1/silences',
  scope: 'read',
  summary: 'Silences that are in force or will be, and those that ended in the last 30 days, in order of their ids',
  parameters: { state: oneOf(states), ...pageParameters },
  answer: objectSchema({ silences: listSchema(silenceSchema), next: nextSchema }),
} as const satisfies Endpoint;

export const createSilenceEndpoint = {
  method: 'POST',
  path: '/v1/silences',
  scope: 'control',
  summary:
    'Keeps people from being told of the alerts that match all matchers, from a moment (now) to another, at most 30 days later; in a matcher * stands for any characters',
  parameters: {},
  body: {
    required: { matchers: mapOf(oneOf(silenceMatchers), textField(128), silenceMatchers.length), to: timeField },
    optional: { from: timeField, by: textField(128), comment: textField(500) },
  },
  answer: silenceSchema,
  status: 201,
} as const satisfies Endpoint;

export const endSilenceEndpoint = {
  method: 'DELETE',
  path: '/v1/silences/{id}',
  scope: 'control',
  summary: 'Ends a silence now; alerts that still fire are told within a minute',
  parameters: {},
  answer: silenceSchema,
} as const satisfies Endpoint;

/** @throws Problem 422 for no matcher at all, an end that is not later than the beginning or now, or too long a time */
export function readSilenceRequest(
  { matchers, from, to, by, comment }: RecordOf<typeof createSilenceEndpoint.body>,
  nowMs: EpochMs,
  name: string,
): Omit<Silence, 'id'> {
  const fromMs = from ?? nowMs;
  const wrong = (path: string, message: string) =>
    new Problem(422, message, { errors: [{ path, code: 'inconsistent_fields', message }] });
  if (Object.keys(matchers).length === 0) {
    throw wrong('matchers', `matchers must name at least one of ${silenceMatchers.join(', ')}`);
  }
  if (to <= fromMs || to <= nowMs) throw wrong('to', 'to must be later than from, and than now');
  if (to - fromMs > LONGEST_MS) throw wrong('to', 'to must be at most 30 days after from');
  const speaker = by === undefined ? name : `${by} (key ${name})`;
  return {
    ...{ matchers: matchers as Partial<Record<SilenceMatcher, string>>, fromMs, toMs: to },
    ...{ by: speaker, comment: comment ?? '' },
  };
}

export function silenceAnswer(silence: Silence, nowMs: EpochMs): Record<string, unknown> {
  const { id, matchers, fromMs, toMs, by, comment } = silence;
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  return { id, state: stateOf(silence, nowMs), matchers, from, to, by, comment };
}

function stateOf(silence: Silence, nowMs: EpochMs): (typeof states)[number] {
  if (isInForce(silence, nowMs)) return 'active';
  return silence.fromMs > nowMs ? 'pending' : 'expired';
}

export function silencesAnswer(
  silences: readonly Silence[],
  { state, limit, cursor: after }: QueryValues<typeof silencesEndpoint.parameters>,
  nowMs: EpochMs,
): Record<string, unknown> {
  const wanted = silences
    .filter((silence) => state === undefined || stateOf(silence, nowMs) === state)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const { items, next } = pageOf(wanted, ({ id }) => id, { after, limit });
  return { silences: items.map((silence) => silenceAnswer(silence, nowMs)), next };
}

export function unknownSilence(id: string): Problem {
  return new Problem(404, `there is no silence ${id}: GET /v1/silences lists them`);
}
