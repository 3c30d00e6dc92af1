import type { Alert } from '../alert/alert.ts';
import { isPoolWide } from '../alert/pool-wide.ts';
import { type AgentOutcomes, lookedBackOn, type OutcomesByType, outcomesByPool } from '../detect/agent-outcomes.ts';
import { LOOKBACK_MINUTES } from '../detect/detection-context.ts';
import { areBeatsMissing, livenessAt } from '../detect/liveness.ts';
import { type FailureExcess, failuresInPool } from '../detect/peer-failures.ts';
import { type QualityGap, qualityGapsInPool } from '../detect/peer-quality.ts';
import { addService, type ServiceMoments, type Slowness, slownessInPool } from '../detect/peer-slowness.ts';
import { poolOf, type RosterEntry } from '../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import type { DecisionContext } from './directive-kind.ts';
import { type PoolReports, type SlotProgress, slotProgressIn } from './slot-progress.ts';
import { wholePercent } from './whole-percent.ts';
import { wilsonLower } from './wilson-bound.ts';

/** What is wrong with an agent. `dead`: it does not beat either, and more than its telemetry says so. */
export type Ailment = 'dead' | 'failing' | 'hung' | 'slow' | 'poor';

/** What the last minutes tell of an agent beside the rest of its pool, the agent itself left out. */
export interface AgentEvidence {
  pool: string;
  agent: string;
  ailment: Ailment;
  /** When it began, as well as that can be told. */
  onsetMs: EpochMs;
  /** How many times as long it takes as its peers; of ailments other than `slow`, 1. */
  timesSlower: number;
  /** Part of its work that is lost, late or worth less, beyond that of its peers, above 0 and 1 at most. */
  excess: number;
  /** What was seen, with figures. */
  words: string[];
  /** Independent signs, in a few words each. */
  signals: string[];
  /** Alerts that say the same. */
  alerts: readonly Alert[];
}

/** How the agents of one pool are. */
export interface PoolEvidence {
  /** Agents that stand out, and by what. */
  ill: ReadonlyMap<string, AgentEvidence>;
  /** Why no agent is to blame though some stand out; null where that is not so. */
  veto: string | null;
  /** Whether what an agent did lately tells that it is as good as its peers. */
  isWell(agent: string): boolean;
  /** Whether what it ended from a minute on took surely longer than its peers take. */
  isSlowSince(agent: string, from: Minute): boolean;
  /** Share of the pool's tasks that fail or are given up on agents that do not stand out, 0..1. */
  badShare: number;
  /** Tasks that the pool ended in a minute, on average. */
  endedPerMinute: number;
}

/** Tasks of a missing agent that must have been given up for it to be dead; half of its slots where that is more. */
const FEWEST_LOST = 2;
/** An agent that left without a word is expected for as long. */
const LEAVING_MS = DAY_MINUTES * MINUTE_MS;

/** How an agent's failures stand out: by so much more than its peers', surely, with so many tasks. */
const FAILING = { more: 0.15, tasks: 5, givenUp: 3, p: 1e-3 };
/** The same minutes are looked at together in so many ways: what has just begun shows in the newest alone. */
const LOOKS = [2, 3, LOOKBACK_MINUTES];
/** Where the peers fail at more than this, it is no agent's fault. */
const BAD_REST = 0.2;
/**
 * An agent this much slower than its peers, which chance explains so seldom in one of the agents that are judged: its tasks and its slots together. Of slots that
 * ended this many times as much as its tasks took, one of the two is told wrongly; without samples, tasks are believed so far.
 */
const SLOW = { times: 2.5, p: 1e-4, tasks: 3, apart: 3, believed: 20 };
/** What chance explains this much more seldom is believed at once; else it must have shown the minute before, too. */
const AT_ONCE = 1e-3;
/** Of what slots get done: see slot-progress.ts. */
const STUCK = { pace: 0.45, surprise: Math.log(1e3) };
/** Who works at this pace is not slow, whatever single tasks took. */
const KEEPS_PACE = 0.6;
/** Slower than the peers by this factor would be well again. */
const WELL = { times: 1.7, tasks: 3 };
/** Nothing begins longer before it is noticed. */
const LONGEST_ONSET_MS = 60 * MINUTE_MS;
const POOR = { below: 0.15, deviations: 6, grades: 6 };

