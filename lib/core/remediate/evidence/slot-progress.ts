import { SortedValues } from '../../detect/sorted-values.ts';
import type { LogMoments } from '../../kpi/closed-tasks.ts';
import type { PresenceRollup } from '../../kpi/presence-rollup.ts';
import type { Roster } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';

/** How much work an agent gets done in the time that its slots are busy, beside its pool. */
export interface SlotProgress {
  /** Work done per busy slot ÷ that of the median peer; 1 is as fast as they are, 0 is nothing done. */
  pace: number;
  /** Tasks that it ended, and that a peer had ended in as much busy time. */
  ended: number;
  expected: number;
  /** Time that its slots were busy. */
  busyMs: number;
  /**
   * Natural logarithm of how improbable it is that an agent of {@link SLOWEST_BY_NATURE} times the pace of its peers got so little
   * done, at least (Chernoff's bound for overdispersed counts); 0 where it did as much as that.
   */
  surprise: number;
  peers: number;
}

/** Agents differ by nature: who works at this part of the pace of the median peer is not ill. */
const SLOWEST_BY_NATURE = 0.6;
/** Fewer peers of a task type are no measure, and peers who were hardly busy are none. */
const MIN_PEERS = 3;
const MIN_PEER_BUSY_MS = 30_000;
/** Fewer samples do not tell how busy slots were: of agents as of their peers. */
const MIN_SAMPLES = 4;
/** Tasks of the pool's own mix that are taken for granted where little is known of an agent's. */
const PRIOR_TASKS = 2;
/**
 * Variance of the logarithm of service times: no type varies more (a coefficient of variation of 4.4), but one that some report in
 * another unit. How long it takes is not known then.
 */
const MOST_LOG_VARIANCE = 3;
/** Squared coefficient of variation of service times: counts vary by so much more than those of a Poisson process. */
const MOST_DISPERSED = 5;
/** So improbable by nature is a sign: once in a thousand. */
const BEYOND_NATURE = Math.log(1e3);
/** Of the time that slots were busy so many standard errors of its sampling are left out. */
const SAMPLING_ERRORS = 2;

/** What was reported of the agents of one pool in one minute. */
export interface PoolReports {
  presence: PresenceRollup[];
  /** Completed and failed tasks of an agent by type. */
  ended: { agent: string; taskType: string; n: number }[];
  services: { agent: string; taskType: string; service: LogMoments }[];
}

/** Whether an agent gets less done than it would by nature. @param judged agents any of which might by chance */
export function isBeyondNature({ surprise }: SlotProgress, judged = 1): boolean {
  return surprise >= BEYOND_NATURE + Math.log(judged);
}

interface OfAgent {
  busyMs: number;
  /** Samples of its slots, and the sum of the parts that were busy. */
  samples: number;
  used: number;
  ended: Map<string, number>;
}

interface OfType {
  ended: number;
  meanMs: number;
  dispersion: number;
}

/**
 * What slots that are busy get done, agent by agent: tasks that ended, each counted as long as its type takes in the pool, per
 * busy slot. Unlike service times, it tells of tasks that have not ended yet, so that an agent that has become slow, or hangs,
 * shows before its tasks do. Reports that are late or lost take samples and tasks away together.
 *
 * An agent is compared with the median of those peers that do the same task types; where it does several, with the
 * slowest of these groups: tasks of a type that takes longer than it did are no fault of the agents that have them. Who ended
 * tasks of a type that is reported in several units is neither judged nor a peer.
 * @param minutes of its pool, to be taken together
 * @returns by agent; null for those who send few samples or none, were hardly busy or have no peers
 */
export function slotProgressIn(
  minutes: readonly PoolReports[],
  roster: Roster,
): (agent: string) => SlotProgress | null {
  const agents = new Map<string, OfAgent>();
  const of = (agent: string) =>
    entryOf(agents, agent, () => ({ busyMs: 0, samples: 0, used: 0, ended: new Map<string, number>() }));
  const most = Math.max(
    1,
    ...minutes.flatMap(({ presence }) => presence.map(({ counters }) => counters.utilizationCount)),
  );
  const services = new Map<string, LogMoments>();
  const endedOf = new Map<string, number>();
  for (const { presence, ended, services: times } of minutes) {
    for (const { agent, counters, beat } of presence) {
      if (counters.utilizationCount === 0) continue;
      const slots = counters.capacityMilli / 1_000 / counters.utilizationCount;
      const share = counters.utilizationPpm / 1e6 / counters.utilizationCount;
      // Of the minute so much was reported, tasks as well as samples: the rest is late or lost.
      const reportedMs = beat
        ? Math.min(MINUTE_MS, counters.beats * beat.intervalMs)
        : (MINUTE_MS * counters.utilizationCount) / most;
      const own = of(agent);
      own.busyMs += share * slots * reportedMs;
      own.samples += counters.utilizationCount;
      own.used += share * counters.utilizationCount;
    }
    for (const { agent, taskType, n } of ended) {
      const own = of(agent).ended;
      own.set(taskType, (own.get(taskType) ?? 0) + n);
      endedOf.set(taskType, (endedOf.get(taskType) ?? 0) + n);
    }
    for (const { taskType, service } of times) {
      const sum = entryOf(services, taskType, () => ({ n: 0, sum: 0, squares: 0 }));
      sum.n += service.n;
      sum.sum += service.sum;
      sum.squares += service.squares;
    }
  }
  const types = new Map<string, OfType>();
  for (const [taskType, it] of services) {
    if (it.n === 0) continue;
    const type = ofType(it, endedOf.get(taskType) ?? 0);
    if (type) types.set(taskType, type);
    else for (const [agent, { ended }] of agents) if (ended.has(taskType)) agents.delete(agent);
  }
  const groups = groupsOf(agents, types, roster);
  return (agent) => progressOf(agent, agents, types, groups, roster);
}

