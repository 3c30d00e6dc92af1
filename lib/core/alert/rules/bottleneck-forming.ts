import { agentsThere } from '../../detect/agents-there.ts';
import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { type LevelCondition, standingOf } from '../../detect/level-standing.ts';
import { emptyMinute } from '../../detect/minute-figures.ts';
import { readingOf, readingsOf } from '../../detect/readings-of.ts';
import { slotsPerAgent } from '../../detect/slots-in-use.ts';
import type { SeriesReading } from '../../detect/watch.ts';
import { poolOf } from '../../model/roster.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import type { Finding } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';

type Condition = LevelCondition & {
  /** Share of the slots at work in the minutes that count. */
  atLeast: number;
  /** Tasks waiting for each slot, more than usual. */
  leastPerSlot: number;
  /** Minutes that those that wait take at the usual pace. */
  leastMinutes: number;
};

const condition: Condition = {
  ...{ atLeast: 0.8, leastPerSlot: 1, leastMinutes: 0.5 },
  ...{ timesLevel: 2, leastChange: 0, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 0 },
  ...{ extremeTimes: 1, extremeP: 0 },
};

/** Whether more waits for a pool at the judged minute than usual, half a task for each slot: what is given up then had waited. */
export function isBehind(context: DetectionContext, pool: string): boolean {
  const queue = readingOf(context, 'queued', 'pool', pool);
  const slots = figuresAt(context, context.minute)?.pools.get(pool)?.slots ?? 0;
  if (!queue || queue.expected === null) return false;
  return queue.value >= Math.max(slots / 2, condition.timesLevel * queue.expected);
}

/** A pool has hardly a slot left, and work piles up in front of it. */
export const bottleneckForming: AlertRule<Condition> = {
  id: 'bottleneck-forming',
  kind: 'bottleneck_formation',
  looksFor:
    'four in five slots of a pool are at work (skills leave some free), and twice as many tasks as usual wait for it, one more for each slot at least (so that they wait as long as they take, and half a minute), in three of five minutes; told by samples with `active`, `capacity` and `queued`',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#bottleneck-forming',
  assess: (context) => {
    const queues = readingsOf(context, 'queued', 'pool');
    const pools = new Set([...queues.keys(), ...[...context.roster.values()].map(poolOf)]);
    return [...pools].map((pool) => assess(context, pool, queues));
  },
};

function assess(context: DetectionContext, pool: string, queues: ReadonlyMap<string, SeriesReading>): Assessment {
  const scope = { pool };
  const queue = queues.get(pool);
  const inUse = readingOf(context, 'utilization', 'pool', pool);
  const subject = figuresAt(context, context.minute)?.pools.get(pool) ?? emptyMinute();
  const slots = slotsPerAgent(subject);
  if (!queue || queue.expected === null || !inUse || slots === null) return { scope, verdict: 'unknown' };
  const pace = readingOf(context, 'throughput', 'pool', pool)?.expected ?? 0;
  const busy = new Map(inUse.recent.map(({ minute, value }) => [minute, value]));
  const wasFull = (minute: Minute) => (busy.get(minute) ?? 0) >= condition.atLeast;
  // Only minutes count in which work waited because nothing was free.
  const full = { ...queue, recent: queue.recent.filter(({ minute }) => wasFull(minute)) };
  const { verdict, since } = standingOf(
    full,
    {
      ...condition,
      leastChange: Math.max(condition.leastPerSlot * slots * subject.agents, condition.leastMinutes * pace),
    },
    { harmful: 'up', series: queues.size, strictness: context.strictness('bottleneck-forming', pool) },
  );
  if (verdict === 'clear' || verdict === 'unknown') return { scope, verdict };
  if (!wasFull(context.minute)) return { scope, verdict: 'unknown' };
  const finding = findingOf(context, pool, {
    queue,
    expected: queue.expected,
    inUse,
    busy,
    agents: agentsThere(context, pool),
    since,
  });
  return { scope, verdict, finding };
}

