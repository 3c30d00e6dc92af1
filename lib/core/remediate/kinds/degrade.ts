import type { Alert } from '../../alert/alert.ts';
import { figuresAt, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import type { Priority } from '../../model/event.ts';
import type { LadderStep } from '../../model/pool-settings.ts';
import { DEFAULT_POOL, type RosterEntry } from '../../model/roster.ts';
import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { isInForce } from '../directive-status.ts';
import { answeredBy } from '../playbook.ts';
import { type PoolPressure, poolPressure, workingAgents } from '../pool-pressure.ts';
import { wholePercent } from '../whole-percent.ts';

/** A pool does less: of each task by a rung of its ladder, or fewer tasks. Exactly one of `step`, `admitFraction`, `shedBelow`. */
export interface DegradeParams {
  pool: string;
  taskType?: string;
  /** A rung of the pool's ladder. */
  step?: string;
  /** Share of new tasks that are admitted, 0..1, the least important turned away first: see admission.ts. */
  admitFraction?: number;
  /** Tasks of less importance than this are turned away. */
  shedBelow?: Priority;
}

/** Moments, so that deciding a minute again changes nothing. */
export interface DegradeMemory {
  /** When it came onto the rung, or to the share, that it is on. */
  sinceMs: EpochMs;
  /** Since when less than that would do; null while it is needed. */
  calmSinceMs: EpochMs | null;
  /** The share admitted, or the time that a task takes by the rung as a part of its full time, until then; 1 for all. */
  before: number;
}

/** Slots are to be at work so far; what is beyond waits so long that tasks are late. */
const TARGET_USE = 0.92;
/** So much of a task for each slot may wait: less leaves slots idle between tasks. */
const TARGET_QUEUE = 0.5;
/** What waits beyond that is worked off in so long. */
const DRAIN_MINUTES = 3;
/** Overload is told so far ahead: as long as a new agent takes, which is as long as the agents there must do. */
const HORIZON_MINUTES = 2;
/** Agents that were ordered longer ago and are not there will not come in time. */
const ORDER_MS = 5 * MINUTE_MS;
/** Where no objective says how long a task may wait: four times as long as it takes. Who is turned away for nothing has lost more than who waits. */
const USUAL_WAIT_TIMES = 4;
/** Tasks that ended late tell of more than that: of those that were done at all. */
const LATE_WAIT_TIMES = 6;
/** A pool is overloaded only with so much of its slots at work, before so many of its agents. */
const FULL_USE = 0.85;
const WIDE_SHARE = 0.6;
/** Tasks waiting for each slot: at least, with an alert or for two minutes; and at once. */
const [LEAST_QUEUE, LONG_QUEUE] = [0.5, 1];
/** A rung shows what it does within so long. */
const RUNG_MS = 2 * MINUTE_MS;
/** Rungs that are expected to do nearly enough are given time before tasks are turned away; what rounds to all is enough without. */
const [NEARLY_ENOUGH, ENOUGH] = [0.9, 0.975];
/** What was given up is taken back after so long without need. */
const HYSTERESIS_MS = 10 * MINUTE_MS;
/** Shares are told in steps of this, small ones in fifths of it: one of twenty is no share to round to. They rise by no more than these factors a minute beyond what slots do: while something waits, and while nothing does. */
const [SHARE_STEP, FINE_SHARES] = [0.05, 0.25];
const [MAX_RISE, MAX_RISE_IDLE] = [1.2, 3];
/** Where it is not known how full the agents are: the next stage after so long. */
const STAGE_MS = 3 * MINUTE_MS;
/** Of the tasks that are turned away first many take longer than others: the share follows the work by this power. */
const SHARE_POWER = 0.7;
const EXPECTED_WITHIN_MS = 10 * MINUTE_MS;

const retryStormRule = 'retry-storm';

/**
 * Keeps a pool that is given more than it can do from doing everything late.
 *
 * **Ladder.** Of the rungs that people declared the first on which its agents can do what comes, at once, for two
 * minutes at least; back one rung at a time, each after ten minutes in which the one before would have done.
 *
 * **Admission.** What the ladder cannot save: the share that the agents can do, with what must be worked off of what
 * waits, is admitted, least important last. It follows the load by the minute, both ways: share × what they can do ÷ what
 * came to them. It stays in force, at 1, for ten minutes after everything is admitted again. Both are directives of their
 * own, so that admission ends before the ladder does.
 *
 * Where agents do not tell what is at work and what waits, nobody can say how much is too much: then alerts and waits
 * lead from turning away low to turning away normal priority to the share that was completed, three minutes each.
 */
export const degrade: DirectiveKind<'degrade'> = {
  propose(context, inForce) {
    const alerts = Map.groupBy(
      answeredBy('degrade', context.firing).filter(({ scope }) => scope.agent === undefined),
      ({ scope }) => scope.pool ?? '',
    );
    const pools = concernedPools(context, inForce, alerts);
    if (pools.size === 0) return [];
    const working = workingAgents(context, pools);
    return [...pools].flatMap((pool) =>
      proposeFor(
        {
          ...{ pool, alerts: alerts.get(pool) ?? [], fleetAlerts: alerts.get('') ?? [] },
          working: working.get(pool) ?? [],
          ladder: inForce.find(({ subject }) => subject === ladderOf(pool)),
          admission: inForce.find(({ subject }) => subject === pool),
        },
        context,
      ),
    );
  },

  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ pool }) => [pool],
};

