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
  const byName = [...agents].sort((a, b) => byText(a.agent, b.agent));
  if (id === 'agent') return sign === 1 ? byName : byName.reverse();
  const [kpi = '', percentile] = id.split('.');
  const figureOf = ({ kpis }: Agent) => (percentile === 'p95' ? kpis[kpi]?.p95 : kpis[kpi]?.value) ?? null;
  return byName.sort((a, b) => {
    const [left, right] = [figureOf(a), figureOf(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
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
