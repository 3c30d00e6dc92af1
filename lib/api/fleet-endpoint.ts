import { type Alert, severities } from '../core/alert/alert.ts';
import { needingAttention } from '../core/alert/attention.ts';
import type { AgentStateName } from '../core/detect/agent-state.ts';
import { fleetVerdict } from '../core/detect/fleet-verdict.ts';
import type { Freshness } from '../core/kpi/freshness.ts';
import { kpiValues } from '../core/kpi/registry.ts';
import type { ScopeFigures } from '../core/kpi/scope-figures.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { kpisSchema } from './kpi-schema.ts';
import { type Window, windowAnswer, windowParameters } from './window.ts';

/** More than this nobody takes in at a glance; /v1/alerts has the rest. */
const MAX_ATTENTION = 7;

const attentionProperties = {
  severity: oneOf(severities).schema,
  why: textSchema,
  since: momentSchema,
  alert: { ...textSchema, description: 'id of the alert' },
};

export const fleetEndpoint = {
  method: 'GET',
  path: '/v1/fleet',
  scope: 'read',
  passing: ['dataAgeMs'],
  summary: 'How the fleet is: a verdict, every KPI over the window, and what needs attention, worst first',
  parameters: windowParameters,
  answer: objectSchema({
    window: componentSchema('Window'),
    dataAgeMs: {
      ...nullable(numberSchema),
      description: 'from the end of the newest minute with figures to at; null before the first',
    },
    verdict: textSchema,
    kpis: kpisSchema('fleet'),
    attention: listSchema(
      {
        anyOf: [
          objectSchema({ agent: idField.schema, ...attentionProperties }),
          objectSchema({ pool: idField.schema, ...attentionProperties }),
        ],
      },
      { maxItems: MAX_ATTENTION },
    ),
  }),
} as const satisfies Endpoint;

export interface ReportedFleet {
  agents: readonly unknown[];
  pools: readonly { present: readonly { state: { state: AgentStateName } }[] }[];
  figures: ScopeFigures;
  firing: readonly Alert[];
}

export function fleetAnswer(
  { agents, pools, figures, firing }: ReportedFleet,
  window: Window,
  freshness: Freshness,
): Record<string, unknown> {
  const states = pools.flatMap(({ present }) => present.map(({ state }) => state.state));
  const attention = needingAttention(firing, MAX_ATTENTION);
  return {
    window: windowAnswer(window),
    dataAgeMs: freshness.dataAgeMs,
    verdict: fleetVerdict(agents.length, states, attention, freshness),
    kpis: kpiValues('fleet', figures),
    attention: attention.map(({ id, scope, severity, title, onsetMs }) => ({
      ...(scope.agent === undefined
        ? { ...(scope.pool === undefined ? {} : { pool: scope.pool }) }
        : { agent: scope.agent }),
      severity,
      why: title,
      since: new Date(onsetMs).toISOString(),
      alert: id,
    })),
  };
}