const aboutFailures: ReadonlySet<string> = new Set(['agent-failing']);
const aboutSlowness: ReadonlySet<string> = new Set(['agent-degraded', 'agent-slower']);

/** By pool; the same for all kinds that ask in one minute. */
export function evidenceByPool(context: DecisionContext): ReadonlyMap<string, PoolEvidence> {
  const found = known.get(context.minutes) ?? evidenceOf(context);
  known.set(context.minutes, found);
  return found;
}

const known = new WeakMap<DecisionContext['minutes'], ReadonlyMap<string, PoolEvidence>>();

function evidenceOf(context: DecisionContext): Map<string, PoolEvidence> {
  const members = Map.groupBy(context.roster.values(), poolOf);
  const reports = reportsByPool(context);
  const outcomes = outcomesByPool(context);
  const alerts = Map.groupBy(
    context.firing.filter(({ scope }) => scope.agent !== undefined),
    ({ scope }) => poolOf(context.roster.get(scope.agent ?? '')),
  );
  const renewed = renewedAgents(context);
  return new Map(
    [...members].map(([pool, entries]) => [
      pool,
      new PoolJudge(context, pool, {
        entries,
        reports: reports.get(pool) ?? new Map(),
        outcomes: outcomes.get(pool) ?? new Map(),
        alerts: alerts.get(pool) ?? [],
        renewed,
      }),
    ]),
  );
}

function renewedAgents({ recent, live }: DecisionContext): Map<string, Minute> {
  const renewed = new Map<string, Minute>();
  for (const { directive, ack } of [...recent, ...live]) {
    const since =
      directive.kind === 'restart' && ack?.applied
        ? { agent: directive.params.agent, minute: minuteOf(ack.atMs) + 1 }
        : directive.kind === 'breaker' && directive.params.state === 'half-open' && directive.ended?.how === 'expired'
          ? { agent: directive.params.agent ?? '', minute: minuteOf(directive.memory.sinceMs) }
          : null;
    if (since) renewed.set(since.agent, Math.max(since.minute, renewed.get(since.agent) ?? 0));
  }
  return renewed;
}

function reportsByPool({ minutes, roster }: DecisionContext): Map<string, Map<Minute, PoolReports>> {
  const pools = new Map<string, Map<Minute, PoolReports>>();
  for (const [minute, { tasks, presence }] of minutes) {
    const of = (agent: string): PoolReports | null => {
      const entry = roster.get(agent);
      // Who is not in the roster was forgotten, and is neither judged nor a peer.
      if (!entry) return null;
      const its = pools.get(poolOf(entry)) ?? new Map<Minute, PoolReports>();
      pools.set(poolOf(entry), its);
      const reports = its.get(minute) ?? { presence: [], ended: [], services: [] };
      its.set(minute, reports);
      return reports;
    };
    for (const rollup of presence) of(rollup.agent)?.presence.push(rollup);
    for (const table of tasks) {
      for (const { agent, taskType, completed, failed } of table.outcomes()) {
        if (completed + failed > 0) of(agent)?.ended.push({ agent, taskType, n: completed + failed });
      }
      for (const { agent, taskType, service } of table.services()) {
        if (service.n > 0) of(agent)?.services.push({ agent, taskType, service });
      }
    }
  }
  return pools;
}

interface OfPool {
  entries: readonly RosterEntry[];
  reports: ReadonlyMap<Minute, PoolReports>;
  outcomes: ReadonlyMap<string, AgentOutcomes>;
  alerts: readonly Alert[];
  /** Agents that were restarted, or found well by probes: only what they did from this minute on counts. */
  renewed: ReadonlyMap<string, Minute>;
}

/** The agents of a pool in some of its minutes, compared with each other. */
interface Look {
  /** First of the minutes. */
  from: Minute;
  failures: (agent: string) => FailureExcess | null;
  progress: (agent: string) => SlotProgress | null;
  slowness: (agent: string) => Slowness | null;
}

class PoolJudge implements PoolEvidence {
  readonly ill: ReadonlyMap<string, AgentEvidence>;
  readonly veto: string | null;
  readonly badShare: number;
  readonly endedPerMinute: number;
  readonly #context: DecisionContext;
  readonly #pool: string;
  readonly #of: OfPool;
  readonly #looks: readonly Look[];
  /** As they were a minute ago, by what is known now. */
  readonly #looksBefore: () => readonly Look[];
  #quality: ((agent: string) => QualityGap | null) | null = null;