interface ConcernedPool {
  pool: string;
  /** About the pool, and about the whole fleet. */
  alerts: readonly Alert[];
  fleetAlerts: readonly Alert[];
  working: readonly RosterEntry[];
  ladder: DirectiveOf<'degrade'> | undefined;
  admission: DirectiveOf<'degrade'> | undefined;
}

/** Rungs and admission of one pool are directives of their own. */
function ladderOf(pool: string): string {
  return `${pool} ladder`;
}

/** Pools that may be overloaded by a first look, and those that something is in force for. */
function concernedPools(
  context: DecisionContext,
  inForce: readonly DirectiveOf<'degrade'>[],
  alerts: ReadonlyMap<string, readonly Alert[]>,
): Set<string> {
  const pools = new Set(inForce.map(({ params }) => params.pool));
  for (const pool of alerts.keys()) if (pool !== '') pools.add(pool);
  for (const [pool, { ladder = [] }] of context.pools) {
    if (ladder.length > 0 && (alerts.get('') ?? []).some(isOfMoney)) pools.add(pool);
  }
  for (const back of [0, 1]) {
    for (const [pool, { presence }] of figuresAt(context, context.minute - back)?.pools ?? []) {
      const { utilizationPpm, utilizationCount, queued } = presence;
      if (utilizationCount > 0 && queued > 0 && utilizationPpm / utilizationCount >= FULL_USE * 1e6) pools.add(pool);
    }
  }
  if (isOfStrangers(context)) pools.delete(DEFAULT_POOL);
  // Its work is another pool's: what ends badly was begun before.
  for (const record of context.live) {
    const { kind, params } = record.directive;
    if (kind === 'failover' && params.taskTypes.length === 0 && isInForce(record)) pools.delete(params.from);
  }
  return pools;
}

/**
 * Whether the pool of agents that have not said which is theirs has no others, while other pools have: then it is nobody's,
 * and its tasks are another pool's.
 */
function isOfStrangers({ roster, pools }: DecisionContext): boolean {
  if (Object.keys(pools.get(DEFAULT_POOL) ?? {}).length > 0) return false;
  const described = [...roster.values()].flatMap(({ description }) => description?.pool ?? []);
  return described.length > 0 && !described.includes(DEFAULT_POOL);
}

function proposeFor(concerned: ConcernedPool, context: DecisionContext): Proposal<'degrade'>[] {
  const { pool, working, ladder, admission } = concerned;
  const pressure = poolPressure(context, pool, working);
  if (!pressure) return withoutSamples(concerned, context);
  const rungs = context.pools.get(pool)?.ladder ?? [];
  const state = stateOf(concerned, pressure, context);
  const rung = proposeRung(concerned, rungs, state, context);
  const factor = rung ? factorOf(rungs, rung.params.step) : 1;
  const isGivenTime =
    rung !== null &&
    context.nowMs - rung.memory.sinceMs < RUNG_MS &&
    state.share(factor) >= NEARLY_ENOUGH &&
    !isCarriedOut(admission, context);
  const admitted = isGivenTime ? null : proposeShare(concerned, state, factor, context);
  return [...(rung ? [rung] : []), ...(admitted ? [admitted] : [])].map((proposal) =>
    withCauses(proposal, proposal.subject === pool ? admission : ladder),
  );
}

