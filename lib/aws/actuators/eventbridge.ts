import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { instructionForMachines } from '../../core/remediate/directive-wording.ts';
import type { Actuator } from '../../ports/actuator.ts';
import { refusedEntries } from '../eventbridge/put-events.ts';
import { PATIENCE_MS, patience } from './patience.ts';

/** Not the source of transitions: what listens to those must not hear its own instructions. */
const SOURCE = 'fleetpulse.directives';

const detailTypes = { apply: 'DirectiveApply', revert: 'DirectiveRevert' } as const;

/** Puts directives on a bus that orchestrators subscribe to: see docs/alerts.md for the events. */
export function eventBridgeActuator(client: EventBridgeClient, busArn: string, patienceMs = PATIENCE_MS): Actuator {
  return {
    name: 'eventBridge',
    async actuate({ system, id, verb, directive, dryRun }) {
      const detail = `${detailTypes[verb]} of ${directive.id} to ${busArn}`;
      if (dryRun) return { status: 'would-do', detail };
      const answer = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busArn,
              Source: SOURCE,
              DetailType: detailTypes[verb],
              Detail: JSON.stringify({
                version: 1,
                system,
                request: id,
                directive: instructionForMachines(directive, directive.leaseUntilMs),
              }),
            },
          ],
        }),
        patience(patienceMs),
      );
      const refusal = refusedEntries(answer);
      if (refusal) throw new Error(`${busArn}: ${refusal}`);
      return { status: 'done', detail };
    },
  };
}
