import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { CloudClock } from './cloud-clock.ts';
import type { DeployedResource, DeployedSubscription } from './deployment.ts';
import type { Json, JsonObject } from './json.ts';
import { isLoopbackUrl } from './loopback.ts';
import { matchesPattern } from './matches-pattern.ts';
import { postWebhook } from './post-webhook.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

export interface MessageAttribute {
  type: string;
  value: string;
}

export interface PublishRequest {
  topicArn: string;
  message: string;
  subject: string | undefined;
  /** `json` when the message is an object with one text per protocol. */
  structure: string | undefined;
  attributes: Record<string, MessageAttribute>;
}

/** A message as `/_local/sns` lists it. */
export interface PublishedMessage {
  at: string;
  topic: string;
  topicArn: string;
  messageId: string;
  subject: string | null;
  /** Numbers and arrays as such, everything else as text. */
  attributes: Record<string, Json>;
  /** The text for each protocol that has its own, and `default`. */
  bodies: Record<string, string>;
  /** The subscriptions whose filter let the message through. */
  recipients: { protocol: string; endpoint: string }[];
}

export type PublishOutcome =
  | { status: 'published'; messageId: string }
  | { status: 'refused'; code: string; message: string };

const MESSAGE_LIMIT_BYTES = 262_144;

export interface NotificationsOptions {
  topics: readonly DeployedResource[];
  subscriptions: readonly DeployedSubscription[];
  clock: CloudClock;
  messagesFile: string;
  subscriptionsFile: string;
  print: (line: string) => void;
  invokeFunction: (functionName: string, payload: string, cause: string) => void;
}

