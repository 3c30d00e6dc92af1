import type { Freshness } from '../kpi/freshness.ts';
import type { LedgerSummary } from '../ledger/ledger.ts';
import type { EpochMs } from '../model/time.ts';
import { figureText } from './figure.ts';

/** What is known of how the monitor itself did in a day. */
export interface MonitorFacts {
  /** Minutes of the day since the system was known, and how many of them have figures; null where that is not known. */
  minutes: { of: number; judged: number } | null;
  /** Since when the minute job has run without a gap in which nobody looked, where that is in the day or after it. */
  resumedMs: EpochMs | null;
  /** When the digest is made. */
  freshness: Freshness;
  /** Of what was received in the day; null where it is not kept any more. */
  ledger: LedgerSummary | null;
  /** Events that came after their minute had been judged. */
  lateEvents: number;
  /** Agents that were there and sent no heartbeat: nobody would notice when they die. */
  withoutHeartbeat: { missing: number; of: number };
}

export interface MonitorHealth {
  /** Whether nothing of it needs anybody. */
  isSound: boolean;
  lines: string[];
}

/** Rejected and late events are somebody's fault to mend from this share of what was received on. */
const WORTH_A_LOOK = 0.01;

/** What can be believed of a day: whether every minute was judged, and what became of the events. */
export function monitorHealth(facts: MonitorFacts): MonitorHealth {
  const { minutes, resumedMs, freshness, ledger, lateEvents, withoutHeartbeat } = facts;
  const missed = minutes ? minutes.of - minutes.judged : 0;
  const rejected = ledger ? total(ledger.rejected) : 0;
  const worthALook = WORTH_A_LOOK * (ledger?.received ?? 0);
  const isSound =
    missed <= 0 &&
    resumedMs === null &&
    freshness.status !== 'behind' &&
    (ledger?.difference ?? 0) === 0 &&
    (rejected === 0 || rejected < worthALook) &&
    (lateEvents === 0 || lateEvents < worthALook);
  return {
    isSound,
    lines: [
      minutes === null
        ? 'Which minutes were judged is not kept any more'
        : missed > 0
          ? `${count(minutes.judged)} of ${count(minutes.of)} minutes judged: ${count(missed)} without figures`
          : `All ${count(minutes.of)} minutes judged`,
      ...(resumedMs === null ? [] : [`Nobody looked for some time before ${momentOf(resumedMs)}`]),
      ...(freshness.status === 'behind'
        ? [`The minute job is behind: the newest figures are ${figureText(ms(freshness.dataAgeMs))} old`]
        : []),
      ledgerLine(ledger, rejected, lateEvents),
      ...(withoutHeartbeat.missing > 0
        ? [`${count(withoutHeartbeat.missing)} of ${count(withoutHeartbeat.of)} agents sent no heartbeat`]
        : []),
    ],
  };
}

function ledgerLine(ledger: LedgerSummary | null, rejected: number, late: number): string {
  if (ledger === null) return 'What became of events is not kept any more';
  const ignored = total(ledger.ignored);
  const [code] = Object.entries(ledger.rejected).sort(([, a], [, b]) => b - a)[0] ?? [];
  return [
    `${count(ledger.received)} events received`,
    `${count(rejected)} rejected${code === undefined || rejected === 0 ? '' : ` (most as ${code})`}`,
    `${count(late)} late`,
    ...(ignored > 0 ? [`${count(ignored)} ignored`] : []),
    ...(ledger.duplicate > 0 ? [`${count(ledger.duplicate)} received twice`] : []),
    ...(ledger.difference === 0 ? [] : [`${count(ledger.difference)} not accounted for`]),
  ].join(', ');
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

function count(of: number): string {
  return figureText({ value: of, unit: '', query: '/v1/ledger' });
}

function ms(value: number) {
  return { value, unit: 'ms', query: '/v1/health' } as const;
}

function momentOf(atMs: EpochMs): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
