import { useMemo } from 'preact/hooks';
import { allPages } from '../all-pages.ts';
import type { PoolsAnswer } from '../answers.ts';
import { useHeld } from '../use-held.ts';
import { useStages } from '../use-stages.ts';
import { Ahead } from './ahead.tsx';
import { BudgetList } from './budget-list.tsx';
import type { PlanAnswer } from './plan-answer.ts';
import { PlanInForce } from './plan-in-force.tsx';
import { RecommendationList } from './recommendation-list.tsx';
import { useRead } from './use-read.ts';
import { WhatIf } from './what-if.tsx';

/** Which pools there are changes seldom. */
const POOLS_EVERY_MS = 60_000;

/** What is to come, what is planned for it, what another plan would be, what would help, and what may be spent. */
export function PlanTab() {
  const plan = useHeld<PlanAnswer>('/v1/plan').held;
  const readPools = useRead<PoolsAnswer>((api, path) => allPages<'pools', PoolsAnswer>(api, 'pools', path));
  const pools = useHeld<PoolsAnswer>('/v1/pools?limit=1000', { everyMs: POOLS_EVERY_MS, read: readPools }).held;
  const stage = useStages(3);
  const names = useMemo(() => pools.answer?.pools.map(({ pool }) => pool) ?? [], [pools.answer]);
  return (
    <>
      <Ahead pools={names} isLarge />
      {stage < 2 ? null : <PlanInForce plan={plan} />}
      {stage < 3 ? null : (
        <>
          <WhatIf plan={plan} />
          <div class="halves">
            <RecommendationList />
            <BudgetList />
          </div>
        </>
      )}
    </>
  );
}
