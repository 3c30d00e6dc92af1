import { useCallback } from 'preact/hooks';
import { allPages } from '../all-pages.ts';
import type { AgentsAnswer, PoolsAnswer } from '../answers.ts';
import { usePage } from '../page-context.ts';
import { useHeld } from '../use-held.ts';
import type { BenchmarksAnswer } from './benchmark-answers.ts';
import { madeText } from './made-words.ts';

const EVERY_MS = 60_000;

/** Who is compared: the fleet, one pool or one agent; and of when the comparison is. */
export function SubjectBar({ answer }: { answer: BenchmarksAnswer | undefined }) {
  const { api, view, go } = usePage('pool', 'compared');
  const readAgents = useCallback((path: string) => allPages<'agents', AgentsAnswer>(api, 'agents', path), [api]);
  const { held: pools } = useHeld<PoolsAnswer>('/v1/pools?limit=1000', { everyMs: EVERY_MS });
  const { held: agents } = useHeld<AgentsAnswer>('/v1/agents?limit=1000', { everyMs: EVERY_MS, read: readAgents });
  const poolNames = named(pools.answer?.pools.map(({ pool }) => pool) ?? [], view.pool);
  const inPool = (agents.answer?.agents ?? []).filter(({ pool }) => view.pool === null || pool === view.pool);
  const agentNames = named(
    inPool.map(({ agent }) => agent),
    view.compared,
  );
  return (
    <section class="section subject" aria-label="What is compared">
      <div class="filters">
        <label for="compared-pool">Pool</label>
        <select
          id="compared-pool"
          value={view.pool ?? ''}
          onChange={({ currentTarget }) => go({ pool: currentTarget.value || null, compared: null })}
        >
          <option value="">the whole fleet</option>
          {poolNames.map((pool) => (
            <option key={pool} value={pool}>
              {pool}
            </option>
          ))}
        </select>
        <label for="compared-agent">Agent</label>
        <select
          id="compared-agent"
          value={view.compared ?? ''}
          onChange={({ currentTarget }) => go({ compared: currentTarget.value || null })}
        >
          <option value="">all of them</option>
          {agentNames.map((agent) => (
            <option key={agent} value={agent}>
              {agent}
            </option>
          ))}
        </select>
      </div>
      <p class="subject-made">{answer === undefined ? 'Looking for the newest comparison …' : madeText(answer)}</p>
    </section>
  );
}

/** What is in the address is in the list even when nothing is known of it. */
function named(names: readonly string[], chosen: string | null): string[] {
  return [...new Set([...names, ...(chosen === null ? [] : [chosen])])].sort();
}
