import { useState } from 'preact/hooks';
import { Chart } from '../charts/chart.tsx';
import type { ChartMark } from '../charts/chart-props.ts';
import { readings, seriesInWords } from '../charts/series-shape.ts';
import { useSeries } from '../charts/use-series.ts';
import type { Held } from '../held.ts';
import { kpiName } from '../kpi-names.ts';
import { useFacts } from '../page-context.ts';
import { Scroll } from '../scroll.tsx';
import { Section } from '../section.tsx';
import { clockText } from '../show-time.ts';
import { countText, valueText } from '../show-value.ts';
import { StandingMark } from '../versus/standing-mark.tsx';
import type { BenchmarksAnswer, Trend } from './benchmark-answers.ts';
import { PartsBar } from './parts-bar.tsx';
import { partsSentence, trendChangeText, trendText } from './trend-words.ts';

const WEEK_MS = 7 * 86_400_000;

/** Each KPI of the last days beside the days before, what came of other work and what of performance. */
export function TrendSection({ held, scope }: { held: Held<BenchmarksAnswer>; scope: string }) {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  return (
    <Section
      id="trend"
      title="Beside its own last 90 days"
      held={held}
      aside={<span class="aside">the last 7 days beside up to 83 before, like work with like work</span>}
    >
      {(answer) => {
        const trends = answer.performance_trend;
        if (trends.length === 0) {
          return <p class="empty">No day is compared yet: {answer.reason ?? 'nothing was measured of it'}.</p>;
        }
        const shown = trends.find(({ kpi }) => kpi === chosen) ?? mostTelling(trends);
        return (
          <>
            <Scroll label="Trends">
              <table class="plain-table trend">
                <caption class="hidden">KPIs of the last 7 days beside the days before</caption>
                <thead>
                  <tr>
                    <th scope="col">KPI</th>
                    <th scope="col">Verdict</th>
                    <th scope="col" class="num">
                      Last 7 days
                    </th>
                    <th scope="col" class="num">
                      Days before
                    </th>
                    <th scope="col" class="num">
                      Change
                    </th>
                    <th scope="col" class="num">
                      Other work
                    </th>
                    <th scope="col" class="num">
                      Performance
                    </th>
                    <th scope="col">
                      Drawn
                      <span class="sub">above other work, below performance</span>
                    </th>
                    <th scope="col">Since</th>
                  </tr>
                </thead>
                <tbody>
                  {trends.map((trend) => (
                    <Row key={trend.kpi} trend={trend} isShown={trend === shown} onShow={() => setChosen(trend.kpi)} />
                  ))}
                </tbody>
              </table>
            </Scroll>
            <Course trend={shown} answer={answer} scope={scope} />
          </>
        );
      }}
    </Section>
  );
}

/** What got worse, else what got better, else the first that is known. */
function mostTelling(trends: readonly Trend[]): Trend {
  const of = (verdict: Trend['verdict']) => trends.find((trend) => trend.verdict === verdict);
  const known = trends.find(({ kpi, value }) => value !== null && kpi === 'average_response_time');
  return of('worse') ?? of('better') ?? known ?? (trends[0] as Trend);
}

