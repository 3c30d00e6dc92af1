import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Directive } from './answers.ts';
import { directiveSentence } from './directive-words.ts';
import { usePage } from './page-context.ts';
import { approvalStop } from './stop-words.ts';

type Decision = 'approve' | 'reject' | 'rollback';

/** What a person may say to a directive in a status. */
const decisions: Readonly<Record<string, readonly Decision[]>> = {
  proposed: ['approve', 'reject'],
  approved: ['rollback'],
  active: ['rollback'],
};

const words: Readonly<Record<Decision, { ask: string; confirm?: string; done: string }>> = {
  approve: { ask: 'Approve', done: 'Approved.' },
  reject: { ask: 'Reject', done: 'Rejected.' },
  rollback: { ask: 'Roll back', confirm: 'Yes, roll back now', done: 'Rolled back.' },
};

/** Approve and reject what is proposed; roll back what is in force, after a second look. */
export function DecisionButtons({ directive, onDone }: { directive: Directive; onDone: () => void }) {
  const { api, policy, nowMs, view } = usePage('atMs');
  const reasonId = useId();
  const [confirming, setConfirming] = useState<Decision | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ isError: boolean; text: string } | undefined>(undefined);
  const confirmButton = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (confirming) confirmButton.current?.focus();
  }, [confirming]);

  const decide = async (decision: Decision) => {
    setConfirming(undefined);
    setBusy(true);
    setOutcome(undefined);
    // What is approved is what is shown here: it may have come to concern others.
    const { id, renewedAt } = directive;
    const shown = decision === 'approve' && renewedAt !== undefined ? { renewedAt } : undefined;
    const reply = await api.send('POST', `/v1/directives/${encodeURIComponent(id)}/${decision}`, shown);
    setBusy(false);
    if (reply.status === 'ok') {
      setOutcome({ isError: false, text: words[decision].done });
      onDone();
    } else setOutcome({ isError: true, text: `${words[decision].ask} did not work: ${reply.detail}` });
  };

  const offered = decisions[directive.status] ?? [];
  const subject = directiveSentence(directive);
  const canApprove = offered.includes('approve') && policy !== undefined;
  const stop = canApprove ? approvalStop(policy, directive, view.atMs === null ? (nowMs ?? null) : null) : undefined;
  const isStopped = (decision: Decision) => decision === 'approve' && stop !== undefined;
  return (
    <div class="decisions">
      {confirming === undefined ? (
        offered.map((decision) => (
          <button
            key={decision}
            type="button"
            class={`decision ${decision}`}
            disabled={isBusy || isStopped(decision)}
            aria-describedby={isStopped(decision) ? reasonId : undefined}
            aria-label={`${words[decision].ask}: ${subject}`}
            onClick={() => (words[decision].confirm === undefined ? void decide(decision) : setConfirming(decision))}
          >
            {words[decision].ask}
          </button>
        ))
      ) : (
        <fieldset>
          <legend class="hidden">Confirm: {subject}</legend>
          <button ref={confirmButton} type="button" class="decision danger" onClick={() => void decide(confirming)}>
            {words[confirming].confirm}
          </button>
          <button type="button" class="decision" onClick={() => setConfirming(undefined)}>
            Keep it
          </button>
        </fieldset>
      )}
      {stop === undefined ? null : (
        <p class="note" id={reasonId}>
          {stop}
        </p>
      )}
      {outcome ? (
        <p class={outcome.isError ? 'note trouble' : 'note'} role={outcome.isError ? 'alert' : 'status'}>
          {outcome.text}
        </p>
      ) : null}
    </div>
  );
}