/** How a pool stands, with what is in force for it. */
interface PoolState {
  pressure: PoolPressure;
  isOverloaded: boolean;
  isStormy: boolean;
  causes: readonly Alert[];
  /** Share of what comes that the agents can do while a task takes this part of its full time; above 1 where more could come. */
  share(factor: number): number;
}

function stateOf(concerned: ConcernedPool, pressure: PoolPressure, context: DecisionContext): PoolState {
  const { pool, alerts, ladder, admission } = concerned;
  const { slots, utilization, queued, serviceMs, load } = pressure;
  const isStormy = alerts.some(({ rule }) => rule === retryStormRule);
  const beyond = Math.max(0, queued - TARGET_QUEUE * slots);
  // Where work waits although slots are free, not every agent can do it.
  const reachable = beyond > 0 ? Math.min(TARGET_USE, utilization) : TARGET_USE;
  const rungs = context.pools.get(pool)?.ladder ?? [];
  const admitted = meanInForce(admission, admission?.params.admitFraction ?? 1, context);
  const inForce = isCarriedOut(ladder, context) ? factorOf(rungs, ladder?.params.step) : 1;
  // Of the minute in which the share will hold, agents that were ordered are there for half, as far as one can tell.
  const slotsSoon = (slots + Math.max(slots, slotsOrdered(pool, pressure, context))) / 2;
  const work = Math.max(load, 1e-9) / meanInForce(ladder, inForce, context);
  return {
    ...{ pressure, isStormy, causes: alerts },
    isOverloaded: isOverloaded(concerned, pressure, context),
    share: (factor) => {
      const drain = (beyond * serviceMs * Math.min(1, factor / inForce)) / (DRAIN_MINUTES * MINUTE_MS);
      const target = Math.max(0.1 * slots, reachable * slotsSoon - drain);
      return admitted * (target / (work * factor)) ** (admitted < 1 ? SHARE_POWER : 1);
    },
  };
}

/** What was in force while the load came that was measured: from the middle of one minute to that of the next. */
function meanInForce(directive: DirectiveOf<'degrade'> | undefined, now: number, context: DecisionContext): number {
  if (!directive || !isCarriedOut(directive, context)) return 1;
  const isNew = context.nowMs - directive.memory.sinceMs <= MINUTE_MS;
  return isNew ? (now + directive.memory.before) / 2 : now;
}

/**
 * Whether more comes than the agents can do before tasks are late: nearly all slots at work, something waiting before most of
 * the agents, and a wait that in two minutes will be longer than tasks may wait.
 */
function isOverloaded(concerned: ConcernedPool, pressure: PoolPressure, context: DecisionContext): boolean {
  const { utilization, pressedShare, queued, slots, growthPerMin, serviceMs } = pressure;
  const isFull = utilization >= FULL_USE && pressedShare >= WIDE_SHARE;
  const perSlot = queued / slots;
  const isToldOf = concerned.alerts.length > 0 || perSlot >= LONG_QUEUE || wasPressed(context, concerned.pool);
  if (!isFull || perSlot < LEAST_QUEUE || !isToldOf) return false;
  const longestMs = longestWaitMs(context, concerned.pool, serviceMs);
  const waitOf = (waiting: number) => (Math.max(0, waiting) / slots) * serviceMs;
  const ordered = TARGET_USE * slotsOrdered(concerned.pool, pressure, context);
  if (pressure.load > ordered) return waitOf(queued + HORIZON_MINUTES * growthPerMin) > longestMs;
  // Agents that are on their way will work off what comes until then; what waits twice too long already is late all the same, but is soon
  // worked off where a burst has just begun: who turns work away then does so when it is over.
  const isSoonDone = (queued * serviceMs) / (ordered - pressure.load) <= DRAIN_MINUTES * MINUTE_MS;
  const isBurst = isSoonDone && !wasPressed(context, concerned.pool, HORIZON_MINUTES);
  return !isBurst && waitOf(queued) > 2 * longestMs;
}

