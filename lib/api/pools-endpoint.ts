import { agentStates } from '../core/detect/agent-state.ts';
import type { PoolState } from '../core/detect/pool-state.ts';
import { kpiValues } from '../core/kpi/registry.ts';
import type { ScopeFigures } from '../core/kpi/scope-figures.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import { countSchema, listSchema, momentSchema, objectSchema, textSchema } from './json-schema.ts';
import { kpisSchema } from './kpi-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import type { QueryValues } from './query-parameters.ts';
import { type Window, windowAnswer, windowParameters } from './window.ts';

export const poolsEndpoint = {
  method: 'GET',
  path: '/v1/pools',
  scope: 'read',
  ofPools: true,
  summary: 'The pools in order of their ids: state, since when, why, and every KPI over the window',
  parameters: { ...windowParameters, ...pageParameters },
  answer: objectSchema({
    window: componentSchema('Window'),
    pools: listSchema(
      objectSchema({
        pool: idField.schema,
        agents: { ...countSchema, description: 'that have not stopped and were heard of within a day' },
        state: oneOf(agentStates).schema,
        since: momentSchema,
        why: textSchema,
        kpis: kpisSchema('pool'),
      }),
    ),
    next: nextSchema,
  }),
} as const satisfies Endpoint;

type PoolsRequest = Window & Pick<QueryValues<typeof poolsEndpoint.parameters>, 'limit' | 'cursor'>;

export interface ReportedPool {
  pool: string;
  present: readonly unknown[];
  state: PoolState;
  figures: ScopeFigures;
}

/** One page of pools, in order of their ids. */
export function poolsAnswer(
  pools: readonly ReportedPool[],
  { limit, cursor: after, ...window }: PoolsRequest,
): Record<string, unknown> {
  const { items, next } = pageOf(pools, ({ pool }) => pool, { after, limit });
  return {
    window: windowAnswer(window),
    pools: items.map(({ pool, present, state, figures }) => ({
      pool,
      agents: present.length,
      state: state.state,
      since: new Date(state.sinceMs).toISOString(),
      why: state.why,
      kpis: kpiValues('pool', figures),
    })),
    next,
  };
}
