import type { RightSize } from '../core/capacity/right-size.ts';
import { sizedResources } from '../core/capacity/right-size.ts';
import type { Efficiency, Estimate, EstimateBasis } from '../core/efficiency/agent-efficiency.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import { wrongParameter } from './query-parameters.ts';

const bases = ['own tasks', 'own other types', 'task type', 'pool'] as const satisfies readonly EstimateBasis[];
const basisSchema = {
  ...oneOf(bases).schema,
  description:
    'what it is made from beside the pool: the agent at this type, at other types, others at this type, or neither',
};
const estimateSchema = (description: string) =>
  nullable(
    objectSchema({
      value: { ...numberSchema, description },
      low: {
        ...numberSchema,
        description: 'with `high` the interval in which the truth lies with a probability of 90 %',
      },
      high: numberSchema,
      n: { ...numberSchema, description: 'recent tasks that its own are worth' },
      basis: basisSchema,
      raw: { ...nullable(numberSchema), description: 'mean of its own tasks alone' },
    }),
  );

export const efficiencyEndpoint = {
  method: 'GET',
  path: '/v1/efficiency',
  scope: 'read',
  ofPools: true,
  summary:
    'How good agents are at their task types: success, speed, quality and cost by partial pooling, declared beside measured proficiency; for one agent also how large it should be',
  parameters: { pool: idField, agent: idField, ...pageParameters },
  answer: objectSchema({
    pool: idField.schema,
    through: { ...nullable(momentSchema), description: 'what ended later is not counted yet' },
    reason: { ...nullable(textSchema), description: 'why there is nothing' },
    agents: listSchema(
      objectSchema({
        agent: idField.schema,
        taskType: idField.schema,
        successRatio: estimateSchema('completed ÷ (completed + failed + timed out)'),
        serviceMs: estimateSchema('mean time at work on one'),
        quality: estimateSchema('mean grade, 0..1'),
        costUsd: estimateSchema('for each task that ended'),
        proficiency: objectSchema({
          declared: nullable(numberSchema),
          measured: {
            ...nullable(
              objectSchema({
                value: numberSchema,
                low: numberSchema,
                high: numberSchema,
                n: numberSchema,
                basis: basisSchema,
              }),
            ),
            description: 'good work per hour at work ÷ that of the best tenth of the pool, at most 1',
          },
          toTypical: { ...nullable(numberSchema), description: '÷ that of the typical agent: 1 is usual' },
        }),
      }),
    ),
    sizing: {
      ...nullable(
        listSchema(
          objectSchema(
            {
              resource: oneOf(sizedResources).schema,
              status: oneOf(['fits', 'shrink', 'grow', 'unknown']).schema,
              words: textSchema,
            },
            {
              allocated: numberSchema,
              recommended: numberSchema,
              peak: { ...numberSchema, description: 'the quantile of its use that counts' },
              saving: { ...numberSchema, description: 'share of what is allocated; negative where it needs more' },
            },
          ),
        ),
      ),
      description: 'of one agent, from the peaks of the last two days; null for a pool',
    },
    next: nextSchema,
  }),
} as const satisfies Endpoint;

export interface EfficiencyRequest {
  pool?: string | undefined;
  agent?: string | undefined;
}

/** @throws Problem 400 unless exactly one of them is named */
export function requireSubject({ pool, agent }: EfficiencyRequest): void {
  if ((pool === undefined) === (agent === undefined)) {
    throw wrongParameter('pool', 'missing_parameter', 'name either a pool or an agent, such as ?pool=writers');
  }
}

export function unknownPool(pool: string): Problem {
  return new Problem(404, `there is no pool ${pool}: GET /v1/pools lists them`);
}

export function efficiencyAnswer(
  pool: string,
  { throughMs, rows }: { throughMs: EpochMs | null; rows: readonly Efficiency[] },
  sizing: readonly RightSize[] | null,
  request: { limit: number | undefined; cursor: string | undefined },
): Record<string, unknown> {
  const keyOf = ({ agent, taskType }: Efficiency) => `${agent}\n${taskType}`;
  const sorted = rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const { items, next } = pageOf(sorted, keyOf, {
    after: request.cursor,
    limit: request.limit,
  });
  return {
    pool,
    through: throughMs === null ? null : new Date(throughMs).toISOString(),
    reason: reasonOf(throughMs, rows),
    agents: items.map(({ successRatio, serviceMs, quality, costUsd, ...rest }) => ({
      ...rest,
      ...{ successRatio: rounded(successRatio), serviceMs: rounded(serviceMs) },
      ...{ quality: rounded(quality), costUsd: rounded(costUsd) },
    })),
    sizing: sizing?.map(sizeAnswer) ?? null,
    next,
  };
}

function sizeAnswer(size: RightSize): Record<string, unknown> {
  if (size.status !== 'unknown') return { ...size };
  const { status, resource, because } = size;
  return { status, resource, words: because };
}

function reasonOf(throughMs: EpochMs | null, rows: readonly Efficiency[]): string | null {
  if (throughMs === null) return 'what agents did is summed up 20 minutes after each hour, and was not yet';
  return rows.length === 0 ? 'none of its agents has ended a task or declared a skill yet' : null;
}

function rounded(estimate: Estimate | null): Estimate | null {
  return estimate && { ...estimate, n: Math.round(10 * estimate.n) / 10 };
}
