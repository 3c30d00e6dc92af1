import { changeInWords, type DirectiveRow } from './directive-row.ts';
import { figure } from './figure.ts';

/** What GET /v1/directives/{id} has of a directive beside what the list shows. */
export interface DirectiveInFull extends DirectiveRow {
  params: object;
  evidence: string[];
  alerts: string[];
  acknowledgements?: { by: string; at: string; applied: boolean; note?: string }[];
  ackedAt?: string;
  approvedBy?: string;
  approvedAt?: string;
  approvedNote?: string;
  rejectedBy?: string;
  rejectedAt?: string;
  rolledBackBy?: string;
  rolledBackAt?: string;
}

/** All of one directive, line by line: what it says, why, who said what of it, how it ended and what it did. */
export function directiveInWords(it: DirectiveInFull): string[] {
  const { id, kind, summary, mode, status, expected, blastRadius, effect } = it;
  const isOver = status !== 'active' && status !== 'proposed';
  const agents = blastRadius.agents.length === 0 ? '' : `, agents ${blastRadius.agents.join(', ')}`;
  const { by, direction, kpi, scope, size, unit } = expected;
  const verdict = effect.verdict === undefined ? '' : `${effect.verdict}: `;
  return [
    `directive ${id} is ${status}: ${it.began ?? summary}${it.began === undefined ? '' : ` (by now: ${summary})`}`,
    `  ${kind} of pool ${blastRadius.pool}${agents}, ${mode}`,
    `  issued ${it.issuedAt}, ${isOver ? 'over' : 'expires'} ${it.expiresAt}`,
    ...(it.endedBecause === undefined ? [] : [`  ended: ${whyNot(it)}`]),
    ...saidOf(it),
    `  params ${JSON.stringify(it.params)}`,
    `  expected: ${kpi} of ${scope} ${direction} by ${figure(size, 3)} ${unit}${by === undefined ? '' : ` until ${by}`}`,
    `  effect: ${verdict}${changeInWords(effect, it)}`,
    ...it.evidence.map((words) => `  because ${words}`),
    ...it.alerts.map((alert) => `  answers alert ${alert}`),
    `  undo: ${it.undo}`,
  ];
}

/** Why a directive is over, or who said no to it, and why: '' where neither is so. */
export function whyNot({
  endedBecause,
  ...it
}: Pick<DirectiveRow, 'endedBecause' | 'applied' | 'ackedBy' | 'ackNote' | 'rejectedNote' | 'rolledBackNote'>): string {
  const note = it.rejectedNote ?? it.rolledBackNote;
  if (endedBecause !== undefined) return note === undefined ? endedBecause : `${endedBecause}: ${note}`;
  if (it.applied !== false) return '';
  return `${it.ackedBy} could not${it.ackNote === undefined ? '' : `: ${it.ackNote}`}`;
}

function saidOf(it: DirectiveInFull): string[] {
  const { applied, ackedBy: by = '', ackedAt: at = '', ackNote: note } = it;
  const latest = applied === undefined ? [] : [{ by, at, applied, ...(note === undefined ? {} : { note }) }];
  const words = it.acknowledgements ?? latest;
  const ruled = [
    { what: 'approved', by: it.approvedBy, at: it.approvedAt, note: it.approvedNote },
    { what: 'rejected', by: it.rejectedBy, at: it.rejectedAt, note: it.rejectedNote },
    { what: 'rolled back', by: it.rolledBackBy, at: it.rolledBackAt, note: it.rolledBackNote },
  ].filter(({ by }) => by !== undefined);
  const acted = words.map((word) => ({ ...word, what: word.applied ? 'applied' : 'not applied' }));
  return [...ruled, ...acted].map(({ what, by, at, note }) => `  ${what} by ${by} at ${at}${note ? `: ${note}` : ''}`);
}
