import type { ComponentChildren, JSX } from 'preact';
import type { Breach } from './forecast-words.ts';

const shapes: Readonly<Record<Breach['tone'], JSX.Element>> = {
  expected: <path d="M6 .8 11.2 6 6 11.2.8 6Z" />,
  possible: <path d="M6 1.6 10.4 6 6 10.4 1.6 6Z" class="stroke" />,
  ample: <path d="m1.5 6.5 3 3 6-7" class="stroke" />,
  unknown: <path d="M3 4a3 3 0 1 1 4 2.8c-.8.3-1 .7-1 1.4M6 10.4v.6" class="stroke" />,
};

/** How a forecast stands to what is carried: a shape, and a sentence. */
export function BreachMark({ breach: { tone, words }, children }: { breach: Breach; children?: ComponentChildren }) {
  return (
    <p class={`breach ${tone}`}>
      <svg viewBox="0 0 12 12" width="13" height="13" aria-hidden="true">
        {shapes[tone]}
      </svg>
      <span>
        {words} {children}
      </span>
    </p>
  );
}
