import type { PoolsAnswer } from './answers.ts';
import type { Held } from './held.ts';
import { usePage } from './page-context.ts';
import { Section } from './section.tsx';
import { type Standing, StandingTable } from './standing-table.tsx';
import { troubleFirst } from './trouble-order.ts';

/** The pools, each a way to the agents that are in it. */
export function PoolList({ pools }: { pools: Held<PoolsAnswer> }) {
  const { view, go, windowText } = usePage('pool');
  const toRow = (pool: PoolsAnswer['pools'][number]): Standing => ({
    ...pool,
    id: pool.pool,
    scope: `pool:${pool.pool}`,
    name: (
      <>
        <button
          type="button"
          class="link"
          aria-pressed={view.pool === pool.pool}
          title={`Show the agents of pool ${pool.pool} only`}
          onClick={() => go({ pool: view.pool === pool.pool ? null : pool.pool })}
        >
          {pool.pool}
        </button>
        <span class="sub">
          {pool.agents} {pool.agents === 1 ? 'agent' : 'agents'}
        </span>
      </>
    ),
  });
  return (
    <Section id="pools" title="Pools" held={pools} aside={<span class="aside">window {windowText}</span>}>
      {(answer) =>
        answer.pools.length === 0 ? (
          <p class="empty">
            No pool yet: an agent names its pool in its <code>agent</code> event, else it is in the pool{' '}
            <code>default</code>.
          </p>
        ) : (
          <StandingTable of="Pool" caption="Pools" rows={troubleFirst(answer.pools, ({ pool }) => pool).map(toRow)} />
        )
      }
    </Section>
  );
}
