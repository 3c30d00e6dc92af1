import { useState } from 'preact/hooks';
import type { Alert } from '../answers.ts';
import { OutcomeNote } from '../outcome-note.tsx';
import { LengthChoice } from './length-choice.tsx';
import { silenceScopes } from './silence-scopes.ts';
import { useSilencing } from './use-silencing.ts';

/** Keeps people from being told of an alert, or of more like it, for a while. */
export function SilenceAlert({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const { silence, isBusy, outcome } = useSilencing();
  const scopes = silenceScopes(alert);
  const [chosen, choose] = useState(0);
  const [minutes, setMinutes] = useState(60);
  const [comment, setComment] = useState('');
  const scope = scopes[chosen] ?? scopes[0];
  return (
    <>
      {alert.silencedBy ? (
        <p>
          It is silenced by <code>{alert.silencedBy}</code>: nobody is told of it.
        </p>
      ) : null}
      <form
        class="form"
        onSubmit={async (event) => {
          event.preventDefault();
          if (scope && (await silence({ matchers: scope.matchers, minutes, comment }))) onDone();
        }}
      >
        <div class="fields">
          <label class="field wide">
            <span>Silence</span>
            <select value={chosen} onChange={({ currentTarget }) => choose(Number(currentTarget.value))}>
              {scopes.map(({ words }, index) => (
                <option key={words} value={index}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <LengthChoice minutes={minutes} onMinutes={setMinutes} />
        </div>
        <div class="fields">
          <label class="field wide">
            <span>Reason</span>
            <input
              maxLength={500}
              value={comment}
              placeholder="rolling out 2.1.0"
              onInput={({ currentTarget }) => setComment(currentTarget.value)}
            />
          </label>
          <button type="submit" class="decision" disabled={isBusy}>
            Silence
          </button>
        </div>
        <OutcomeNote outcome={outcome} />
      </form>
    </>
  );
}
