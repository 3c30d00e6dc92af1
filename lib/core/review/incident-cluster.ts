import type { Alert, AlertKind, AlertScope } from '../alert/alert.ts';
import type { EpochMs } from '../model/time.ts';

/** What is looked at of an alert of the past. */
export type PastAlert = Pick<Alert, 'id' | 'kind' | 'scope' | 'title' | 'onsetMs' | 'detectedMs' | 'resolvedMs'> &
  Partial<Pick<Alert, 'causes' | 'severity' | 'acknowledged' | 'reopened'>>;

/** What began at one time, of one cause: one alert, or some that followed within hours. */
export interface Incident {
  atMs: EpochMs;
  /** Id of the first alert. */
  alert: string;
  alerts: string[];
}

/** Incidents that may have one cause. */
export interface IncidentCluster {
  key: string;
  /** null where alerts of several kinds have the same likely cause. */
  kind: AlertKind | null;
  scope: AlertScope;
  title: string;
  /** In order. */
  incidents: Incident[];
}

const HOUR_MS = 3_600_000;
/** Alerts of a cause that begin so soon after the one before belong to it. */
const SAME_INCIDENT_MS = 3 * HOUR_MS;
/** A likely cause that explains less does not stand for an alert. */
const LEAST_SHARE = 0.5;

/** What tells causes apart; a version or a recommendation is another every time. */
const subjectNames = ['pool', 'agent', 'taskType', 'tool', 'model', 'metric', 'signature', 'budget'] as const;

/**
 * Alerts by what may have caused them: kind and subject; kind and pool, where the subject is narrower; the likely cause, whatever
 * the kind. An alert may be in several. Recommendations are left out: they come by the clock of the evaluation.
 */
export function clusterIncidents(alerts: readonly PastAlert[]): IncidentCluster[] {
  const clusters = new Map<string, Omit<IncidentCluster, 'incidents'> & { alerts: PastAlert[] }>();
  for (const alert of alerts.toSorted((a, b) => a.onsetMs - b.onsetMs || (a.id < b.id ? -1 : 1))) {
    if (alert.scope.recommendation !== undefined) continue;
    for (const membership of membershipsOf(alert)) {
      const cluster = clusters.get(membership.key);
      if (cluster) cluster.alerts.push(alert);
      else clusters.set(membership.key, { ...membership, alerts: [alert] });
    }
  }
  const seen = new Set<string>();
  return [...clusters.values()].flatMap(({ alerts: its, ...cluster }) => {
    const incidents = incidentsOf(its);
    // A pool with one agent that fails: the wider cluster says no more than the narrower.
    const same = `${cluster.kind ?? 'cause'} ${incidents.map(({ alert }) => alert).join(' ')}`;
    if (seen.has(same)) return [];
    seen.add(same);
    return [{ ...cluster, incidents }];
  });
}

/** Alerts of one cause, in order of their onsets, as incidents. */
export function incidentsOf(alerts: readonly PastAlert[]): Incident[] {
  const incidents: Incident[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { id, onsetMs } of alerts) {
    const current = incidents.at(-1);
    if (current && onsetMs - lastMs <= SAME_INCIDENT_MS) current.alerts.push(id);
    else incidents.push({ atMs: onsetMs, alert: id, alerts: [id] });
    lastMs = onsetMs;
  }
  return incidents;
}

/** The kind as words: "latency increase". */
export function kindWords(kind: AlertKind): string {
  return kind.replaceAll('_', ' ');
}

/** {pool: "conv", taskType: "chat"} is "pool conv, task type chat"; nothing is "the whole system". */
export function subjectWords(scope: AlertScope): string {
  const named = subjectNames.flatMap((name) => {
    const id = scope[name];
    return id === undefined ? [] : [`${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${id}`];
  });
  return named.join(', ') || 'the whole system';
}

function membershipsOf({ kind, scope, causes }: PastAlert): Omit<IncidentCluster, 'incidents'>[] {
  const subject: AlertScope = Object.fromEntries(
    subjectNames.flatMap((name) => (scope[name] === undefined ? [] : [[name, scope[name]]])),
  );
  const own = { key: `${kind} ${JSON.stringify(subject)}`, kind, scope: subject, title: titleOf(kind, subject) };
  const isNarrower = scope.pool !== undefined && Object.keys(subject).length > 1;
  const pool: AlertScope = isNarrower ? { pool: scope.pool as string } : {};
  const ofPool = { key: `${kind} ${JSON.stringify(pool)}`, kind, scope: pool, title: titleOf(kind, pool) };
  const [cause] = causes ?? [];
  const ofCause = cause && cause.share >= LEAST_SHARE ? [causeMembership(cause)] : [];
  return [own, ...(isNarrower ? [ofPool] : []), ...ofCause];
}

function causeMembership({ dimension, id }: { dimension: string; id: string }): Omit<IncidentCluster, 'incidents'> {
  const isSubject = (subjectNames as readonly string[]).includes(dimension);
  const scope: AlertScope = isSubject ? { [dimension]: id } : {};
  return { key: `cause ${dimension}:${id}`, kind: null, scope, title: `Trouble caused by ${dimension} ${id}` };
}

function titleOf(kind: AlertKind, scope: AlertScope): string {
  const words = kindWords(kind);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${subjectWords(scope)}`;
}
