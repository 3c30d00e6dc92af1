import type { FleetChange } from '../model/fleet-change.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import { type Minute, startOfMinute } from '../model/time.ts';
import { type Alert, type AlertRecord, type AlertScope, type Finding, severityOf } from './alert.ts';
import { alertFingerprint } from './fingerprint.ts';
import type { AlertRule, Assessment } from './rule.ts';

const HOUR_MS = 3_600_000;
/** An alert tells of the latest: an item may have 400 KB, and nobody reads more. */
const MAX_CHANGES = 20;

/**
 * The next state of one fingerprint: absent → firing → resolved → absent. Rules carry their own persistence gates, so a
 * breach fires at once; an alert resolves after rule.resolveAfterMinutes clear minutes in a row.
 * Evaluating the same minute again returns the record unchanged, so a repeated run tells nothing twice.
 */
export function nextAlertRecord(
  current: AlertRecord | undefined,
  rule: AlertRule,
  assessment: Assessment,
  about: { minute: Minute; team: string | null; changes: readonly FleetChange[] },
): AlertRecord | undefined {
  const { minute } = about;
  if (current && minute <= current.evaluatedThrough) return current;
  if (!current || current.alert.state === 'resolved') {
    // A resolve that nobody was told of yet goes out before the next firing.
    if (assessment.verdict !== 'breach' || (current && current.unsent.length > 0)) return current;
    return fire(rule, assessment, about);
  }
  const clearMinutes = assessment.verdict === 'clear' ? current.clearMinutes + 1 : 0;
  if (clearMinutes < rule.resolveAfterMinutes) {
    const alert = assessment.verdict === 'breach' ? worse(current.alert, assessment.finding) : current.alert;
    return { ...current, alert, evaluatedThrough: minute, clearMinutes };
  }
  const resolvedMs = startOfMinute(minute + 1);
  return {
    alert: { ...current.alert, state: 'resolved', resolvedMs },
    evaluatedThrough: minute,
    clearMinutes,
    unsent: [...current.unsent, { id: `${current.alert.id}-resolved`, state: 'resolved', atMs: resolvedMs }],
  };
}

function fire(
  rule: AlertRule,
  { scope, finding }: Extract<Assessment, { verdict: 'breach' }>,
  { minute, team, changes }: { minute: Minute; team: string | null; changes: readonly FleetChange[] },
): AlertRecord {
  const fingerprint = alertFingerprint(rule.id, scope);
  const detectedMs = startOfMinute(minute + 1);
  const alert: Alert = {
    ...finding,
    id: `${minute.toString(36)}-${fingerprint}`,
    rule: rule.id,
    kind: rule.kind,
    severity: severityOf[rule.kind],
    state: 'firing',
    scope,
    team,
    detectedMs,
    resolvedMs: null,
    changes: changes
      .filter((change) => concerns(change, scope, finding.onsetMs))
      .sort((a, b) => a.event.atMs - b.event.atMs)
      .slice(-MAX_CHANGES),
    actions: [],
    fingerprint,
    runbook: rule.runbook,
  };
  const firing = { id: `${alert.id}-firing`, state: 'firing' as const, atMs: detectedMs };
  return { alert, evaluatedThrough: minute, clearMinutes: 0, unsent: [firing] };
}

/** While an alert fires its onset and words stay; figures follow the worst that was seen. */
function worse(alert: Alert, finding: Finding): Alert {
  const { value, expected, n, impact } = finding;
  return Math.abs(value - expected) > Math.abs(alert.value - alert.expected)
    ? { ...alert, value, expected, n, impact }
    : alert;
}

function concerns({ event }: FleetChange, scope: AlertScope, onsetMs: number): boolean {
  if (event.atMs < onsetMs - HOUR_MS) return false;
  if (event.agent !== undefined) return event.agent === scope.agent;
  return event.pool === undefined || event.pool === scope.pool;
}

/** The team that owns an alert's subject: the agent's, or for a pool the first in the alphabet of its agents' teams. */
export function owningTeams(roster: Roster): (scope: AlertScope) => string | null {
  const ofPools = new Map<string, string>();
  for (const entry of roster.values()) {
    const [pool, team] = [poolOf(entry), entry.description?.team];
    if (team === undefined) continue;
    const first = ofPools.get(pool);
    if (first === undefined || team < first) ofPools.set(pool, team);
  }
  return ({ pool, agent }) =>
    agent === undefined ? (ofPools.get(pool) ?? null) : (roster.get(agent)?.description?.team ?? null);
}
