import type { Held } from '../held.ts';
import { Section } from '../section.tsx';
import { countText, valueText } from '../show-value.ts';
import type { BenchmarksAnswer, PeerFinding, PeerReview } from './benchmark-answers.ts';
import { gainSentence } from './gain-words.ts';

/** Of a pool or an agent: what it does better and worse than its peers, and what to train. */
export function PeerSection({ held }: { held: Held<BenchmarksAnswer> }) {
  return (
    <Section id="peers" title="Beside its peers" held={held}>
      {({ review, madeAt }) =>
        review ? (
          <Review review={review} />
        ) : (
          <p class="empty">
            {madeAt === null ? 'Peers are compared with the first daily comparison.' : 'It did no work in these days.'}
          </p>
        )
      }
    </Section>
  );
}

function Review({ review: { n, days, strengths, weaknesses, training } }: { review: PeerReview }) {
  return (
    <div class="peers">
      <p class="sub">
        of {countText(n)} tasks on {days} {days === 1 ? 'day' : 'days'}
      </p>
      <Findings title="Strengths" none="Nothing stands out." findings={strengths} />
      <Findings title="Weaknesses" none="Nothing stands out." findings={weaknesses} />
      {training.length === 0 ? null : (
        <div>
          <h3>Training</h3>
          <ul class="lines">
            {training.map(({ title, gain, because }) => (
              <li key={title} title={because.join('; ')}>
                {title}: {gainSentence({ gain, unit: gain.unit })}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function Findings({ title, none, findings }: { title: string; none: string; findings: readonly PeerFinding[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {findings.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ul class="lines">
          {findings.map(({ words, confidence, n }) => (
            <li key={words} title={`${valueText(confidence, 'ratio')} sure, of ${countText(n)}`}>
              {words}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
