import type { FleetChange } from '../model/fleet-change.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import { type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import {
  type Alert,
  type AlertRecord,
  type AlertScope,
  type AlertState,
  type Finding,
  isToldToFire,
  severities,
  severityOf,
} from './alert.ts';
import { alertFingerprint } from './fingerprint.ts';
import type { AlertRule, Assessment } from './rule.ts';

const HOUR_MS = 3_600_000;
/** An alert tells of the latest: an item may have 400 KB, and nobody reads more. */
const MAX_CHANGES = 20;
/** An alert that comes and goes has to be clear for longer each time, up to this. */
const MAX_RESOLVE_AFTER_MINUTES = 60;

type Verdict = Assessment['verdict'];
type Step = 'stay' | 'suspect' | 'fire' | 'count clear' | 'reopen' | 'drop';

/** What a verdict does to an alert in a state: absent → pending → firing → resolved → absent. */
const steps: Record<AlertState | 'absent', Record<Verdict, Step>> = {
  absent: { breach: 'fire', suspect: 'suspect', clear: 'stay', unknown: 'stay' },
  pending: { breach: 'fire', suspect: 'suspect', clear: 'drop', unknown: 'stay' },
  firing: { breach: 'stay', suspect: 'stay', clear: 'count clear', unknown: 'stay' },
  // A new suspicion of what has just ended is no news yet.
  resolved: { breach: 'reopen', suspect: 'stay', clear: 'stay', unknown: 'stay' },
};

/** What the life of an alert depends on besides what the rule says. */
export interface AlertCircumstances {
  minute: Minute;
  team: string | null;
  changes: readonly FleetChange[];
  /** Of agents that changes name. */
  poolOfAgent: (agent: string) => string;
}

/**
 * The next state of one fingerprint. Rules carry their own persistence gates, so a breach fires at once; an alert resolves
 * after as many clear minutes in a row as its rule says, twice as many each time it has come back.
 * Evaluating the same minute again returns the record unchanged, so a repeated run tells nothing twice.
 * @returns undefined where there is no alert
 */
export function nextAlertRecord(
  current: AlertRecord | undefined,
  rule: AlertRule,
  assessment: Assessment,
  circumstances: AlertCircumstances,
): AlertRecord | undefined {
  const { minute } = circumstances;
  if (current && minute <= current.evaluatedThrough) return current;
  switch (steps[current?.alert.state ?? 'absent'][assessment.verdict]) {
    case 'drop':
      return undefined;
    case 'suspect':
      return suspect(current, rule, assessment as Found, circumstances);
    case 'fire':
      return fire(rule, assessment as Found, circumstances);
    case 'reopen':
      return current && reopen(current, rule, assessment as Found, circumstances);
    case 'count clear':
      return current && countClear(current, rule, minute);
    case 'stay':
      return current && stay(current, assessment, minute);
  }
}

/** Whether two records of an alert are the same but for the minute that they were evaluated for. */
export function isSameRecord(one: AlertRecord, other: AlertRecord): boolean {
  return (
    one.alert === other.alert &&
    one.clearMinutes === other.clearMinutes &&
    one.told === other.told &&
    one.unsent.length === other.unsent.length
  );
}

/** Whether an alert may still change, or somebody has yet to hear of it. */
export function staysOpen({ alert, unsent, told }: AlertRecord, rule: AlertRule | undefined, minute: Minute): boolean {
  if (alert.state !== 'resolved' || unsent.length > 0 || isToldToFire({ told })) return true;
  return minuteOf(alert.resolvedMs ?? 0) + (rule?.cooldownMinutes ?? 0) > minute;
}

type Found = Extract<Assessment, { finding: Finding }>;

function suspect(
  current: AlertRecord | undefined,
  rule: AlertRule,
  assessment: Found,
  circumstances: AlertCircumstances,
): AlertRecord {
  const { minute } = circumstances;
  if (current) return { ...current, evaluatedThrough: minute };
  const alert = { ...newAlert(rule, assessment, circumstances), state: 'pending' as const };
  return { alert, evaluatedThrough: minute, clearMinutes: 0, told: -1, unsent: [] };
}

function fire(rule: AlertRule, assessment: Found, circumstances: AlertCircumstances): AlertRecord {
  const { minute } = circumstances;
  const alert = newAlert(rule, assessment, circumstances);
  const unsent = [{ id: `${alert.id}-firing`, state: 'firing' as const, atMs: alert.detectedMs }];
  return { alert, evaluatedThrough: minute, clearMinutes: 0, told: -1, unsent };
}

