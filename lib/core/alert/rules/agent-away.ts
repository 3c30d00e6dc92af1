import type { DetectionContext } from '../../detect/detection-context.ts';
import { alertFingerprint } from '../fingerprint.ts';
import { agentDead } from './agent-dead.ts';
import { agentHung } from './agent-hung.ts';

/** Whether it is told already that nothing gets done on an agent: what its tasks come to is no fault of its own kind. */
export function isAway({ firing }: DetectionContext, scope: { pool: string; agent: string }): boolean {
  return firing.has(alertFingerprint(agentDead.id, scope)) || firing.has(alertFingerprint(agentHung.id, scope));
}
