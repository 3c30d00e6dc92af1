import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudClock } from './cloud-clock.ts';
import { dynamodbPermissions, type NeededPermission } from './dynamodb-permissions.ts';
import type { DynamodbStore, WireAnswer } from './dynamodb-store.ts';
import type { EventBuses } from './event-buses.ts';
import { ecsPermissions, lambdaCall } from './fleet-permissions.ts';
import type { FunctionWorker } from './function-worker.ts';
import { decide, type PolicyStatement } from './iam-policy.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { isFromProgramHere } from './loopback.ts';
import type { Meter } from './meter.ts';
import type { Notifications } from './notifications.ts';
import { LOCAL_ACCOUNT, type PhysicalIds } from './physical-ids.ts';
import type { Intercept } from './sdk-call.ts';
import type { Secrets } from './secrets.ts';
import { escapeXml, readPublish, readPublishBatch } from './sns-query.ts';
import type { Timestream } from './timestream/timestream.ts';
import { timestreamPermissions } from './timestream-permissions.ts';
import type { UsedPermissions } from './used-permissions.ts';

/** Who signed a request. Only functions have a worker; the operator may do everything. */
export interface Caller {
  name: string;
  id: string;
  statements: readonly PolicyStatement[];
  worker: FunctionWorker | undefined;
}

export interface AwsEndpointOptions {
  ids: PhysicalIds;
  clock: CloudClock;
  store: DynamodbStore;
  buses: EventBuses;
  notifications: Notifications;
  secrets: Secrets;
  /** Undefined when the app has no table in it. */
  timestream: Timestream | undefined;
  callerWithKey: (accessKeyId: string) => Caller | undefined;
  intercept: Intercept | undefined;
  meter?: Meter | undefined;
  /** Takes down what policies allowed functions, where somebody asks for it. */
  used: UsedPermissions | undefined;
  print: (line: string) => void;
}

interface ParsedCall {
  service: 'dynamodb' | 'sns' | 'events' | 'timestream' | 'secretsmanager' | 'ecs' | 'lambda';
  operation: string;
  /** The parsed body: JSON, or the form fields of SNS. */
  request: JsonObject;
  /** Undefined when the operation is not supported here. */
  permissions: NeededPermission[] | undefined;
  carryOut: () => Promise<WireAnswer> | WireAnswer;
}

const LARGEST_REQUEST_BYTES = 20 * 1024 * 1024;

/** The loopback endpoint of every AWS service the functions use; it checks each call against the caller's policies. */
export class AwsEndpoint {
  readonly #options: AwsEndpointOptions;
  readonly #server: Server;

