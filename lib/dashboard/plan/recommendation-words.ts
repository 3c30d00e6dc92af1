import { clockText, lengthText } from '../show-time.ts';
import { valueText } from '../show-value.ts';
import { chanceText } from './forecast-words.ts';
import type { AdviceResult, Recommendation } from './recommendation-answer.ts';

/** An amount of a gain: `12.3 agent-hours/day`, `$4.80/day`. */
export function gainText(value: number, unit: string): string {
  if (unit === 'usd/day') return `${valueText(value, 'usd')}/day`;
  if (unit === 'ms' || unit === 'ratio') return valueText(value, unit);
  return valueText(value, unit).replace(/\.0+(?=\D|$)/, '');
}

/** What is expected to be gained, with its interval and how sure that is. */
export function gainSentence({ expectedGain: { value, unit, low, high }, confidence }: Recommendation): string {
  const interval =
    low === high ? 'counted, not estimated' : `90\u00a0% interval ${gainText(low, unit)} to ${gainText(high, unit)}`;
  return `${gainText(value, unit)} (${interval}), confidence ${chanceText(confidence)}`;
}

const horizonWords: Readonly<Record<string, string>> = {
  immediate: 'can be done at once',
  medium: 'takes days to weeks',
  long: 'takes weeks to months',
};

/** How soon what it asks for can be there. */
export function horizonText(horizon: string): string {
  return horizonWords[horizon] ?? horizon;
}

/** Since when it is proposed, and what was decided, by whom. */
export function courseSentence(
  { firstProposedAt, lastProposedAt, status, decidedBy, decidedAt, note }: Recommendation,
  nowMs: number,
): string {
  const clock = (moment: string) => `${clockText(Date.parse(moment), nowMs)} UTC`;
  const proposed = `Proposed ${clock(firstProposedAt)}`;
  if (decidedAt === undefined) {
    const ageMs = nowMs - Date.parse(lastProposedAt);
    return `${proposed}, last confirmed ${ageMs < 60_000 ? 'just now' : `${lengthText(ageMs)} ago`}`;
  }
  const what = status === 'dismissed' ? 'dismissed' : 'adopted';
  const why = note ? `: “${note}”` : '';
  return `${proposed}, ${what} ${clock(decidedAt)} by ${decidedBy ?? 'somebody'}${why}`;
}

const verdicts: Readonly<Record<string, string>> = {
  as_expected: 'As expected',
  more: 'More than expected',
  less: 'Less than expected',
  not_shown: 'No gain is shown',
  harmed: 'It did harm',
};

/** How what was achieved stands to what was expected. */
export function verdictWords({ status, verdict = '' }: AdviceResult): string {
  return status === 'unmeasurable' ? 'Cannot be told' : (verdicts[verdict] ?? verdict);
}

/** What an adopted one was measured to achieve. */
export function resultSentence({ afterDays, status, gain, low, high, unit = '', reason }: AdviceResult): string {
  const after = `After ${afterDays} ${afterDays === 1 ? 'day' : 'days'}`;
  if (status === 'unmeasurable' || gain === undefined || low === undefined || high === undefined) {
    return `${after}: ${reason ?? 'without a reason'}`;
  }
  const figures = `${gainText(gain, unit)} gained (90\u00a0% interval ${gainText(low, unit)} to ${gainText(high, unit)})`;
  return `${after}: ${figures}`;
}