/** Slots that the pool will have when the agents are there that scaling has ordered in the last minutes; 0 where it has not. */
function slotsOrdered(pool: string, { agents, slots }: PoolPressure, { live, nowMs }: DecisionContext): number {
  for (const { directive } of live) {
    if (directive.kind !== 'scale' || directive.params.pool !== pool || directive.inForceMs === null) continue;
    const { desired = 0 } = directive.params;
    if (desired > agents && nowMs - directive.renewedMs <= ORDER_MS) return (desired / agents) * slots;
  }
  return 0;
}

/** Whether the slots were as full so many minutes before. */
function wasPressed(context: DecisionContext, pool: string, minutesAgo = 1): boolean {
  const before = figuresAt(context, context.minute - minutesAgo)?.pools.get(pool);
  if (!before || before.presence.utilizationCount === 0 || before.presence.queuedCount === 0) return false;
  const { utilizationPpm, utilizationCount, queued, queuedCount } = before.presence;
  const isQueued = (queued / queuedCount) * before.agents >= LEAST_QUEUE * before.slots;
  return utilizationPpm / utilizationCount >= FULL_USE * 1e6 && isQueued;
}

/** By the pool's objective where one speaks of time, else by how long its tasks take. */
function longestWaitMs({ plan }: DecisionContext, pool: string, serviceMs: number): number {
  const outlook = plan?.pools.find((it) => it.pool === pool);
  const objective = outlook?.status === 'known' ? outlook.objective : null;
  if (objective?.kind === 'wait-within') return Math.max(serviceMs / 2, objective.longestWaitMs);
  if (objective?.kind === 'response-within') return Math.max(serviceMs / 2, objective.slaMs - serviceMs);
  return USUAL_WAIT_TIMES * serviceMs;
}

/** The rung that is needed, or the one in force until it was not for long enough; null for none. */
function proposeRung(
  { pool, alerts, fleetAlerts, ladder, admission }: ConcernedPool,
  rungs: readonly LadderStep[],
  { pressure, isOverloaded: isNeeded, share }: PoolState,
  context: DecisionContext,
): Proposal<'degrade'> | null {
  if (rungs.length === 0) return null;
  const { nowMs } = context;
  const burning = [...alerts, ...fleetAlerts].filter(isOfMoney);
  const current = ladder ? rungs.findIndex(({ step }) => step === ladder.params.step) : -1;
  // The rung in force is left for a deeper one when it is clearly too little, for a shallower one when that is surely enough.
  const isEnough = (index: number) => {
    const least = index < current ? 1 : index < 0 ? ENOUGH : NEARLY_ENOUGH;
    return share(rungs[index]?.serviceFactor ?? 1) >= least;
  };
  const enough = [-1, ...rungs.keys()].find(isEnough);
  const ofLoad = enough ?? rungs.length - 1;
  // What is turned away would come again: nothing is taken back meanwhile.
  const isShedding = isCarriedOut(admission, context) && (admission?.params.admitFraction ?? 1) < 1;
  const wanted = Math.max(
    isNeeded || isShedding || current >= 0 ? ofLoad : -1,
    burning.length > 0 ? rungs.length - 1 : -1,
  );
  const before = factorOf(rungs, ladder?.params.step);
  const isSettled = !ladder || nowMs - ladder.memory.sinceMs >= RUNG_MS;
  let [next, memory] = [current, ladder?.memory ?? { sinceMs: nowMs, calmSinceMs: null, before: 1 }];
  if (wanted > current && isSettled) {
    next = wanted;
    memory = { sinceMs: nowMs, calmSinceMs: null, before };
  } else if (wanted < current && !isShedding) {
    const calmSinceMs = memory.calmSinceMs ?? nowMs;
    const isOver = nowMs - calmSinceMs >= HYSTERESIS_MS;
    next = isOver ? current - 1 : current;
    memory = isOver ? { sinceMs: nowMs, calmSinceMs: nowMs, before } : { ...memory, calmSinceMs };
  } else memory = { ...memory, calmSinceMs: null };
  const rung = rungs[next];
  if (!rung) return null;
  const loss = rung.qualityLoss > 0 ? `, at the price of ${wholePercent(rung.qualityLoss)} of the quality` : '';
  const isOfLoad = next <= ofLoad || burning.length === 0;
  return proposalOf(
    {
      ...{ subject: ladderOf(pool), params: { pool, step: rung.step }, memory },
      summary: `pool ${pool} on rung ${rung.step}: ${wholePercent(rung.serviceFactor)} of the time for a task${loss}`,
      causes: isOfLoad ? alerts : burning,
      signals: isOfLoad ? signalsOf(pressure, alerts) : burning.map(({ rule }) => rule),
      evidence: isOfLoad ? evidenceOf(pressure) : burning.map(({ title }) => title),
      expected: isOfLoad
        ? { kpi: 'average_response_time', size: pressure.waitMs, unit: 'ms' }
        : { kpi: 'cost_per_task', size: 1 - rung.serviceFactor, unit: 'ratio' },
      undo: 'roll it back, or let its lease run out: tasks are then done in full again',
    },
    pool,
    context,
  );
}

