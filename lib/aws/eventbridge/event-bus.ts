import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { BusMessage, EventBus } from '../../ports/event-bus.ts';
import { entriesPerCall, refusedEntries } from './put-events.ts';

const alertDetailTypes = { firing: 'AlertOpened', resolved: 'AlertResolved' } as const;

const directiveDetailTypes = {
  proposed: 'DirectiveProposed',
  issued: 'DirectiveIssued',
  renewed: 'DirectiveRenewed',
  ended: 'DirectiveEnded',
  measured: 'DirectiveMeasured',
} as const;

/** Transitions of alerts and directives, and what people are told, as events of source "fleetpulse"; their detail types are above. */
export function eventBridgeBus(client: EventBridgeClient, busName: string): EventBus {
  return {
    async publish(messages) {
      for (const entries of entriesPerCall(messages.map((message) => entryOf(message, busName)))) {
        const answer = await client.send(new PutEventsCommand({ Entries: entries }));
        const refusal = refusedEntries(answer);
        if (refusal) throw new Error(refusal);
      }
    },
  };
}

function entryOf(message: BusMessage, busName: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: 'fleetpulse',
    DetailType: detailTypeOf(message),
    Time: new Date('notice' in message ? message.notice.atMs : message.transition.atMs),
    Detail: JSON.stringify(message),
  };
}

function detailTypeOf(message: BusMessage): string {
  if ('notice' in message) return 'Notice';
  return 'alert' in message
    ? alertDetailTypes[message.transition.state]
    : directiveDetailTypes[message.transition.what];
}
