import { useMemo } from 'preact/hooks';
import { Chart } from '../charts/chart.tsx';
import { usePage } from '../page-context.ts';
import { Section } from '../section.tsx';
import { clockText } from '../show-time.ts';
import { useHeld } from '../use-held.ts';
import { BreachMark } from './breach-mark.tsx';
import { FirstFull } from './first-full.tsx';
import type { ForecastAnswer } from './forecast-answer.ts';
import { chartStart, forecastChart } from './forecast-chart.ts';
import { accuracySentence, breachOf, historySentence, orderSentences } from './forecast-words.ts';
import { type Horizon, horizonOf, horizons, stepOf } from './horizon.ts';
import { ImportHistory } from './import-history.tsx';
import { usePast } from './use-past.ts';

const HOUR_MS = 3_600_000;
/** Forecasts are made anew each hour. */
const EVERY_MS = 30_000;

interface AheadProps {
  pools: readonly string[];
  isLarge?: boolean;
}

/** The work that is expected of the fleet or of a pool, with its bands, and when that is more than the pool carries. */
export function Ahead({ pools, isLarge = false }: AheadProps) {
  const { view, go } = usePage('pool', 'ahead');
  const { pool } = view;
  const horizon = horizonOf(view.ahead);
  const scope = pool === null ? 'fleet' : `pool:${pool}`;
  const path = `/v1/forecast?scope=${encodeURIComponent(scope)}&horizon=${horizon}`;
  const { held } = useHeld<ForecastAnswer>(path, { everyMs: EVERY_MS });
  const named = pool === null || pools.includes(pool) ? pools : [pool, ...pools];
  return (
    <div class={`ahead ${isLarge ? 'large' : ''}`}>
      <Section
        id="ahead"
        title="Ahead"
        held={held}
        controls={
          <>
            <span class="filters">
              <label for="ahead-pool">Of</label>
              <select
                id="ahead-pool"
                value={pool ?? ''}
                onChange={({ currentTarget }) => go({ pool: currentTarget.value || null })}
              >
                <option value="">the fleet</option>
                {named.map((name) => (
                  <option key={name} value={name}>
                    pool {name}
                  </option>
                ))}
              </select>
            </span>
            <fieldset class="segments small">
              <legend class="hidden">How far ahead</legend>
              {horizons.map((each) => (
                <button key={each} type="button" aria-pressed={each === horizon} onClick={() => go({ ahead: each })}>
                  {each}
                </button>
              ))}
            </fieldset>
          </>
        }
      >
        {(answer) =>
          answer.points.length === 0 ? (
            <div class="empty">
              <p>No forecast: {answer.reason ?? 'nothing is known yet'}.</p>
              <ImportHistory scope={scope} />
            </div>
          ) : (
            <Fan key={path} forecast={answer} horizon={horizon} isLarge={isLarge} />
          )
        }
      </Section>
    </div>
  );
}

function Fan({ forecast, horizon, isLarge }: { forecast: ForecastAnswer; horizon: Horizon; isLarge: boolean }) {
  const { view, nowMs: lookedAtMs } = usePage('atMs');
  const startMs = forecast.points[0]?.at ?? 0;
  const madeMs = Date.parse(forecast.madeAt ?? '') || startMs;
  const isPresent = view.atMs === null && lookedAtMs !== undefined;
  const nowMs = isPresent ? Math.max(lookedAtMs, startMs) : Math.max(startMs, madeMs);
  const lengthMs = forecast.points.length * forecast.stepMs;
  const earliestMs = startMs - (isLarge ? lengthMs : Math.round(lengthMs / 2 / HOUR_MS) * HOUR_MS);
  const past = usePast(forecast, stepOf(horizon), { fromMs: earliestMs, nowMs });
  const fromMs = chartStart(past, { earliestMs, startMs, lengthMs });
  const breach = useMemo(
    () => breachOf(forecast.capacity, forecast.scope, nowMs),
    [forecast.capacity, forecast.scope, nowMs],
  );
  const chart = useMemo(
    () => forecastChart(forecast, past, breach, { fromMs, nowMs }),
    [forecast, past, breach, fromMs, nowMs],
  );
  const orders = forecast.capacity === null ? [] : orderSentences(forecast.capacity, nowMs);
  return (
    <div class="fan">
      <BreachMark breach={breach}>{forecast.scope === 'fleet' ? <FirstFull nowMs={nowMs} /> : null}</BreachMark>
      {orders.length === 0 ? null : (
        <ul class="orders">
          {orders.map((order) => (
            <li key={order}>{order}.</li>
          ))}
        </ul>
      )}
      <Chart {...chart} height={isLarge ? 280 : 190} />
      <Making forecast={forecast} nowMs={nowMs} isPresent={view.atMs === null} />
    </div>
  );
}

/** What the forecast was made from, and how far it may be trusted. */
function Making({ forecast, nowMs, isPresent }: { forecast: ForecastAnswer; nowMs: number; isPresent: boolean }) {
  const { model, madeAt, seasonalities, history, leads } = forecast;
  const cycles = seasonalities.map(({ name, strength }) => `${name} (${Math.round(100 * strength)}\u00a0%)`).join(', ');
  return (
    <dl class="making">
      <div>
        <dt>Accuracy</dt>
        <dd>{accuracySentence(forecast)}</dd>
      </div>
      <div title="Hours of tasks a minute that it was made from, five weeks at most">
        <dt>History</dt>
        <dd>{historySentence(history)}</dd>
      </div>
      <div title="Share of what varies that the cycle explains, strongest first">
        <dt>Cycles</dt>
        <dd>{cycles === '' ? 'none found' : cycles}</dd>
      </div>
      <div title="What was mixed, by how far off each was on the past of this series">
        <dt>Model</dt>
        <dd>{model ?? 'none'}</dd>
      </div>
      {leads.length === 0 ? null : (
        <div>
          <dt>Foretold by</dt>
          <dd>{leads.map(({ scope, lagMs }) => `${scope}, ${lagMs / HOUR_MS} h before`).join('; ')}</dd>
        </div>
      )}
      <div>
        <dt>Made</dt>
        <dd>
          {madeAt === null ? 'when asked for' : `${clockText(Date.parse(madeAt), nowMs)} UTC`}
          {isPresent ? '' : '; of the present, not of the moment that is looked at'}
        </dd>
      </div>
    </dl>
  );
}
