import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBus } from '../../ports/event-bus.ts';

/** PutEvents takes this many entries a call. */
const ENTRIES_PER_CALL = 10;

const detailTypes = { firing: 'AlertOpened', resolved: 'AlertResolved' } as const;

/** Alert transitions as events "AlertOpened" and "AlertResolved" of source "fleetpulse". */
export function eventBridgeBus(client: EventBridgeClient, busName: string): EventBus {
  return {
    async publish(messages) {
      for (let i = 0; i < messages.length; i += ENTRIES_PER_CALL) {
        const { FailedEntryCount, Entries } = await client.send(
          new PutEventsCommand({
            Entries: messages.slice(i, i + ENTRIES_PER_CALL).map((message) => ({
              EventBusName: busName,
              Source: 'fleetpulse',
              DetailType: detailTypes[message.transition.state],
              Time: new Date(message.transition.atMs),
              Detail: JSON.stringify(message),
            })),
          }),
        );
        if (FailedEntryCount) {
          const first = Entries?.find((entry) => entry.ErrorCode);
          throw new Error(
            `the event bus refused ${FailedEntryCount} events: ${first?.ErrorCode} ${first?.ErrorMessage}`,
          );
        }
      }
    },
  };
}
