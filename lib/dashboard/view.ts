import { windowMinutes } from './show-time.ts';

/** The parts of the page, one of which is shown. */
export const tabs = ['now', 'plan', 'alerts', 'compare', 'settings'] as const;
export type Tab = (typeof tabs)[number];

/** What of the fleet is looked at: all of it is in the address, so that a link shows the same. */
export interface View {
  tab: Tab;
  /** For example `15m`. */
  window: string;
  /** End of the window, epoch ms; null follows the present. */
  atMs: number | null;
  /** Filters the fleet, and is the subject of forecasts, plans and comparisons; null is all of the fleet. */
  pool: string | null;
  state: string | null;
  /** What alerts are listed: their severity, kind, and whether they still fire. */
  severity: string | null;
  kind: string | null;
  alertState: string | null;
  /** Part of the name of the agents that are listed. */
  find: string | null;
  /** Column that the agents are in the order of, `-` in front for the largest first; null puts those in trouble first. */
  sort: string | null;
  /** `all` lists every agent; null only the first few of a large fleet, unless some are looked for. */
  list: string | null;
  /** Opened agent, and opened alert: at most one of them. */
  agent: string | null;
  alert: string | null;
  /** Opened weekly review, for example `2026-W47`. */
  week: string | null;
  /** The agent that is compared, instead of a pool or the fleet. */
  compared: string | null;
  /** How far the forecast looks, one of `horizons`. */
  ahead: string | null;
  /** The body of the what-if that is asked, as JSON. */
  what: string | null;
}

export const windows = ['5m', '15m', '1h', '6h', '24h', '7d', '30d'] as const;
const DEFAULT_WINDOW = '15m';
/** The API knows no longer one. */
const MAX_WINDOW_MINUTES = 90 * 24 * 60;

const texts = [
  'pool',
  'state',
  'find',
  'sort',
  'list',
  'agent',
  'alert',
  'week',
  'compared',
  'ahead',
  'what',
  'severity',
  'kind',
  'alertState',
] as const;

/** Reads the query of an address; what it does not understand is as if it were not there. */
export function readView(query: string): View {
  const parameters = new URLSearchParams(query);
  const text = (name: string) => parameters.get(name) || null;
  const window = text('window') ?? DEFAULT_WINDOW;
  const minutes = windowMinutes(window);
  const atMs = Date.parse(text('at') ?? '');
  const alert = text('alert');
  return {
    tab: tabs.find((tab) => tab === text('tab')) ?? 'now',
    window: minutes !== undefined && minutes <= MAX_WINDOW_MINUTES ? window : DEFAULT_WINDOW,
    atMs: Number.isNaN(atMs) ? null : atMs,
    pool: text('pool'),
    state: text('state'),
    severity: text('severity'),
    kind: text('kind'),
    alertState: text('alertState'),
    find: text('find'),
    sort: text('sort'),
    list: text('list'),
    agent: alert === null ? text('agent') : null,
    alert,
    week: text('week'),
    compared: text('compared'),
    ahead: text('ahead'),
    what: text('what'),
  };
}

/** The query of the address that shows a view, empty for the view that is shown without one. */
export function viewQuery(view: View): string {
  const parameters = new URLSearchParams();
  if (view.tab !== 'now') parameters.set('tab', view.tab);
  if (view.window !== DEFAULT_WINDOW) parameters.set('window', view.window);
  if (view.atMs !== null) parameters.set('at', new Date(view.atMs).toISOString());
  for (const name of texts) {
    const value = view[name];
    if (value !== null) parameters.set(name, value);
  }
  const query = parameters.toString();
  return query === '' ? '' : `?${query}`;
}
