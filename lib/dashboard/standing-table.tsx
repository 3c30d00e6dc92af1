import type { ComponentChildren } from 'preact';
import type { Kpis } from './answers.ts';
import { Sparkline } from './charts/sparkline.tsx';
import { KpiFigure } from './kpi-figure.tsx';
import { StateMark } from './marks.tsx';
import { usePage } from './page-context.ts';
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

const columns: readonly { kpi: string; percentile?: 'p95'; label: string; sub: string }[] = [
  { kpi: 'overall_throughput', label: 'Throughput', sub: 'done per min' },
  { kpi: 'error_ratio', label: 'Errors', sub: '% of ended' },
  { kpi: 'average_response_time', label: 'Mean', sub: 'response' },
  { kpi: 'average_response_time', percentile: 'p95', label: 'p95', sub: 'response' },
  { kpi: 'resource_utilization', label: 'Utilization', sub: '% of slots' },
];

interface StandingTableProps {
  /** What the rows are: Agent or Pool. */
  of: string;
  caption: string;
  rows: readonly Standing[];
}

/** States, reasons and figures, one row each, in columns that agents and pools share. */
export function StandingTable({ of, caption, rows }: StandingTableProps) {
  const { history, windowText } = usePage();
  const length = history ? lengthText(history.toMs - history.fromMs) : '';
  return (
    <table class="standing">
      <caption class="hidden">
        {caption}, window {windowText}
      </caption>
      <thead>
        <tr>
          <th scope="col" class="col-state">
            State
          </th>
          <th scope="col" class="col-name">
            {of}
          </th>
          <th scope="col" class="col-why">
            Why
          </th>
          {columns.map(({ label, sub }) => (
            <th key={label} scope="col" class="col-kpi" title={`window ${windowText}`}>
              {label}
              <span class="sub">{sub}</span>
            </th>
          ))}
          <th scope="col" class="col-spark">
            Mean response
            <span class="sub">{length === '' ? '' : `last ${length}`}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row: { scope, name, state, since, why, kpis } }: { row: Standing }) {
  const { nowMs } = usePage();
  const sinceMs = Date.parse(since);
  const now = nowMs ?? sinceMs;
  return (
    <tr class={isTrouble(state) ? 'in-trouble' : ''}>
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
      {columns.map(({ kpi, percentile, label }) => (
        <td key={label} class="col-kpi" data-label={label}>
          <KpiFigure kpi={kpi} of={kpis[kpi]} {...(percentile ? { percentile } : {})} />
        </td>
      ))}
      <td class="col-spark">
        <Sparkline kpi="average_response_time" scope={scope} />
      </td>
    </tr>
  );
}
