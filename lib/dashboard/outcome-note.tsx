import type { Outcome } from './use-sending.ts';

/** What came of the last change, in words, and what of it comes to nothing as it is. */
export function OutcomeNote({ outcome }: { outcome: Outcome | undefined }) {
  if (!outcome) return null;
  return (
    <p class={outcome.isError ? 'outcome trouble' : 'outcome'} role={outcome.isError ? 'alert' : 'status'}>
      {outcome.text}
      {(outcome.warnings ?? []).map((warning) => (
        <span key={warning} class="warning">
          {warning}
        </span>
      ))}
    </p>
  );
}