/** The share that the agents can do; null where nothing needs to be turned away, and has not for long. */
function proposeShare(
  { pool, alerts, admission }: ConcernedPool,
  { pressure, isOverloaded: isNeeded, isStormy, share }: PoolState,
  factor: number,
  context: DecisionContext,
): Proposal<'degrade'> | null {
  const { nowMs } = context;
  const current = admission?.params.admitFraction ?? 1;
  const isPressed = pressure.utilization >= FULL_USE && pressure.queued >= LEAST_QUEUE * pressure.slots;
  const mayShed = isNeeded || current < 1 || (isStormy && isPressed);
  const mayRise = pressure.queued < LEAST_QUEUE * pressure.slots ? MAX_RISE_IDLE : MAX_RISE;
  // What has just become possible because agents came is no guess.
  const rise = mayRise * (pressure.slots / Math.max(1, pressure.slotsBefore));
  const wanted = mayShed ? Math.min(share(factor), rise * current) : 1;
  const rounded = roundShare(wanted);
  if (!admission && rounded === 1) return null;
  const kept = admission?.memory ?? { sinceMs: nowMs, calmSinceMs: null, before: 1 };
  const isMoved = rounded !== admission?.params.admitFraction;
  const calmSinceMs = rounded < 1 || isStormy ? null : (kept.calmSinceMs ?? nowMs);
  if (calmSinceMs !== null && nowMs - calmSinceMs >= HYSTERESIS_MS) return null;
  const moved = isMoved ? { sinceMs: nowMs, before: current } : { sinceMs: kept.sinceMs, before: kept.before };
  const memory = { ...moved, calmSinceMs };
  return shareProposal({ pool, alerts, share: rounded, memory, pressure }, context);
}

/** A share that can be told; 1 at most, and never nothing. */
function roundShare(wanted: number): number {
  const step = wanted < FINE_SHARES ? SHARE_STEP / 5 : SHARE_STEP;
  return Number(Math.min(1, Math.max(step, Math.round(wanted / step) * step)).toFixed(2));
}

function shareProposal(
  {
    pool,
    alerts,
    share,
    memory,
    pressure,
  }: { pool: string; alerts: readonly Alert[]; share: number; memory: DegradeMemory; pressure: PoolPressure },
  context: DecisionContext,
): Proposal<'degrade'> {
  return proposalOf(
    {
      ...{ subject: pool, params: { pool, admitFraction: share }, memory },
      summary:
        share === 1
          ? `admit all new tasks of pool ${pool} again`
          : `admit ${wholePercent(share)} of the new tasks of pool ${pool}, the least important last`,
      ...{ causes: alerts, signals: signalsOf(pressure, alerts), evidence: evidenceOf(pressure) },
      expected: { kpi: 'average_response_time', size: pressure.waitMs, unit: 'ms' },
      undo: 'roll it back, or let its lease run out: every new task is then admitted',
    },
    pool,
    context,
  );
}

