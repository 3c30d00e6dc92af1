import { workloadMetric } from '../core/plan/workload-history.ts';
import { type Arrival, services } from '../sim/arrival.ts';
import { createRandom } from '../sim/random.ts';

const HOUR_MS = 3_600_000;
const DAYS = 28;
/** What is newer comes as events. */
const RECENT_MS = 24 * HOUR_MS;
/** Work is heaviest then, and this much lighter at the other end of the day, and on weekends. */
const PEAK_HOUR = 18;
const DAY_SWING = 0.45;
const WEEKEND = 0.55;
const NOISE = 0.06;

/** Hourly workload of a scope, as POST /v1/history takes it. */
export interface WorkloadToImport {
  metric: string;
  unit: string;
  kind: 'gauge';
  points: { at: number; value: number }[];
}

/**
 * Four weeks of workload for the demo, up to a day before it begins: made up, with the day and the week of office hours around the
 * rates of the recorded hour, so that forecasts have something to see. It is brought in as history from elsewhere, and shown as such.
 */
export function demoHistory(arrivals: readonly Arrival[], startMs: number): WorkloadToImport[] {
  const hours = Math.max(...arrivals.map(({ atMs }) => atMs)) - Math.min(...arrivals.map(({ atMs }) => atMs));
  const byService = services.map((service) => {
    const perMin = arrivals.filter((arrival) => arrival.service === service).length / Math.max(1, hours / 60_000);
    return { service, points: workloadAround(perMin, startMs, service) };
  });
  const scopes = {
    code: ['pool:code', 'taskType:code-completion'],
    conv: ['pool:conv', 'taskType:chat-turn'],
  } as const;
  const fleet = byService[0]?.points.map(({ at, value }, i) => ({
    at,
    value: value + (byService[1]?.points[i]?.value ?? 0),
  }));
  return [
    { scope: 'fleet', points: fleet ?? [] },
    ...byService.flatMap(({ service, points }) => scopes[service].map((scope) => ({ scope, points }))),
  ].map(({ scope, points }) => ({ metric: workloadMetric(scope), unit: '1/min', kind: 'gauge', points }));
}

function workloadAround(perMin: number, startMs: number, name: string): WorkloadToImport['points'] {
  const random = createRandom(1, `history of ${name}`);
  const end = Math.floor((startMs - RECENT_MS) / HOUR_MS) * HOUR_MS;
  const now = shapeAt(startMs);
  return Array.from({ length: DAYS * 24 }, (_, i) => {
    const at = end - (DAYS * 24 - i) * HOUR_MS;
    const noise = Math.exp(NOISE * random.normal(0, 1));
    return { at, value: Math.round(100 * ((perMin * shapeAt(at)) / now) * noise) / 100 };
  });
}

function shapeAt(atMs: number): number {
  const date = new Date(atMs);
  const day = 1 + DAY_SWING * Math.cos((2 * Math.PI * (date.getUTCHours() - PEAK_HOUR)) / 24);
  return day * (date.getUTCDay() % 6 === 0 ? WEEKEND : 1);
}
