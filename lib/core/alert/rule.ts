import type { CauseMeasure } from '../cause/cause-input.ts';
import type { DetectionContext } from '../detect/detection-context.ts';
import type { AlertKind, AlertScope, Finding } from './alert.ts';

/** What a rule says of one subject for one minute. */
export type Assessment =
  | { scope: AlertScope; verdict: 'breach'; finding: Finding }
  /** The condition holds, but not for long enough yet to wake anyone. */
  | { scope: AlertScope; verdict: 'suspect'; finding: Finding }
  /** Normal again. */
  | { scope: AlertScope; verdict: 'clear' }
  /** Too little is known, or the rule is between its thresholds: an alert stays as it is. */
  | { scope: AlertScope; verdict: 'unknown' };

/** An alert rule: what it looks for, as a function of the detection context and of figures, and how its alerts live. */
export interface AlertRule<Condition extends RuleCondition = RuleCondition> {
  id: string;
  kind: AlertKind;
  /** In words, for the documentation. */
  looksFor: string;
  /** Its thresholds, as data: `assess` has no others. */
  condition: Condition;
  /** Minutes in a row that must be clear before the alert resolves. */
  resolveAfterMinutes: number;
  /** An alert that fires again within this time after its end is the same alert. */
  cooldownMinutes: number;
  runbook: string;
  /** What of tasks is worse when it fires, the likelier first: its causes are looked for. Absent where it tells of no tasks. */
  measures?: readonly CauseMeasure[] | undefined;
  assess(context: DetectionContext): Assessment[];
}

/** Figures by name, with their unit at the end of the name. */
export type RuleCondition = Readonly<Record<string, number>>;
