import { useState } from 'preact/hooks';

interface KeyFormProps {
  /** Why the key or the link before was refused, a sentence. */
  refusal: string | undefined;
  onKey: (key: string) => void;
}

/** Asks for the API key. */
export function KeyForm({ refusal, onKey }: KeyFormProps) {
  const [key, setKey] = useState('');
  return (
    <main class="key-page">
      <form
        class="key-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== '') onKey(key.trim());
        }}
      >
        <h1>Fleetpulse</h1>
        {refusal === undefined ? (
          <p>This page reads your fleet with an API key.</p>
        ) : (
          <p class="note trouble" role="alert">
            {refusal}
          </p>
        )}
        <label for="key">API key</label>
        <input
          id="key"
          aria-describedby="key-hint"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          Show the fleet
        </button>
        <p class="quiet" id="key-hint">
          The scope <code>read</code> is enough to look; approving and rolling back take <code>control</code>. The key
          is kept until this tab is closed. <code>npm start</code> prints one when it starts for the first time;{' '}
          <code>npm run cli -- keys create</code> makes more.
        </p>
      </form>
    </main>
  );
}
