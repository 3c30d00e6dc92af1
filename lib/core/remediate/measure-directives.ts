import type { Effect } from '../effect/effect.ts';
import { measureDiversion } from '../effect/measure-diversion.ts';
import { measureShift } from '../effect/measure-shift.ts';
import type { PoolMinute } from '../effect/pool-minute.ts';
import { type EpochMs, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import type { Directive, DirectiveRecord } from './directive.ts';
import { endDirective, told } from './directive-lifecycle.ts';

/** After the minute of the acknowledgement, tasks that were given out before it are still ending. */
const SETTLING_MINUTES = 1;
export const MEASURED_MINUTES = 10;
/** A directive that ended earlier than this after settling is not measured. */
const MIN_MEASURED_MINUTES = 5;
/** What was normal is learned from this long before the onset. */
export const BASELINE_MINUTES = 120;

/** Minutes [from, through] of one pool that a measurement needs. */
export interface Measurement {
  id: string;
  pool: string;
  from: Minute;
  through: Minute;
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
  return {
    ...{ id, pool: blastRadius.pool, from: minuteOf(onsetMs) - BASELINE_MINUTES, through: to - 1 },
    mixed: mixedUpWith(record, effect.from, to, others),
  };
}

/** A directive that ended is measured up to then. */
function measuredUntil({ to }: Extract<Effect, { state: 'measuring' }>, ended: Directive['ended']): Minute {
  return ended ? Math.min(to, minuteOf(ended.atMs)) : to;
}

/**
 * The next state of a directive's effect: pending → measuring → measured. A measured harm takes the directive back.
 * @param minute the minute that is complete
 * @param history the pool's minutes of a measurement that is due; null while they are not at hand
 * @param others directives whose effect may be mixed up with it; itself among them
 */
export function progressEffect(
  record: DirectiveRecord,
  minute: Minute,
  history: (measurement: Measurement) => readonly PoolMinute[] | null,
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
      const minutes = due && history(due);
      return minutes && ack ? measure(record, { minutes, appliedMs: ack.atMs, from: effect.from, to }, minute) : record;
    }
  }
}

function startMeasuring(record: DirectiveRecord, appliedMs: number): DirectiveRecord {
  const from = minuteOf(appliedMs) + 1 + SETTLING_MINUTES;
  return withEffect(record, { state: 'measuring', from, to: from + MEASURED_MINUTES });
}

interface Compared {
  minutes: readonly PoolMinute[];
  appliedMs: EpochMs;
  from: Minute;
  to: Minute;
}

function measure(record: DirectiveRecord, compared: Compared, minute: Minute): DirectiveRecord {
  const { from, to } = compared;
  const outcome = measureOf(record.directive, compared);
  if (outcome.status === 'unmeasurable') return unmeasurable(record, outcome.reason, minute);
  const { low, high } = outcome.change;
  const isWanted = record.directive.expected.direction === 'down' ? high < 0 : low > 0;
  const isUnwanted = record.directive.expected.direction === 'down' ? low > 0 : high < 0;
  const verdict = isWanted ? 'helped' : isUnwanted ? 'harmed' : 'no_effect';
  if (verdict === 'harmed' && addsAgents(record.directive)) return unmeasurable(record, MORE_CAME, minute);
  const atMs = startOfMinute(minute + 1);
  const measured = told(
    withEffect(record, { state: 'measured', verdict, from, to, ...outcome.change }),
    'measured',
    atMs,
  );
  if (verdict !== 'harmed' || measured.directive.ended) return measured;
  return endDirective(measured, { how: 'rolled_back', why: 'it was measured to do harm', by: 'harm' }, atMs);
}

const MORE_CAME = 'agents were added, which makes no pool busier: more came than was forecast';

function addsAgents({ kind, params }: Directive): boolean {
  return kind === 'scale' && params.desired !== undefined && params.desired > (params.before ?? params.desired);
}

/** How what a directive does can be told from what would have been: agents beside their peers, pools beside their forecast. */
function measureOf(
  { kind, params, blastRadius, onsetMs, issuedMs: decidedMs, expected }: Directive,
  compared: Compared,
) {
  const targets =
    kind === 'route' ? blastRadius.agents : kind === 'breaker' && params.agent !== undefined ? [params.agent] : null;
  if (targets) return measureDiversion({ ...compared, targets: new Set(targets), onsetMs, decidedMs });
  return measureShift({ ...compared, kpi: expected.kpi, onsetMs, decidedMs });
}

/** What began or ended in the same pool so shortly before, or while it was measured, has its share in the difference. */
function mixedUpWith(
  { directive }: DirectiveRecord,
  from: Minute,
  to: Minute,
  others: Iterable<DirectiveRecord>,
): string | null {
  const [firstMs, endMs] = [
    startOfMinute(Math.min(from, minuteOf(directive.issuedMs)) - MIXED_UP_MINUTES),
    startOfMinute(to),
  ];
  const isWithin = (ms: EpochMs | null | undefined) => ms != null && ms >= firstMs && ms < endMs;
  for (const { directive: other } of others) {
    if (other.id === directive.id || other.inForceMs === null) continue;
    if (!poolsOf(other).has(directive.blastRadius.pool)) continue;
    if (isWithin(other.inForceMs) || isWithin(other.ended?.atMs))
      return `${other.id} (${other.summary}) was at work in the same pool at the same time: which of them did what cannot be told`;
  }
  return null;
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
