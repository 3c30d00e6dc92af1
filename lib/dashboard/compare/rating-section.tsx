import type { Held } from '../held.ts';
import { inWords } from '../kpi-names.ts';
import { Section } from '../section.tsx';
import { countText } from '../show-value.ts';
import type { BenchmarksAnswer, RatedPart, Rating } from './benchmark-answers.ts';
import { points, sumText } from './rating-words.ts';

const names: Readonly<Record<string, string>> = {
  inSlo: 'In time',
  speed: 'Speed beside the pool',
  cost: 'Cost beside the pool',
};

/** How much of what is paid for becomes good work, of 100, and where the rest goes. */
export function RatingSection({ held }: { held: Held<BenchmarksAnswer> }) {
  return (
    <Section id="rating" title="Efficiency rating" held={held}>
      {({ efficiency_rating: rating }) =>
        rating.value === null ? (
          <p class="empty">Not known: {rating.reason ?? 'nothing was measured yet'}.</p>
        ) : (
          <Parts rating={rating} value={rating.value} />
        )
      }
    </Section>
  );
}

function Parts({ rating, value }: { rating: Rating; value: number }) {
  const parts = Array.isArray(rating.parts) ? (rating.parts as readonly RatedPart[]) : [];
  const { n, reference, change, reason } = rating;
  let left = 100;
  return (
    <div class="rating">
      <p
        class="rating-value"
        title="operational efficiency of each part, multiplied; 100 is everything that is paid for, well done"
      >
        <strong>{points(value)}</strong> of 100 points <span class="sample">n {countText(n ?? 0)} tasks</span>
      </p>
      <p class="sub">
        {typeof change === 'number' && typeof reference === 'number'
          ? `${change < 0 ? '▼ worse' : change > 0 ? '▲ better' : '= same'}: ${signed(change)} points since ${points(reference)} in the days before`
          : 'No days before to compare with'}
        {reason === undefined ? '' : `; ${reason}`}
      </p>
      <ol class="waterfall">
        {parts.map((part) => {
          const from = left;
          left -= part.lost;
          return <Part key={part.part} part={part} from={from} to={left} />;
        })}
      </ol>
      <p class="sub">{sumText(value, parts)}</p>
    </div>
  );
}

function Part({ part: { part, value, lost, words }, from, to }: { part: RatedPart; from: number; to: number }) {
  return (
    <li title={words}>
      <span>{names[part] ?? inWords(part)}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="all" width="100" height="10" />
        <rect class={lost < 0 ? 'won' : 'lost'} x={Math.min(from, to)} width={Math.abs(from - to)} height="10" />
      </svg>
      <span class="num">
        {value === null ? 'unknown' : lost === 0 ? '0' : signed(-lost)}
        <span class="sub">{value === null ? 'counted as 1' : value.toFixed(2)}</span>
      </span>
    </li>
  );
}

function signed(change: number): string {
  return `${change < 0 ? '−' : '+'}${points(Math.abs(change))}`;
}
