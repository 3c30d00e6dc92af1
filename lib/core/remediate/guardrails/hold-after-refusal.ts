import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import type { DirectiveRecord } from '../directive.ts';
import type { Guardrail } from './guardrail.ts';

/** After a person or a measured harm took a directive back, it is not decided again for so long. */
export const HOLD_MS = 30 * MINUTE_MS;

/** A word of a person holds for a while, and so does a harm. */
export const holdAfterRefusal: Guardrail = {
  name: 'hold after refusal',
  takesBack: false,
  refuse({ kind, subject }, { recent, nowMs }) {
    for (const record of recent) {
      if (record.directive.kind !== kind || record.directive.subject !== subject) continue;
      const refused = refusedAt(record);
      if (refused && nowMs - refused.atMs < HOLD_MS)
        return `the last one ${refused.how} at ${new Date(refused.atMs).toISOString()}: held for ${HOLD_MS / MINUTE_MS} minutes`;
    }
    return null;
  },
};

function refusedAt({ directive, rejected, rolledBack }: DirectiveRecord): { how: string; atMs: EpochMs } | null {
  if (rolledBack) return { how: 'was rolled back', atMs: rolledBack.atMs };
  if (rejected) return { how: 'was rejected', atMs: rejected.atMs };
  const { effect, ended } = directive;
  if (ended?.by === 'harm') return { how: 'did harm and ended', atMs: ended.atMs };
  const didHarm = effect.state === 'measured' && effect.verdict === 'harmed';
  return didHarm && ended ? { how: 'did harm and ended', atMs: ended.atMs } : null;
}
