import type { Alert, Change, Directive } from '../answers.ts';
import type { ChartMark } from '../charts/chart-props.ts';
import { directiveSentence } from '../directive-words.ts';

/** When an alert began, was noticed and was over, what changed about then, and what was done about it. */
export function incidentMarks(alert: Alert, directives: readonly Directive[]): ChartMark[] {
  const { onsetAt, detectedAt, resolvedAt, changes = [] } = alert;
  return [
    ...changes.map(
      (change): ChartMark => ({ atMs: Date.parse(change.at), kind: 'change', label: changeWords(change) }),
    ),
    { atMs: Date.parse(onsetAt), kind: 'onset', label: 'began' },
    { atMs: Date.parse(detectedAt), kind: 'noticed', label: 'noticed' },
    ...directives.flatMap(directiveMarks),
    ...(resolvedAt === undefined
      ? []
      : [{ atMs: Date.parse(resolvedAt), kind: 'resolved', label: 'resolved' } satisfies ChartMark]),
  ];
}

/** When it was issued. */
export function directiveMarks(directive: Directive): ChartMark[] {
  const issuedMs = Date.parse(directive.issuedAt);
  return [{ atMs: issuedMs, kind: 'directive', label: directiveSentence(directive) }];
}

/** `deploy of pool writers, version 2.0.0, new index` */
export function changeWords({ kind, agent, pool, version, note }: Change): string {
  const where = agent === undefined ? (pool === undefined ? '' : ` of pool ${pool}`) : ` of ${agent}`;
  const what = [...(version === undefined ? [] : [`version ${version}`]), ...(note === undefined ? [] : [note])];
  return `${kind}${where}${what.length === 0 ? '' : `, ${what.join(', ')}`}`;
}
