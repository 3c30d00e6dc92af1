import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../model/time.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import { type Counts, counted } from './arm-belief.ts';
import { type Beliefs, learn, noBeliefs } from './beliefs.ts';
import { afterChoice, afterFallback, afterOutcome, type GuardState, noHistory } from './guard.ts';
import { importKnowledge, type KnowledgeEntry } from './transfer.ts';
import { outcomeOf, trialOf } from './trial.ts';

/** What a system has learned from its own directives, with what it was told by others. */
export interface Learned {
  beliefs: Beliefs;
  guard: GuardState;
  /** By fault: what came of cases in which chance put the action off, as trials of doing nothing. */
  leftAlone: Readonly<Record<string, Counts>>;
  /** What has been counted of which directive, and when: so that nothing counts twice, as long as it may be seen again. */
  counted: ReadonlyMap<string, EpochMs>;
  /** Imports that have been taken up, by id. */
  imports: readonly string[];
}

export const nothingLearned: Learned = {
  ...{ beliefs: noBeliefs, guard: noHistory, leftAlone: {} },
  ...{ counted: new Map(), imports: [] },
};

/** What another system knows, as somebody handed it over. */
export interface KnowledgeImport {
  id: string;
  by: string;
  atMs: EpochMs;
  entries: readonly KnowledgeEntry[];
}

const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** What happened before that has been counted, or was missed. */
const SEEN_MS = DAY_MS;
/** Longer than anything is looked at. */
const COUNTED_MS = 2 * DAY_MS;

/**
 * Takes up what directives have come to, and what was imported: each once, however often it is seen.
 * @returns the same where nothing is new
 */
export function learnFrom(
  learned: Learned,
  {
    records,
    imports,
    nowMs,
  }: { records: Iterable<DirectiveRecord>; imports: readonly KnowledgeImport[]; nowMs: EpochMs },
): Learned {
  let next = learned;
  for (const it of imports) {
    if (next.imports.includes(it.id)) continue;
    next = { ...next, beliefs: importKnowledge(next.beliefs, it.entries, nowMs), imports: [...next.imports, it.id] };
  }
  for (const record of records)
    next = withControl(withOutcome(withChoice(next, record, nowMs), record, nowMs), record, nowMs);
  if (next === learned) return learned;
  const counted = [...next.counted].filter(([, atMs]) => nowMs - atMs < COUNTED_MS);
  return { ...next, counted: new Map(counted) };
}

function withChoice(learned: Learned, { directive }: DirectiveRecord, nowMs: EpochMs): Learned {
  const { chosen, inForceMs, id } = directive;
  if (!chosen || inForceMs === null || nowMs - inForceMs > SEEN_MS) return learned;
  return once(learned, `${id}/choice`, inForceMs, (before) => ({
    ...before,
    guard: chosen.isFirst ? afterChoice(before.guard, chosen) : afterFallback(before.guard),
  }));
}

function withOutcome(learned: Learned, record: DirectiveRecord, nowMs: EpochMs): Learned {
  const { chosen, effect, ended, id } = record.directive;
  const isKnown = effect.state === 'measured' || ended?.by === 'harm';
  // What was not counted as a choice has no outcome to count.
  if (!chosen || !isKnown || !learned.counted.has(`${id}/choice`)) return learned;
  const trial = trialOf(record, chosen.fault, chosen);
  return once(learned, `${id}/outcome`, trial?.atMs ?? nowMs, (before) => ({
    ...before,
    beliefs: trial ? learn(before.beliefs, [trial]) : before.beliefs,
    guard: chosen.isFirst
      ? afterOutcome(before.guard, chosen.stake, trial && trial.outcome === 'helped')
      : before.guard,
  }));
}

/** What happened while it was put off. */
function withControl(learned: Learned, { directive }: DirectiveRecord, nowMs: EpochMs): Learned {
  const { chosen, holdOut, id } = directive;
  const control = holdOut?.control;
  if (!chosen || control?.state !== 'measured' || control.verdict === 'unmeasurable') return learned;
  if (nowMs - holdOut!.untilMs > SEEN_MS) return learned;
  const outcome = outcomeOf(control.verdict);
  return once(learned, `${id}/control`, nowMs, (before) => ({
    ...before,
    leftAlone: { ...before.leftAlone, [chosen.fault]: counted(before.leftAlone[chosen.fault], outcome) },
  }));
}

function once(learned: Learned, key: string, atMs: EpochMs, count: (before: Learned) => Learned): Learned {
  if (learned.counted.has(key)) return learned;
  return { ...count(learned), counted: new Map([...learned.counted, [key, atMs]]) };
}
