import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useFacts } from '../page-context.ts';
import type { Recommendation } from './recommendation-answer.ts';

type Decision = 'adopt' | 'dismiss';

const words: Readonly<Record<Decision, { ask: string; note: string; confirm: string; done: string; means: string }>> = {
  adopt: {
    ask: 'Adopt',
    note: 'What is done (optional)',
    confirm: 'Yes, it is carried out',
    done: 'Adopted: what it achieves is measured after a day and after a week.',
    means: 'Says that somebody carries it out; Fleetpulse changes nothing by itself, and measures what it achieves.',
  },
  dismiss: {
    ask: 'Dismiss',
    note: 'Why not (optional)',
    confirm: 'Yes, dismiss it',
    done: 'Dismissed: it is not told again for 30 days, unless its gain doubles.',
    means: 'It is not told again for 30 days, unless its gain doubles. This cannot be turned round.',
  },
};

/** Says that a recommendation is carried out, or not wanted, with a note, after a second look. */
export function AdviceDecision({ recommendation, onDone }: { recommendation: Recommendation; onDone: () => void }) {
  const { api } = useFacts();
  const { id, title, status } = recommendation;
  const [deciding, setDeciding] = useState<Decision | undefined>(undefined);
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ isError: boolean; text: string } | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const noteId = useId();
  useLayoutEffect(() => {
    if (deciding) input.current?.focus();
  }, [deciding]);

  const decide = async (decision: Decision) => {
    setBusy(true);
    setOutcome(undefined);
    const body = note.trim() === '' ? {} : { note: note.trim() };
    const reply = await api.send('POST', `/v1/recommendations/${encodeURIComponent(id)}/${decision}`, body);
    setBusy(false);
    if (reply.status === 'ok') {
      setDeciding(undefined);
      setNote('');
      setOutcome({ isError: false, text: words[decision].done });
      onDone();
    } else setOutcome({ isError: true, text: `${words[decision].ask} did not work: ${reply.detail}` });
  };

  if (status !== 'proposed' && outcome === undefined) return null;
  return (
    <div class="decisions">
      {status !== 'proposed' ? null : deciding === undefined ? (
        (['adopt', 'dismiss'] as const).map((decision) => (
          <button
            key={decision}
            type="button"
            class={`decision ${decision === 'adopt' ? 'approve' : ''}`}
            disabled={isBusy}
            aria-label={`${words[decision].ask}: ${title}`}
            onClick={() => setDeciding(decision)}
          >
            {words[decision].ask}
          </button>
        ))
      ) : (
        <form
          class="decide"
          aria-label={`${words[deciding].ask}: ${title}`}
          onSubmit={(event) => {
            event.preventDefault();
            void decide(deciding);
          }}
        >
          <p class="quiet">{words[deciding].means}</p>
          <label for={noteId}>{words[deciding].note}</label>
          <input
            ref={input}
            id={noteId}
            type="text"
            maxLength={500}
            value={note}
            onInput={({ currentTarget }) => setNote(currentTarget.value)}
          />
          <button type="submit" class="decision approve" disabled={isBusy}>
            {words[deciding].confirm}
          </button>
          <button type="button" class="decision" onClick={() => setDeciding(undefined)}>
            Leave it open
          </button>
        </form>
      )}
      {outcome ? (
        <p class={outcome.isError ? 'note trouble' : 'note'} role={outcome.isError ? 'alert' : 'status'}>
          {outcome.text}
        </p>
      ) : null}
    </div>
  );
}
