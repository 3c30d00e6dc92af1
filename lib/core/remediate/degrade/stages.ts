import { figuresAt, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import type { SubjectMinute } from '../../detect/minute-figures.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { Proposal } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { isInForce } from '../directive-status.ts';
import type { DegradeMemory, DegradeParams } from '../kinds/degrade.ts';
import { wholePercent } from '../whole-percent.ts';
import { floorShare } from './admitted-share.ts';
import { cheapestRung } from './burning-money.ts';
import { proposalOf, seconds, withCauses } from './degrade-proposal.ts';
import { type ConcernedPool, HYSTERESIS_MS } from './overload.ts';

/** Tasks that ended late tell of more than that: of those that were done at all. */
const LATE_WAIT_TIMES = 6;
/** Of the tasks that ended. */
const GIVEN_UP_SHARE = 0.2;
/** Where it is not known how full the agents are: the next stage after so long. */
const STAGE_MS = 3 * MINUTE_MS;

/**
 * Without samples of what is at work and what waits only money calls for a rung. In force, and nothing is told of the pool at all: as it is, until that has
 * lasted for ten minutes.
 */
export function withoutSamples(
  { pool, alerts, burning, ladder, admission }: ConcernedPool,
  context: DecisionContext,
): Proposal<'degrade'>[] {
  const { nowMs } = context;
  const ended = endedLately(context, pool, admission !== undefined || wasShedding(context, pool));
  const { times = null } = ended ?? {};
  const isLate = times !== null && times.waitMs > LATE_WAIT_TIMES * times.serviceMs;
  const isNeeded = alerts.length > 0 && (isLate || (ended !== null && ended.givenUpShare >= GIVEN_UP_SHARE));
  const calmed = (memory: DegradeMemory) => ({
    ...memory,
    calmSinceMs: isNeeded ? null : (memory.calmSinceMs ?? nowMs),
  });
  const isOver = ({ calmSinceMs }: DegradeMemory) => calmSinceMs !== null && nowMs - calmSinceMs >= HYSTERESIS_MS;
  const kept = ladder ? { ...ladder, memory: calmed(ladder.memory) } : null;
  const cheapest = cheapestRung({ pool, burning, ladder }, context);
  const rung = cheapest ? [withCauses(cheapest, ladder)] : kept && !isOver(kept.memory) ? [kept] : [];
  if (!admission && !isNeeded) return rung;
  const stages: Omit<DegradeParams, 'pool'>[] = [
    { shedBelow: 'normal' },
    { shedBelow: 'high' },
    { admitFraction: floorShare(ended?.completedShare ?? 1) },
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
  const waits = times ? [`tasks waited ${seconds(times.waitMs)} on average`] : [];
  const shed = proposalOf(
    {
      ...{ subject: pool, params: { pool, ...stage }, memory, summary: words, causes: alerts },
      signals: [...alerts.map(({ rule }) => rule), 'tasks wait or are given up'],
      evidence: [
        ...alerts.map(({ title }) => title),
        ...waits,
        ...(ended ? [`${wholePercent(ended.givenUpShare)} of them timed out or were rejected`] : []),
      ],
      expected: { kpi: 'average_response_time', size: times?.waitMs ?? 0, unit: 'ms' },
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
  return recent.some((record) => {
    const { kind, params, ended } = record.directive;
    if (kind !== 'degrade' || params.pool !== pool || params.step !== undefined || !ended) return false;
    return isInForce(record) && nowMs - ended.atMs <= (LOOKBACK_MINUTES + 1) * MINUTE_MS;
  });
}

/**
 * How the tasks of the minutes that are complete went; null where none ended.
 * @param isShedding part of them may have been turned away
 */
function endedLately(context: DecisionContext, pool: string, isShedding: boolean) {
  const sums = { n: 0, completed: 0, givenUp: 0 };
  const times = { responseUs: 0, responseCount: 0, serviceUs: 0, serviceCount: 0, waitUs: 0, waitCount: 0 };
  for (const back of [2, 3, 4]) {
    const counters = figuresAt(context, context.minute - back)?.pools.get(pool)?.counters;
    if (!counters) continue;
    const { completed, failed, timeout, rejected } = counters;
    sums.n += completed + failed + timeout + (isShedding ? 0 : rejected);
    sums.completed += completed;
    // What a directive has turned away tells nothing of what would have become of it.
    sums.givenUp += timeout + (isShedding ? 0 : rejected);
    for (const name of Object.keys(times) as (keyof typeof times)[]) times[name] += counters[name];
  }
  if (sums.n === 0) return null;
  return {
    times: meanTimes(times),
    completedShare: sums.completed / sums.n,
    givenUpShare: sums.givenUp / sums.n,
  };
}

/** How long tasks were at work and waited; null where nothing tells one from the other. */
function meanTimes(
  sums: Pick<
    SubjectMinute['counters'],
    'responseUs' | 'responseCount' | 'serviceUs' | 'serviceCount' | 'waitUs' | 'waitCount'
  >,
): { serviceMs: number; waitMs: number } | null {
  const responseMs = meanMs(sums.responseUs, sums.responseCount);
  const serviceMs = meanMs(sums.serviceUs, sums.serviceCount);
  if (serviceMs > 0) return { serviceMs, waitMs: Math.max(0, responseMs - serviceMs) };
  const waitMs = meanMs(sums.waitUs, sums.waitCount);
  return sums.waitCount > 0 && responseMs > waitMs ? { serviceMs: responseMs - waitMs, waitMs } : null;
}

function meanMs(sumUs: number, count: number): number {
  return sumUs / Math.max(1, count) / 1_000;
}
