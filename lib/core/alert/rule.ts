import type { DetectionContext } from '../detect/detection-context.ts';
import type { AlertKind, AlertScope, Finding } from './alert.ts';

/** What a rule says of one subject for one minute. */
export type Assessment =
  | { scope: AlertScope; verdict: 'breach'; finding: Finding }
  /** Normal again. */
  | { scope: AlertScope; verdict: 'clear' }
  /** Too little is known, or the rule is between its thresholds: an alert stays as it is. */
  | { scope: AlertScope; verdict: 'unknown' };

/** An alert rule: what it looks for, as a function of the detection context, and how its alerts live. */
export interface AlertRule {
  id: string;
  kind: AlertKind;
  /** Minutes in a row that must be clear before the alert resolves. */
  resolveAfterMinutes: number;
  runbook: string;
  assess(context: DetectionContext): Assessment[];
}
