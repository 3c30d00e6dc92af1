import type { FleetAnswer, KpiValue } from '../answers.ts';
import type { BenchmarksAnswer, Position } from '../compare/benchmark-answers.ts';
import { standingText } from '../compare/standing-words.ts';
import { trendText } from '../compare/trend-words.ts';
import type { Held } from '../held.ts';
import { kpiName } from '../kpi-names.ts';
import { usePage } from '../page-context.ts';
import { Scroll } from '../scroll.tsx';
import { Section } from '../section.tsx';
import { clockText, lengthText, periodText } from '../show-time.ts';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import { compareWindows, figureOf, type Percentile } from './compare-windows.ts';
import { StandingMark } from './standing-mark.tsx';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const EVERY_MS = 60_000;

const rows: readonly { kpi: string; percentile?: Percentile }[] = [
  { kpi: 'overall_throughput' },
  { kpi: 'error_ratio' },
  { kpi: 'average_response_time' },
  { kpi: 'average_response_time', percentile: 'p95' },
  { kpi: 'resource_utilization' },
  { kpi: 'system_availability' },
  { kpi: 'service_level_agreement_compliance' },
  { kpi: 'cost_per_task' },
  { kpi: 'customer_satisfaction' },
];

/** The fleet beside itself, a window, a day and a week ago and in the last 90 days, and beside its industry. */
export function VersusPanel({ fleet }: { fleet: Held<FleetAnswer> }) {
  const { view, nowMs, windowText } = usePage('window', 'atMs');
  const window = fleet.answer?.window;
  const lengthMs = window === undefined ? undefined : Date.parse(window.to) - Date.parse(window.from);
  const at = (shiftMs: number | undefined) =>
    nowMs === undefined || shiftMs === undefined || lengthMs === undefined || shiftMs < lengthMs
      ? undefined
      : `/v1/fleet?window=${view.window}&at=${nowMs - shiftMs}`;
  const past = { keep: true, everyMs: EVERY_MS };
  const before = useHeld<FleetAnswer>(at(lengthMs), past).held;
  const dayAgo = useHeld<FleetAnswer>(lengthMs === DAY_MS ? undefined : at(DAY_MS), past).held;
  const weekAgo = useHeld<FleetAnswer>(lengthMs === WEEK_MS ? undefined : at(WEEK_MS), past).held;
  const moment = view.atMs === null ? '' : `&at=${view.atMs}`;
  const { held: benchmarks } = useHeld<BenchmarksAnswer>(`/v1/benchmarks?scope=fleet${moment}`, past);
  const columns = [
    { name: 'Window before', shiftMs: lengthMs, held: before },
    ...(lengthMs !== undefined && lengthMs < DAY_MS ? [{ name: 'A day earlier', shiftMs: DAY_MS, held: dayAgo }] : []),
    ...(lengthMs !== undefined && lengthMs < WEEK_MS
      ? [{ name: 'A week earlier', shiftMs: WEEK_MS, held: weekAgo }]
      : []),
  ];
  return (
    <div class="versus-panel">
      <Section id="versus" title="Versus" held={fleet} aside={<span class="aside">window {windowText}</span>}>
        {({ kpis }) => (
          <Scroll label="The fleet beside itself earlier">
            <table class="plain-table versus">
              <caption class="hidden">The fleet now, beside itself earlier and beside its industry</caption>
              <thead>
                <tr>
                  <th scope="col" class="col-kpi-name">
                    KPI
                  </th>
                  <th scope="col" class="col-now">
                    Now
                  </th>
                  {columns.map(({ name, shiftMs, held }) => (
                    <th
                      key={name}
                      scope="col"
                      class="col-then"
                      title={held.answer ? whenText(held.answer, nowMs) : undefined}
                    >
                      {name}
                      <span class="sub">{shiftMs === undefined ? '' : `${lengthText(shiftMs)} ago`}</span>
                    </th>
                  ))}
                  <th scope="col" class="col-own">
                    Own last 90 days
                    <span class="sub">same work, 7 days beside 83</span>
                  </th>
                  <th scope="col">
                    Industry
                    <span class="sub">{measuredText(benchmarks.answer)}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows
                  .filter(({ kpi }) => kpis[kpi] !== undefined)
                  .map(({ kpi, percentile }) => (
                    <tr key={`${kpi} ${percentile}`}>
                      <th scope="row">{percentile ? `${percentile} response` : kpiName(kpi).label}</th>
                      <td>
                        <Now of={kpis[kpi]} percentile={percentile} />
                      </td>
                      {columns.map(({ name, held }) => (
                        <td key={name}>
                          <Then kpi={kpi} now={kpis[kpi]} held={held} percentile={percentile} />
                        </td>
                      ))}
                      <td>
                        <OwnTrend kpi={kpi} percentile={percentile} held={benchmarks} />
                      </td>
                      <td>
                        <Industry kpi={kpi} percentile={percentile} held={benchmarks} />
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Section>
    </div>
  );
}

function whenText({ window: { from, to } }: FleetAnswer, nowMs: number | undefined): string {
  return periodText(Date.parse(from), Date.parse(to), nowMs ?? Date.parse(to));
}

function measuredText(answer: BenchmarksAnswer | undefined): string {
  const { measured, madeAt } = answer ?? {};
  if (!measured) return 'published figures';
  const length = lengthText(Date.parse(measured.to) - Date.parse(measured.from));
  return madeAt === null ? `provisional, of ${length}` : `of ${length}`;
}

function Now({ of, percentile }: { of: KpiValue | undefined; percentile: Percentile | undefined }) {
  const value = figureOf(of, percentile);
  if (of === undefined || value === null) return <Unknown reason={of?.reason ?? 'not computed'} />;
  return (
    <span class="versus-cell">
      <strong class="nowrap">{valueText(value, of.unit)}</strong>
      <span class="sub">n {countText(of.n)}</span>
    </span>
  );
}

interface ThenProps {
  kpi: string;
  now: KpiValue | undefined;
  held: Held<FleetAnswer>;
  percentile: Percentile | undefined;
}

function Then({ kpi, now, held: { answer, trouble }, percentile }: ThenProps) {
  if (!answer) return trouble ? <Unknown reason={trouble.detail} /> : <span class="quiet">…</span>;
  const then = answer.kpis[kpi];
  const { standing, change, reason } = compareWindows(kpi, now, then, percentile);
  const value = figureOf(then, percentile);
  if (standing === 'unknown' || then === undefined || value === null) return <Unknown reason={reason ?? 'not known'} />;
  return (
    <span
      class="versus-cell"
      title={`${valueText(value, then.unit)} then, n ${countText(then.n)}${reason ? `; ${reason}` : ''}`}
    >
      <StandingMark standing={standing} label={change === '' ? standing : `${standing} ${change}`} />
      <span class="sub">
        {valueText(value, then.unit)}, n {countText(then.n)}
      </span>
    </span>
  );
}

interface BesideProps {
  kpi: string;
  percentile: Percentile | undefined;
  held: Held<BenchmarksAnswer>;
}

function OwnTrend({ kpi, percentile, held: { answer, trouble } }: BesideProps) {
  if (!answer) return trouble ? <Unknown reason={trouble.detail} /> : <span class="quiet">…</span>;
  if (percentile) return <Unknown reason="percentiles are not compared with other days" />;
  const trend = answer.performance_trend.find((its) => its.kpi === kpi);
  if (!trend)
    return <Unknown reason={answer.madeAt === null ? 'no day is compared yet' : 'not compared with other days'} />;
  if (trend.verdict === 'unknown') return <Unknown reason={trend.reason ?? 'not known'} />;
  return (
    <span
      class="versus-cell"
      title={`7 days to ${clockText(Date.parse(answer.window?.to ?? ''), Number.NEGATIVE_INFINITY)} UTC`}
    >
      <StandingMark standing={trend.verdict} label={trend.verdict} />
      <span class="sub">{trendText(trend)}</span>
    </span>
  );
}

function Industry({ kpi, percentile, held: { answer, trouble } }: BesideProps) {
  if (!answer) return trouble ? <Unknown reason={trouble.detail} /> : <span class="quiet">…</span>;
  const { positions, notComparable } = answer.industry_position;
  const position = positionOf(positions, kpi, percentile);
  if (!position) {
    const said = notComparable.find((its) => its.kpi === kpi)?.reason;
    const none =
      positions.length + notComparable.length === 0 ? answer.reason : 'no published figure of this statistic';
    return <Unknown reason={said ?? none ?? 'not known'} />;
  }
  return (
    <span class="versus-cell" title={position.reasoning}>
      <StandingMark standing={position.standing} label={standingText(position)} />
      <span class="sub">
        {position.band === undefined && position.ratio !== undefined
          ? `${timesText(position.ratio)} the ${position.kind}; `
          : ''}
        {position.source}, {position.year}
        {position.dated ? ', dated' : ''}
      </span>
    </span>
  );
}

/** The best founded one comes first. */
function positionOf(positions: readonly Position[], kpi: string, percentile: Percentile | undefined) {
  const isPercentile = ({ statistic }: Position) => /^p\d/.test(statistic);
  return positions.find((its) => its.kpi === kpi && (percentile ? its.statistic === percentile : !isPercentile(its)));
}

/** @example timesText(1.079) // '1.08 ×' */
function timesText(ratio: number): string {
  return `${ratio.toPrecision(3)}\u00a0×`;
}

/** What is not known says why. */
function Unknown({ reason }: { reason: string }) {
  return (
    <span class="versus-cell quiet" title={reason}>
      <span aria-hidden="true">–</span>
      <span class="sub clamp">{reason}</span>
    </span>
  );
}
