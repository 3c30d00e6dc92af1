import type { Agent, Alert } from './answers.ts';
import { capitalized } from './kpi-names.ts';
import { lengthText } from './show-time.ts';

const MINUTE_MS = 60_000;
/** What lasts, and what the text of an alert tells the length of as it was when it began. */
const lasting: readonly string[] = ['dead', 'hung', 'silent'];

/**
 * How long the agent of an alert has been so by now, which its text does not say: that is from when it was noticed.
 * @param agents as they are now
 * @returns `Dead for 39 min by now`; undefined where there is nothing to add
 */
export function byNow(
  { scope, state, detectedAt }: Pick<Alert, 'scope' | 'state' | 'detectedAt'>,
  agents: readonly Pick<Agent, 'agent' | 'state' | 'since'>[],
  nowMs: number,
): string | undefined {
  if (scope.agent === undefined || state !== 'firing' || nowMs - Date.parse(detectedAt) < MINUTE_MS) return undefined;
  const agent = agents.find((each) => each.agent === scope.agent);
  if (!agent || !lasting.includes(agent.state)) return undefined;
  return `${capitalized(agent.state)} for ${lengthText(nowMs - Date.parse(agent.since))} by now`;
}