/** The same alert fires again: who heard of its end hears of this, and of nothing more until it is over for good. */
function reopen(
  { alert: before, told, unsent }: AlertRecord,
  rule: AlertRule,
  assessment: Found,
  circumstances: AlertCircumstances,
): AlertRecord {
  const { minute } = circumstances;
  const { finding } = assessment;
  const reopened = before.reopened + 1;
  // What was behind it then need not be behind it now.
  const { causes: _causes, layer: _layer, ...same } = before;
  const alert: Alert = {
    ...same,
    ...{ ...finding, onsetMs: before.onsetMs, severity: finding.severity ?? severityOf[rule.kind] },
    ...{ state: 'firing', resolvedMs: null, reopened },
    changes: newAlert(rule, assessment, circumstances).changes,
  };
  const firing = { id: `${alert.id}-firing-${reopened}`, state: 'firing' as const, atMs: startOfMinute(minute + 1) };
  return { alert, evaluatedThrough: minute, clearMinutes: 0, told, unsent: [...unsent, firing] };
}

function countClear(current: AlertRecord, rule: AlertRule, minute: Minute): AlertRecord {
  const { alert, unsent } = current;
  const clearMinutes = current.clearMinutes + 1;
  const needed = Math.min(
    rule.resolveAfterMinutes * 2 ** alert.reopened,
    Math.max(MAX_RESOLVE_AFTER_MINUTES, rule.resolveAfterMinutes),
  );
  if (clearMinutes < needed) return { ...current, evaluatedThrough: minute, clearMinutes };
  const resolvedMs = startOfMinute(minute + 1);
  const again = alert.reopened === 0 ? '' : `-${alert.reopened}`;
  return {
    ...current,
    alert: { ...alert, state: 'resolved', resolvedMs },
    evaluatedThrough: minute,
    clearMinutes,
    unsent: [...unsent, { id: `${alert.id}-resolved${again}`, state: 'resolved', atMs: resolvedMs }],
  };
}

function stay(current: AlertRecord, assessment: Assessment, minute: Minute): AlertRecord {
  const { alert } = current;
  if (alert.state !== 'firing') return current;
  const next = assessment.verdict === 'breach' ? worse(alert, assessment.finding) : alert;
  // Who was told of something lesser has to hear that it has become worse.
  const told = next.severity === alert.severity ? current.told : -1;
  return { ...current, alert: next, told, evaluatedThrough: minute, clearMinutes: 0 };
}

function newAlert(rule: AlertRule, { scope, finding }: Found, circumstances: AlertCircumstances): Alert {
  const { minute, team, changes, poolOfAgent } = circumstances;
  const fingerprint = alertFingerprint(rule.id, scope);
  return {
    ...finding,
    id: `${minute.toString(36)}-${fingerprint}`,
    rule: rule.id,
    kind: rule.kind,
    severity: finding.severity ?? severityOf[rule.kind],
    state: 'firing',
    scope,
    team,
    detectedMs: startOfMinute(minute + 1),
    resolvedMs: null,
    reopened: 0,
    changes: changes
      .filter((change) => concerns(change, scope, finding.onsetMs, poolOfAgent))
      .sort((a, b) => a.event.atMs - b.event.atMs)
      .slice(-MAX_CHANGES),
    actions: [],
    acknowledged: null,
    silencedBy: null,
    inhibitedBy: null,
    fingerprint,
    runbook: rule.runbook,
  };
}

/** While an alert fires its onset, words and causes stay; figures follow the worst that was seen, and so does its severity. */
function worse(before: Alert, finding: Finding): Alert {
  const explains = withMore(before.explains, finding.explains);
  const alert = explains === before.explains ? before : { ...before, ...(explains && { explains }) };
  const { value, expected, n, impact, exhaustsMs, severity = alert.severity } = finding;
  if (severities.indexOf(severity) < severities.indexOf(alert.severity))
    return { ...alert, ...finding, ...(explains && { explains }), ...explanationOf(alert), severity };
  if (Math.abs(value - expected) <= Math.abs(alert.value - alert.expected)) return alert;
  return { ...alert, value, expected, n, impact, ...(exhaustsMs === undefined ? {} : { exhaustsMs }) };
}

function explanationOf({ causes, layer }: Alert): Pick<Finding, 'causes' | 'layer'> {
  return { ...(causes && { causes }), ...(layer !== undefined && { layer }) };
}

/** What it has once been found to explain it goes on to explain. */
function withMore(known: Finding['explains'] = [], found: Finding['explains'] = []): Finding['explains'] {
  const texts = new Set(known.map((it) => JSON.stringify(it)));
  const more = found.filter((it) => !texts.has(JSON.stringify(it)));
  if (more.length > 0) return [...known, ...more];
  return known.length > 0 ? known : undefined;
}

function concerns(
  { event }: FleetChange,
  { agent, pool }: AlertScope,
  onsetMs: number,
  poolOfAgent: (agent: string) => string,
): boolean {
  if (event.atMs < onsetMs - HOUR_MS) return false;
  if (event.agent !== undefined && agent !== undefined) return event.agent === agent;
  const changed = event.agent === undefined ? event.pool : poolOfAgent(event.agent);
  return changed === undefined || pool === undefined || changed === pool;
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
  return ({ pool, agent }) => {
    if (agent !== undefined) return roster.get(agent)?.description?.team ?? null;
    return pool === undefined ? null : (ofPools.get(pool) ?? null);
  };
}
