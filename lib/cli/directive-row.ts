import { figure } from './figure.ts';

/** What the command line shows of a directive, as GET /v1/directives gives it. */
export interface DirectiveRow {
  id: string;
  kind: string;
  summary: string;
  began?: string;
  mode: string;
  status: string;
  issuedAt: string;
  expiresAt: string;
  applied?: boolean;
  ackedBy?: string;
  ackNote?: string;
  endedBecause?: string;
  rejectedNote?: string;
  rolledBackNote?: string;
  expected: { kpi: string; scope: string; direction: 'down' | 'up'; size: number; unit: string; by?: string };
  blastRadius: { pool: string; agents: string[] };
  undo: string;
  effect: EffectOfDirective;
}

export interface DirectivesAnswer {
  version: number;
  directives: DirectiveRow[];
  next: string | null;
}

export interface EffectOfDirective {
  state: 'pending' | 'measuring' | 'measured';
  verdict?: string;
  estimate?: number;
  low?: number;
  high?: number;
  unit?: string;
  n?: number;
  tasksSaved?: { estimate: number } | null;
  usdSaved?: { estimate: number } | null;
  reason?: string;
  window?: { from: string; to: string };
}

/** "-412 ms (-530 to -300)": a measured change with its 90 % interval; why there is none yet, or never. */
export function changeInWords(
  { state, estimate, low, high, unit, reason, window }: EffectOfDirective,
  { status, applied }: Partial<Pick<DirectiveRow, 'status' | 'applied'>> = {},
): string {
  if (reason !== undefined) return reason;
  if (state === 'measuring') return window === undefined ? 'being measured' : `measured at ${window.to.slice(11, 16)}`;
  if (status === 'rejected') return 'it never came into force';
  if (applied === false) return 'nobody has applied it';
  if (estimate === undefined || low === undefined || high === undefined) return 'not acknowledged yet';
  const digits = digitsOf(Math.max(Math.abs(low), Math.abs(high)));
  const signed = (value: number) => `${value > 0 ? '+' : ''}${figure(value, digits)}`;
  return `${signed(estimate)} ${unit ?? ''} (${signed(low)} to ${signed(high)})`;
}

/** Three significant digits of the largest. */
function digitsOf(largest: number): number {
  return largest >= 100 ? 0 : largest >= 10 ? 1 : largest >= 1 ? 2 : 3;
}