function Row({ trend, isShown, onShow }: { trend: Trend; isShown: boolean; onShow: () => void }) {
  const {
    kpi,
    unit,
    value,
    reference,
    n,
    change,
    mixEffect,
    performance,
    verdict,
    reason,
    since,
    changes = [],
  } = trend;
  const part = (effect: number | null | undefined) =>
    effect === null || effect === undefined ? '–' : trendChangeText(effect, trend);
  return (
    <tr class={isShown ? 'chosen' : ''}>
      <th scope="row">
        <button type="button" class="link" aria-pressed={isShown} onClick={onShow}>
          {kpiName(kpi).label}
        </button>
      </th>
      <td title={reason}>
        <StandingMark standing={verdict} label={verdict} />
        {reason === undefined ? null : <span class="sub clamp">{reason}</span>}
      </td>
      <td class="num">
        {value === null ? '–' : valueText(value, unit)}
        <span class="sub">n {countText(n)}</span>
      </td>
      <td class="num">{reference === null ? '–' : valueText(reference, unit)}</td>
      <td class="num">{part(change)}</td>
      <td class="num" title={partsSentence(trend)}>
        {part(mixEffect)}
      </td>
      <td class="num" title={performance ? `${trendText(trend)}, 90 % interval` : undefined}>
        {part(performance?.value)}
        {performance ? (
          <span class="sub">
            {trendChangeText(performance.low, trend)} to {trendChangeText(performance.high, trend)}
          </span>
        ) : null}
      </td>
      <td>
        <PartsBar trend={trend} />
      </td>
      <td class="nowrap">
        {since === undefined ? '–' : dayText(since)}
        {changes.length === 0 ? null : <span class="sub clamp">{changes.join('; ')}</span>}
      </td>
    </tr>
  );
}

function dayText(at: string): string {
  return clockText(Date.parse(at), Number.NEGATIVE_INFINITY).replace(/ 00:00$/, '');
}

/** One KPI day by day, where its level changed and what was changed about then. */
function Course({ trend, answer, scope }: { trend: Trend; answer: BenchmarksAnswer; scope: string }) {
  const { api } = useFacts();
  const { window, reference } = answer;
  const fromMs = Date.parse((reference ?? window)?.from ?? '');
  const toMs = Date.parse(window?.to ?? '');
  const isKnown = !Number.isNaN(fromMs) && !Number.isNaN(toMs);
  const { series, isUnknown } = useSeries(api, trend.kpi, scope, isKnown ? { fromMs, toMs } : undefined);
  const name = kpiName(trend.kpi).label;
  if (!isKnown) return null;
  if (isUnknown) return <p class="note">The course of {name.toLowerCase()} is not available.</p>;
  const points = series && series.kpi === trend.kpi ? readings(series.points, series.stepMs) : [];
  // Days before the first that is known would be an empty chart.
  const first = points[0]?.atMs ?? fromMs;
  const period = { fromMs: Math.max(fromMs, Math.min(first, toMs - WEEK_MS)), toMs };
  const windowFromMs = Date.parse(window?.from ?? '');
  const marks: ChartMark[] = [
    { atMs: windowFromMs, label: 'the last 7 days begin', kind: 'now' },
    ...(trend.since === undefined ? [] : [sinceMark(trend.since, trend.changes)]),
  ];
  return (
    <div class="trend-course">
      <p>
        <strong>{name}.</strong> {partsSentence(trend)}
        {trend.perWeek === null
          ? ''
          : ` Over all days it drifts by ${trendChangeText(trend.perWeek.value, trend)} a week.`}
        {trend.since === undefined
          ? ''
          : ` Its level changed on ${dayText(trend.since)}${trend.changes?.length ? `, when ${trend.changes.join('; ')}` : ', and no change is known of about then'}.`}
      </p>
      {series === undefined || series.kpi !== trend.kpi ? (
        <div class="chart waiting-chart" />
      ) : points.length === 0 ? (
        <p class="quiet">No day of it is kept.</p>
      ) : (
        <Chart
          summary={seriesInWords(`${name} of ${scope.replace(':', ' ')}`, series.points, { ...series, ...period })}
          unit={series.unit}
          period={period}
          lines={[{ label: name.toLowerCase(), style: 'main', points, stepMs: series.stepMs }]}
          levels={trend.reference === null ? [] : [{ label: 'days before', value: trend.reference }]}
          marks={marks}
        />
      )}
    </div>
  );
}

function sinceMark(since: string, changes: readonly string[] = []): ChartMark {
  const what = changes.length > 0 ? `: ${changes.join('; ')}` : '';
  return { atMs: Date.parse(since), label: `level changed${what}`, kind: 'change' };
}
