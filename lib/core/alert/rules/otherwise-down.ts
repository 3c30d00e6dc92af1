import { type DetectionContext, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { AlertScope } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import { agentDead } from './agent-dead.ts';
import { agentHung } from './agent-hung.ts';

/** Whether an agent is dead or hangs, or did so lately: what becomes of the tasks it held is no fault of its own. */
export function isOtherwiseDown({ firing, ended, nowMs }: DetectionContext, scope: AlertScope): boolean {
  return [agentDead, agentHung].some(({ id }) => {
    const fingerprint = alertFingerprint(id, scope);
    const endedMs = ended.get(fingerprint);
    return firing.has(fingerprint) || (endedMs !== undefined && nowMs - endedMs < LOOKBACK_MINUTES * MINUTE_MS);
  });
}
