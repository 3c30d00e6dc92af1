import type { Alert } from './alert.ts';
import { agentDead } from './rules/agent-dead.ts';
import { agentHung } from './rules/agent-hung.ts';
import { bottleneckForming } from './rules/bottleneck-forming.ts';
import { poolFailing, poolInterrupted } from './rules/pool-failing.ts';
import { poolDegraded, poolSlower } from './rules/pool-slower.ts';

const ofAgents: ReadonlySet<string> = new Set([agentDead, agentHung].map(({ id }) => id));
const ofPools: ReadonlySet<string> = new Set(
  [bottleneckForming, poolInterrupted, poolFailing, poolDegraded, poolSlower].map(({ id }) => id),
);

/** Which agents and pools have broken down, as alerts have it: what predictions learn from. @param firing alerts that fire */
export function brokenDown(firing: readonly Pick<Alert, 'rule' | 'scope'>[]): {
  agents: ReadonlySet<string>;
  pools: ReadonlySet<string>;
} {
  return {
    agents: new Set(firing.flatMap(({ rule, scope }) => (ofAgents.has(rule) ? (scope.agent ?? []) : []))),
    pools: new Set(firing.flatMap(({ rule, scope }) => (ofPools.has(rule) ? (scope.pool ?? []) : []))),
  };
}
