import type { Agent, AgentsAnswer, FleetAnswer, LedgerAnswer } from './answers.ts';
import type { Held } from './held.ts';
import { KpiFigure } from './kpi-figure.tsx';
import { kpiName } from './kpi-names.ts';
import { ledgerBalance } from './ledger-words.ts';
import { useFacts } from './page-context.ts';
import { lengthText, periodText } from './show-time.ts';
import { isTrouble } from './trouble-order.ts';

/** The minute job completes a minute within the next one; this is two later. */
const STALE_AFTER_MS = 3 * 60_000;

const tiles: readonly { kpi: string; percentile?: 'p95' }[] = [
  { kpi: 'overall_throughput' },
  { kpi: 'error_ratio' },
  { kpi: 'average_response_time' },
  { kpi: 'average_response_time', percentile: 'p95' },
  { kpi: 'resource_utilization' },
  { kpi: 'system_availability' },
  { kpi: 'service_level_agreement_compliance' },
  { kpi: 'cost_per_task' },
];

interface VerdictStripProps {
  fleet: Held<FleetAnswer>;
  agents: Held<AgentsAnswer>;
  ledger: Held<LedgerAnswer>;
}

/** How the fleet is, in a sentence; whether the figures can be trusted; and the figures. */
export function VerdictStrip({ fleet, agents, ledger }: VerdictStripProps) {
  const { answer, trouble } = fleet;
  const tone = answer ? toneOf(answer, agents.answer?.agents ?? []) : 'unknown';
  return (
    <section class={`verdict tone-${tone}`} aria-labelledby="verdict">
      <div class="headline">
        <h2 id="verdict">{answer?.verdict ?? (trouble ? 'The verdict is not available' : 'Looking at the fleet …')}</h2>
        {trouble ? <p class="note">{trouble.detail}.</p> : null}
        <dl class="trust">
          <DataAge answer={answer} />
          <Ledger held={ledger} />
        </dl>
      </div>
      {answer ? <Tiles answer={answer} /> : null}
    </section>
  );
}

function toneOf({ attention, dataAgeMs, kpis }: FleetAnswer, agents: readonly Agent[]): string {
  if (dataAgeMs === null || dataAgeMs > STALE_AFTER_MS) return 'unknown';
  if (attention.some(({ severity }) => severity === 'critical')) return 'critical';
  if (attention.length > 0 || agents.some(({ state }) => isTrouble(state))) return 'warning';
  return Object.values(kpis).some(({ n }) => n > 0) ? 'good' : 'unknown';
}

function DataAge({ answer }: { answer: FleetAnswer | undefined }) {
  if (!answer) return null;
  const { dataAgeMs } = answer;
  const isStale = dataAgeMs !== null && dataAgeMs > STALE_AFTER_MS;
  return (
    <div class={isStale ? 'wrong' : ''}>
      <dt>Data age</dt>
      <dd>
        {dataAgeMs === null ? 'no data yet' : lengthText(dataAgeMs)}
        {isStale ? <span class="sub"> stale: the minute job is behind</span> : null}
      </dd>
    </div>
  );
}

function Ledger({ held: { answer, trouble } }: { held: Held<LedgerAnswer> }) {
  const { nowMs } = useFacts();
  if (!answer) {
    return trouble ? (
      <div>
        <dt>Ledger</dt>
        <dd>not available</dd>
      </div>
    ) : null;
  }
  const { isBalanced, equation, difference } = ledgerBalance(answer);
  const toMs = Date.parse(answer.to);
  const period = periodText(Date.parse(answer.from), toMs, nowMs ?? toMs);
  return (
    <div class={isBalanced ? '' : 'wrong'} title={`Events by time of receipt, ${period}`}>
      <dt>Ledger, {lengthText(toMs - Date.parse(answer.from))}</dt>
      <dd>
        {difference}: {equation}
      </dd>
    </div>
  );
}

function Tiles({ answer: { kpis } }: { answer: FleetAnswer }) {
  const { windowText } = useFacts();
  return (
    <dl class="tiles" aria-label={`Fleet KPIs, window ${windowText}`}>
      {tiles
        .filter(({ kpi }) => kpis[kpi] !== undefined)
        .map(({ kpi, percentile }) => (
          <div key={`${kpi} ${percentile}`}>
            <dt>{percentile ? `${percentile} response` : kpiName(kpi).label}</dt>
            <dd>
              <KpiFigure kpi={kpi} of={kpis[kpi]} {...(percentile ? { percentile } : {})} />
            </dd>
          </div>
        ))}
    </dl>
  );
}
