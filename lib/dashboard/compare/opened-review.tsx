import { useState } from 'preact/hooks';
import { useFacts } from '../page-context.ts';
import { Scroll } from '../scroll.tsx';
import { Section } from '../section.tsx';
import { readCommand } from '../shell-command.ts';
import { useHeld } from '../use-held.ts';
import type { ReviewAnswer, Words } from './review-answers.ts';
import { figureText, figureTitle, queriesIn, type ReviewPart, reviewParts } from './review-parts.ts';

/** A week: its parts, its printed forms, and the requests that repeat its figures. */
export function OpenedReview({ week }: { week: string }) {
  const { go } = useFacts();
  const { held } = useHeld<ReviewAnswer>(`/v1/reviews/${encodeURIComponent(week)}`, { everyMs: 600_000 });
  return (
    <Section
      id="review"
      title={`Review of ${week}`}
      held={held}
      aside={
        <button type="button" class="ghost" onClick={() => go({ week: null })}>
          Close
        </button>
      }
    >
      {({ title, review, markdown }) => (
        <article class="review">
          <h3>{title}</h3>
          <p class="sub">
            {review.from.slice(0, 10)} to {review.to.slice(0, 10)} UTC; every figure names its request on hover
          </p>
          <Forms week={week} markdown={markdown} />
          <ul class="lines">
            {review.summary.map(({ words }, i) => (
              <li key={i}>
                <Told words={words} />
              </li>
            ))}
          </ul>
          {reviewParts(review).map((part) => (
            <Part key={part.title} part={part} />
          ))}
          <Queries queries={queriesIn(review)} />
        </article>
      )}
    </Section>
  );
}

/**
 * The review as files. They are asked for with the key, which a link cannot carry; opened in the browser, the styles inside
 * the page would be refused by the policy of this one, and run when the file is opened by itself.
 */
function Forms({ week, markdown }: { week: string; markdown: string }) {
  const { api } = useFacts();
  const [outcome, setOutcome] = useState('');
  const saveHtml = async () => {
    setOutcome('');
    const reply = await api.text(`/v1/reviews/${encodeURIComponent(week)}/html`);
    if (reply.status === 'ok') {
      save(`review-${week}.html`, reply.answer, 'text/html');
      setOutcome(`review-${week}.html saved`);
    } else setOutcome(`Not saved: ${reply.detail}`);
  };
  return (
    <div class="decisions">
      <button type="button" class="decision" onClick={() => void saveHtml()}>
        Save as HTML
      </button>
      <button type="button" class="decision" onClick={() => save(`review-${week}.md`, markdown, 'text/markdown')}>
        Save as Markdown
      </button>
      <p class="note" role="status">
        {outcome}
      </p>
    </div>
  );
}

function save(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Part({ part: { title, lines, table, isFolded = false } }: { part: ReviewPart }) {
  return (
    <section class="review-part" aria-label={title}>
      <h4>{title}</h4>
      {lines.length === 0 ? null : (
        <ul class="lines">
          {lines.map(({ words, under }, i) => (
            <li key={i}>
              <Told words={words} />
              {under === undefined ? null : (
                <span class="sub">
                  <Told words={under} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {table === undefined || table.rows.length === 0 ? null : isFolded ? (
        <details class="folded">
          <summary>{table.rows.length} rows</summary>
          <PartTable title={title} table={table} />
        </details>
      ) : (
        <PartTable title={title} table={table} />
      )}
    </section>
  );
}

function PartTable({ title, table: { columns, rows } }: { title: string; table: NonNullable<ReviewPart['table']> }) {
  return (
    <Scroll label={`${title}: table`}>
      <table class="plain-table">
        <caption class="hidden">{title}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isFigure }) => (
              <th key={name} scope="col" class={isFigure ? 'num' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((words, i) => (
                <td key={columns[i]?.name} class={columns[i]?.isFigure ? 'num' : ''}>
                  <Told words={words} isShort />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/**
 * Words with figures between them, each of which says what it rests on.
 * @param isShort a figure that is not known is a dash, with the reason on hover
 */
function Told({ words, isShort = false }: { words: Words; isShort?: boolean }) {
  return (
    <>
      {words.map((word, i) =>
        typeof word === 'string' ? (
          word
        ) : (
          <span key={i} class={word.value === null ? 'quiet' : 'told'} title={figureTitle(word)}>
            {isShort && word.value === null ? '–' : figureText(word)}
          </span>
        ),
      )}
    </>
  );
}

function Queries({ queries }: { queries: readonly string[] }) {
  const [done, setDone] = useState('');
  const commands = queries.map((query) => readCommand(location.origin, query)).join('\n');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(commands);
      setDone(`${queries.length} commands copied`);
    } catch {
      setDone('The browser does not let this page copy');
    }
  };
  return (
    <details class="folded queries">
      <summary>The {queries.length} requests that repeat these figures, as curl</summary>
      <div class="decisions">
        <button type="button" class="decision" onClick={() => void copy()}>
          Copy all
        </button>
        <p class="note" role="status">
          {done}
        </p>
      </div>
      <pre>{commands}</pre>
    </details>
  );
}
