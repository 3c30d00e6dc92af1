import { agentStates } from '../core/detect/agent-state.ts';
import type { PoolState } from '../core/detect/pool-state.ts';
import { kpiValues } from '../core/kpi/registry.ts';
import type { ScopeFigures } from '../core/kpi/scope-figures.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import { countSchema, listSchema, momentSchema, objectSchema, textSchema } from './json-schema.ts';
import { kpisSchema } from './kpi-schema.ts';
import { type Window, windowAnswer, windowParameters } from './window.ts';

export const poolsEndpoint = {
  method: 'GET',
  path: '/v1/pools',
  scope: 'read',
  ofPools: true,
  summary: 'The pools in order of their ids: state, since when, why, and every KPI over the window',
  parameters: windowParameters,
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
  }),
} as const satisfies Endpoint;

export interface ReportedPool {
  pool: string;
  present: readonly unknown[];
  state: PoolState;
  figures: ScopeFigures;
}

export function poolsAnswer(pools: readonly ReportedPool[], window: Window): Record<string, unknown> {
  return {
    window: windowAnswer(window),
    pools: pools.map(({ pool, present, state, figures }) => ({
      pool,
      agents: present.length,
      state: state.state,
      since: new Date(state.sinceMs).toISOString(),
      why: state.why,
      kpis: kpiValues('pool', figures),
    })),
  };
}
