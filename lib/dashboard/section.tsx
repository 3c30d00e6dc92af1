import type { ComponentChildren } from 'preact';
import { CopyMenu } from './copy-menu.tsx';
import type { Held } from './held.ts';
import { problemText } from './needed-scope.ts';

interface SectionProps<Answer> {
  /** Id of the heading. */
  id: string;
  title: string;
  /** What stands beside the title: a count, a window, filters. */
  aside?: ComponentChildren;
  /** What chooses the subject: it stays while there is no answer, so that it keeps the focus. */
  controls?: ComponentChildren;
  held: Held<Answer>;
  children: (answer: Answer) => ComponentChildren;
}

/** A part of the page that lives on one endpoint: it waits, works, fails and is missing by itself. */
export function Section<Answer>({ id, title, aside, controls, held, children }: SectionProps<Answer>) {
  const { answer, trouble, source } = held;
  return (
    <section class="section" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <span class="beside">
          {controls}
          {answer === undefined ? null : aside}
          {answer === undefined || source === undefined ? null : (
            <CopyMenu source={source} answer={answer} title={title} />
          )}
        </span>
      </header>
      {trouble?.status === 'failed' || trouble?.status === 'refused' ? (
        <p class="note trouble" role="status">
          {answer === undefined ? 'Not loaded' : 'Shown as last answered'}: {problemText(trouble.detail)}.
        </p>
      ) : null}
      {trouble?.status === 'missing' ? (
        <p class="note">Not available: this server does not offer it ({trouble.detail}).</p>
      ) : null}
      {answer !== undefined ? children(answer) : trouble ? null : <Waiting />}
    </section>
  );
}

function Waiting() {
  return (
    <div class="waiting" role="status">
      <span class="hidden">Loading</span>
      <span class="bar" />
      <span class="bar" />
      <span class="bar" />
    </div>
  );
}
