import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { nextSort, sortOf } from './agent-order.ts';
import type { Kpis } from './answers.ts';
import { Sparkline } from './charts/sparkline.tsx';
import { KpiFigure } from './kpi-figure.tsx';
import { StateMark } from './marks.tsx';
import { useFacts } from './page-context.ts';
import { RowBlocks } from './row-blocks.tsx';
import { clockText, lastedText, lengthText } from './show-time.ts';
import { isTrouble } from './trouble-order.ts';

/** An agent or a pool: something that is in a state and has KPIs. */
export interface Standing {
  id: string;
  /** For example `pool:writers`. */
  scope: string;
  name: ComponentChildren;
  state: string;
  since: string;
  why: string;
  kpis: Kpis;
}

const columns: readonly { id: string; kpi: string; percentile?: 'p95'; label: string; sub: string }[] = [
  { id: 'overall_throughput', kpi: 'overall_throughput', label: 'Throughput', sub: 'done per min' },
  { id: 'error_ratio', kpi: 'error_ratio', label: 'Errors', sub: '% of ended' },
  { id: 'average_response_time', kpi: 'average_response_time', label: 'Mean', sub: 'response' },
  { id: 'average_response_time.p95', kpi: 'average_response_time', percentile: 'p95', label: 'p95', sub: 'response' },
  { id: 'resource_utilization', kpi: 'resource_utilization', label: 'Utilization', sub: '% of slots' },
];
/** State, name, why, the KPIs, the sparkline. */
const COLUMNS = columns.length + 4;

interface StandingTableProps {
  /** What the rows are: Agent or Pool. */
  of: string;
  caption: string;
  rows: readonly Standing[];
  /** How to put the rows in the order of a column; undefined where they have one order. */
  order?: { sort: string | null; onSort: (sort: string | null) => void };
}

/** States, reasons and figures, one row each, in columns that agents and pools share. */
export function StandingTable({ of, caption, rows, order }: StandingTableProps) {
  const { history, windowText } = useFacts();
  const length = history ? lengthText(history.toMs - history.fromMs) : '';
  const body = useMemo(
    () => (
      <RowBlocks
        items={rows}
        columns={COLUMNS}
        // A row is used for whatever stands in its place: another order makes no elements.
        row={(row, index) => <Row key={index} row={row} index={index + 2} />}
      />
    ),
    [rows],
  );
  return (
    <table class="standing" aria-rowcount={rows.length + 1}>
      <caption class="hidden">
        {caption}, window {windowText}
      </caption>
      <thead>
        <tr>
          <th scope="col" class="col-state">
            State
          </th>
          <Heading id="agent" class="col-name" label={of} order={order} />
          <th scope="col" class="col-why">
            Why
          </th>
          {columns.map(({ id, label, sub }) => (
            <Heading
              key={id}
              id={id}
              class="col-kpi"
              label={label}
              sub={sub}
              title={`window ${windowText}`}
              order={order}
            />
          ))}
          <th scope="col" class="col-spark">
            Mean response
            <span class="sub">{length === '' ? '' : `last ${length}`}</span>
          </th>
        </tr>
      </thead>
      {body}
    </table>
  );
}

interface HeadingProps {
  order: StandingTableProps['order'] | undefined;
  id: string;
  class: string;
  label: string;
  sub?: string;
  title?: string;
}

function Heading({ id, class: name, label, sub, title, order }: HeadingProps) {
  const below = sub === undefined ? null : <span class="sub">{sub}</span>;
  if (order === undefined) {
    return (
      <th scope="col" class={name} title={title}>
        {label}
        {below}
      </th>
    );
  }
  const sorted = sortOf(order.sort, id);
  return (
    <th scope="col" class={name} title={title} aria-sort={sorted}>
      <button type="button" class="sort" onClick={() => order.onSort(nextSort(order.sort, id))}>
        {label}
        <span aria-hidden="true">{{ ascending: ' ↑', descending: ' ↓', none: '' }[sorted]}</span>
        {below}
      </button>
    </th>
  );
}

/** @param index which row of the table it is, from 1, which is the heading */
function Row({ row: { scope, name, state, since, why, kpis }, index }: { row: Standing; index: number }) {
  const { nowMs } = useFacts();
  const sinceMs = Date.parse(since);
  const now = nowMs ?? sinceMs;
  return (
    <tr class={isTrouble(state) ? 'in-trouble' : ''} aria-rowindex={index}>
      <td class="col-state" title={`since ${clockText(sinceMs, now)} UTC`}>
        <StateMark state={state} />
        <span class="sub">for {lastedText(sinceMs, now).replace('just now', 'less than 1\u00a0min')}</span>
      </td>
      <th scope="row" class="col-name">
        {name}
      </th>
      <td class={`col-why ${isTrouble(state) ? '' : 'quiet'}`}>
        <span class="clamp" title={why}>
          {why}
        </span>
      </td>
      {columns.map(({ id, kpi, percentile, label }) => (
        <td key={id} class="col-kpi" data-label={label}>
          <KpiFigure kpi={kpi} of={kpis[kpi]} {...(percentile ? { percentile } : {})} />
        </td>
      ))}
      <td class="col-spark">
        <Sparkline key={scope} kpi="average_response_time" scope={scope} />
      </td>
    </tr>
  );
}
