import { type DetectionContext, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { countHot, HOT_PERMILLE, type HotMinutes } from '../../detect/hot-minutes.ts';
import { poolOf } from '../../model/roster.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { equalContributors } from '../equal-contributors.ts';
import { isPoolWide, POOL_WIDE_SHARE } from '../pool-wide.ts';
import type { AlertRule, Assessment } from '../rule.ts';

const condition = {
  /** Share of its CPU or memory, in so many of the last minutes. */
  atLeast: HOT_PERMILLE / 1_000,
  hotMinutes: 4,
  ofMinutes: LOOKBACK_MINUTES,
  /** With so few an agent counts as normal again. */
  clearMinutes: 1,
};

/** An agent has hardly any CPU or memory left. */
export const resourceHigh: AlertRule<typeof condition> = {
  id: 'resource-high',
  kind: 'resource_utilization_high',
  looksFor: 'an agent has 90 % of its CPU or memory in use in four of five minutes',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 30,
  runbook: 'docs/runbooks.md#resource-high',
  assess: (context) =>
    [...hotPools(context)].flatMap(([pool, { agents, isWide }]) =>
      agents.map(([agent, hot]): Assessment => {
        const scope = { pool, agent };
        const most = Math.max(countHot(hot.cpu), countHot(hot.memory));
        if (isWide || (most < condition.hotMinutes && most > condition.clearMinutes))
          return { scope, verdict: 'unknown' };
        if (most <= condition.clearMinutes) return { scope, verdict: 'clear' };
        return { scope, verdict: 'breach', finding: findingOf(scope, hot) };
      }),
    ),
};

/** At least half of a pool has: that is one alert, of the pool. */
export const poolResourceHigh: AlertRule = {
  id: 'pool-resource-high',
  kind: 'resource_utilization_high',
  looksFor: 'at least half of the agents of a pool have 90 % of their CPU or memory in use in four of five minutes',
  condition: { atLeast: condition.atLeast, poolShare: POOL_WIDE_SHARE },
  resolveAfterMinutes: 3,
  cooldownMinutes: 30,
  runbook: 'docs/runbooks.md#resource-high',
  assess: (context) =>
    [...hotPools(context)].map(([pool, { agents, isWide, sampled }]): Assessment => {
      const scope = { pool };
      if (!isWide) return { scope, verdict: 'clear' };
      return { scope, verdict: 'breach', finding: findingOfPool(pool, agents.filter(isHot), sampled) };
    }),
};

interface HotPool {
  agents: [string, HotMinutes][];
  /** Agents of the pool that told of their CPU or memory. */
  sampled: number;
  isWide: boolean;
}

function hotPools({ hot, roster, minutes, minute }: DetectionContext): Map<string, HotPool> {
  const pools = Map.groupBy(hot, ([agent]) => poolOf(roster.get(agent)));
  if (pools.size === 0) return new Map();
  const sampled = new Map<string, Set<string>>();
  for (const at of [minute - 1, minute]) {
    for (const { agent, counters } of minutes.get(at)?.presence ?? []) {
      const pool = poolOf(roster.get(agent));
      if (counters.cpuCount + counters.memoryCount === 0 || !pools.has(pool)) continue;
      sampled.set(pool, (sampled.get(pool) ?? new Set()).add(agent));
    }
  }
  return new Map(
    [...pools].map(([pool, agents]) => {
      const of = Math.max(agents.length, sampled.get(pool)?.size ?? 0);
      return [pool, { agents, sampled: of, isWide: isPoolWide(agents.filter(isHot).length, of) }];
    }),
  );
}

function isHot([, { cpu, memory }]: [string, HotMinutes]): boolean {
  return Math.max(countHot(cpu), countHot(memory)) >= condition.hotMinutes;
}

function findingOf(scope: AlertScope & { agent: string }, hot: HotMinutes): Finding {
  const { name, permille, minutes } = hotterOf(hot);
  return {
    title: `Agent ${scope.agent} has ${percent(permille)} of its ${name} in use`,
    why: `In ${minutes} of the last ${LOOKBACK_MINUTES} minutes it had ${percent(HOT_PERMILLE)} of its ${name} or more in use: it has hardly anything left for more work, and will slow down or break off.`,
    onsetMs: startOfMinute(firstHotMinute(hot)),
    value: permille / 1_000,
    expected: condition.atLeast,
    unit: 'ratio',
    n: minutes,
    impact: { agents: 1 },
    evidence: [
      `CPU ${percent(hot.cpuPermille)} at most, in ${countHot(hot.cpu)} minutes above ${percent(HOT_PERMILLE)}`,
      `memory ${percent(hot.memoryPermille)} at most, in ${countHot(hot.memory)} minutes above ${percent(HOT_PERMILLE)}`,
    ],
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}

function findingOfPool(pool: string, agents: readonly [string, HotMinutes][], sampled: number): Finding {
  const names = agents.map(([agent]) => agent).sort();
  return {
    title: `Pool ${pool}: ${agents.length} of ${sampled} agents have hardly any CPU or memory left`,
    why: `${agents.length} of ${sampled} agents had ${percent(HOT_PERMILLE)} of their CPU or memory or more in use in most of the last ${LOOKBACK_MINUTES} minutes. It is the load or the size of the pool, not a single agent.`,
    onsetMs: startOfMinute(Math.min(...agents.map(([, hot]) => firstHotMinute(hot)))),
    value: agents.length / sampled,
    expected: 0,
    unit: 'ratio',
    n: sampled,
    impact: { agents: agents.length },
    evidence: agents.slice(0, 5).map(([agent, hot]) => {
      const { name, permille } = hotterOf(hot);
      return `${agent}: ${name} ${percent(permille)}`;
    }),
    contributors: equalContributors(names),
  };
}

function hotterOf(hot: HotMinutes): { name: string; permille: number; minutes: number } {
  const [cpu, memory] = [countHot(hot.cpu), countHot(hot.memory)];
  return cpu >= memory
    ? { name: 'CPU', permille: hot.cpuPermille, minutes: cpu }
    : { name: 'memory', permille: hot.memoryPermille, minutes: memory };
}

function firstHotMinute({ minute, cpu, memory }: HotMinutes): number {
  return minute - Math.floor(Math.log2(Math.max(1, cpu | memory)));
}

function percent(permille: number): string {
  return `${Math.round(permille / 10)} %`;
}
