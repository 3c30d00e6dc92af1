import type { JSX } from 'preact';

const shapes: Readonly<Record<string, JSX.Element>> = {
  better: <path d="M6 1.5 11 10H1Z" />,
  worse: <path d="M6 10.5 1 2h10Z" />,
  same: <path d="M1.5 4.2h9m-9 3.6h9" class="stroke" />,
  within: <path d="M1.5 2v8m9-8v8M3.5 6h5" class="stroke" />,
  more: <path d="M6 10V2m-3.2 3L6 1.8 9.2 5" class="stroke" />,
  less: <path d="M6 2v8M2.8 7 6 10.2 9.2 7" class="stroke" />,
};

const unknown = <path d="M3 4a3 3 0 1 1 4 2.8c-.8.3-1 .7-1 1.4M6 10.4v.6" class="stroke" />;

/** Better, worse or neither, as a shape and a word. */
export function StandingMark({ standing, label }: { standing: string; label: string }) {
  return (
    <span class={`mark standing-${standing}`}>
      <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
        {shapes[standing] ?? unknown}
      </svg>
      {label}
    </span>
  );
}
