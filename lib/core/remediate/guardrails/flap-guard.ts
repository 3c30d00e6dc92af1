import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../../model/time.ts';
import type { Directive, DirectiveKindName, DirectiveRecord } from '../directive.ts';
import type { Action, Guardrail, GuardrailContext } from './guardrail.ts';
import { agentsActedOn } from './taken-out.ts';

/** What was done and undone within this time was reversed; and what is done again within this time after its hold is the same still. */
export const REVERSED_WITHIN_MS = 30 * MINUTE_MS;
/** What falls back in steps, and stood for so long, has done its job. */
const WORKED_MS = 10 * MINUTE_MS;
const fallsBackInSteps: ReadonlySet<DirectiveKindName> = new Set(['route', 'degrade']);
/** After the first reversal the same is not done again for so long, twice as long after each that follows, up to a limit. */
export const FIRST_HOLD_MS = 2 * MINUTE_MS;
export const LONGEST_HOLD_MS = 240 * MINUTE_MS;
const REMEMBERED_MS = DAY_MINUTES * MINUTE_MS;

/** How often in a row the same was done and soon undone. */
export interface Flapping {
  kind: DirectiveKindName;
  /** Of a route, the agent that work was led around. */
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
  refuse(proposal, context) {
    const flapping = holdsOn(proposal, context)[0];
    if (!flapping) return null;
    const { subject, times, lastMs, holdUntilMs } = flapping;
    const what = proposal.kind === 'route' ? `work was led around ${subject} and back` : 'it was done and undone';
    return `${what} ${times} times, the last time at ${new Date(lastMs).toISOString()}: held until ${new Date(holdUntilMs).toISOString()}`;
  },
};

/** What of a proposal may not be done again yet, the longest hold first; what is in force already goes on. */
export function holdsOn(
  proposal: Action,
  { recent, current, nowMs }: Pick<GuardrailContext, 'recent' | 'current' | 'nowMs'>,
): Flapping[] {
  const { kind } = proposal;
  // More agents do no harm by coming again.
  if (kind === 'scale' && !proposal.isDisruptive) return [];
  const goesOn = new Set(current ? subjectsOf(current.directive) : []);
  const subjects = new Set(subjectsOf(proposal).filter((it) => !goesOn.has(it)));
  if (subjects.size === 0) return [];
  const alike = recent.filter(
    ({ directive }) => directive.kind === kind && subjectsOf(directive).some((it) => subjects.has(it)),
  );
  return flappings(alike, nowMs)
    .filter(({ subject, holdUntilMs }) => subjects.has(subject) && nowMs < holdUntilMs)
    .sort((a, b) => b.holdUntilMs - a.holdUntilMs);
}

/**
 * Everything that flaps: reversals in a row. A directive that stood for longer than {@link REVERSED_WITHIN_MS}, or did its job, ends
 * the row, and each such time that nothing began after its hold takes one off it. What people took back, or stopped by switch or
 * maintenance, is not the loop's own doing and does not count.
 */
export function flappings(records: Iterable<DirectiveRecord>, nowMs: EpochMs): Flapping[] {
  const each = [...records].flatMap((record) => subjectsOf(record.directive).map((subject) => ({ subject, record })));
  const bySubject = Map.groupBy(each, ({ subject, record }) => `${record.directive.kind}\n${subject}`);
  return [...bySubject.values()].flatMap((same) => {
    const [first] = same;
    const row = rowOf(
      same.map(({ record }) => record),
      nowMs,
    );
    return first && row ? { subject: first.subject, ...row } : [];
  });
}

/** What must be the same for an action to be the same again: each level of a pool is a directive of its own, and one route leads around many. */
function subjectsOf(action: Action): string[] {
  if (action.kind === 'scale' && !action.params.pooling) return [action.params.pool];
  const agents = action.kind === 'route' ? [...action.blastRadius.agents, ...agentsActedOn(action)] : [];
  return agents.length > 0 ? [...new Set(agents)] : [action.subject];
}

type Row = Pick<Flapping, 'times' | 'firstMs' | 'lastMs'>;

function rowOf(same: readonly DirectiveRecord[], nowMs: EpochMs): Omit<Flapping, 'subject'> | null {
  const began = same
    .filter(({ directive }) => directive.inForceMs !== null && nowMs - directive.inForceMs < REMEMBERED_MS)
    .sort((a, b) => (a.directive.inForceMs ?? 0) - (b.directive.inForceMs ?? 0));
  let row: Row | null = null;
  let before: Directive | null = null;
  for (const { directive } of began) {
    row = rowAfter(row, directive, before, nowMs);
    before = directive;
  }
  if (!row || !before) return null;
  const { kind, summary, blastRadius } = before;
  return { ...{ kind, summary, pool: blastRadius.pool }, ...row, holdUntilMs: row.lastMs + holdMs(row.times) };
}

function rowAfter(row: Row | null, directive: Directive, before: Directive | null, nowMs: EpochMs): Row | null {
  const reversedMs = reversal(directive, before);
  if (reversedMs === 'stood') return null;
  if (reversedMs === null || reversedMs > nowMs) return row;
  const left = row && shortened(row, directive.inForceMs ?? 0);
  return { times: (left?.times ?? 0) + 1, firstMs: left?.firstMs ?? reversedMs, lastMs: reversedMs };
}

function holdMs(times: number): number {
  return Math.min(LONGEST_HOLD_MS, FIRST_HOLD_MS * 2 ** (times - 1));
}

/** As long as it counts when the same begins again; null for nothing. */
function shortened(row: Row, begunMs: EpochMs): Row | null {
  const awayMs = begunMs - row.lastMs - holdMs(row.times);
  const times = row.times - Math.max(0, Math.floor(awayMs / REVERSED_WITHIN_MS));
  return times > 0 ? { ...row, times } : null;
}

/** When a directive was reversed; "stood" when it held for long enough; null when neither can be said. */
function reversal(directive: Directive, before: Directive | null): EpochMs | 'stood' | null {
  const { kind, inForceMs, ended, isDisruptive, effect } = directive;
  if (inForceMs === null) return null;
  // Their effect outlives them: a level is reversed by one the other way, and a restart by nothing.
  if (kind === 'restart') return null;
  if (kind === 'scale' && !directive.params.pooling) {
    if (!before || before.isDisruptive === isDisruptive) return null;
    return inForceMs - (before.inForceMs ?? 0) < REVERSED_WITHIN_MS ? inForceMs : 'stood';
  }
  if (!ended) return null;
  const didNothing = effect.state === 'measured' && effect.verdict === 'no_effect';
  const didItsJob = fallsBackInSteps.has(kind) && ended.by === 'cause gone' && !didNothing;
  if (ended.atMs - inForceMs >= (didItsJob ? WORKED_MS : REVERSED_WITHIN_MS)) return 'stood';
  return ended.by === 'cause gone' || ended.by === 'harm' ? ended.atMs : null;
}
