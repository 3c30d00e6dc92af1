import type { AlertAction } from '../answers.ts';

/** What an alert tells of an action of which no more is loaded: what it was, and what became of it. */
export function actionWords({ summary, mode, status, wasInForce, applied, endedBecause }: AlertAction): string {
  const because = endedBecause === undefined ? '' : `: ${endedBecause}`;
  switch (status ?? (mode === 'auto' ? 'active' : 'proposed')) {
    case 'proposed':
      return `Proposed: ${summary}`;
    case 'active':
    case 'approved':
      return applied === false ? `In force, but not applied: ${summary}` : `Done: ${summary}`;
    default:
      return `${wasInForce ? 'Was done' : 'Was proposed'}: ${summary}${because}`;
  }
}

/** Whether somebody has to say yes or no to it. */
export function waitsForYou({ status, isPutOff }: AlertAction): boolean {
  return status === 'proposed' && !isPutOff;
}
