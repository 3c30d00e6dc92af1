import { useState } from 'preact/hooks';
import { CommandLine } from '../command-line.tsx';
import { inWords } from '../kpi-names.ts';
import { OutcomeNote } from '../outcome-note.tsx';
import { sendCommand } from '../shell-command.ts';
import { LengthChoice } from './length-choice.tsx';
import { matcherNames } from './silence-scopes.ts';
import { useSilencing } from './use-silencing.ts';

/** A silence of whatever matches what is filled in. */
export function SilenceForm({ onDone }: { onDone: () => void }) {
  const { silence, isBusy, outcome } = useSilencing();
  const [filled, fill] = useState<Readonly<Record<string, string>>>({});
  const [minutes, setMinutes] = useState(60);
  const [comment, setComment] = useState('');
  const matchers = Object.fromEntries(
    Object.entries(filled).flatMap(([name, value]) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  );
  const isEmpty = Object.keys(matchers).length === 0;
  return (
    <form
      class="form"
      aria-label="New silence"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await silence({ matchers, minutes, comment })) onDone();
      }}
    >
      <p class="quiet">
        Alerts that match all of what is filled in are told to nobody; <code>*</code> stands for anything. They go on,
        and are shown here.
      </p>
      <div class="fields">
        {matcherNames.map((name) => (
          <label key={name} class="field matcher">
            <span>{inWords(name)}</span>
            <input
              maxLength={128}
              value={filled[name] ?? ''}
              placeholder={name === 'kind' ? 'latency_*' : ''}
              onInput={({ currentTarget }) => fill({ ...filled, [name]: currentTarget.value })}
            />
          </label>
        ))}
      </div>
      <div class="fields">
        <LengthChoice minutes={minutes} onMinutes={setMinutes} />
        <label class="field wide">
          <span>Reason</span>
          <input maxLength={500} value={comment} onInput={({ currentTarget }) => setComment(currentTarget.value)} />
        </label>
        <button type="submit" class="decision approve" disabled={isBusy || isEmpty}>
          Silence
        </button>
      </div>
      <OutcomeNote outcome={outcome} />
      <CommandLine
        title="the command that makes this silence"
        command={sendCommand(location.origin, 'POST', '/v1/silences', {
          matchers: isEmpty ? { pool: 'POOL' } : matchers,
          to: 'ISO TIME',
          ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
        })}
      />
    </form>
  );
}
