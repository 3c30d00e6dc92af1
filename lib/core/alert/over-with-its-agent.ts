import type { Forgotten } from '../model/forgotten-agent.ts';
import type { Alert } from './alert.ts';

/**
 * An alert about an agent that was forgotten is over at that moment: for those who read it at once, for those who are
 * told of transitions once the rules have found nobody to judge.
 */
export function overWithItsAgent(alert: Alert, forgotten: Forgotten): Alert {
  const atMs = alert.scope.agent === undefined ? undefined : forgotten.get(alert.scope.agent)?.atMs;
  if (atMs === undefined || alert.detectedMs > atMs) return alert;
  if (alert.resolvedMs !== null && alert.resolvedMs <= atMs) return alert;
  return { ...alert, state: 'resolved', resolvedMs: atMs };
}
