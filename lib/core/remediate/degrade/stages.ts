import { figuresAt, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
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
  const isLate = ended !== null && (ended.waitMs > LATE_WAIT_TIMES * ended.serviceMs || ended.givenUpShare >= 0.2);
  const isNeeded = alerts.length > 0 && isLate;
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
