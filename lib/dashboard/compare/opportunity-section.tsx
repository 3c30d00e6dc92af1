import { useState } from 'preact/hooks';
import type { Held } from '../held.ts';
import { Section } from '../section.tsx';
import type { BenchmarksAnswer, Opportunity } from './benchmark-answers.ts';
import { gainSentence, gainText } from './gain-words.ts';

const SHOWN = 5;

/** What would bring most, in one order. */
export function OpportunitySection({ held }: { held: Held<BenchmarksAnswer> }) {
  const [isAll, setAll] = useState(false);
  return (
    <Section id="opportunities" title="What would bring most" held={held}>
      {({ improvement_opportunities: all, madeAt, reason }) =>
        all.length === 0 ? (
          <p class="empty">
            {madeAt === null
              ? `Not looked for yet: ${reason ?? 'no day is complete'}.`
              : 'Nothing that is known would bring more.'}
          </p>
        ) : (
          <>
            <ol class="ranked">
              {(isAll ? all : all.slice(0, SHOWN)).map((opportunity, i) => (
                <Item key={`${opportunity.title} ${i}`} opportunity={opportunity} />
              ))}
            </ol>
            {all.length > SHOWN ? (
              <button type="button" class="more" onClick={() => setAll(!isAll)}>
                {isAll ? 'Show fewer' : `Show all ${all.length}`}
              </button>
            ) : null}
          </>
        )
      }
    </Section>
  );
}

function Item({ opportunity }: { opportunity: Opportunity }) {
  const { title, from, because, worth, also, unit } = opportunity;
  return (
    <li>
      <div class="action-head">
        <strong>{title}</strong>
        <span class="chip">{from}</span>
      </div>
      <p title="with the interval of 90 %">
        {gainSentence(opportunity)}
        {worth && worth.unit !== unit ? <span class="quiet">, worth {gainText(worth.value, worth.unit)}</span> : null}
      </p>
      {because.length + also.length > 0 ? (
        <details>
          <summary>Why</summary>
          <ul>
            {because.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
            {also.map((other) => (
              <li key={`${other.from} ${other.title}`}>
                also told by {other.from}: {other.title}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </li>
  );
}
