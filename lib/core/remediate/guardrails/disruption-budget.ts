import { type EpochMs, MINUTE_MS } from '../../model/time.ts';
import type { DirectiveRecord } from '../directive.ts';
import { disruptedPool, isDisruptive } from './disruption.ts';
import type { Action, Guardrail } from './guardrail.ts';

/** Of actions that interrupt work: one in so long, and so many in an hour, for each pool. */
export const DISRUPTION_SPACING_MS = 5 * MINUTE_MS;
export const MAX_DISRUPTIONS_PER_HOUR = 3;
/** What interrupted a pool longer ago counts no more. */
export const COUNTED_MS = 60 * MINUTE_MS;

/** Of what interrupts a pool, the more urgent first: work that would be lost does not wait for an answer about a single agent. */
const byUrgency: readonly Action['kind'][] = ['failover', 'scale', 'restart'];

/** Whether one interruption of a pool goes before another that waits for a person. */
export function isMoreUrgent(one: Action, other: Action): boolean {
  const rank = ({ kind }: Action) => (byUrgency.includes(kind) ? byUrgency.indexOf(kind) : byUrgency.length);
  return rank(one) < rank(other);
}

/**
 * Why a pool is not to be interrupted, by when it was.
 * @param interruptions in any order
 * @returns null where it may be; else also from when on it may
 */
export function tooManyInterruptions(
  pool: string,
  interruptions: readonly { fromMs: EpochMs; summary: string }[],
  nowMs: EpochMs,
): { why: string; untilMs: EpochMs } | null {
  const inHour = interruptions.filter(({ fromMs }) => nowMs - fromMs < COUNTED_MS).sort((a, b) => b.fromMs - a.fromMs);
  const [last] = inHour;
  if (last && nowMs - last.fromMs < DISRUPTION_SPACING_MS) {
    const ago = Math.round((nowMs - last.fromMs) / MINUTE_MS);
    return {
      why: `pool ${pool} was interrupted ${ago} min ago (${last.summary}): once in ${DISRUPTION_SPACING_MS / MINUTE_MS} min at most`,
      untilMs: last.fromMs + DISRUPTION_SPACING_MS,
    };
  }
  const mayNot = inHour[MAX_DISRUPTIONS_PER_HOUR - 1];
  return mayNot
    ? {
        why: `pool ${pool} was interrupted ${inHour.length} times within the hour, ${MAX_DISRUPTIONS_PER_HOUR} at most`,
        untilMs: mayNot.fromMs + COUNTED_MS,
      }
    : null;
}

/** Since when a directive has interrupted its pool, also where the minute job has not heard of the approval yet; null while it waits. */
export function interruptsSince({ directive, approved }: DirectiveRecord): EpochMs | null {
  return directive.inForceMs ?? approved?.atMs ?? null;
}

/**
 * Counts what came into force, and what a person is asked for, who may say yes at any moment. What is only recommended takes nothing:
 * it is withdrawn once there is no room for it.
 */
export const disruptionBudget: Guardrail = {
  name: 'disruption budget',
  takesBack: false,
  refuse(proposal, { fleet, recent, nowMs }) {
    if (!isDisruptive(proposal, fleet)) return null;
    const pool = disruptedPool(proposal, fleet);
    const interruptions: { fromMs: EpochMs; summary: string }[] = [];
    for (const record of recent) {
      const { directive } = record;
      if (!directive.isDisruptive || disruptedPool(directive, fleet) !== pool) continue;
      const fromMs = interruptsSince(record);
      if (fromMs !== null) {
        interruptions.push({ fromMs, summary: directive.summary });
        continue;
      }
      if (directive.ended !== null && directive.ended.atMs < nowMs) continue;
      if (directive.mode === 'recommend' || isMoreUrgent(proposal, directive)) continue;
      return `another action that interrupts pool ${pool} waits for an answer: ${directive.summary}`;
    }
    return tooManyInterruptions(pool, interruptions, nowMs)?.why ?? null;
  },
};
