import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { BusMessage, CloudEvent, EventBus } from '../../ports/event-bus.ts';
import { entriesPerCall, refusedEntries } from './put-events.ts';

const alertDetailTypes = { firing: 'AlertOpened', resolved: 'AlertResolved' } as const;

const directiveDetailTypes = {
  proposed: 'DirectiveProposed',
  issued: 'DirectiveIssued',
  renewed: 'DirectiveRenewed',
  ended: 'DirectiveEnded',
  measured: 'DirectiveMeasured',
} as const;

/** Transitions of alerts and directives, what people are told, and that a plan is due, as events of source "fleetpulse" whose detail is
 * a CloudEvent; their detail types are above. */
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
    Time: new Date(happeningIn(message).atMs),
    Detail: JSON.stringify(cloudEventOf(message)),
  };
}

function cloudEventOf(message: BusMessage): CloudEvent<BusMessage> {
  const { id, atMs } = happeningIn(message);
  return {
    ...{ specversion: '1.0', id, source: `fleetpulse/${message.system}`, type: `fleetpulse.${detailTypeOf(message)}` },
    ...{ time: new Date(atMs).toISOString(), subject: subjectOf(message), datacontenttype: 'application/json' },
    data: message,
  };
}

function happeningIn(message: BusMessage): { id: string; atMs: number } {
  if ('planDue' in message) return message.planDue;
  return 'notice' in message ? message.notice : message.transition;
}

/** What it is about, as the CloudEvents' subject. */
function subjectOf(message: BusMessage): string {
  if ('planDue' in message) return 'plan';
  if ('notice' in message) return `alerts/${message.notice.group}`;
  return 'alert' in message ? `alerts/${message.alert.id}` : `directives/${message.directive.id}`;
}

function detailTypeOf(message: BusMessage): string {
  if ('planDue' in message) return 'PlanDue';
  if ('notice' in message) return 'Notice';
  return 'alert' in message
    ? alertDetailTypes[message.transition.state]
    : directiveDetailTypes[message.transition.what];
}
