import type { CauseCell, CauseInput, CauseWindow, ErrorCell, PartCell } from '../../../lib/core/cause/cause-input.ts';
import { createRandom, type Random } from '../../../lib/sim/random.ts';

export const planted = ['agent', 'pool', 'taskType', 'version', 'change', 'tool', 'errorType'] as const;
export type Planted = (typeof planted)[number];

export interface PlantedCause {
  input: CauseInput;
  dimension: Planted;
  id: string;
}

const ONSET_MS = 1_800_000_000_000;
const SERVICE_SD = 0.6;

/**
 * Two windows of a fleet of 2 to 4 pools of 3 to 6 agents, three task types spread over all of them, each agent and type
 * with rates and times of its own, and one cause in the second window. All counts are drawn.
 */
export function plantCause(seed: number, dimension: Planted, measure: 'bad' | 'time'): PlantedCause {
  const random = createRandom(seed, `${dimension} ${measure}`);
  const pools = Array.from({ length: 2 + random.int(3) }, (_, i) => `pool-${i}`);
  const agents = pools.flatMap((pool) =>
    Array.from({ length: 3 + random.int(4) }, (_, i) => ({ pool, agent: `${pool}-${i}` })),
  );
  const types = ['triage', 'solve', 'write'];
  const culprit = {
    agent: agents[random.int(agents.length)]?.agent ?? '',
    pool: pools[random.int(pools.length)] ?? '',
    taskType: types[random.int(types.length)] ?? '',
  };
  const upgraded = new Set(agents.filter(() => random.uniform() < 0.4).map(({ agent }) => agent));
  if (upgraded.size < 2) for (const { agent } of agents.slice(0, 2)) upgraded.add(agent);
  const hasNewVersion = dimension === 'version' || random.uniform() < 0.3;
  const factor = measure === 'bad' ? random.uniform(4, 8) : random.uniform(1.5, 2.5);
  const bases = new Map<string, { rate: number; medianUs: number; tasks: number }>();
  for (const { agent } of agents) {
    for (const type of types) {
      const base = { rate: random.uniform(0.01, 0.04), medianUs: random.uniform(1e6, 9e6), tasks: 20 + random.int(80) };
      bases.set(`${agent} ${type}`, base);
    }
  }
  const windowOf = (isNow: boolean): CauseWindow => {
    const cells: CauseCell[] = [];
    const parts: PartCell[] = [];
    const errors: ErrorCell[] = [];
    for (const { agent, pool } of agents) {
      let calls = 0;
      for (const taskType of types) {
        const base = bases.get(`${agent} ${taskType}`);
        if (!base) continue;
        const version = isNow && hasNewVersion && upgraded.has(agent) ? 'v2' : 'v1';
        const isHit =
          isNow &&
          ((dimension === 'agent' && agent === culprit.agent) ||
            (dimension === 'pool' && pool === culprit.pool) ||
            (dimension === 'change' && pool === culprit.pool) ||
            (dimension === 'taskType' && taskType === culprit.taskType) ||
            (dimension === 'version' && version === 'v2'));
        // The mix of work shifts by itself.
        const tasks = Math.round(base.tasks * random.uniform(0.7, 1.4) * (isNow ? 1 : 3));
        const usual = draw(tasks, base.rate, random);
        const own = isHit && measure === 'bad' ? draw(tasks, base.rate * (factor - 1), random) : 0;
        const errorsOf = isNow && dimension === 'errorType' ? draw(tasks, 0.08, random) : 0;
        const toolFailures = isNow && dimension === 'tool' && measure === 'bad' ? draw(tasks, 0.12, random) : 0;
        const bad = Math.min(tasks, usual + own + errorsOf + toolFailures);
        const slow = isHit && measure === 'time' ? factor : 1;
        const toolSlow = isNow && dimension === 'tool' && measure === 'time' ? 3 : 1;
        const timed = timesOf(tasks, base.medianUs * slow, random);
        const searchUs = Math.round(0.5 * timed.serviceUs);
        calls += tasks;
        // Half of the time is in a tool, so that the whole takes so much longer when that does.
        const stretch = 0.5 + 0.5 * toolSlow;
        const logStretch = Math.log(stretch);
        cells.push({
          ...{ pool, agent, taskType, version, tasks, bad, timed: tasks },
          serviceUs: timed.serviceUs * stretch,
          logSum: timed.logSum + tasks * logStretch,
          logSquares: timed.logSquares + 2 * logStretch * timed.logSum + tasks * logStretch ** 2,
        });
        parts.push({
          agent,
          pool,
          kind: 'tool',
          name: 'search',
          calls: tasks,
          failed: draw(tasks, 0.01, random) + toolFailures,
          durationUs: searchUs * toolSlow,
        });
        const known = ['TimeoutError', 'ValueError'];
        errors.push(
          ...known.map((signature) => ({ signature, agent, pool, taskType, n: draw(usual + own, 0.5, random) })),
        );
        if (toolFailures > 0) errors.push({ signature: 'ToolError', agent, pool, taskType, n: toolFailures });
        if (errorsOf > 0) errors.push({ signature: 'QuotaError', agent, pool, taskType, n: errorsOf });
      }
      parts.push({
        agent,
        pool,
        kind: 'model',
        name: 'large',
        calls,
        failed: draw(calls, 0.01, random),
        durationUs: calls * 1e5,
      });
    }
    return { minutes: isNow ? 10 : 30, cells, parts: mergedParts(parts), errors };
  };
  const before = windowOf(false);
  const now = windowOf(true);
  const change = { kind: 'config' as const, pool: culprit.pool, atMs: ONSET_MS - 5 * 60_000 };
  const stale = { kind: 'deploy' as const, pool: pools[0] ?? '', atMs: ONSET_MS - 180 * 60_000 };
  const changes = [
    { id: 'stale', event: { type: 'change' as const, ...stale } },
    ...(dimension === 'change' ? [{ id: 'the-change', event: { type: 'change' as const, ...change } }] : []),
  ];
  const ids: Record<Planted, string> = {
    ...culprit,
    version: 'v2',
    change: 'the-change',
    tool: 'search',
    errorType: 'QuotaError',
  };
  return { dimension, id: ids[dimension], input: { measure, now, before, onsetMs: ONSET_MS, changes } };
}

function mergedParts(parts: readonly PartCell[]): PartCell[] {
  const merged = new Map<string, PartCell>();
  for (const part of parts) {
    const key = `${part.agent} ${part.kind} ${part.name}`;
    const sum = merged.get(key);
    if (sum) for (const name of ['calls', 'failed', 'durationUs'] as const) sum[name] += part[name];
    else merged.set(key, { ...part });
  }
  return [...merged.values()];
}

function draw(n: number, p: number, random: Random): number {
  let count = 0;
  for (let i = 0; i < n; i++) if (random.uniform() < p) count += 1;
  return count;
}

function timesOf(tasks: number, medianUs: number, random: Random) {
  let [serviceUs, logSum, logSquares] = [0, 0, 0];
  for (let i = 0; i < tasks; i++) {
    const us = Math.round(random.logNormal(medianUs, SERVICE_SD));
    const log = Math.log(us);
    serviceUs += us;
    logSum += log;
    logSquares += log * log;
  }
  return { serviceUs, logSum, logSquares };
}
