import type { EpochMs } from '../model/time.ts';
import type { Alert, AlertKind, Severity } from './alert.ts';
import { groupKey, groupLabels, type Notice } from './alert-group.ts';

/** A message that looks like that of an alert and says that it is a test, so that people can try whether it arrives. */
export function testNotice(
  wanted: { kind: AlertKind; severity: Severity; team: string | null; pool: string | null; by: string },
  unique: string,
  nowMs: EpochMs,
): Notice {
  const { kind, severity, team, pool, by } = wanted;
  const id = `test-${unique}`;
  const alert: Alert = {
    ...{ id, rule: 'test', kind, severity, state: 'firing', scope: pool === null ? {} : { pool }, team },
    title: 'this is how an alert arrives',
    why: `${by} sends it to see whether messages arrive. Nothing is wrong, and nothing has to be done.`,
    ...{ onsetMs: nowMs, detectedMs: nowMs, resolvedMs: null, reopened: 0 },
    ...{ value: 1, expected: 0, unit: 'test', n: 1, impact: {}, evidence: [], contributors: [] },
    ...{ changes: [], actions: [], acknowledged: null, silencedBy: null, inhibitedBy: null },
    ...{ fingerprint: id, runbook: 'docs/runbooks.md#test' },
  };
  const labels = groupLabels(alert);
  return {
    ...{ id, group: groupKey(labels), labels, reason: 'test', state: 'firing', atMs: nowMs, escalation: 0 },
    ...{ alerts: [alert], size: 1, firing: 1, inhibited: 0, repeatsMs: null },
  };
}
