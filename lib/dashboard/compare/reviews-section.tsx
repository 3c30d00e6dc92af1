import { usePage } from '../page-context.ts';
import { Section } from '../section.tsx';
import { clockText } from '../show-time.ts';
import { useHeld } from '../use-held.ts';
import { nextMonday } from './next-monday.ts';
import { OpenedReview } from './opened-review.tsx';
import type { ReviewsAnswer } from './review-answers.ts';

const EVERY_MS = 60_000;

/** The weekly reviews, and the one that is opened. */
export function ReviewsSection() {
  const { view, go, nowMs } = usePage('week');
  const { held } = useHeld<ReviewsAnswer>('/v1/reviews', { everyMs: EVERY_MS });
  return (
    <>
      <Section id="reviews" title="Weekly reviews" held={held}>
        {({ reviews }) =>
          reviews.length === 0 ? (
            <p class="empty">
              None yet: each Monday at 03:17 UTC the week before is reviewed
              {nowMs === undefined ? '' : `, the next time on ${nextMonday(nowMs)}`}.
            </p>
          ) : (
            <ul class="weeks">
              {reviews.map(({ week, title, madeAt }) => (
                <li key={week}>
                  <button
                    type="button"
                    class="link"
                    aria-expanded={view.week === week}
                    title={title}
                    onClick={() => go({ week: view.week === week ? null : week })}
                  >
                    {week}
                  </button>
                  <span class="sub">made {clockText(Date.parse(madeAt), nowMs ?? Date.parse(madeAt))} UTC</span>
                </li>
              ))}
            </ul>
          )
        }
      </Section>
      {view.week === null ? null : <OpenedReview key={view.week} week={view.week} />}
    </>
  );
}