/** SNS: records every published message and hands it to the subscriptions whose filter lets it through. */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #messages: PublishedMessage[];
  readonly #added: DeployedSubscription[];
  /** One chain per subscription, so that an endpoint sees messages in the order they were published. */
  readonly #deliveries = new Map<string, Promise<void>>();

  constructor(options: NotificationsOptions) {
    this.#options = options;
    this.#messages = existsSync(options.messagesFile) ? readMessages(options.messagesFile) : [];
    if (existsSync(options.messagesFile)) endLastLine(options.messagesFile);
    this.#added = existsSync(options.subscriptionsFile)
      ? (JSON.parse(readFileSync(options.subscriptionsFile, 'utf8')) as DeployedSubscription[])
      : [];
  }

  published(): PublishedMessage[] {
    return [...this.#messages];
  }

  /** Adds or replaces the subscription of an endpoint; it survives a restart. */
  subscribe(topic: DeployedResource, endpoint: string, filterPolicy: JsonObject | undefined): DeployedSubscription {
    const same = (one: DeployedSubscription) => one.topicArn === topic.arn && one.endpoint === endpoint;
    const existing = this.#added.findIndex(same);
    const arn = this.#added[existing]?.arn ?? `${topic.arn}:${randomUUID()}`;
    const subscription = { arn, topicArn: topic.arn, protocol: 'http', endpoint, filterPolicy };
    this.#added.splice(existing < 0 ? this.#added.length : existing, 1, subscription);
    writeFileAtomically(this.#options.subscriptionsFile, JSON.stringify(this.#added, null, 2));
    return subscription;
  }

  publish(request: PublishRequest): PublishOutcome {
    const topic = this.#options.topics.find(({ arn }) => arn === request.topicArn);
    if (!topic) return { status: 'refused', code: 'NotFound', message: 'Topic does not exist' };
    const bodies = readBodies(request);
    if (typeof bodies === 'string') return { status: 'refused', code: 'InvalidParameter', message: bodies };
    const attributes = Object.fromEntries(
      Object.entries(request.attributes).map(([name, attribute]) => [name, attributeValue(attribute)]),
    );
    const recipients = [...this.#options.subscriptions, ...this.#added].filter(
      ({ topicArn, filterPolicy }) =>
        topicArn === topic.arn && (filterPolicy === undefined || matchesPattern(filterPolicy, attributes)),
    );
    const message: PublishedMessage = {
      at: new Date(this.#options.clock.nowMs()).toISOString(),
      topic: topic.id,
      topicArn: topic.arn,
      messageId: randomUUID(),
      subject: request.subject ?? null,
      attributes,
      bodies,
      recipients: recipients.map(({ protocol, endpoint }) => ({ protocol, endpoint })),
    };
    this.#messages.push(message);
    appendFileSync(this.#options.messagesFile, `${JSON.stringify(message)}\n`);
    const text = shortText(message);
    // What is for programs alone is in the file.
    if (!text.startsWith('{')) this.#options.print(`${topic.id}: ${text}`);
    for (const recipient of recipients) this.#deliver(recipient, message, request.attributes);
    return { status: 'published', messageId: message.messageId };
  }

  get busy(): boolean {
    return this.#deliveries.size > 0;
  }

  /** Resolves when every delivery has succeeded or has been given up. */
  async settled(): Promise<void> {
    while (this.#deliveries.size > 0) await Promise.all(this.#deliveries.values());
  }

  #deliver(to: DeployedSubscription, message: PublishedMessage, raw: Record<string, MessageAttribute>): void {
    const envelope = {
      Type: 'Notification',
      MessageId: message.messageId,
      TopicArn: message.topicArn,
      ...(message.subject === null ? {} : { Subject: message.subject }),
      Message: message.bodies[to.protocol] ?? message.bodies['default'] ?? '',
      Timestamp: message.at,
      SignatureVersion: '1',
      Signature: 'local',
      SigningCertURL: 'http://sns.local.invalid/certificate.pem',
      UnsubscribeURL: 'http://sns.local.invalid/unsubscribe',
      MessageAttributes: Object.fromEntries(
        Object.entries(raw).map(([name, { type, value }]) => [name, { Type: type, Value: value }]),
      ),
    };
    if (to.functionName !== undefined) {
      const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: to.arn, Sns: envelope };
      this.#options.invokeFunction(to.functionName, JSON.stringify({ Records: [record] }), `topic ${message.topic}`);
      return;
    }
    if ((to.protocol !== 'http' && to.protocol !== 'https') || !isLoopbackUrl(to.endpoint)) return;
    const delivery = (this.#deliveries.get(to.arn) ?? Promise.resolve()).then(async () => {
      const failure = await postWebhook(to.endpoint, JSON.stringify(envelope), {
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-message-id': message.messageId,
        'x-amz-sns-topic-arn': message.topicArn,
        'x-amz-sns-subscription-arn': to.arn,
      });
      if (failure !== undefined)
        this.#options.print(`webhook ${to.endpoint} did not take a message of ${message.topic}: ${failure}`);
      if (this.#deliveries.get(to.arn) === delivery) this.#deliveries.delete(to.arn);
    });
    this.#deliveries.set(to.arn, delivery);
  }
}

/** The texts by protocol, or what is wrong with the request. */
function readBodies({ message, structure }: PublishRequest): Record<string, string> | string {
  if (message === '') return 'Invalid parameter: Empty message';
  if (Buffer.byteLength(message) > MESSAGE_LIMIT_BYTES) return 'Invalid parameter: Message too long';
  if (structure === undefined) return { default: message };
  if (structure !== 'json') return 'Invalid parameter: MessageStructure';
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    return 'Invalid parameter: Message Structure - JSON message body failed to parse';
  }
  const entries = Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {});
  const bodies = Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return bodies['default'] === undefined
    ? 'Invalid parameter: Message Structure - No default entry in JSON message body'
    : bodies;
}

function attributeValue({ type, value }: MessageAttribute): Json {
  if (type === 'Number' || type.startsWith('Number.')) return Number(value);
  if (type !== 'String.Array') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function shortText({ subject, bodies }: PublishedMessage): string {
  const text = subject ?? bodies['sms'] ?? bodies['default'] ?? '';
  return text.split('\n', 1)[0] ?? '';
}

/** Keeps what a crash left unfinished from spoiling the next message. */
function endLastLine(file: string): void {
  if (!/(^|\n)$/.test(readFileSync(file, 'utf8'))) appendFileSync(file, '\n');
}

/** A crash may have left the last line unfinished: it was never acknowledged and is left out. */
function readMessages(file: string): PublishedMessage[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as PublishedMessage];
      } catch {
        return [];
      }
    });
}
