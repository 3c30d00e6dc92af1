import type { Actor, AuditAction } from '../core/model/audit-entry.ts';
import { beyondReach } from '../core/model/pool-access.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { Directive, DirectiveRecord } from '../core/remediate/directive.ts';
import { type DirectiveStatus, statusAt } from '../core/remediate/directive-status.ts';
import { poolsOf } from '../core/remediate/measure-directives.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import { type AuditDeps, audited } from './audited.ts';
import { findDirective } from './find-directive.ts';
import { type ObstacleDeps, readObstacles } from './read-obstacles.ts';

export type AnswerOutcome =
  | { status: 'done'; record: DirectiveRecord }
  | { status: 'unknown' }
  /** It sets these pools as well, about which whoever answers has no say. */
  | { status: 'not-of-pools'; pools: string[] }
  /** What the directive is does not allow the answer. */
  | { status: 'conflict'; is: DirectiveStatus }
  /** It has been renewed since it was read, and says this now. */
  | { status: 'renewed'; record: DirectiveRecord }
  /** Something stands in the way of it: see approvalObstacles. */
  | { status: 'stopped'; why: string; remedy: string };

/** Who says something of a directive, and when. */
export interface Saying {
  by: string;
  note: string | null;
  atMs: EpochMs;
}

/**
 * Notes that an orchestrator applied a directive, or did not. Saying the same again changes nothing, not even the time
 * from which the effect is measured; saying the opposite replaces it. What others said stays.
 */
export async function acknowledgeDirective(
  deps: { directives: Pick<DirectiveStore, 'find' | 'acknowledge'> },
  { system, id, applied, by, note, atMs }: Saying & { system: string; id: string; applied: boolean },
): Promise<AnswerOutcome> {
  const record = await deps.directives.find(system, id);
  if (!record) return { status: 'unknown' };
  const is = statusAt(record, atMs);
  if (is === 'proposed' || is === 'rejected') return { status: 'conflict', is };
  const before = record.acks.find((word) => word.by === by);
  if (before?.applied === applied) return { status: 'done', record };
  const acknowledged = await deps.directives.acknowledge(system, id, { applied, atMs, by, note });
  return acknowledged ? { status: 'done', record: acknowledged } : { status: 'unknown' };
}

/** What a person may say of a directive: what it must be for that, and what it is afterwards. */
const rulings = {
  approved: { from: 'proposed', becomes: 'active', action: 'directive.approve' },
  rejected: { from: 'proposed', becomes: 'rejected', action: 'directive.reject' },
  rolledBack: { from: 'active', becomes: 'rolled_back', action: 'directive.rollback' },
} as const satisfies Record<string, { from: DirectiveStatus; becomes: DirectiveStatus; action: AuditAction }>;

/**
 * Notes what a person decided of a directive; it acts at once, and saying it again changes nothing. Nothing is approved that something
 * stands in the way of: orchestrators would do it before the minute job takes it back, and not all can be undone.
 * @param ruling `renewedMs`: when what is ruled on was renewed, as it was read; where it has been since, an approval is not of it
 * @param holder whose pools must be all that it sets, where they are restricted to some; that of others does not exist for them
 */
export async function ruleOnDirective(
  deps: AuditDeps & ObstacleDeps & { directives: DirectiveStore },
  {
    system,
    id,
    ruling,
    who,
    by,
    note,
    atMs,
    renewedMs,
  }: Saying & { system: string; id: string; ruling: keyof typeof rulings; who: Actor; renewedMs?: EpochMs | undefined },
  holder: { pools?: readonly string[] } = {},
): Promise<AnswerOutcome> {
  const record = await findDirective(deps, system, id, holder);
  if (!record) return { status: 'unknown' };
  const beyond = beyondReach(holder, poolsOf(record.directive));
  if (beyond.length > 0) return { status: 'not-of-pools', pools: beyond };
  const is = statusAt(record, atMs);
  const { from, becomes, action } = rulings[ruling];
  if (ruling === 'approved' && is === from && renewedMs !== undefined && renewedMs !== record.directive.renewedMs)
    return { status: 'renewed', record };
  if (ruling === 'approved' && (is === from || is === becomes)) {
    const [first] = await readObstacles(deps, system, record, atMs);
    if (first) return { status: 'stopped', why: first.why, remedy: first.remedy };
  }
  if (is === becomes && record[ruling] !== null) return { status: 'done', record };
  if (is !== from) return { status: 'conflict', is };
  return audited<AnswerOutcome>(
    deps,
    {
      ...{ system, who, action, target: id, atMs },
      before: { status: is },
      after: { status: becomes, ...wordsOf(record.directive), ...(note === null ? {} : { note }) },
    },
    async () => {
      const { params, summary, blastRadius } = record.directive;
      const of = ruling === 'approved' ? { of: { params, summary, blastRadius } } : {};
      const ruled = await deps.directives.rule(system, id, ruling, { atMs, by, note, ...of });
      if (!ruled) return { status: 'unknown' };
      await deps.directives.bumpVersion(system);
      const then = statusAt(ruled, atMs);
      return then === becomes ? { status: 'done', record: ruled } : { status: 'conflict', is: then };
    },
    (outcome) => {
      if (outcome.status === 'done') {
        const first = outcome.record[ruling];
        const isOwn = first?.by === by && first.atMs === atMs;
        return isOwn ? { outcome: 'done' } : { outcome: 'refused', reason: `${first?.by} was first` };
      }
      const why = outcome.status === 'conflict' ? `somebody else was first: it is ${outcome.is}` : 'it is gone';
      return { outcome: 'refused', reason: why };
    },
  );
}

/** What an id alone does not say, for the log: what it does, and to whom. */
function wordsOf({ summary, params, blastRadius }: Directive): Record<string, unknown> {
  const agent = 'agent' in params ? params.agent : undefined;
  return { summary, pool: blastRadius.pool, ...(agent === undefined ? {} : { agent }) };
}
