import { silenceLengths } from './silence-scopes.ts';

/** How long a silence lasts, from now on. */
export function LengthChoice({ minutes, onMinutes }: { minutes: number; onMinutes: (minutes: number) => void }) {
  return (
    <fieldset class="field">
      <legend>For</legend>
      <span class="segments small">
        {silenceLengths.map((length) => (
          <button
            key={length.minutes}
            type="button"
            aria-pressed={minutes === length.minutes}
            onClick={() => onMinutes(length.minutes)}
          >
            {length.words}
          </button>
        ))}
      </span>
    </fieldset>
  );
}
