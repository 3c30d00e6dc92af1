import type { Effect } from '../effect/effect.ts';
import type { PoolMinute } from '../effect/pool-minute.ts';
import { type EpochMs, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import type { Directive, DirectiveKindName, DirectiveOf, DirectiveRecord } from './directive.ts';
import type { DirectiveKind } from './directive-kind.ts';
import { endDirective, told } from './directive-lifecycle.ts';
import { directiveKinds } from './kinds/registry.ts';

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
}

/** The measurement that falls due when `minute` is complete: what it compares has ended a minute before. */
export function measurementDue({ directive }: DirectiveRecord, minute: Minute): Measurement | null {
  const { effect, ended, onsetMs, blastRadius, id } = directive;
  if (effect.state !== 'measuring') return null;
  const to = measuredUntil(effect, ended);
  if (to > minute) return null;
  return { id, pool: blastRadius.pool, from: minuteOf(onsetMs) - BASELINE_MINUTES, through: to - 1 };
}

/** A directive that ended is measured up to then. */
function measuredUntil({ to }: Extract<Effect, { state: 'measuring' }>, ended: Directive['ended']): Minute {
  return ended ? Math.min(to, minuteOf(ended.atMs)) : to;
}

/**
 * The next state of a directive's effect: pending → measuring → measured. A measured harm takes the directive back.
 * @param minute the minute that is complete
 * @param history the pool's minutes of a measurement that is due; null while they are not at hand
 */
export function progressEffect(
  record: DirectiveRecord,
  minute: Minute,
  history: (measurement: Measurement) => readonly PoolMinute[] | null,
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
      const due = measurementDue(record, minute);
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
  const atMs = startOfMinute(minute + 1);
  const measured = told(
    withEffect(record, { state: 'measured', verdict, from, to, ...outcome.change }),
    'measured',
    atMs,
  );
  if (verdict !== 'harmed' || measured.directive.ended) return measured;
  return endDirective(measured, { how: 'rolled_back', why: 'it was measured to do harm', by: 'harm' }, atMs);
}

function measureOf<Kind extends DirectiveKindName>(directive: DirectiveOf<Kind>, compared: Compared) {
  const kind: DirectiveKind<Kind> = directiveKinds[directive.kind];
  return kind.measure({ directive, ...compared });
}

function unmeasurable(record: DirectiveRecord, reason: string, minute: Minute): DirectiveRecord {
  const effect: Effect = { state: 'measured', verdict: 'unmeasurable', reason };
  return told(withEffect(record, effect), 'measured', startOfMinute(minute + 1));
}

function withEffect(record: DirectiveRecord, effect: Effect): DirectiveRecord {
  return { ...record, directive: { ...record.directive, effect } };
}
