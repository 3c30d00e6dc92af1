import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../../model/time.ts';
import type { DirectiveKindName, DirectiveRecord } from '../directive.ts';
import type { Guardrail } from './guardrail.ts';

/** What was done and undone within this time was reversed. */
export const REVERSED_WITHIN_MS = 30 * MINUTE_MS;
/** After the first reversal the same is not done again for so long, twice as long after each that follows, up to a limit. */
export const FIRST_HOLD_MS = 2 * MINUTE_MS;
export const LONGEST_HOLD_MS = 240 * MINUTE_MS;
const REMEMBERED_MS = DAY_MINUTES * MINUTE_MS;

/** How often in a row the same was done and soon undone. */
export interface Flapping {
  kind: DirectiveKindName;
  subject: string;
  pool: string;
  summary: string;
  times: number;
  firstMs: EpochMs;
  lastMs: EpochMs;
  holdUntilMs: EpochMs;
}

/** What goes on and off again does not know what it answers: each time it is waited longer before it is done again. */
export const flapGuard: Guardrail = {
  name: 'flap guard',
  takesBack: false,
  refuse(proposal, { recent, nowMs, current }) {
    if (current) return null;
    const { kind, subject } = proposal;
    // More agents do no harm by coming again.
    if (kind === 'scale' && !proposal.isDisruptive) return null;
    const flapping = flappingOf(recent, { kind, subject: kind === 'scale' ? proposal.params.pool : subject }, nowMs);
    if (!flapping || nowMs >= flapping.holdUntilMs) return null;
    return `it was done and undone ${flapping.times} times, the last time at ${new Date(flapping.lastMs).toISOString()}: held until ${new Date(flapping.holdUntilMs).toISOString()}`;
  },
};

/**
 * Reversals in a row: a directive that stood for longer than {@link REVERSED_WITHIN_MS} ends the row. What people took
 * back, or stopped by switch or maintenance, is not the loop's own doing and does not count.
 * @param of a scale directive's subject is the pool here, since each level is a directive of its own
 */
export function flappingOf(
  records: Iterable<DirectiveRecord>,
  of: { kind: DirectiveKindName; subject: string },
  nowMs: EpochMs,
): Flapping | null {
  const same = [...records].filter(
    ({ directive }) => directive.kind === of.kind && subjectOf(directive) === of.subject,
  );
  return flappingAmong(same, nowMs);
}

/** Everything that flaps. */
export function flappings(records: Iterable<DirectiveRecord>, nowMs: EpochMs): Flapping[] {
  const bySubject = Map.groupBy(records, ({ directive }) => `${directive.kind}\n${subjectOf(directive)}`);
  return [...bySubject.values()].flatMap((same) => flappingAmong(same, nowMs) ?? []);
}

function subjectOf(directive: DirectiveRecord['directive']): string {
  return directive.kind === 'scale' && !directive.params.pooling ? directive.params.pool : directive.subject;
}

function flappingAmong(same: readonly DirectiveRecord[], nowMs: EpochMs): Flapping | null {
  const began = same
    .filter(({ directive }) => directive.inForceMs !== null && nowMs - directive.inForceMs < REMEMBERED_MS)
    .sort((a, b) => (a.directive.inForceMs ?? 0) - (b.directive.inForceMs ?? 0));
  const reversals: EpochMs[] = [];
  let before: DirectiveRecord | null = null;
  for (const record of began) {
    const reversedMs = reversal(record, before);
    if (reversedMs === 'stood') reversals.length = 0;
    else if (reversedMs !== null && reversedMs <= nowMs) reversals.push(reversedMs);
    before = record;
  }
  const [firstMs, lastMs] = [reversals[0], reversals.at(-1)];
  const newest = began.at(-1)?.directive;
  if (firstMs === undefined || lastMs === undefined || !newest) return null;
  const times = reversals.length;
  const holdMs = Math.min(LONGEST_HOLD_MS, FIRST_HOLD_MS * 2 ** (times - 1));
  const { kind, summary, blastRadius } = newest;
  return {
    ...{ kind, subject: subjectOf(newest), pool: blastRadius.pool, summary },
    ...{ times, firstMs, lastMs, holdUntilMs: lastMs + holdMs },
  };
}

/** When a directive was reversed; "stood" when it held for long enough; null when neither can be said. */
function reversal(record: DirectiveRecord, before: DirectiveRecord | null): EpochMs | 'stood' | null {
  const { kind, inForceMs, ended, isDisruptive } = record.directive;
  if (inForceMs === null) return null;
  // Their effect outlives them: a level is reversed by one the other way, and a restart by nothing.
  if (kind === 'restart') return null;
  if (kind === 'scale' && !record.directive.params.pooling) {
    if (!before || before.directive.isDisruptive === isDisruptive) return null;
    return inForceMs - (before.directive.inForceMs ?? 0) < REVERSED_WITHIN_MS ? inForceMs : 'stood';
  }
  if (!ended) return null;
  if (ended.atMs - inForceMs >= REVERSED_WITHIN_MS) return 'stood';
  return ended.by === 'cause gone' || ended.by === 'harm' ? ended.atMs : null;
}
