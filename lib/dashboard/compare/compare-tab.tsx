import { usePage } from '../page-context.ts';
import { useHeld } from '../use-held.ts';
import type { BenchmarksAnswer } from './benchmark-answers.ts';
import { IndustrySection } from './industry-section.tsx';
import { OpportunitySection } from './opportunity-section.tsx';
import { PeerSection } from './peer-section.tsx';
import { RatingSection } from './rating-section.tsx';
import { ReviewsSection } from './reviews-section.tsx';
import { SubjectBar } from './subject-bar.tsx';
import { TrendSection } from './trend-section.tsx';

/** Comparisons are made once a day, what is provisional moves each minute. */
const EVERY_MS = 60_000;

/** How the fleet, a pool or an agent compares: with itself, with its industry, with competitors, with its peers; and the weeks. */
export function CompareTab() {
  const { view } = usePage('compared', 'pool', 'atMs');
  const scope = view.compared !== null ? `agent:${view.compared}` : view.pool !== null ? `pool:${view.pool}` : 'fleet';
  const at = view.atMs === null ? '' : `&at=${view.atMs}`;
  const { held } = useHeld<BenchmarksAnswer>(`/v1/benchmarks?scope=${encodeURIComponent(scope)}${at}`, {
    everyMs: EVERY_MS,
  });
  return (
    <>
      <SubjectBar answer={held.answer} />
      <TrendSection key={`trend ${scope}`} held={held} scope={scope} />
      <div class="columns">
        <RatingSection held={held} />
        <OpportunitySection held={held} />
      </div>
      <IndustrySection held={held} />
      {scope === 'fleet' ? null : <PeerSection held={held} />}
      <ReviewsSection />
    </>
  );
}
