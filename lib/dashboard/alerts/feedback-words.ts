import type { Alert } from '../answers.ts';
import type { FeedbackAnswer } from './answers.ts';

/** What becomes of it, with how many said what. */
export function feedbackWords(feedback: FeedbackAnswer['feedback'], { severity, scope }: Alert): string {
  const noise = feedback.filter(({ opinion }) => opinion === 'noise').length;
  const said = `Noted: ${feedback.length - noise} useful, ${noise} noise.`;
  if (noise === 0) return said;
  if (severity === 'critical') return `${said} Critical alerts stay as they are.`;
  const where = scope.pool === undefined ? '' : ` for pool ${scope.pool}`;
  return `${said} The like has to be further from normal before it fires${where}.`;
}
