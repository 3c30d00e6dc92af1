import { useState } from 'preact/hooks';
import { CommandLine } from '../command-line.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { useSending } from '../use-sending.ts';
import { UtcInput } from '../utc-input.tsx';
import { readUtc } from '../utc-moment.ts';
import type { KeyMade } from './answers.ts';
import { namesIn } from './pool-change.ts';

const scopeWords = {
  ingest: 'reports events',
  read: 'looks at everything',
  control: 'acknowledges, silences, approves',
  admin: 'all of these, policy and keys',
} as const;
type Scope = keyof typeof scopeWords;
const scopes = Object.keys(scopeWords) as Scope[];

/** Makes an API key. */
export function KeyForm({ onMade }: { onMade: (made: KeyMade & { name: string }) => void }) {
  const { send, isBusy, outcome } = useSending();
  const [name, setName] = useState('');
  const [chosen, choose] = useState<readonly Scope[]>(['ingest', 'read']);
  const [pools, setPools] = useState('');
  const [expires, setExpires] = useState('');
  const only = namesIn(pools);
  const expiresMs = readUtc(expires);
  const expiresAt = expiresMs === undefined ? undefined : new Date(expiresMs).toISOString();
  const make = async () => {
    const answer = await send<KeyMade>({
      method: 'POST',
      path: '/v1/keys',
      body: {
        name: name.trim(),
        scopes: chosen,
        ...(only.length === 0 ? {} : { pools: only }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
      doing: 'Make a key',
      done: 'Made.',
    });
    if (answer) onMade({ ...answer, name: name.trim() });
  };
  const command = [
    `npm run -s cli -- keys create --name ${name.trim() === '' ? 'NAME' : `"${name.trim().replaceAll(/["$`\\]/g, '\\$&')}"`}`,
    `--scopes ${chosen.join(',') || 'SCOPES'}`,
    ...(only.length === 0 ? [] : [`--pools ${only.join(',')}`]),
    ...(expiresAt === undefined ? [] : [`--expires ${expiresAt}`]),
  ].join(' ');
  return (
    <form
      class="form editor"
      aria-label="New key"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <div class="fields">
        <label class="field">
          <span>Name: who or what uses it</span>
          <input required maxLength={128} value={name} onInput={({ currentTarget }) => setName(currentTarget.value)} />
        </label>
        <label class="field">
          <span>Only of pools, empty for all</span>
          <input value={pools} onInput={({ currentTarget }) => setPools(currentTarget.value)} />
        </label>
        <UtcInput label="Expires, empty for never" value={expires} onValue={setExpires} />
        <fieldset class="field">
          <legend>May</legend>
          <span class="checks">
            {scopes.map((scope) => (
              <label key={scope} title={scopeWords[scope]}>
                <input
                  type="checkbox"
                  checked={chosen.includes(scope)}
                  onChange={({ currentTarget: { checked } }) =>
                    choose(scopes.filter((each) => (each === scope ? checked : chosen.includes(each))))
                  }
                />
                {scope} <span class="quiet">{scopeWords[scope]}</span>
              </label>
            ))}
          </span>
        </fieldset>
      </div>
      <div class="buttons">
        <button type="submit" class="decision approve" disabled={isBusy || chosen.length === 0}>
          Make key
        </button>
      </div>
      <OutcomeNote outcome={outcome} />
      <CommandLine title="the command that makes this key" command={command} />
    </form>
  );
}