function entryOf<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const found = map.get(key) ?? create();
  map.set(key, found);
  return found;
}

/** Mean and squared coefficient of variation of a log-normal distribution with these moments; null where none varies that much. */
function ofType({ n, sum, squares }: LogMoments, ended: number): OfType | null {
  const variance = Math.max(0, squares / n - (sum / n) ** 2);
  if (variance > MOST_LOG_VARIANCE) return null;
  const meanMs = Math.exp(sum / n + variance / 2) / 1_000;
  return { ended, meanMs, dispersion: Math.min(MOST_DISPERSED, Math.max(1, Math.expm1(variance))) };
}

/** Work done, in time that it takes in the pool. */
function workMs(ended: ReadonlyMap<string, number>, types: ReadonlyMap<string, OfType>): number {
  let work = 0;
  for (const [taskType, n] of ended) work += n * (types.get(taskType)?.meanMs ?? 0);
  return work;
}

/** By task type, the paces of the agents that did it or say that they can. */
function groupsOf(
  agents: ReadonlyMap<string, OfAgent>,
  types: ReadonlyMap<string, OfType>,
  roster: Roster,
): Map<string, { paces: SortedValues; members: ReadonlySet<string> }> {
  const groups = new Map<string, { paces: number[]; members: Set<string> }>();
  for (const [agent, { busyMs, samples, ended }] of agents) {
    if (busyMs < MIN_PEER_BUSY_MS || samples < MIN_SAMPLES) continue;
    const pace = workMs(ended, types) / busyMs;
    for (const taskType of typesOf(agent, ended, types, roster)) {
      const group = groups.get(taskType) ?? { paces: [], members: new Set() };
      groups.set(taskType, group);
      group.paces.push(pace);
      group.members.add(agent);
    }
  }
  return new Map(
    [...groups].map(([taskType, { paces, members }]) => [taskType, { paces: new SortedValues(paces), members }]),
  );
}

function typesOf(
  agent: string,
  ended: ReadonlyMap<string, number>,
  types: ReadonlyMap<string, OfType>,
  roster: Roster,
): string[] {
  const declared = Object.keys(roster.get(agent)?.description?.skills ?? {});
  const known = [...new Set([...ended.keys(), ...declared])].filter((taskType) => types.has(taskType));
  return known.length > 0 ? known : [...types.keys()];
}

function progressOf(
  agent: string,
  agents: ReadonlyMap<string, OfAgent>,
  types: ReadonlyMap<string, OfType>,
  groups: ReturnType<typeof groupsOf>,
  roster: Roster,
): SlotProgress | null {
  const own = agents.get(agent);
  if (!own || own.busyMs === 0 || own.samples < MIN_SAMPLES) return null;
  const [done, its] = [workMs(own.ended, types), typesOf(agent, own.ended, types, roster)];
  let [usual, peers] = [Number.POSITIVE_INFINITY, 0];
  for (const taskType of its) {
    const group = groups.get(taskType);
    const isMember = group?.members.has(agent) ?? false;
    const others = (group?.paces.length ?? 0) - (isMember ? 1 : 0);
    if (!group || others < MIN_PEERS) continue;
    const median = group.paces.median(isMember ? done / own.busyMs : null);
    if (median < usual) [usual, peers] = [median, others];
  }
  if (!Number.isFinite(usual) || usual === 0) return null;
  const { taskMs, dispersion } = mixOf(own, types, its);
  const [ended, expected] = [done / taskMs, (usual * own.busyMs) / taskMs];
  const slowest = SLOWEST_BY_NATURE * expected * Math.max(0, 1 - SAMPLING_ERRORS * samplingError(own));
  const bound = slowest - ended + (ended > 0 ? ended * Math.log(ended / slowest) : 0);
  return {
    pace: done / (usual * own.busyMs),
    ...{ ended, expected, busyMs: own.busyMs, peers },
    surprise: ended < slowest ? bound / dispersion : 0,
  };
}

/** What a task of an agent takes in the pool, and how much such tasks vary: of those it ended, and of those it may have. */
function mixOf({ ended }: OfAgent, types: ReadonlyMap<string, OfType>, its: readonly string[]) {
  const usual = its.reduce((sum, taskType) => sum + (types.get(taskType)?.ended ?? 0), 0);
  let [n, ms, dispersion] = [0, 0, 0];
  for (const taskType of its) {
    const type = types.get(taskType);
    if (!type) continue;
    const weight = (ended.get(taskType) ?? 0) + PRIOR_TASKS * (usual > 0 ? type.ended / usual : 1 / its.length);
    n += weight;
    ms += weight * type.meanMs;
    dispersion += weight * type.meanMs * type.dispersion;
  }
  return { taskMs: Math.max(1, ms / Math.max(n, 1e-9)), dispersion: ms > 0 ? dispersion / ms : MOST_DISPERSED };
}

/**
 * Relative standard error of a busy time that is told by samples, as if each found all slots busy or none: an agent that hangs or
 * has become slow is full in all of them, and one that has bursts now and then was seen in some of them by chance. One sample more of either is
 * taken for granted: a few that all found slots busy do not tell that they always are (Agresti and Coull, The American Statistician 52(2), 1998).
 */
function samplingError({ samples, used }: OfAgent): number {
  const busy = (Math.min(used, samples) + 1) / (samples + 2);
  return Math.sqrt((1 - busy) / (busy * samples));
}
