import { type Acknowledgement, type Alert, type AlertKind, type Severity, severityOf } from '../core/alert/alert.ts';
import { type AlertGroup, groupKey, groupLabels } from '../core/alert/alert-group.ts';
import { type AlertMarks, type Feedback, noMarksOf } from '../core/alert/alert-marks.ts';
import type { Silence } from '../core/alert/silence.ts';
import { testNotice } from '../core/alert/test-notice.ts';
import type { Actor } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { AlertWordStore } from '../ports/alert-word-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export interface AlertWordDeps extends AuditDeps {
  alerts: AlertStore;
  words: AlertWordStore;
}

/** Notes that somebody takes care of an alert; the first who says so stays. @returns the alert with who does */
export async function acknowledgeAlert(
  { words }: Pick<AlertWordDeps, 'words'>,
  system: string,
  alert: Alert,
  who: Acknowledgement,
): Promise<Alert> {
  const marks = await words.mark(system, alert.id, (before) => {
    const known = before ?? noMarksOf(alert);
    return known.acknowledged ? known : { ...known, acknowledged: who };
  });
  return { ...alert, acknowledged: marks.acknowledged };
}

/** Of one alert, the newest: who speaks is a name that callers choose. */
const MOST_OPINIONS = 50;

/** Notes what somebody thought of an alert, in place of what they thought before. */
export async function giveFeedback(
  { words }: Pick<AlertWordDeps, 'words'>,
  system: string,
  alert: Alert,
  feedback: Feedback,
): Promise<AlertMarks> {
  return words.mark(system, alert.id, (before) => {
    const known = before ?? noMarksOf(alert);
    const others = known.feedback.filter(({ by }) => by !== feedback.by);
    return { ...known, feedback: [...others, feedback].slice(-MOST_OPINIONS) };
  });
}

interface SilenceChange {
  system: string;
  who: Actor;
  atMs: EpochMs;
}

export async function silence(
  deps: AlertWordDeps,
  { system, who, atMs }: SilenceChange,
  wanted: Omit<Silence, 'id'>,
): Promise<Silence> {
  const made: Silence = { id: deps.uniqueId(), ...wanted };
  const intent = { system, who, atMs, action: 'silence.create', target: made.id, after: auditOf(made) } as const;
  await audited(
    deps,
    intent,
    () => deps.words.saveSilence(system, made),
    () => ({ outcome: 'done' }),
  );
  return made;
}

/** Ends a silence now; one that has ended stays as it was. @returns null where there is none */
export async function endSilence(
  deps: AlertWordDeps,
  { system, who, atMs }: SilenceChange,
  id: string,
): Promise<Silence | null> {
  const known = (await deps.words.silences(system, 0)).find((it) => it.id === id);
  if (!known) return null;
  if (known.toMs <= atMs) return known;
  const ended = { ...known, fromMs: Math.min(known.fromMs, atMs), toMs: atMs };
  await audited(
    deps,
    { system, who, atMs, action: 'silence.end', target: id, before: auditOf(known), after: auditOf(ended) },
    () => deps.words.saveSilence(system, ended),
    () => ({ outcome: 'done' }),
  );
  return ended;
}

function auditOf({ matchers, fromMs, toMs, by, comment }: Silence): Record<string, unknown> {
  return { matchers, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), by, comment };
}

/**
 * Leaves a notice for the minute job to send through every channel, as if an alert had fired.
 * @returns its id
 */
export async function sendTestAlert(
  { alerts, uniqueId }: Pick<AlertWordDeps, 'alerts' | 'uniqueId'>,
  system: string,
  wanted: { kind: AlertKind; team: string | null; pool: string | null; by: string; severity?: Severity },
  nowMs: EpochMs,
): Promise<string> {
  const notice = testNotice({ ...wanted, severity: wanted.severity ?? severityOf[wanted.kind] }, uniqueId(), nowMs);
  const [alert] = notice.alerts;
  const labels = groupLabels(alert as Alert);
  const group: AlertGroup = {
    ...{ key: `test|${notice.id}|${groupKey(labels)}`, labels, notices: 1, firstMs: nowMs, lastMs: nowMs },
    ...{ escalation: 0, covered: {}, unsent: [notice] },
  };
  // Nobody else writes under this key: no lease is needed.
  await alerts.saveGroup(system, group, 0);
  return notice.id;
}
