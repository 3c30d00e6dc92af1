import type { ActionClass } from '../../lib/core/remediate/action-class.ts';
import { type Play, playbook } from '../../lib/core/remediate/playbook.ts';

export interface FaultClass {
  fault: string;
  plays: readonly Play[];
}

/**
 * Twenty faults of the playbook, each with the plays that it has there, and with those of its neighbours that might be tried
 * as well, so that there is something to choose in every class.
 */
export const faultClasses: readonly FaultClass[] = [
  withNeighbours('agent-dead', { route: 0.5 }),
  withNeighbours('agent-hung', { route: 0.5 }),
  withNeighbours('agent-failing', { route: 0.6, tune: 0.3 }),
  withNeighbours('agent-degraded', { restart: 0.5 }),
  withNeighbours('agent-slower', { restart: 0.5, tune: 0.4 }),
  withNeighbours('agent-poor-quality', { breaker: 0.6, restart: 0.4 }),
  withNeighbours('agent-leaking', { route: 0.5, breaker: 0.5 }),
  withNeighbours('resource-high', { restart: 0.4, tune: 0.4, scale: 0.4 }),
  withNeighbours('version-worse', { breaker: 0.5, failover: 0.4 }),
  withNeighbours('pool-hung', { restart: 0.5, scale: 0.3 }),
  withNeighbours('pool-failing', { breaker: 0.5, degrade: 0.4, restart: 0.4 }),
  withNeighbours('pool-degraded', { failover: 0.4 }),
  withNeighbours('pool-slower', { degrade: 0.4, failover: 0.3 }),
  withNeighbours('bottleneck-forming', {}),
  withNeighbours('pool-resource-high', { degrade: 0.6 }),
  withNeighbours('load-surge', { failover: 0.5 }),
  withNeighbours('retry-storm', { breaker: 0.6, scale: 0.4 }),
  withNeighbours('tool-failing', { degrade: 0.5, failover: 0.4 }),
  withNeighbours('tool-slow', { degrade: 0.4, tune: 0.4, scale: 0.3 }),
  withNeighbours('model-slow', { tune: 0.4, degrade: 0.4, failover: 0.4 }),
];

function withNeighbours(fault: string, neighbours: Partial<Record<ActionClass, number>>): FaultClass {
  const more = Object.entries(neighbours).map(([kind, prior]) => ({ kind: kind as ActionClass, prior }));
  return { fault, plays: [...(playbook[fault] ?? []), ...more] };
}