interface Pressure {
  /** Tasks that wait for an agent. */
  queue: SeriesReading;
  expected: number;
  inUse: SeriesReading;
  /** Share of its slots at work, by minute. */
  busy: ReadonlyMap<Minute, number>;
  agents: number;
  since: Minute;
}

function findingOf(context: DetectionContext, pool: string, pressure: Pressure): Finding {
  const { queue, expected, inUse, agents, since } = pressure;
  const waiting = queue.value;
  const completed = readingOf(context, 'throughput', 'pool', pool);
  const service = readingOf(context, 'service_ms', 'pool', pool);
  const drainMinutes = completed && completed.value > 0 ? Math.round((10 * waiting) / completed.value) / 10 : null;
  return {
    title: `Pool ${pool} is the bottleneck: ${Math.round(waiting)} tasks wait for it`,
    why: [
      `${twoFigurePercent(inUse.value)} of its slots are at work, and ${Math.round(waiting)} tasks wait, ${Math.round(expected)} as usual.`,
      causeOf(completed, service),
      ...(drainMinutes === null
        ? []
        : [`At the pace of the last minutes those that wait now take ${drainMinutes} min.`]),
      `One more agent like its ${agents} lets it do ${twoFigurePercent(1 / agents)} more.`,
    ].join(' '),
    onsetMs: startOfMinute(since),
    ...{ value: waiting, expected, unit: 'tasks', n: queue.n },
    impact: { tasksWaiting: Math.round(waiting), ...(drainMinutes === null ? {} : { drainMinutes }) },
    evidence: linesOf(pressure),
    contributors: longestQueues(context, pool),
    explains: [{ pool }],
  };
}

/** A queue grows because more comes, or because each task takes longer. */
function causeOf(completed: SeriesReading | undefined, service: SeriesReading | undefined): string {
  const timesAsLong = service?.expected ? service.value / service.expected : null;
  const timesAsMany = completed?.expected ? completed.value / completed.expected : null;
  if (timesAsLong !== null && timesAsLong >= 1.2)
    return `Its tasks take ${timesAsLong.toFixed(1)} times as long as usual.`;
  const asLong = timesAsLong === null ? '' : ', and its tasks take as long as usual';
  if (timesAsMany !== null && timesAsMany >= 1.1)
    return `It completes ${timesAsMany.toFixed(1)} times as many as usual${asLong}: more comes than it can do.`;
  return `It completes no more than usual${asLong}: more comes than it can do, or fewer agents do it.`;
}

/** The newest minutes: what waited, and how much of the pool was at work. */
function linesOf({ queue, busy, expected }: Pressure): string[] {
  return queue.recent.slice(-5).map(({ minute, value }) => {
    const share = busy.get(minute);
    const at = new Date(startOfMinute(minute)).toISOString();
    return `${at}: ${Math.round(value)} waiting instead of ${Math.round(expected)}${share === undefined ? '' : `, ${twoFigurePercent(share)} of its slots at work`}`;
  });
}

const MOST_CONTRIBUTORS = 3;

/** Agents that most of what waits waits for. */
function longestQueues(context: DetectionContext, pool: string): Finding['contributors'] {
  const queues = [...(figuresAt(context, context.minute)?.agents ?? [])].flatMap(([agent, { presence }]) => {
    const isOfPool = poolOf(context.roster.get(agent)) === pool && presence.queuedCount > 0;
    return isOfPool ? [{ agent, queued: presence.queued / presence.queuedCount }] : [];
  });
  const all = queues.reduce((sum, { queued }) => sum + queued, 0);
  if (all === 0) return [];
  return queues
    .sort((a, b) => b.queued - a.queued || (a.agent < b.agent ? -1 : 1))
    .slice(0, MOST_CONTRIBUTORS)
    .map(({ agent, queued }) => ({ agent, share: Math.round((100 * queued) / all) / 100 }));
}
