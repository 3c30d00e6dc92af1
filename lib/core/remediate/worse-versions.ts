import type { Alert } from '../alert/alert.ts';
import type { DecisionContext } from './directive-kind.ts';

/** Agents of a pool that run a version which does worse than that of the others: together they have one cause. */
export interface WorseVersion {
  pool: string;
  version: string;
  agents: string[];
  alert: Alert;
}

export function agentsOfWorseVersions({ firing }: Pick<DecisionContext, 'firing'>): WorseVersion[] {
  return firing.flatMap((alert) => {
    const { rule, scope, explains = [] } = alert;
    if (rule !== 'version-worse' || scope.pool === undefined || scope.version === undefined) return [];
    const agents = explains.flatMap(({ agent }) => agent ?? []);
    return { pool: scope.pool, version: scope.version, agents, alert };
  });
}
