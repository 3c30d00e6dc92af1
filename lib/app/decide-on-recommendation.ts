import type { Actor } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import { type AdviceRecord, adopt, type Decision, dismiss } from '../core/recommend/lifecycle.ts';
import type { RecommendationStore } from '../ports/recommendation-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export type DecideOutcome = Decision | { status: 'unknown' };

export interface DecideRequest {
  system: string;
  id: string;
  decision: 'adopt' | 'dismiss';
  who: Actor;
  /** In words, as it is shown. */
  by: string;
  note: string | null;
  atMs: EpochMs;
}

const TRIES = 5;

/**
 * Notes that a recommendation is carried out, from when on what it achieves is measured, or that it is not wanted. Saying it again
 * changes nothing.
 * @throws Error when others keep changing it at the same time
 */
export async function decideOnRecommendation(
  deps: AuditDeps & { recommendations: RecommendationStore },
  { system, id, decision, who, by, note, atMs }: DecideRequest,
): Promise<DecideOutcome> {
  const found = await deps.recommendations.find(system, id);
  if (!found) return { status: 'unknown' };
  const before = found.record.state.status;
  const decide = (record: AdviceRecord) =>
    decision === 'adopt' ? adopt(record, { by, nowMs: atMs }) : dismiss(record, { by, reason: note, nowMs: atMs });
  const first = decide(found.record);
  if (first.status === 'refused' || first.record === found.record) return first;
  return audited<DecideOutcome>(
    deps,
    {
      ...{ system, who, action: `recommendation.${decision}`, target: id, atMs, before: { status: before } },
      after: { status: first.record.state.status, ...(note === null ? {} : { note }) },
    },
    () => save(deps.recommendations, system, id, decide),
    (outcome) => {
      if (outcome.status === 'done') return { outcome: 'done' };
      return { outcome: 'refused', reason: outcome.status === 'unknown' ? 'it is gone' : outcome.because };
    },
  );
}

async function save(
  store: RecommendationStore,
  system: string,
  id: string,
  decide: (record: AdviceRecord) => Decision,
): Promise<DecideOutcome> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const current = await store.find(system, id);
    if (!current) return { status: 'unknown' };
    const decided = decide(current.record);
    if (decided.status === 'refused' || decided.record === current.record) return decided;
    if (await store.save(system, { revision: current.revision + 1, record: decided.record })) return decided;
  }
  throw new Error(`recommendation ${id} keeps being changed`);
}
