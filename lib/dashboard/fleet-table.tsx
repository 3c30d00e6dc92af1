import { useState } from 'preact/hooks';
import type { Agent, AgentsAnswer } from './answers.ts';
import { FirstEvent } from './first-event.tsx';
import type { Held } from './held.ts';
import { inWords } from './kpi-names.ts';
import { usePage } from './page-context.ts';
import { Section } from './section.tsx';
import { countText } from './show-value.ts';
import { type Standing, StandingTable } from './standing-table.tsx';
import { countStates, troubleFirst } from './trouble-order.ts';

/** Rows that are drawn unless someone asks for all. */
const ROWS = 100;

/** Every agent, those in trouble first, filtered by pool and state. */
export function FleetTable({ agents }: { agents: Held<AgentsAnswer> }) {
  const { view } = usePage();
  const [areAllShown, showAll] = useState(false);
  const all = agents.answer?.agents ?? [];
  const ofPool = all.filter(({ pool }) => view.pool === null || pool === view.pool);
  const wanted = ofPool.filter(({ state }) => view.state === null || state === view.state);
  const rows = troubleFirst(wanted, ({ agent }) => agent);
  const shown = areAllShown ? rows : rows.slice(0, ROWS);
  return (
    <Section
      id="fleet"
      title="Fleet"
      held={agents}
      aside={all.length > 0 ? <Filters all={all} ofPool={ofPool} shown={wanted.length} /> : null}
    >
      {(answer) =>
        answer.agents.length === 0 ? (
          <FirstEvent />
        ) : rows.length === 0 ? (
          <p class="empty">No agent of this pool is in this state. Take a filter away to see others.</p>
        ) : (
          <>
            <StandingTable of="Agent" caption="Agents" rows={shown.map(toRow)} />
            {shown.length < rows.length ? (
              <button type="button" class="more" onClick={() => showAll(true)}>
                Show all {countText(rows.length)} agents
              </button>
            ) : null}
          </>
        )
      }
    </Section>
  );
}

function toRow(agent: Agent): Standing {
  return { ...agent, id: agent.agent, scope: `agent:${agent.agent}`, name: <AgentName agent={agent} /> };
}

function AgentName({ agent: { agent, pool, team } }: { agent: Agent }) {
  const { go } = usePage();
  return (
    <>
      <button type="button" class="link" onClick={() => go({ agent, alert: null })}>
        {agent}
      </button>
      <span class="sub">
        {pool}
        {team ? ` · ${team}` : ''}
      </span>
    </>
  );
}

function Filters({ all, ofPool, shown }: { all: readonly Agent[]; ofPool: readonly Agent[]; shown: number }) {
  const { view, go } = usePage();
  const pools = [...new Set([...all.map(({ pool }) => pool), ...(view.pool === null ? [] : [view.pool])])].sort();
  const states = countStates(ofPool);
  return (
    <div class="filters">
      <label>
        Pool{' '}
        <select value={view.pool ?? ''} onChange={(event) => go({ pool: event.currentTarget.value || null })}>
          <option value="">all</option>
          {pools.map((pool) => (
            <option key={pool} value={pool}>
              {pool}
            </option>
          ))}
        </select>
      </label>
      <label>
        State{' '}
        <select value={view.state ?? ''} onChange={(event) => go({ state: event.currentTarget.value || null })}>
          <option value="">all</option>
          {states.map(({ state, count }) => (
            <option key={state} value={state}>
              {inWords(state)} ({count})
            </option>
          ))}
          {view.state !== null && !states.some(({ state }) => state === view.state) ? (
            <option value={view.state}>{inWords(view.state)} (0)</option>
          ) : null}
        </select>
      </label>
      <span class="aside">
        {countText(shown)} of {countText(all.length)} agents
      </span>
    </div>
  );
}
