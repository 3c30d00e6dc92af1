import { useMemo } from 'preact/hooks';
import { inOrder } from './agent-order.ts';
import type { Agent, AgentsAnswer } from './answers.ts';
import { FirstEvent } from './first-event.tsx';
import type { Held } from './held.ts';
import { inWords } from './kpi-names.ts';
import { useFacts, usePage } from './page-context.ts';
import { Section } from './section.tsx';
import { countText } from './show-value.ts';
import { type Standing, StandingTable } from './standing-table.tsx';
import { countStates } from './trouble-order.ts';

/** Of a large fleet so many are listed at first, so that what follows is not far away. */
const AT_FIRST = 12;
/** Fewer more are not worth a button. */
const AT_LEAST_MORE = 3;

/** Every agent, those in trouble first or in the order of a column, filtered by pool, state and name. */
export function FleetTable({ agents }: { agents: Held<AgentsAnswer> }) {
  const { view, go } = usePage('pool', 'state', 'find', 'sort', 'list');
  const { pool: ofPool, state: inState, find, sort } = view;
  const all = agents.answer?.agents ?? [];
  const rows = useMemo(() => {
    const sought = find?.toLowerCase() ?? '';
    const wanted = all.filter(
      ({ agent, pool, state }) =>
        (ofPool === null || pool === ofPool) &&
        (inState === null || state === inState) &&
        agent.toLowerCase().includes(sought),
    );
    return inOrder(wanted, sort).map(toRow);
  }, [all, ofPool, inState, find, sort]);
  const isChosen = ofPool !== null || inState !== null || find !== null || sort !== null;
  const isWhole = isChosen || view.list === 'all' || rows.length <= AT_FIRST + AT_LEAST_MORE;
  const shown = useMemo(() => (isWhole ? rows : rows.slice(0, AT_FIRST)), [rows, isWhole]);
  const table = useMemo(() => {
    const order = { sort, onSort: (sorted: string | null) => go({ sort: sorted }) };
    return <StandingTable of="Agent" caption="Agents" rows={shown} order={order} />;
  }, [shown, sort, go]);
  return (
    <Section
      id="fleet"
      title="Fleet"
      held={agents}
      aside={all.length > 0 ? <Filters all={all} shown={rows.length} /> : null}
    >
      {(answer) =>
        answer.agents.length === 0 ? (
          <FirstEvent />
        ) : rows.length === 0 ? (
          <p class="empty">
            No agent is like this.{' '}
            <button type="button" class="link" onClick={() => go({ pool: null, state: null, find: null })}>
              Show all agents
            </button>
          </p>
        ) : (
          <>
            {table}
            {isWhole ? null : (
              <button type="button" class="more" onClick={() => go({ list: 'all' })}>
                Show all {countText(rows.length)} agents
              </button>
            )}
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
  const { go } = useFacts();
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

function Filters({ all, shown }: { all: readonly Agent[]; shown: number }) {
  const { view, go } = usePage('pool', 'state', 'find');
  const pools = [...new Set([...all.map(({ pool }) => pool), ...(view.pool === null ? [] : [view.pool])])].sort();
  const states = countStates(all.filter(({ pool }) => view.pool === null || pool === view.pool));
  return (
    <div class="filters">
      <label>
        Find{' '}
        <input
          type="search"
          placeholder="part of a name"
          value={view.find ?? ''}
          onInput={(event) => go({ find: event.currentTarget.value || null }, true)}
        />
      </label>
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
