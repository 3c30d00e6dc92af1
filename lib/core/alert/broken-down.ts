import type { BrokenDown } from '../predict/foresight.ts';
import type { Alert } from './alert.ts';
import { agentDead } from './rules/agent-dead.ts';
import { agentFailing } from './rules/agent-failing.ts';
import { agentHung } from './rules/agent-hung.ts';
import { agentDegraded, agentSlower } from './rules/agent-slow.ts';
import { bottleneckForming } from './rules/bottleneck-forming.ts';
import { poolFailing, poolInterrupted } from './rules/pool-failing.ts';
import { poolDegraded, poolSlower } from './rules/pool-slower.ts';

const ofAgents: ReadonlySet<string> = new Set([agentDead, agentHung].map(({ id }) => id));
const ofPools: ReadonlySet<string> = new Set(
  [bottleneckForming, poolInterrupted, poolFailing, poolDegraded, poolSlower].map(({ id }) => id),
);

const slow: ReadonlySet<string> = new Set([agentDegraded, agentSlower].map(({ id }) => id));
/** Part of its tasks that a degraded agent fails. */
const FAILS_HALF = 0.5;

/** Which agents and pools have broken down, as alerts have it: what predictions learn from; degraded are those that take twice as long, or fail half of
 * their tasks. @param firing alerts that fire */
export function brokenDown(firing: readonly Pick<Alert, 'rule' | 'scope' | 'value'>[]): BrokenDown {
  const isDegraded = ({ rule, value }: Pick<Alert, 'rule' | 'value'>) =>
    slow.has(rule) || (rule === agentFailing.id && value >= FAILS_HALF);
  return {
    agents: new Set(firing.flatMap(({ rule, scope }) => (ofAgents.has(rule) ? (scope.agent ?? []) : []))),
    declined: new Set(firing.flatMap((alert) => (isDegraded(alert) ? (alert.scope.agent ?? []) : []))),
    pools: new Set(firing.flatMap(({ rule, scope }) => (ofPools.has(rule) ? (scope.pool ?? []) : []))),
  };
}
