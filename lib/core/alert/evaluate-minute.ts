import type { DetectionContext } from '../detect/detection-context.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import type { AlertRecord } from './alert.ts';
import { alertFingerprint } from './fingerprint.ts';
import { nextAlertRecord, owningTeams } from './lifecycle.ts';
import { alertRules } from './rules/registry.ts';

/**
 * Runs every rule on one minute and moves each alert to its next state. An alert whose subject no rule mentions any
 * more (a forgotten agent) is clear.
 * @param records by fingerprint, as the previous minute left them
 */
export function evaluateMinute(
  records: ReadonlyMap<string, AlertRecord>,
  context: Omit<DetectionContext, 'firing'>,
  changes: readonly FleetChange[],
): Map<string, AlertRecord> {
  const next = new Map(records);
  const teamOf = owningTeams(context.roster);
  const isFiring = ([, record]: [string, AlertRecord]) => record.alert.state === 'firing';
  for (const rule of alertRules) {
    const firing = new Set([...next].filter(isFiring).map(([fingerprint]) => fingerprint));
    const assessments = new Map(
      rule.assess({ ...context, firing }).map((it) => [alertFingerprint(rule.id, it.scope), it]),
    );
    for (const [fingerprint, { alert }] of next) {
      if (alert.rule === rule.id && !assessments.has(fingerprint)) {
        assessments.set(fingerprint, { scope: alert.scope, verdict: 'clear' });
      }
    }
    for (const [fingerprint, assessment] of assessments) {
      const about = { minute: context.minute, team: teamOf(assessment.scope), changes };
      const record = nextAlertRecord(next.get(fingerprint), rule, assessment, about);
      if (record) next.set(fingerprint, record);
    }
  }
  return next;
}
