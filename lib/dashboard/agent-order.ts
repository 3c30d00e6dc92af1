import type { Agent } from './answers.ts';
import { byText, troubleFirst } from './trouble-order.ts';

/**
 * The agents in the order of a column; those without a value last, equals by name.
 * @param sort `agent`, or a KPI with its percentile behind a dot (`average_response_time.p95`), `-` in front for the largest
 *   first; null puts those in trouble first
 */
export function inOrder(agents: readonly Agent[], sort: string | null): Agent[] {
  if (sort === null) return troubleFirst(agents, ({ agent }) => agent);
  const sign = sort.startsWith('-') ? -1 : 1;
  const id = sort.replace(/^-/, '');
  if (id === 'agent') return [...agents].sort((a, b) => sign * byText(a.agent, b.agent));
  const [kpi = '', percentile] = id.split('.');
  const figureOf = ({ kpis }: Agent) => (percentile === 'p95' ? kpis[kpi]?.p95 : kpis[kpi]?.value) ?? null;
  return [...agents].sort((a, b) => {
    const [left, right] = [figureOf(a), figureOf(b)];
    const byFigure =
      left === null || right === null ? Number(left === null) - Number(right === null) : sign * (left - right);
    return byFigure || byText(a.agent, b.agent);
  });
}

/** The order that a click on a column leads to: the largest first, then the smallest first, then as without any. */
export function nextSort(sort: string | null, id: string): string | null {
  if (sort === `-${id}`) return id;
  return sort === id ? null : `-${id}`;
}

export function sortOf(sort: string | null, id: string): 'ascending' | 'descending' | 'none' {
  if (sort === id) return 'ascending';
  return sort === `-${id}` ? 'descending' : 'none';
}
