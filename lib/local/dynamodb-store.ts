import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { DynamodbEmulator } from './dynamodb-emulator.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const TARGET_PREFIX = 'DynamoDB_20120810';
// The emulators want a signature but do not check it.
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=operator/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

/** The emulator closed an idle connection at the moment it was used again. */
class StaleConnection extends Error {}

/** The emulator as the local cloud itself uses it: passes requests on, provisions tables, deletes expired items. */
export class DynamodbStore {
  readonly #emulator: Pick<DynamodbEmulator, 'host' | 'port'>;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(emulator: Pick<DynamodbEmulator, 'host' | 'port'>) {
    this.#emulator = emulator;
  }

  async forward(operation: string, body: Buffer): Promise<WireAnswer> {
    try {
      return await this.#send(operation, body);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return this.#send(operation, body);
    }
  }

  #send(operation: string, body: Buffer): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: this.#emulator.host,
          port: this.#emulator.port,
          method: 'POST',
          path: '/',
          agent: this.#agent,
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'content-length': body.byteLength,
            'x-amz-target': `${TARGET_PREFIX}.${operation}`,
            'x-amz-date': '20200101T000000Z',
            authorization: AUTHORIZATION,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('error', reject);
          incoming.once('end', () =>
            resolve({
              status: incoming.statusCode ?? 500,
              headers: kept(incoming.headers),
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      outgoing.once('error', (error) => reject(outgoing.reusedSocket ? new StaleConnection() : error));
      outgoing.end(body);
    });
  }

  /** @throws Error with the emulator's message when it refuses the call */
  async call(operation: string, input: JsonObject): Promise<JsonObject> {
    const answer = await this.forward(operation, Buffer.from(JSON.stringify(input)));
    const output = JSON.parse(answer.body.toString('utf8')) as Json;
    if (answer.status === 200 && isJsonObject(output)) return output;
    const type = isJsonObject(output) ? String(output['__type']) : '';
    const message = isJsonObject(output) ? String(output['message'] ?? output['Message'] ?? '') : '';
    const error = new Error(message || `${operation} failed with status ${answer.status}`);
    error.name = type.split('#').at(-1) ?? 'Error';
    throw error;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function kept(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'];
  return Object.fromEntries(
    names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}
