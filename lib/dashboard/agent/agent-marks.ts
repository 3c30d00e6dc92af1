import { changeWords, directiveMarks } from '../alerts/incident-marks.ts';
import type { Alert, Change, Directive } from '../answers.ts';
import type { ChartMark } from '../charts/chart-props.ts';
import type { Period } from '../charts/period.ts';

interface Who {
  agent: string;
  pool: string;
}

/** Whether a directive is about an agent, and not just about a pool that it is in. */
export function doesName({ blastRadius, params }: Directive, agent: string): boolean {
  return params['agent'] === agent || (blastRadius?.agents?.includes(agent) ?? false);
}

/** Changes that alerts cite and that reach an agent: its own, those of its pool, and those of all. */
export function changesOf(alerts: readonly Alert[], { agent, pool }: Who): Change[] {
  const found = new Map<string, Change>();
  for (const change of alerts.flatMap(({ changes }) => changes ?? [])) {
    const isOfAll = change.agent === undefined && change.pool === undefined;
    const isOfPool = change.agent === undefined && change.pool === pool;
    if (change.agent === agent || isOfPool || isOfAll) found.set(`${change.at} ${changeWords(change)}`, change);
  }
  return [...found.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** What happened to an agent within a period: changes, directives about it, and where its alerts began. */
export function agentMarks(
  who: Who,
  { alerts, directives }: { alerts: readonly Alert[]; directives: readonly Directive[] },
  { fromMs, toMs }: Period,
): ChartMark[] {
  const marks = [
    ...changesOf(alerts, who).map(
      (change): ChartMark => ({ atMs: Date.parse(change.at), kind: 'change', label: changeWords(change) }),
    ),
    ...directives.filter((directive) => doesName(directive, who.agent)).flatMap(directiveMarks),
    ...alerts
      .filter(({ scope }) => scope.agent === who.agent)
      .map(({ onsetAt, title }): ChartMark => ({ atMs: Date.parse(onsetAt), kind: 'alert', label: `began: ${title}` })),
  ];
  return marks.filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);
}
