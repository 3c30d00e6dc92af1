import type { AdviceRecord, AdviceResult, AdviceState, AdviceStatus } from '../core/recommend/lifecycle.ts';
import { strategyNames } from '../core/recommend/recommendation.ts';
import type { Endpoint } from './endpoint.ts';
import { oneOf, textField } from './field.ts';
import {
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  shareSchema,
  textSchema,
} from './json-schema.ts';

const horizons = ['immediate', 'medium', 'long'] as const;
const statuses = ['proposed', 'adopted', 'dismissed', 'measured', 'expired'] as const satisfies readonly AdviceStatus[];
/** Where none is asked for: what can still be done, and what is being measured. */
const shown: ReadonlySet<AdviceStatus> = new Set(['proposed', 'adopted', 'measured']);

const resultSchema = objectSchema(
  { afterDays: numberSchema, at: momentSchema, status: oneOf(['measured', 'unmeasurable']).schema },
  {
    ...{ gain: numberSchema, low: numberSchema, high: numberSchema, unit: textSchema, hours: numberSchema },
    verdict: oneOf(['as_expected', 'more', 'less', 'not_shown', 'harmed']).schema,
    reason: textSchema,
  },
);

const recommendationSchema = objectSchema(
  {
    id: textSchema,
    strategy: oneOf(strategyNames).schema,
    horizon: oneOf(horizons).schema,
    scope: { type: 'object', additionalProperties: textSchema },
    title: textSchema,
    evidence: listSchema(textSchema),
    expectedGain: {
      ...objectSchema({ value: numberSchema, unit: textSchema, low: numberSchema, high: numberSchema }),
      description: 'low and high: an interval of 90 %',
    },
    confidence: shareSchema,
    action: textSchema,
    status: oneOf(statuses).schema,
    firstProposedAt: momentSchema,
    lastProposedAt: momentSchema,
  },
  {
    decidedBy: textSchema,
    decidedAt: momentSchema,
    note: nullable(textSchema),
    result: { ...resultSchema, description: 'the newest of what an adopted one was measured to achieve' },
    results: listSchema(resultSchema),
  },
);

export const recommendationsEndpoint = {
  method: 'GET',
  path: '/v1/recommendations',
  scope: 'read',
  summary:
    'What would make the fleet do better, by the twelve strategies, with expected gain and confidence, and what became of it',
  parameters: { status: oneOf(statuses), strategy: oneOf(strategyNames), horizon: oneOf(horizons) },
  answer: objectSchema({ recommendations: listSchema(recommendationSchema) }),
} as const satisfies Endpoint;

export const adoptRecommendationEndpoint = {
  method: 'POST',
  path: '/v1/recommendations/{id}/adopt',
  scope: 'control',
  summary: 'Says that a recommendation is carried out: what it achieves is measured after one day and after seven',
  parameters: {},
  body: { required: {}, optional: { note: textField(500), by: textField(128) } },
  answer: recommendationSchema,
} as const satisfies Endpoint;

export const dismissRecommendationEndpoint = {
  ...adoptRecommendationEndpoint,
  path: '/v1/recommendations/{id}/dismiss',
  summary: 'Says that a recommendation is not wanted: it is not told again for 30 days, unless its gain doubles',
} as const satisfies Endpoint;

interface RecommendationsRequest {
  status?: AdviceStatus | undefined;
  strategy?: string | undefined;
  horizon?: string | undefined;
}

/** What can be done soonest first, of those the surest. */
export function recommendationsAnswer(
  records: readonly AdviceRecord[],
  { status, strategy, horizon }: RecommendationsRequest,
): Record<string, unknown> {
  const asked = records
    .filter(({ recommendation, state }) => {
      const isOfStatus = status === undefined ? shown.has(state.status) : state.status === status;
      const isOfStrategy = strategy === undefined || recommendation.strategy === strategy;
      return isOfStatus && isOfStrategy && (horizon === undefined || recommendation.horizon === horizon);
    })
    .sort(({ recommendation: a }, { recommendation: b }) => {
      const sooner = horizons.indexOf(a.horizon) - horizons.indexOf(b.horizon);
      return sooner || b.confidence - a.confidence || (a.id < b.id ? -1 : 1);
    });
  return { recommendations: asked.map(recommendationAnswer) };
}

export function recommendationAnswer({
  recommendation,
  firstProposedMs,
  lastProposedMs,
  state,
}: AdviceRecord): Record<string, unknown> {
  const { measure: _, ...rest } = recommendation;
  return {
    ...rest,
    status: state.status,
    firstProposedAt: new Date(firstProposedMs).toISOString(),
    lastProposedAt: new Date(lastProposedMs).toISOString(),
    ...decidedAnswer(state),
  };
}

function decidedAnswer(state: AdviceState): Record<string, unknown> {
  if (state.status === 'proposed' || state.status === 'expired') return {};
  const decidedMs = state.status === 'measured' ? state.adoptedMs : state.atMs;
  const decided = { decidedBy: state.by, decidedAt: new Date(decidedMs).toISOString() };
  if (state.status === 'dismissed') return { ...decided, note: state.reason };
  const results = state.results.map(resultAnswer);
  const newest = results.at(-1);
  return { ...decided, ...(newest && { result: newest }), results };
}

function resultAnswer({ atMs, ...result }: AdviceResult): Record<string, unknown> {
  const at = new Date(atMs).toISOString();
  if (result.status === 'measured') return { at, ...result };
  const { because, ...rest } = result;
  return { at, ...rest, reason: because };
}
