import type { Alert } from '../../alert/alert.ts';
import { figuresAt } from '../../detect/detection-context.ts';
import type { Priority } from '../../model/event.ts';
import type { LadderStep } from '../../model/pool-settings.ts';
import { DEFAULT_POOL } from '../../model/roster.ts';
import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import { roundShare } from '../degrade/admitted-share.ts';
import { burningMoney, moneyRung } from '../degrade/burning-money.ts';
import { evidenceOf, ladderOf, proposalOf, rungProposal, signalsOf, withCauses } from '../degrade/degrade-proposal.ts';
import {
  type ConcernedPool,
  FULL_USE,
  factorOf,
  HYSTERESIS_MS,
  isCarriedOut,
  LEAST_QUEUE,
  type PoolState,
  stateOf,
} from '../degrade/overload.ts';
import { withoutSamples } from '../degrade/stages.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { isInForce, isWaiting } from '../directive-status.ts';
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

/** A rung shows what it does within so long. */
const RUNG_MS = 2 * MINUTE_MS;
/** Rungs that are expected to do nearly enough are given time before tasks are turned away; what rounds to all is enough without. */
const [NEARLY_ENOUGH, ENOUGH] = [0.9, 0.975];
/** Shares rise by no more than these factors a minute beyond what slots do: while something waits, and while nothing does. */
const [MAX_RISE, MAX_RISE_IDLE] = [1.2, 3];

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
  propose(context, underway) {
    // Nothing is given up yet for what waits for a person: that is decided as if it were not there.
    const inForce = underway.filter((directive) => !isWaiting(directive, context.live)).map(sinceApproved);
    const burning = burningMoney(context);
    const isOfMoney = new Set([...burning.values()].flat());
    const alerts = Map.groupBy(
      answeredBy('degrade', context.firing).filter(
        (alert) => alert.scope.agent === undefined && alert.scope.pool !== undefined && !isOfMoney.has(alert),
      ),
      ({ scope }) => scope.pool ?? '',
    );
    const pools = concernedPools(context, inForce, [...alerts.keys()]);
    for (const pool of burning.keys()) if ((context.pools.get(pool)?.ladder ?? []).length > 0) pools.add(pool);
    if (pools.size === 0) return [];
    const working = workingAgents(context, pools);
    return [...pools].flatMap((pool) =>
      proposeFor(
        {
          ...{ pool, alerts: alerts.get(pool) ?? [], burning: burning.get(pool) ?? [] },
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

/** Approved late, it has its time from then on. */
function sinceApproved(directive: DirectiveOf<'degrade'>): DirectiveOf<'degrade'> {
  const { memory, inForceMs } = directive;
  return { ...directive, memory: { ...memory, sinceMs: Math.max(memory.sinceMs, inForceMs ?? 0) } };
}

/** Pools that may be overloaded by a first look, those that are told of, and those that something is in force for. */
function concernedPools(
  context: DecisionContext,
  inForce: readonly DirectiveOf<'degrade'>[],
  told: readonly string[],
): Set<string> {
  const pools = new Set([...inForce.map(({ params }) => params.pool), ...told]);
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

/** The rung that is needed, or the one in force until it was not for long enough; null for none. */
function proposeRung(
  { pool, alerts, burning, ladder, admission }: ConcernedPool,
  rungs: readonly LadderStep[],
  { pressure, isOverloaded: isNeeded, share }: PoolState,
  context: DecisionContext,
): Proposal<'degrade'> | null {
  if (rungs.length === 0) return null;
  const { nowMs } = context;
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
  if (next > ofLoad && burning.length > 0) return moneyRung(pool, { rung, memory, burning }, context);
  return rungProposal(
    pool,
    {
      ...{ rung, memory, causes: alerts },
      ...{ signals: signalsOf(pressure, alerts), evidence: evidenceOf(pressure) },
      expected: { kpi: 'average_response_time', size: pressure.waitMs, unit: 'ms' },
    },
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
