import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import type { Query } from './figure.ts';

/** Half-open, in epoch ms. */
export interface Period {
  fromMs: EpochMs;
  toMs: EpochMs;
}

type Parameters = Readonly<Record<string, string | undefined>>;

/** The requests that reviews name; see lib/api/*-endpoint.ts for what each takes. */
export const queries = {
  review: (week: string): Query => `/v1/reviews/${segment(week)}`,
  /** Every KPI of a scope (fleet, pool:ID, agent:ID) over the whole days of a period. */
  kpis(scope: string, { fromMs, toMs }: Period): Query {
    const over = { window: lengthOf({ fromMs, toMs }), at: moment(toMs) };
    const [kind, id] = parted(scope);
    if (kind === 'agent') return path(`agents/${segment(id)}`, over);
    return kind === 'pool' ? path('pools', over) : path('fleet', over);
  },
  series: (kpi: string, scope: string, period: Period, step: string): Query =>
    path('series', { kpi, scope, ...fromTo(period), step }),
  budget: (name: string, atMs: EpochMs): Query => path(`budgets/${segment(name)}`, { at: moment(atMs) }),
  budgets: (atMs: EpochMs): Query => path('budgets', { at: moment(atMs) }),
  /** What fired in a period. */
  alerts: (period: Period): Query => path('alerts', { ...fromTo(period), limit: '1000' }),
  /** What was issued in a period. */
  directives: (period: Period): Query => path('directives', fromTo(period)),
  recommendations: (status: string): Query => path('recommendations', { status }),
  ledger: (period: Period): Query => path('ledger', fromTo(period)),
  agents: (period: Period): Query =>
    path('agents', { window: lengthOf(period), at: moment(period.toMs), limit: '1000' }),
  pools: (period: Period): Query => path('pools', { window: lengthOf(period), at: moment(period.toMs), limit: '1000' }),
  benchmarks: (scope: string, atMs: EpochMs): Query => path('benchmarks', { scope, at: moment(atMs) }),
} as const;

/** Whole minutes, hours or days. */
function lengthOf({ fromMs, toMs }: Period): string {
  const minutes = Math.round((toMs - fromMs) / MINUTE_MS);
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

function fromTo({ fromMs, toMs }: Period): { from: string; to: string } {
  return { from: moment(fromMs), to: moment(toMs) };
}

/** For people. @example momentWords('2026-03-16T09:10:00Z') // '2026-03-16 09:10 UTC' */
export function momentWords(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Without the part of a second that is 0. */
export function moment(atMs: EpochMs): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}

function path(name: string, parameters: Parameters): Query {
  const given = Object.entries(parameters).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${readable(value)}`],
  );
  return `/v1/${name}?${given.join('&')}`;
}

/** Ids may have / : @ in them, which need no escape; what means something in Markdown gets one. */
function readable(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/%(3A|2F|40)/g, (escaped) => decodeURIComponent(escaped))
    .replace(/[!'()*~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function segment(text: string): string {
  return readable(text);
}

function parted(scope: string): [kind: string, id: string] {
  const colon = scope.indexOf(':');
  return colon < 0 ? [scope, ''] : [scope.slice(0, colon), scope.slice(colon + 1)];
}
