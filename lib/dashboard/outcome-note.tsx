import type { Outcome } from './use-sending.ts';

/** What came of the last change, in words. */
export function OutcomeNote({ outcome }: { outcome: Outcome | undefined }) {
  if (!outcome) return null;
  return (
    <p class={outcome.isError ? 'outcome trouble' : 'outcome'} role={outcome.isError ? 'alert' : 'status'}>
      {outcome.text}
    </p>
  );
}