  constructor(options: AwsEndpointOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Starts to listen and gives the address. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`),
      );
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      const outcome = await this.#handle(request, body);
      if (outcome === 'no-answer') {
        request.socket.destroy();
        return;
      }
      response.writeHead(outcome.status, {
        'x-amzn-requestid': randomUUID(),
        date: new Date(this.#options.clock.nowMs()).toUTCString(),
        ...outcome.headers,
        'content-length': outcome.body.byteLength,
      });
      response.end(outcome.body);
    } catch (error) {
      // A worker that was terminated in the middle of a call takes its connection with it.
      if (request.destroyed && !request.complete) return;
      this.#options.print(`the local AWS endpoint failed: ${error instanceof Error ? error.message : String(error)}`);
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'InternalServerError', message: String(error) }));
    }
  }

  async #handle(request: IncomingMessage, body: Buffer): Promise<WireAnswer | 'no-answer'> {
    if (!isFromProgramHere(request.headers)) {
      return failed('dynamodb', 403, 'AccessDeniedException', 'only programs of this machine are answered');
    }
    const [accessKeyId, service] = readCredential(request.headers.authorization);
    if (accessKeyId === undefined || service === undefined) {
      return failed('dynamodb', 400, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
    }
    const caller = this.#options.callerWithKey(accessKeyId);
    if (!caller) {
      return failed(
        service,
        403,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    const call = this.#parse(service, request, body);
    if ('status' in call) return call;
    const fault = await this.#intercept(caller, call);
    if (fault === 'kill-before') return kill(caller);
    if (fault === 'throttle') return throttled(call.service);
    if (fault === 'fail-before') return brokenDown(call.service);
    const refusal = this.#refusal(caller, call);
    if (refusal) return refusal;
    const answer = await this.#metered(caller, call);
    if (fault === 'kill-after') return kill(caller);
    if (fault === 'fail-after') return brokenDown(call.service);
    return answer;
  }

  #parse(service: string, { method = '', url = '', headers }: IncomingMessage, body: Buffer): ParsedCall | WireAnswer {
    const target = String(headers['x-amz-target'] ?? '');
    const operation = target.split('.').at(-1) ?? '';
    switch (service) {
      case 'dynamodb': {
        const request = parseJson(body);
        if (!request) return failed(service, 400, 'SerializationException', 'the body is not a JSON object');
        return {
          service,
          operation,
          request,
          permissions: dynamodbPermissions(operation, request, this.#options.ids),
          carryOut: () =>
            this.#options.store.forward(operation, this.#options.meter ? askingForCapacity(request) : body),
        };
      }
      case 'events': {
        const request = parseJson(body);
        if (!request) return failed(service, 400, 'SerializationException', 'the body is not a JSON object');
        return this.#eventsCall(operation, request);
      }
      case 'timestream': {
        const { timestream, ids } = this.#options;
        if (!timestream) return failed(service, 501, 'NotImplemented', 'the app has no table in Timestream');
        const request = parseJson(body);
        if (!request) return failed(service, 400, 'ValidationException', 'the body is not a JSON object');
        return {
          service,
          operation,
          request,
          permissions: timestreamPermissions(operation, request, ids),
          carryOut: async () => {
            const { status, content } = await timestream.answer(operation, request);
            return json(status, content);
          },
        };
      }
      case 'secretsmanager': {
        const request = parseJson(body);
        if (!request) return failed(service, 400, 'SerializationException', 'the body is not a JSON object');
        const { secrets } = this.#options;
        const carryOut = () => {
          const { status, content } = secrets.answer(request);
          return json(status, content);
        };
        return { service, operation, request, permissions: secrets.permissions(operation, request), carryOut };
      }
      case 'ecs': {
        const request = parseJson(body) ?? {};
        const permissions = ecsPermissions(operation, request, this.#options.ids);
        return { service, operation, request, permissions, carryOut: () => notHere(service, operation) };
      }
      case 'lambda': {
        const call = lambdaCall(method, url, this.#options.ids);
        const carryOut = () => notHere(service, call.operation);
        return { service, ...call, request: parseJson(body) ?? {}, carryOut };
      }
      case 'sns':
        return this.#snsCall(new URLSearchParams(body.toString('utf8')));
      default:
        return failed(service, 501, 'NotImplemented', `the service ${service} is not part of the local cloud`);
    }
  }

  #eventsCall(operation: string, request: JsonObject): ParsedCall {
    const entries = (Array.isArray(request['Entries']) ? request['Entries'] : []).filter(isJsonObject);
    const busArns = new Set(entries.map((entry) => this.#options.buses.arnOf(entry)));
    return {
      service: 'events',
      operation,
      request,
      permissions:
        operation === 'PutEvents'
          ? [...busArns].map((resource) => ({ action: 'events:PutEvents', resource }))
          : undefined,
      carryOut: () => {
        if (entries.length === 0 || entries.length > 10) {
          return failed('events', 400, 'ValidationException', 'PutEvents takes 1 to 10 entries');
        }
        if (JSON.stringify(entries).length > 1_048_576) {
          return failed(
            'events',
            400,
            'ValidationException',
            'Total size of the entries in the request is over the limit.',
          );
        }
        const results = entries.map((entry) => this.#options.buses.put(entry));
        return json(200, {
          FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
          Entries: results,
        });
      },
    };
  }

  #snsCall(form: URLSearchParams): ParsedCall {
    const operation = form.get('Action') ?? '';
    const topicArn = form.get('TopicArn') ?? form.get('TargetArn') ?? '';
    const { notifications } = this.#options;
    const carryOut = () => {
      if (operation === 'Publish') {
        const outcome = notifications.publish(readPublish(form, '', topicArn));
        if (outcome.status === 'refused')
          return failed('sns', outcome.code === 'NotFound' ? 404 : 400, outcome.code, outcome.message);
        return xml(200, operation, `<MessageId>${outcome.messageId}</MessageId>`);
      }
      const entries = readPublishBatch(form);
      if (entries.length === 0 || entries.length > 10) {
        return failed('sns', 400, 'TooManyEntriesInBatchRequest', 'PublishBatch takes 1 to 10 entries');
      }
      const results = entries.map(({ id, request }) => ({ id, outcome: notifications.publish(request) }));
      const successful = results.flatMap(({ id, outcome }) =>
        outcome.status === 'published'
          ? [`<member><Id>${escapeXml(id)}</Id><MessageId>${outcome.messageId}</MessageId></member>`]
          : [],
      );
      const refused = results.flatMap(({ id, outcome }) =>
        outcome.status === 'refused'
          ? [
              `<member><Id>${escapeXml(id)}</Id><Code>${outcome.code}</Code><Message>${escapeXml(outcome.message)}</Message><SenderFault>true</SenderFault></member>`,
            ]
          : [],
      );
      return xml(200, operation, `<Successful>${successful.join('')}</Successful><Failed>${refused.join('')}</Failed>`);
    };
    return {
      service: 'sns',
      operation,
      request: Object.fromEntries(form),
      // AWS has no action of its own for PublishBatch.
      permissions: ['Publish', 'PublishBatch'].includes(operation)
        ? [{ action: 'sns:Publish', resource: topicArn }]
        : undefined,
      carryOut,
    };
  }

  #intercept(caller: Caller, { service, operation, request }: ParsedCall): ReturnType<Intercept> {
    if (!caller.worker) return undefined;
    const sequence = caller.worker.nextCall();
    return this.#options.intercept?.({ functionName: caller.id, service, operation, sequence, request });
  }

  async #metered(caller: Caller, { service, operation, request, carryOut }: ParsedCall): Promise<WireAnswer> {
    const { meter } = this.#options;
    if (!meter || !caller.worker) return carryOut();
    const functionName = caller.id;
    meter.callBegins(functionName);
    const answer = await carryOut();
    const capacityUnits = service === 'dynamodb' ? capacityUnitsOf(answer) : 0;
    meter.callEnded({ functionName, service, operation, request, status: answer.status, capacityUnits });
    return answer;
  }

  #refusal(caller: Caller, call: ParsedCall): WireAnswer | undefined {
    if (!call.permissions) {
      return failed(
        call.service,
        400,
        'UnknownOperationException',
        `${call.service} ${call.operation} is not part of the local cloud`,
      );
    }
    for (const { action, resource } of call.permissions) {
      const decision = decide(caller.statements, action, resource);
      if (decision === 'allowed') {
        if (caller.worker) this.#options.used?.add({ function: caller.id, action, resource });
        continue;
      }
      const user = `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/${caller.name}`;
      const because =
        decision === 'not-allowed'
          ? `because no identity-based policy allows the ${action} action`
          : 'with an explicit deny in an identity-based policy';
      const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
      this.#options.print(`${caller.id} was refused: ${action} on ${resource} (${because})`);
      return call.service === 'sns'
        ? failed('sns', 403, 'AuthorizationError', message)
        : failed(call.service, 400, 'AccessDeniedException', message);
    }
    return undefined;
  }
}

/** What IAM lets through, but nobody here can carry out. */
function notHere(service: 'ecs' | 'lambda', operation: string): WireAnswer {
  const what = service === 'ecs' ? 'no Amazon ECS' : 'no function of anybody else';
  const message = `${operation} is allowed, but there is ${what} in the local cloud: with actuators.dryRun, act says what it would do`;
  return failed(service, 501, 'NotImplemented', message);
}

function kill(caller: Caller): 'no-answer' {
  void caller.worker?.terminate('the function was killed in the middle of a call');
  return 'no-answer';
}

function throttled(service: string): WireAnswer {
  if (service === 'sns') return failed(service, 429, 'Throttled', 'Rate exceeded');
  return failed(service, 400, 'ThrottlingException', 'Rate exceeded');
}

function brokenDown(service: string): WireAnswer {
  const code = service === 'timestream' ? 'InternalServerException' : 'InternalServerError';
  return failed(service, 500, code, 'injected failure');
}

/** An error as the service's own protocol words it. */
function failed(service: string, status: number, code: string, message: string): WireAnswer {
  if (service === 'sns') {
    const body = `<ErrorResponse><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
  }
  return json(status, { __type: code, message, Message: message });
}

function json(status: number, content: JsonObject): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Buffer.from(JSON.stringify(content)),
  };
}

function xml(status: number, operation: string, result: string): WireAnswer {
  const body = `<${operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${operation}Response>`;
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
}

/** DynamoDB says what a call took only to those who ask. */
function askingForCapacity(request: JsonObject): Buffer {
  return Buffer.from(JSON.stringify({ ...request, ReturnConsumedCapacity: 'TOTAL' }));
}

/** Of one table: the functions make no call that concerns several. */
function capacityUnitsOf({ status, body }: WireAnswer): number {
  const consumed = status < 400 ? parseJson(body)?.['ConsumedCapacity'] : undefined;
  const units = isJsonObject(consumed) ? consumed['CapacityUnits'] : 0;
  return typeof units === 'number' ? units : 0;
}

/** Access key id and service of a signed request. */
function readCredential(authorization: string | undefined): [string | undefined, string | undefined] {
  const [accessKeyId, , , service] = /Credential=([^,\s]+)/.exec(authorization ?? '')?.[1]?.split('/') ?? [];
  return [accessKeyId, service];
}

function parseJson(body: Buffer): JsonObject | undefined {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as Json;
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_REQUEST_BYTES) reject(new Error('the request is too large'));
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}
