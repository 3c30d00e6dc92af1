import { minuteOf } from '../../model/time.ts';
import { downSigns } from '../pool-down.ts';
import { disruptedPool, isDisruptive } from './disruption.ts';
import type { Guardrail, GuardrailContext } from './guardrail.ts';
import { addedBy, agentsActedOn } from './taken-out.ts';

/** Minutes in a row without any report of a pool, above which nothing is known of it. */
export const STALE_MINUTES = 2;

/** What cannot be seen is neither interrupted nor made smaller. */
export const staleTelemetry: Guardrail = {
  name: 'stale telemetry',
  takesBack: false,
  refuse(proposal, context) {
    const { fleet, firing } = context;
    const added = addedBy(proposal, context);
    const disrupts = isDisruptive(proposal, fleet);
    if (!added && !disrupts) return null;
    const isHelp = proposal.kind === 'failover' || proposal.kind === 'restart';
    if (isHelp && isToldDown(disruptedPool(proposal, fleet), context)) return null;
    for (const pool of new Set([
      ...(added ? [added.pool] : []),
      ...(disrupts ? [disruptedPool(proposal, fleet)] : []),
    ])) {
      const minutes = minutesWithoutReport(pool, context);
      if (minutes > STALE_MINUTES) return `pool ${pool} has sent no report for ${minutes} min`;
      if (fleet.isSilent(pool)) return `many agents of pool ${pool} fell silent together: what they do is not known`;
    }
    const acted = new Set([...agentsActedOn(proposal), ...(added?.agents ?? [])]);
    const mute = firing.find(({ rule, scope }) => rule === 'agent-mute' && acted.has(scope.agent ?? ''));
    return mute ? `agent ${mute.scope.agent} does not report what it does` : null;
  },
};

function minutesWithoutReport(pool: string, { fleet, minute }: GuardrailContext): number {
  const newestMs = fleet.entriesOf(pool).reduce((max, { lastSeenMs }) => Math.max(max, lastSeenMs), 0);
  return Math.max(0, minute - minuteOf(newestMs));
}

/** Whether others tell of a pool that its tasks end badly: then its silence is a sign, and not a lack of any. */
function isToldDown(pool: string, context: GuardrailContext): boolean {
  return downSigns(context, pool, [], []).outcomes !== null;
}
