import { type AlertKind, severityOf } from './alert.ts';
import type { AlertMarks } from './alert-marks.ts';

/** However many call it noise, or useful, a threshold's distance from normal changes by no more than this. */
export const STRICTNESS = { least: 0.85, most: 1.6 };
/** By how much one opinion moves it. */
const STEP = { noise: 1.15, useful: 0.95 };

/**
 * How much further from normal something must be before a rule breaches for a pool, as people's feedback has it. Alerts
 * that mean that work is lost are as strict as they were shipped: nobody can turn them off by complaining.
 * @returns a factor on the distance from normal, {@link STRICTNESS.least} to {@link STRICTNESS.most}; 1 without feedback
 */
export function strictnessFrom(
  marks: Iterable<AlertMarks>,
  kindOf: (rule: string) => AlertKind | undefined,
): (rule: string, pool: string | undefined) => number {
  const factors = new Map<string, number>();
  for (const { rule, pool, feedback } of marks) {
    const kind = kindOf(rule);
    if (kind === undefined || severityOf[kind] === 'critical') continue;
    const last = new Map(feedback.toSorted((a, b) => a.atMs - b.atMs).map(({ by, opinion }) => [by, opinion]));
    const key = `${rule}\n${pool ?? ''}`;
    for (const opinion of last.values()) factors.set(key, (factors.get(key) ?? 1) * STEP[opinion]);
  }
  return (rule, pool) => {
    const factor = factors.get(`${rule}\n${pool ?? ''}`) ?? 1;
    return Math.min(STRICTNESS.most, Math.max(STRICTNESS.least, factor));
  };
}