  constructor(context: DecisionContext, pool: string, of: OfPool) {
    this.#context = context;
    this.#pool = pool;
    this.#of = of;
    this.#looks = LOOKS.map((minutes) => this.#look(minutes));
    this.#looksBefore = later(() => LOOKS.map((minutes) => this.#look(minutes, context.minute - 1)));
    const sampled = [...of.reports.values()].flatMap(({ presence }) => presence.map(({ agent }) => agent));
    const active = new Set([...of.outcomes.keys(), ...sampled]);
    const { nowMs } = context;
    const alive = of.entries.filter((entry) => livenessAt(entry, nowMs).kind === 'alive').map(({ agent }) => agent);
    const judged = new Set([...active, ...alive]).size;
    const dead = this.#dead();
    const found = new Map<string, AgentEvidence>();
    for (const agent of new Set([...active, ...dead.keys(), ...of.alerts.flatMap(({ scope }) => scope.agent ?? [])])) {
      const evidence =
        dead.get(agent) ??
        this.#failing(agent, judged) ??
        this.#hung(agent, judged) ??
        this.#slow(agent, judged) ??
        this.#poor(agent);
      if (evidence) found.set(agent, evidence);
    }
    const living = [...found.values()].filter(({ ailment }) => ailment !== 'dead').length;
    this.veto = isPoolWide(living, judged)
      ? `${living} of ${judged} agents of pool ${pool} stand out at once: the cause is shared`
      : this.#failAsFarAsTold(found);
    this.ill = this.veto === null ? found : dead;
    const well = [...of.outcomes].filter(([agent]) => !found.has(agent)).map(([, it]) => it.total());
    const bad = well.reduce((sum, { failed, timeout }) => sum + failed + timeout, 0);
    const n = well.reduce((sum, { completed, failed, timeout }) => sum + completed + failed + timeout, 0);
    this.badShare = n > 0 ? bad / n : 0;
    const ended = [...of.outcomes.values()].map((it) => it.total());
    this.endedPerMinute =
      ended.reduce((sum, { completed, failed, timeout }) => sum + completed + failed + timeout, 0) / LOOKBACK_MINUTES;
  }

