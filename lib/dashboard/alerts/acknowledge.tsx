import { useState } from 'preact/hooks';
import type { Alert } from '../answers.ts';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import { clockText } from '../show-time.ts';
import { useSending } from '../use-sending.ts';

/** Who takes care of an alert; whoever says so first stays. */
export function Acknowledge({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const { nowMs } = useFacts();
  const { send, isBusy, outcome } = useSending();
  const [note, setNote] = useState('');
  const { acknowledged } = alert;
  if (acknowledged) {
    const atMs = Date.parse(acknowledged.at);
    return (
      <p>
        <strong>{acknowledged.by}</strong> has taken care of it since {clockText(atMs, nowMs ?? atMs)} UTC
        {acknowledged.note ? `: ${acknowledged.note}` : '.'}
      </p>
    );
  }
  const acknowledge = async () => {
    const answer = await send<Alert>({
      method: 'POST',
      path: `/v1/alerts/${encodeURIComponent(alert.id)}/ack`,
      body: note.trim() === '' ? {} : { note: note.trim() },
      doing: 'Acknowledge',
      done: 'Acknowledged: it is neither repeated nor raised any more.',
    });
    if (answer) onDone();
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void acknowledge();
      }}
    >
      <div class="fields">
        <label class="field wide">
          <span>Note, if there is something to say</span>
          <input
            maxLength={500}
            value={note}
            placeholder="looking at the index"
            onInput={({ currentTarget }) => setNote(currentTarget.value)}
          />
        </label>
        <button type="submit" class="decision approve" disabled={isBusy}>
          Acknowledge
        </button>
      </div>
      <OutcomeNote outcome={outcome} />
    </form>
  );
}