/**
 * Without samples of what is at work and what waits. In force, and nothing is told of the pool at all: as it is, until that has
 * lasted for ten minutes.
 */
function withoutSamples(
  { pool, alerts, ladder, admission }: ConcernedPool,
  context: DecisionContext,
): Proposal<'degrade'>[] {
  const { nowMs } = context;
  const ended = endedLately(context, pool, admission !== undefined || wasShedding(context, pool));
  const isLate = ended !== null && (ended.waitMs > LATE_WAIT_TIMES * ended.serviceMs || ended.givenUpShare >= 0.2);
  const isNeeded = alerts.length > 0 && isLate;
  const calmed = (memory: DegradeMemory) => ({
    ...memory,
    calmSinceMs: isNeeded ? null : (memory.calmSinceMs ?? nowMs),
  });
  const isOver = ({ calmSinceMs }: DegradeMemory) => calmSinceMs !== null && nowMs - calmSinceMs >= HYSTERESIS_MS;
  const kept = ladder ? { ...ladder, memory: calmed(ladder.memory) } : null;
  const rung = kept && !isOver(kept.memory) ? [kept] : [];
  if (!admission && !isNeeded) return rung;
  const stages: Omit<DegradeParams, 'pool'>[] = [
    { shedBelow: 'normal' },
    { shedBelow: 'high' },
    { admitFraction: Math.max(SHARE_STEP, Math.floor((ended?.completedShare ?? 1) / SHARE_STEP) * SHARE_STEP) },
  ];
  const current = admission ? stageOf(admission.params) : -1;
  let [next, memory] = [current, calmed(admission?.memory ?? { sinceMs: nowMs, calmSinceMs: null, before: 1 })];
  if (isNeeded && current < stages.length - 1 && (!admission || nowMs - memory.sinceMs >= STAGE_MS)) {
    next = current + 1;
    memory = { sinceMs: nowMs, calmSinceMs: null, before: 1 };
  } else if (isOver(memory)) {
    // A share is the last stage, and may have come from samples that are missing now: it ends at once.
    next = current === stages.length - 1 ? -1 : current - 1;
    memory = { sinceMs: nowMs, calmSinceMs: nowMs, before: 1 };
  }
  if (admission && next === current) return [...rung, { ...admission, memory }];
  const stage = stages[next];
  if (!stage) return rung;
  const words = stage.shedBelow
    ? `turn away tasks of pool ${pool} of less than ${stage.shedBelow} priority`
    : `admit ${wholePercent(stage.admitFraction ?? 1)} of the new tasks of pool ${pool}, the least important last`;
  const waits = ended && Number.isFinite(ended.waitMs) ? [`tasks waited ${seconds(ended.waitMs)} on average`] : [];
  const shed = proposalOf(
    {
      ...{ subject: pool, params: { pool, ...stage }, memory, summary: words, causes: alerts },
      signals: [...alerts.map(({ rule }) => rule), 'tasks wait or are given up'],
      evidence: [
        ...alerts.map(({ title }) => title),
        ...waits,
        ...(ended ? [`${wholePercent(ended.givenUpShare)} of them timed out or were rejected`] : []),
      ],
      expected: { kpi: 'average_response_time', size: ended?.waitMs ?? 0, unit: 'ms' },
      undo: 'roll it back, or let its lease run out: every new task is then admitted',
    },
    pool,
    context,
  );
  return [...rung, withCauses(shed, admission)];
}

function stageOf({ shedBelow }: DegradeParams): number {
  return shedBelow === 'normal' ? 0 : shedBelow === 'high' ? 1 : 2;
}

/** Whether what ended in the minutes looked back on was partly turned away. */
function wasShedding({ recent, nowMs }: DecisionContext, pool: string): boolean {
  return recent.some(({ directive: { kind, params, ended } }) => {
    if (kind !== 'degrade' || params.pool !== pool || params.step !== undefined || !ended) return false;
    return nowMs - ended.atMs <= (LOOKBACK_MINUTES + 1) * MINUTE_MS;
  });
}