  /**
   * What a minute brought is told by some agents before others: failures of several of them that are half of those who have told of it
   * may be those of all. @returns why they are not believed yet; null where they are
   */
  #failAsFarAsTold(found: ReadonlyMap<string, AgentEvidence>): string | null {
    const failing = [...found.values()].filter(({ ailment }) => ailment === 'failing').map(({ agent }) => agent);
    const minutes = lookedBackOn(this.#context.minute);
    const toldOf = (agent: string, at: number) => {
      const its = this.#of.outcomes.get(agent)?.total(at);
      return its !== undefined && its.completed + its.failed > 0;
    };
    const newest = minutes.findLastIndex((_, at) => failing.some((agent) => toldOf(agent, at)));
    const told = [...this.#of.outcomes.keys()].filter((agent) => toldOf(agent, newest)).length;
    if (newest < 0 || told === this.#of.outcomes.size || !isPoolWide(failing.length, told)) return null;
    return `${failing.length} of the ${told} agents of pool ${this.#pool} that have told of ${clockOf(minutes[newest] as Minute)} fail: the others may as well`;
  }

  isWell(agent: string): boolean {
    return !this.ill.has(agent) && this.#looksWell(agent);
  }

  #looksWell(agent: string): boolean {
    const newest = this.#newestRatio(agent);
    const look = this.#looks[1];
    if (!newest || !look || newest.ratio > FAILING.more) return false;
    const [progress, slowness] = [look.progress(agent), look.slowness(agent)];
    if (progress && progress.pace < KEEPS_PACE) return false;
    return slowness !== null && slowness.ratio < WELL.times;
  }

  isSlowSince(agent: string, from: Minute): boolean {
    const it = this.#look(Math.max(1, Math.min(LOOKBACK_MINUTES, this.#context.minute - from + 1))).slowness(agent);
    return it !== null && it.ratio >= WELL.times;
  }

  /** What became of its tasks, without what was so before it was restarted or probed anew. */
  #outcomesFrom(agent: string, from: Minute): OutcomesByType {
    const minutes = lookedBackOn(this.#context.minute);
    const first = Math.max(from, this.#of.renewed.get(agent) ?? from);
    const at = minutes.findIndex((minute) => minute >= first);
    return (at < 0 ? undefined : this.#of.outcomes.get(agent)?.byTypeFrom(at)) ?? new Map();
  }

  /** @param last of the minutes */
  #look(minutes: number, last = this.#context.minute): Look {
    const from = last - minutes + 1;
    const reports = [...this.#of.reports].filter(([at]) => at >= from && at <= last).map(([, it]) => it);
    // Through the newest minute, whichever is the last: failures are looked at in looks through that alone.
    const failures = later(() =>
      failuresInPool(
        new Map([...this.#of.outcomes].map(([agent]) => [agent, withGivenUp(this.#outcomesFrom(agent, from))])),
      ),
    );
    // Of minutes that are closed, what agents sampled may be absent.
    const sampled = reports.filter(({ presence }) => presence.length > 0);
    const progress = later(() => slotProgressIn(sampled, this.#context.roster));
    const slowness = later(() => {
      const moments = new Map<string, ServiceMoments>();
      for (const { agent, ...row } of reports.flatMap(({ services }) => services)) {
        const own: ServiceMoments = moments.get(agent) ?? new Map();
        moments.set(agent, own);
        addService(own, row);
      }
      return slownessInPool(moments);
    });
    return {
      from,
      failures: (agent) => failures()(agent),
      progress: (agent) => progress()(agent),
      slowness: (agent) => slowness()(agent),
    };
  }

  /**
   * Silence alone is often telemetry: who is missing is dead where tasks that it was given since have been given up and none
   * ended; or where it alone is missing and was alerted about.
   */
  #dead(): Map<string, AgentEvidence> {
    const { nowMs } = this.#context;
    const missing = this.#of.entries.filter((entry) => livenessAt(entry, nowMs).kind === 'missing');
    // A dead agent loses all that it is given: one task may be late by chance.
    const lostBy = (entry: RosterEntry) => {
      const tasks = this.#givenUpSince(entry);
      return tasks >= Math.max(FEWEST_LOST, (entry.description?.capacity ?? 1) / 2) ? tasks : 0;
    };
    const lost = new Map(missing.map((entry) => [entry.agent, lostBy(entry)]));
    const unexplained = missing.filter((entry) => lost.get(entry.agent) === 0).length;
    const dead = new Map<string, AgentEvidence>();
    for (const { agent, lastBeat } of missing) {
      const alerts = this.#alertsOf(agent, (rule) => rule === 'agent-dead');
      const tasks = lost.get(agent) ?? 0;
      if (this.#reportsSince(agent, lastBeat?.atMs ?? 0)) continue;
      if (tasks === 0 && (alerts.length === 0 || unexplained > 1 || this.#wasScaledIn())) continue;
      const silentS = Math.round((nowMs - (lastBeat?.atMs ?? nowMs)) / 1_000);
      dead.set(agent, {
        ...{ pool: this.#pool, agent, ailment: 'dead', timesSlower: 1, excess: 1, alerts },
        onsetMs: (lastBeat?.atMs ?? nowMs) + (lastBeat?.intervalMs ?? 0),
        words: [
          `${agent}: no heartbeat for ${silentS} s`,
          ...(tasks > 0 ? [`${agent}: ${tasks} tasks that it had were given up since, and none ended`] : []),
        ],
        signals: ['heartbeats are missing', ...(tasks > 0 ? ['its tasks are given up'] : [])],
      });
    }
    return dead;
  }

  /** Whether the pool got fewer agents lately: who is silent since may have left, its last word lost. */
  #wasScaledIn(): boolean {
    const { recent, nowMs } = this.#context;
    return recent.some(({ directive: { kind, params, inForceMs } }) => {
      if (kind !== 'scale' || params.pool !== this.#pool || inForceMs === null) return false;
      const isIn = params.desired !== undefined && params.before !== undefined && params.desired < params.before;
      return isIn && nowMs - inForceMs < LEAVING_MS;
    });
  }

  /** Whether tasks or samples of it came that are from after its last heartbeat. */
  #reportsSince(agent: string, beatMs: EpochMs): boolean {
    return [...this.#of.reports].some(
      ([minute, { presence, ended }]) =>
        minute > minuteOf(beatMs) &&
        (ended.some((it) => it.agent === agent) ||
          presence.some((it) => it.agent === agent && it.counters.samples > 0)),
    );
  }

  /** Tasks given up after its last heartbeat; 0 when some completed all the same. */
  #givenUpSince({ agent, lastBeat }: RosterEntry): number {
    const outcomes = this.#of.outcomes.get(agent);
    const since = lookedBackOn(this.#context.minute).findIndex((at) => at > minuteOf(lastBeat?.atMs ?? 0));
    if (!outcomes || since < 0) return 0;
    const sums = [...outcomes.byTypeFrom(since).values()];
    const completed = sums.reduce((sum, it) => sum + it.completed + it.failed, 0);
    return completed > 0 ? 0 : sums.reduce((sum, { timeout }) => sum + timeout, 0);
  }

  #failing(agent: string, judged: number): AgentEvidence | null {
    const alerts = this.#alertsOf(agent, (rule) => aboutFailures.has(rule));
    const total = this.#of.outcomes.get(agent)?.total();
    if (alerts.length === 0 && (!total || total.failed + total.timeout < FAILING.givenUp)) return null;
    for (const { from, failures } of this.#looks) {
      const it = failures(agent);
      if (!it || !this.#standsOut(agent, it, from, judged)) continue;
      const [timeout, completed] = sumsOf(this.#outcomesFrom(agent, from));
      const isGivenUp = timeout > it.failed / 2 && completed === 0;
      const beat = this.#context.roster.get(agent)?.lastBeat;
      const isSilent = !!beat && areBeatsMissing(beat, this.#context.nowMs);
      return {
        ...{ pool: this.#pool, agent, ailment: isGivenUp ? 'hung' : 'failing', timesSlower: 1, alerts },
        excess: it.failed / it.n - it.peersRatio,
        onsetMs: Math.min(startOfMinute(from), ...alerts.map(({ onsetMs }) => onsetMs)),
        words: [
          `${agent}: ${it.failed} of ${it.n} tasks ${isGivenUp ? 'were given up' : 'failed or were given up'} since ${clockOf(from)}, where its ${it.peers} peers lose ${wholePercent(it.peersRatio)} of the same task types`,
        ],
        signals: [
          isGivenUp ? 'its tasks are given up' : 'its tasks fail',
          ...(isSilent ? ['heartbeats are missing'] : []),
        ],
      };
    }
    return alerts.length > 0 ? this.#told(agent, 'failing', alerts) : null;
  }

  #standsOut(agent: string, { failed, n, peersRatio, p }: FailureExcess, from: Minute, judged: number): boolean {
    const [timeout, completed] = sumsOf(this.#outcomesFrom(agent, from));
    const isEnough = n >= FAILING.tasks || (timeout >= FAILING.givenUp && completed === 0);
    if (!isEnough || peersRatio > BAD_REST) return false;
    if (wilsonLower(failed, n) <= peersRatio + FAILING.more || p >= FAILING.p / judged / LOOKS.length) return false;
    // What has passed is no reason any more.
    return (this.#newestRatio(agent)?.ratio ?? 0) > peersRatio + FAILING.more;
  }

  /** Share of failed tasks in the newest minutes with a few of them, from the newest back; null where there are too few. */
  #newestRatio(agent: string): { ratio: number; n: number } | null {
    for (let from = this.#context.minute; from > this.#context.minute - LOOKBACK_MINUTES; from--) {
      let [bad, n] = [0, 0];
      for (const { completed, failed } of withGivenUp(this.#outcomesFrom(agent, from)).values()) {
        bad += failed;
        n += completed + failed;
      }
      if (n >= WELL.tasks) return { ratio: bad / n, n };
    }
    return null;
  }

  #hung(agent: string, judged: number): AgentEvidence | null {
    const alerts = this.#alertsOf(agent, (rule) => rule === 'agent-hung');
    for (const { from, progress } of this.#looks) {
      const it = progress(agent);
      if (!it || it.ended > 0 || it.surprise < STUCK.surprise + Math.log(judged) || !this.#isBusyNow(agent)) continue;
      return {
        ...{ pool: this.#pool, agent, ailment: 'hung', timesSlower: 1, excess: 1, alerts },
        onsetMs: Math.min(startOfMinute(from), ...alerts.map(({ onsetMs }) => onsetMs)),
        words: [
          `${agent}: its slots were busy for ${seconds(it.busyMs)} since ${clockOf(from)} and ended nothing, where its ${it.peers} peers end ${it.expected.toFixed(0)} tasks in as much time`,
        ],
        signals: ['its slots are busy and end nothing', ...alerts.map(({ rule }) => rule)],
      };
    }
    return alerts.length > 0 ? this.#told(agent, 'hung', alerts) : null;
  }

  #slow(agent: string, judged: number): AgentEvidence | null {
    const alerts = this.#alertsOf(agent, (rule) => aboutSlowness.has(rule));
    for (const { from, progress, slowness } of this.#looks) {
      const [pace, time] = [progress(agent), slowness(agent)];
      const isStuck = pace !== null && pace.pace <= STUCK.pace && pace.surprise >= STUCK.surprise + Math.log(judged);
      const chance = this.#chanceOfSlowness(time, pace) * judged * LOOKS.length;
      const isSlow =
        time !== null &&
        chance < SLOW.p &&
        (chance < AT_ONCE * SLOW.p || this.#wasSlow(agent, SLOW.p / judged / LOOKS.length));
      if (!isStuck && !isSlow) continue;
      if (!isSlow && !this.#isBusyNow(agent)) continue;
      const timesSlower = Math.max(isStuck ? 1 / Math.max(0.01, pace.pace) : 1, isSlow ? time.ratio : 1);
      return {
        ...{ pool: this.#pool, agent, ailment: 'slow', timesSlower, excess: 1 - 1 / timesSlower, alerts },
        onsetMs: Math.min(startOfMinute(from), ...alerts.map(({ onsetMs }) => onsetMs)),
        words: [
          ...(isStuck
            ? [
                `${agent}: its slots were busy for ${seconds(pace.busyMs)} since ${clockOf(from)} and ended ${pace.ended.toFixed(0)} tasks, where its ${pace.peers} peers end ${pace.expected.toFixed(0)} in as much time`,
              ]
            : []),
          ...(isSlow
            ? [
                `${agent}: ${time.n} tasks since ${clockOf(from)} took ${time.ratio.toFixed(1)} times as long as those of its ${time.peers} peers, of the same task types`,
              ]
            : []),
        ],
        signals: [
          ...(isStuck ? ['its slots get little done'] : []),
          ...(isSlow ? ['its tasks take long'] : []),
          ...alerts.map(({ rule }) => rule),
        ],
      };
    }
    const times = Math.max(1, ...alerts.map(({ value, expected }) => (expected > 0 ? value / expected : 1)));
    const pace = this.#looks[1]?.progress(agent) ?? null;
    // Who is led around has little to show; of others that have nothing to do alerts may say what they like.
    const isBelieved = pace === null && this.#isLedAround(agent) ? times < SLOW.believed : this.#agrees(pace, times);
    return alerts.length > 0 && isBelieved ? this.#told(agent, 'slow', alerts) : null;
  }

  /** Of an agent that is as fast as its peers to look so slow, 0..1; 1 where it does not, or its slots tell otherwise. */
  #chanceOfSlowness(time: Slowness | null, pace: SlotProgress | null): number {
    if (time === null || time.n < SLOW.tasks || time.ratio < SLOW.times || !this.#agrees(pace, time.ratio)) return 1;
    return together(time.p, pace);
  }

  /** Whether it looked slow in any way a minute ago: what chance does is gone with the next tasks. */
  #wasSlow(agent: string, p: number): boolean {
    return this.#looksBefore().some(
      ({ slowness, progress }) => this.#chanceOfSlowness(slowness(agent), progress(agent)) < p,
    );
  }

  /** Whether its slots get as little done as its tasks take long: durations in a wrong unit do not show in slots. */
  #agrees(pace: SlotProgress | null, times: number): boolean {
    if (pace !== null) {
      // Slots that were hardly busy happen to end nothing: of a ratio like that of a wrong unit they have to tell more.
      const tells = times < SLOW.believed || pace.surprise >= STUCK.surprise;
      return tells && pace.pace <= Math.min(KEEPS_PACE, SLOW.apart / times);
    }
    const sendsSamples = [...this.#of.reports.values()].some(({ presence }) =>
      presence.some(({ counters }) => counters.utilizationCount > 0),
    );
    return !sendsSamples && times < SLOW.believed;
  }

  #isLedAround(agent: string): boolean {
    return this.#context.live.some(
      ({ directive: { kind, blastRadius } }) =>
        (kind === 'route' || kind === 'breaker') && blastRadius.agents.includes(agent),
    );
  }

  #poor(agent: string): AgentEvidence | null {
    const alerts = this.#alertsOf(agent, (rule) => rule === 'agent-poor-quality');
    this.#quality ??= qualityGapsInPool(new Map([...this.#of.outcomes].map(([name, it]) => [name, it.byType()])));
    const gap = this.#of.outcomes.has(agent) ? this.#quality(agent) : null;
    if (
      gap &&
      gap.n >= POOR.grades &&
      gap.peersQuality - gap.quality >= POOR.below &&
      gap.deviations >= POOR.deviations
    ) {
      return {
        ...{ pool: this.#pool, agent, ailment: 'poor', timesSlower: 1, excess: gap.peersQuality - gap.quality, alerts },
        onsetMs: Math.min(this.#context.nowMs, ...alerts.map(({ onsetMs }) => onsetMs)),
        words: [
          `${agent}: ${gap.n} graded tasks were worth ${gap.quality.toFixed(2)} on average, where those of its ${gap.peers} peers are ${gap.peersQuality.toFixed(2)}`,
        ],
        signals: ['its grades are poor', ...alerts.map(({ rule }) => rule)],
      };
    }
    return alerts.length > 0 ? this.#told(agent, 'poor', alerts) : null;
  }

  /** What alerts say, unless the newest tasks say otherwise. */
  #told(agent: string, ailment: Ailment, alerts: readonly Alert[]): AgentEvidence | null {
    if (ailment !== 'poor' && this.#looksWell(agent)) return null;
    const renewed = this.#of.renewed.get(agent);
    const onsetOf = Math.max(...alerts.map((alert) => alert.onsetMs));
    if (renewed !== undefined && onsetOf < startOfMinute(renewed)) return null;
    const onsetMs = Math.min(...alerts.map((alert) => Math.max(alert.onsetMs, alert.detectedMs - LONGEST_ONSET_MS)));
    return {
      ...{ pool: this.#pool, agent, ailment, timesSlower: 1, excess: 0.5, onsetMs, alerts },
      ...{ words: alerts.map(({ title }) => title), signals: alerts.map(({ rule }) => rule) },
    };
  }

  #alertsOf(agent: string, isOfRule: (rule: string) => boolean): Alert[] {
    return this.#of.alerts.filter(({ rule, scope }) => scope.agent === agent && isOfRule(rule));
  }

  /** Whether what it was busy with is still there: in its newest samples. */
  #isBusyNow(agent: string): boolean {
    const minutes = [...this.#of.reports].sort(([a], [b]) => b - a);
    for (const [, { presence }] of minutes) {
      const own = presence.find((it) => it.agent === agent && it.counters.utilizationCount > 0);
      if (own) return own.counters.utilizationPpm > 0;
    }
    return false;
  }
}

/** Chance of both, as Fisher combines independent ones. */
function together(p: number, pace: SlotProgress | null): number {
  const both = p * Math.exp(-(pace?.surprise ?? 0));
  return pace === null || both === 0 ? both : both * (1 - Math.log(both));
}

/**
 * Tasks that nobody waited for to the end, as failed ones; but of an agent that completes any they tell of what was before, or of
 * slowness, and count nothing.
 */
function withGivenUp(outcomes: OutcomesByType): OutcomesByType {
  const [, completes] = sumsOf(outcomes);
  return new Map(
    [...outcomes].map(([type, it]) => [type, { ...it, failed: it.failed + (completes > 0 ? 0 : it.timeout) }]),
  );
}

function sumsOf(outcomes: OutcomesByType): [timeout: number, completed: number] {
  let [timeout, completed] = [0, 0];
  for (const it of outcomes.values()) {
    timeout += it.timeout;
    completed += it.completed;
  }
  return [timeout, completed];
}

/** Worked out when asked for, and once. */
function later<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function clockOf(minute: Minute): string {
  return `${new Date(startOfMinute(minute)).toISOString().slice(11, 16)} UTC`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
