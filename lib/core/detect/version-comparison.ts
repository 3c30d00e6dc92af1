import { poolOf } from '../model/roster.ts';
import { lookedBackOn, mergedOutcomes, outcomesByPool, type PoolOutcomes } from './agent-outcomes.ts';
import type { DetectionContext, MinuteSeen } from './detection-context.ts';
import { type FailureExcess, failuresInPool } from './peer-failures.ts';
import { addService, type ServiceMoments, type Slowness, slownessAmongPeers } from './peer-slowness.ts';

/** Fewer agents of a version are told by themselves. */
const LEAST_AGENTS = 2;

/** How agents of one version do against those of the others in the same pool, minute by minute. */
export interface VersionComparison {
  pool: string;
  version: string;
  /** The version that most of the others have. */
  against: string;
  agents: string[];
  /** Of the last minutes, oldest first, and of the last three together; null where there is too little to compare. */
  failures: (FailureExcess | null)[];
  recentFailures: FailureExcess | null;
  slowness: (Slowness | null)[];
  recentSlowness: Slowness | null;
}

/** How many minutes are taken together. */
const RECENT_MINUTES = 3;

/**
 * Compares versions that run side by side in a pool: those that a deployment was reported of, and else those that fewer than
 * half of the agents have. The other agents are the measure, each for itself; those of the version are taken as one.
 */
export function compareVersions(context: VersionsSeen): VersionComparison[] {
  const found = ofMinutes.get(context.minutes) ?? comparisonsIn(context);
  ofMinutes.set(context.minutes, found);
  return found;
}

/** What versions are compared from. */
export type VersionsSeen = MinuteSeen & Pick<DetectionContext, 'changes'>;

/** Series are taken from them, and rules. */
const ofMinutes = new WeakMap<MinuteSeen['minutes'], VersionComparison[]>();

function comparisonsIn(context: VersionsSeen): VersionComparison[] {
  const pools = outcomesByPool(context);
  const versions = versionsByPool(context, pools);
  if (versions.size === 0) return [];
  const services = servicesByMinute(context, versions);
  return [...versions].flatMap(([pool, byVersion]) =>
    [...byVersion].flatMap(([version, agents]): VersionComparison[] => {
      const all = [...byVersion.values()].reduce((sum, its) => sum + its.length, 0);
      const isJudged = agents.length >= LEAST_AGENTS && (isDeployed(context, pool, version) || 2 * agents.length < all);
      if (!isJudged) return [];
      const others = new Set([...byVersion].flatMap(([other, its]) => (other === version ? [] : its)));
      const at = lookedBackOn(context.minute).map((_, index) => index);
      const from = at.length - RECENT_MINUTES;
      const failuresOf = (range: (agent: string) => ReturnType<typeof mergedOutcomes>) =>
        failuresInPool(
          new Map([
            ...[...others].map((agent) => [agent, range(agent)] as const),
            // No agent has this name.
            ['', mergedOutcomes(agents.map(range))] as const,
          ]),
          agents.length,
        )('');
      const outcomes = pools.get(pool);
      const slownessOf = (minutes: readonly number[]) =>
        slownessAmongPeers(
          servicesOf(services, agents, minutes),
          [...others].map((agent) => servicesOf(services, [agent], minutes)),
          agents.length,
        );
      return [
        {
          ...{ pool, version, against: mostOf(byVersion, version), agents: [...agents].sort() },
          failures: at.map((index) => failuresOf((agent) => outcomes?.get(agent)?.byType(index) ?? new Map())),
          recentFailures: failuresOf((agent) => outcomes?.get(agent)?.byTypeFrom(from) ?? new Map()),
          slowness: at.map((index) => slownessOf([index])),
          recentSlowness: slownessOf(at.slice(from)),
        },
      ];
    }),
  );
}

/** The deployment of a version to a pool that was reported last. */
export function deploymentOf({ changes }: Pick<DetectionContext, 'changes'>, pool: string, version: string) {
  return changes
    .map(({ event }) => event)
    .filter((event) => event.kind === 'deploy' && event.version === version && (event.pool ?? pool) === pool)
    .reduce<(typeof changes)[number]['event'] | null>((last, it) => (last && last.atMs >= it.atMs ? last : it), null);
}

function isDeployed(context: VersionsSeen, pool: string, version: string): boolean {
  return deploymentOf(context, pool, version) !== null;
}

/** Agents that ended tasks, by pool and version; pools with one version are left out. */
function versionsByPool({ roster }: MinuteSeen, pools: PoolOutcomes): Map<string, Map<string, string[]>> {
  const found = new Map<string, Map<string, string[]>>();
  for (const [pool, agents] of pools) {
    // Agents that tell no version are neither judged nor a measure.
    const telling = [...agents.keys()].filter((agent) => roster.get(agent)?.description?.version !== undefined);
    const versions = Map.groupBy(telling, (agent) => roster.get(agent)?.description?.version ?? '');
    if (versions.size > 1) found.set(pool, versions);
  }
  return found;
}

function mostOf(versions: ReadonlyMap<string, readonly string[]>, without: string): string {
  const others = [...versions].filter(([version]) => version !== without).sort(([, a], [, b]) => b.length - a.length);
  return others[0]?.[0] ?? '';
}

/** Service times by minute looked back on and agent, of the pools that are compared. */
function servicesByMinute(
  { minute, minutes, roster }: MinuteSeen,
  pools: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, ServiceMoments>[] {
  return lookedBackOn(minute).map((at) => {
    const agents = new Map<string, ServiceMoments>();
    for (const table of minutes.get(at)?.tasks ?? []) {
      for (const row of table.services()) {
        const entry = roster.get(row.agent);
        if (!entry || !pools.has(poolOf(entry))) continue;
        const its: ServiceMoments = agents.get(row.agent) ?? new Map();
        agents.set(row.agent, its);
        addService(its, row);
      }
    }
    return agents;
  });
}

function servicesOf(
  services: readonly ReadonlyMap<string, ServiceMoments>[],
  agents: readonly string[],
  minutes: readonly number[],
): ServiceMoments {
  const sum: ServiceMoments = new Map();
  for (const at of minutes) {
    for (const agent of agents) {
      for (const [taskType, service] of services[at]?.get(agent) ?? []) addService(sum, { taskType, service });
    }
  }
  return sum;
}