/**
 * How the tasks of the minutes that are complete went; null where none ended.
 * @param isShedding part of them may have been turned away
 */
function endedLately(context: DecisionContext, pool: string, isShedding: boolean) {
  const sums = { n: 0, completed: 0, givenUp: 0, responseUs: 0, responses: 0, serviceUs: 0, services: 0 };
  for (const back of [2, 3, 4]) {
    const counters = figuresAt(context, context.minute - back)?.pools.get(pool)?.counters;
    if (!counters) continue;
    const { completed, failed, timeout, rejected } = counters;
    sums.n += completed + failed + timeout + (isShedding ? 0 : rejected);
    sums.completed += completed;
    // What a directive has turned away tells nothing of what would have become of it.
    sums.givenUp += timeout + (isShedding ? 0 : rejected);
    sums.responseUs += counters.responseUs;
    sums.responses += counters.responseCount;
    sums.serviceUs += counters.serviceUs;
    sums.services += counters.serviceCount;
  }
  if (sums.n === 0) return null;
  const serviceMs = sums.serviceUs / Math.max(1, sums.services) / 1_000;
  return {
    serviceMs,
    waitMs: Math.max(0, sums.responseUs / Math.max(1, sums.responses) / 1_000 - serviceMs),
    completedShare: sums.completed / sums.n,
    givenUpShare: sums.givenUp / sums.n,
  };
}

type Said = Pick<Proposal<'degrade'>, 'subject' | 'params' | 'memory' | 'summary' | 'signals' | 'evidence' | 'undo'> & {
  causes: readonly Alert[];
  expected: Pick<Proposal<'degrade'>['expected'], 'kpi' | 'size' | 'unit'>;
};

function proposalOf(
  { causes, expected, ...said }: Said,
  pool: string,
  { nowMs }: DecisionContext,
): Proposal<'degrade'> {
  return {
    kind: 'degrade',
    ...said,
    causes: causes.map(({ id }) => id),
    onsetMs: causes.reduce((first, { onsetMs }) => Math.min(first, onsetMs), nowMs - MINUTE_MS),
    expected: {
      ...{ kpi: expected.kpi, scope: `pool:${pool}`, direction: 'down', unit: expected.unit },
      ...{ size: expected.size, byMs: nowMs + EXPECTED_WITHIN_MS },
    },
    // Agents have as much to do as before: what is turned away is what they could not do in time.
    blastRadius: { pool, agents: [], capacityShare: 0 },
    isDisruptive: false,
  };
}

/** What brought it about stays, when its alerts are over before it. */
function withCauses(proposal: Proposal<'degrade'>, current: DirectiveOf<'degrade'> | undefined): Proposal<'degrade'> {
  return current ? { ...proposal, onsetMs: current.onsetMs } : proposal;
}

function signalsOf({ utilization, queued, slots }: PoolPressure, alerts: readonly Alert[]): string[] {
  return [
    `${wholePercent(utilization)} of its slots at work`,
    `${(queued / slots).toFixed(1)} tasks waiting for each slot`,
    ...alerts.map(({ rule }) => rule),
  ];
}

function evidenceOf({ agents, slots, utilization, queued, waitMs, load }: PoolPressure): string[] {
  return [
    `${agents} agents with ${slots} slots, ${wholePercent(utilization)} of them at work; ${Math.round(queued)} tasks wait, which take ${seconds(waitMs)}`,
    `what came would keep ${load.toFixed(0)} slots at work`,
  ];
}

/** In force, and not said not to be applied. */
function isCarriedOut(directive: DirectiveOf<'degrade'> | undefined, { live }: DecisionContext): boolean {
  if (!directive || directive.inForceMs === null) return false;
  return live.find((record) => record.directive.id === directive.id)?.ack?.applied !== false;
}

/** An amount of money is being spent too fast, rather than a share of tasks that may go wrong. */
function isOfMoney({ rule, impact }: Alert): boolean {
  return rule === 'budget-burn' && 'spent' in impact;
}

function factorOf(rungs: readonly LadderStep[], step: string | undefined): number {
  return rungs.find((rung) => rung.step === step)?.serviceFactor ?? 1;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
