import type { Effect } from '../effect/effect.ts';
import { effectWorth } from '../effect/effect-worth.ts';
import { measureDiversion } from '../effect/measure-diversion.ts';
import { measureShift, type ShiftOutcome } from '../effect/measure-shift.ts';
import type { PoolHistory } from '../effect/pool-history.ts';
import type { PoolMinute } from '../effect/pool-minute.ts';
import { harmProbability, intervalOf, verdictOf } from '../effect/step-verdict.ts';
import { type EpochMs, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import type { Directive, DirectiveRecord } from './directive.ts';
import { endDirective, told } from './directive-lifecycle.ts';

/** After the minute of the acknowledgement, tasks that were given out before it are still ending. */
const SETTLING_MINUTES = 1;
export const MEASURED_MINUTES = 10;
/** A directive that ended earlier than this after settling is not measured. */
const MIN_MEASURED_MINUTES = 5;
/** What was normal is learned from this long before the onset: of a pool as a whole, and of its agents one by one. */
const POOL_BASELINE_MINUTES = 480;
const AGENT_BASELINE_MINUTES = 120;

/** What a measurement needs, through a minute. */
export interface Measurement {
  id: string;
  pool: string;
  /** The first minute of the pool, and of pools to compare it with. */
  from: Minute;
  /** The first minute of the agents of the pool; null where they are not told apart. */
  agentsFrom: Minute | null;
  through: Minute;
  /** Pools to which something was done meanwhile, or shortly before. */
  touched: ReadonlySet<string>;
  /** Why nothing can be told, whatever the minutes were; else null. */
  mixed: string | null;
}

/**
 * The measurement that falls due when `minute` is complete: what it compares has ended a minute before.
 * @param others directives whose effect may be mixed up with it; itself among them
 */
export function measurementDue(
  record: DirectiveRecord,
  minute: Minute,
  others: Iterable<DirectiveRecord>,
): Measurement | null {
  const { effect, ended, onsetMs, blastRadius, id } = record.directive;
  if (effect.state !== 'measuring') return null;
  const to = measuredUntil(effect, ended);
  if (to > minute) return null;
  const onset = minuteOf(onsetMs);
  const meanwhile = atWorkMeanwhile(record, effect.from, to, others);
  return {
    ...{ id, pool: blastRadius.pool, from: onset - POOL_BASELINE_MINUTES, through: to - 1 },
    agentsFrom: divertedFrom(record.directive) ? onset - AGENT_BASELINE_MINUTES : null,
    touched: new Set([record, ...meanwhile].flatMap(({ directive }) => [...poolsOf(directive)])),
    mixed: mixedUp(record, meanwhile),
  };
}

/** What is known for a measurement. */
export interface MeasuredHistory {
  /** Agents of the pool by minute, oldest first; empty where they are not told apart. */
  agents: readonly PoolMinute[];
  pool: PoolHistory;
}

/** A directive that ended is measured up to then. */
function measuredUntil({ to }: Extract<Effect, { state: 'measuring' }>, ended: Directive['ended']): Minute {
  return ended ? Math.min(to, minuteOf(ended.atMs)) : to;
}

/**
 * The next state of a directive's effect: pending → measuring → measured. A measured harm takes the directive back.
 * @param minute the minute that is complete
 * @param history what a measurement that is due needs; null while it is not at hand
 * @param others directives whose effect may be mixed up with it; itself among them
 */
export function progressEffect(
  record: DirectiveRecord,
  minute: Minute,
  history: (measurement: Measurement) => MeasuredHistory | null,
  others: Iterable<DirectiveRecord> = [],
): DirectiveRecord {
  const { directive, ack } = record;
  const { effect, ended } = directive;
  switch (effect.state) {
    case 'measured':
      return record;
    case 'pending':
      if (directive.inForceMs === null && ended) return unmeasurable(record, 'it never came into force', minute);
      if (ack && !ack.applied)
        return unmeasurable(record, `${ack.by} did not apply it${ack.note ? `: ${ack.note}` : ''}`, minute);
      if (ended && !ack) return unmeasurable(record, 'no orchestrator acknowledged it', minute);
      if (!ack) return record;
      return startMeasuring(record, ack.atMs);
    case 'measuring': {
      const to = measuredUntil(effect, ended);
      if (ended && to - effect.from < MIN_MEASURED_MINUTES)
        return unmeasurable(record, `it ended before it could be measured: ${ended.why}`, minute);
      const due = measurementDue(record, minute, others);
      if (due?.mixed) return unmeasurable(record, due.mixed, minute);
      const known = due && history(due);
      return known && ack ? measure(record, { known, appliedMs: ack.atMs, from: effect.from, to }, minute) : record;
    }
  }
}

function startMeasuring(record: DirectiveRecord, appliedMs: number): DirectiveRecord {
  const from = minuteOf(appliedMs) + 1 + SETTLING_MINUTES;
  return withEffect(record, { state: 'measuring', from, to: from + MEASURED_MINUTES });
}

interface Compared {
  known: MeasuredHistory;
  appliedMs: EpochMs;
  from: Minute;
  to: Minute;
}

function measure(record: DirectiveRecord, compared: Compared, minute: Minute): DirectiveRecord {
  const { from, to, known } = compared;
  const { onsetMs, issuedMs: decidedMs, expected } = record.directive;
  const outcome = measureOf(record.directive, compared);
  if (outcome.status === 'unmeasurable') return unmeasurable(record, outcome.reason, minute);
  const { steps, unit, n, evidence } = outcome;
  const verdict = verdictOf(steps, expected.direction);
  if (verdict === 'harmed' && addsAgents(record.directive)) return unmeasurable(record, MORE_CAME, minute);
  const effect: Effect = {
    ...{ state: 'measured', verdict, from, to, ...intervalOf(steps), unit },
    harmProbability: harmProbability(steps, expected.direction),
    worth: effectWorth({ history: known.pool, onsetMs, decidedMs, from, to }),
    ...{ n, evidence },
  };
  const atMs = startOfMinute(minute + 1);
  const measured = told(withEffect(record, effect), 'measured', atMs);
  if (verdict !== 'harmed' || measured.directive.ended) return measured;
  return endDirective(measured, { how: 'rolled_back', why: 'it was measured to do harm', by: 'harm' }, atMs);
}

const MORE_CAME = 'agents were added, which makes no pool busier: more came than was forecast';

function addsAgents({ kind, params }: Directive): boolean {
  return kind === 'scale' && params.desired !== undefined && params.desired > (params.before ?? params.desired);
}

/** How what a directive does can be told from what would have been: agents beside their peers, pools beside their forecast. */
function measureOf(directive: Directive, { known, appliedMs, from, to }: Compared): ShiftOutcome {
  const { onsetMs, issuedMs: decidedMs, expected } = directive;
  const times = { onsetMs, decidedMs, from, to };
  const targets = divertedFrom(directive);
  if (targets) return measureDiversion({ ...times, appliedMs, minutes: known.agents, targets: new Set(targets) });
  return measureShift({ ...times, history: known.pool, figure: expected.kpi });
}

/** Agents that work is led away from; null where it is not about single agents. */
function divertedFrom({ kind, params, blastRadius }: Directive): string[] | null {
  if (kind === 'route') return blastRadius.agents;
  return kind === 'breaker' && params.agent !== undefined ? [params.agent] : null;
}

/** What began or ended so shortly before, or while it was measured. */
function atWorkMeanwhile(
  { directive }: DirectiveRecord,
  from: Minute,
  to: Minute,
  others: Iterable<DirectiveRecord>,
): DirectiveRecord[] {
  const [firstMs, endMs] = [
    startOfMinute(Math.min(from, minuteOf(directive.issuedMs)) - MIXED_UP_MINUTES),
    startOfMinute(to),
  ];
  const isWithin = (ms: EpochMs | null | undefined) => ms != null && ms >= firstMs && ms < endMs;
  return [...others].filter(
    ({ directive: { id, inForceMs, ended } }) =>
      id !== directive.id && inForceMs !== null && (isWithin(inForceMs) || isWithin(ended?.atMs)),
  );
}

/** What was at work in the same pool has its share in the difference. */
function mixedUp({ directive }: DirectiveRecord, meanwhile: readonly DirectiveRecord[]): string | null {
  const other = meanwhile.find((it) => poolsOf(it.directive).has(directive.blastRadius.pool))?.directive;
  if (!other) return null;
  return `${other.id} (${other.summary}) was at work in the same pool at the same time: which of them did what cannot be told`;
}

/** What was done so long before shows what it does within the minutes that are compared. */
const MIXED_UP_MINUTES = 10;

function poolsOf({ kind, params, blastRadius }: Directive): Set<string> {
  const pools = new Set([blastRadius.pool]);
  if (kind === 'failover') pools.add(params.from).add(params.to);
  if (kind === 'scale' && params.pooling) pools.add(params.pooling.from).add(params.pooling.to);
  return pools;
}

function unmeasurable(record: DirectiveRecord, reason: string, minute: Minute): DirectiveRecord {
  const effect: Effect = { state: 'measured', verdict: 'unmeasurable', reason };
  return told(withEffect(record, effect), 'measured', startOfMinute(minute + 1));
}

function withEffect(record: DirectiveRecord, effect: Effect): DirectiveRecord {
  return { ...record, directive: { ...record.directive, effect } };
}
