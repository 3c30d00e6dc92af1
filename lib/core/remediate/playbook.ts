import type { Alert } from '../alert/alert.ts';
import type { ActionClass } from './action-class.ts';

/** An action that may help against what an alert tells of. */
export interface Play {
  kind: ActionClass;
  /** How likely it helps, before anything was learned, 0..1. */
  prior: number;
}

/**
 * What may be done about each alert, the gentlest first. Priors of reroute, eject, scale-out, restart, breaker, degrade and
 * failover are judgements that learning replaces. An empty list: nothing that an orchestrator can do helps, and why.
 */
export const playbook: Readonly<Record<string, readonly Play[]>> = {
  'agent-dead': [
    { kind: 'breaker', prior: 0.8 },
    { kind: 'restart', prior: 0.7 },
  ],
  'agent-hung': [
    { kind: 'breaker', prior: 0.8 },
    { kind: 'restart', prior: 0.7 },
  ],
  'agent-failing': [
    { kind: 'breaker', prior: 0.8 },
    { kind: 'restart', prior: 0.3 },
  ],
  'agent-degraded': [
    { kind: 'route', prior: 0.75 },
    { kind: 'breaker', prior: 0.6 },
  ],
  'agent-slower': [
    { kind: 'route', prior: 0.75 },
    { kind: 'breaker', prior: 0.6 },
  ],
  'agent-poor-quality': [{ kind: 'route', prior: 0.75 }],
  'agent-leaking': [{ kind: 'restart', prior: 0.7 }],
  'agent-at-risk': [{ kind: 'route', prior: 0.4 }],
  'resource-high': [{ kind: 'route', prior: 0.4 }],
  'version-worse': [{ kind: 'route', prior: 0.6 }],
  'pool-hung': [{ kind: 'failover', prior: 0.6 }],
  'pool-interrupted': [{ kind: 'failover', prior: 0.6 }],
  'pool-failing': [{ kind: 'failover', prior: 0.6 }],
  'pool-degraded': [
    { kind: 'scale', prior: 0.5 },
    { kind: 'degrade', prior: 0.5 },
    { kind: 'tune', prior: 0.4 },
  ],
  'pool-slower': [
    { kind: 'scale', prior: 0.25 },
    { kind: 'tune', prior: 0.4 },
  ],
  'bottleneck-forming': [
    { kind: 'scale', prior: 0.8 },
    { kind: 'degrade', prior: 0.7 },
    { kind: 'tune', prior: 0.4 },
  ],
  'pool-resource-high': [
    { kind: 'scale', prior: 0.8 },
    { kind: 'tune', prior: 0.4 },
  ],
  'load-surge': [
    { kind: 'scale', prior: 0.8 },
    { kind: 'degrade', prior: 0.7 },
  ],
  'capacity-shortfall': [{ kind: 'scale', prior: 0.8 }],
  'capacity-ahead': [{ kind: 'scale', prior: 0.8 }],
  'pool-oversized': [{ kind: 'scale', prior: 0.7 }],
  'retry-storm': [{ kind: 'degrade', prior: 0.7 }],
  'tool-failing': [{ kind: 'breaker', prior: 0.75 }],
  'model-failing': [{ kind: 'breaker', prior: 0.75 }],
  'tool-slow': [{ kind: 'breaker', prior: 0.4 }],
  'model-slow': [{ kind: 'breaker', prior: 0.4 }],
  'budget-burn': [{ kind: 'degrade', prior: 0.4 }],
  // What is behind these is in the tasks, in what was told, or told in other alerts.
  ...{ 'agent-mute': [], 'pool-silent': [], 'fleet-silent': [], 'budget-ticket': [], 'new-error': [] },
  ...{ 'task-type-failing': [], 'task-type-slower': [], 'pool-poor-quality': [], 'version-better': [] },
  ...{ 'fleet-failing': [], 'fleet-slower': [], 'fleet-poor-quality': [], 'fleet-volume-drop': [] },
  ...{ 'action-flapping': [], 'fleet-load-surge': [], 'work-stopped': [], 'volume-drop': [], 'metric-anomaly': [] },
  ...{ 'efficiency-recommended': [], 'improvement-recommended': [] },
};

/** Alerts that an action may help against. */
export function answeredBy<Told extends Pick<Alert, 'rule'>>(kind: ActionClass, alerts: readonly Told[]): Told[] {
  return alerts.filter(({ rule }) => playbook[rule]?.some((play) => play.kind === kind));
}
