import http, { type ClientRequest, createServer, type IncomingMessage, type RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';

/** What the functions believe to be DynamoDB: everything succeeds, nothing is kept, and every API key is known. */
function answerTo(target: string, body: string): string {
  if (target.endsWith('GetItem') && body.includes('KEY#')) return KNOWN_KEY;
  return target.endsWith('UpdateItem') ? '{"Attributes":{}}' : '{}';
}

const KNOWN_KEY = JSON.stringify({
  Item: {
    pk: { S: 'KEY#' },
    sk: { S: 'KEY' },
    key: {
      S: JSON.stringify({
        id: 'key_bench',
        name: 'bench',
        system: 'default',
        scopes: ['ingest'],
        createdAtMs: 0,
        expiresAtMs: null,
      }),
    },
    // In the year 2100: its use is never worth noting again.
    lastUsed: { N: '4102444800000' },
  },
});

const headers = { 'content-type': 'application/x-amz-json-1.0' };

/** A server on the loopback interface. @returns its address */
export async function serveNullStore(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = answerTo(String(request.headers['x-amz-target']), Buffer.concat(chunks).toString('latin1'));
      response.writeHead(200, { ...headers, 'content-length': answer.length });
      response.end(answer);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Without any network: from now on node:http answers every request of this process itself. All of the SDK runs, and
 * nothing below it. To be called before whatever uses node:http is loaded.
 */
export function answerWithinProcess(): void {
  http.request = ((options: RequestOptions, answered: (response: IncomingMessage) => void) =>
    new AnsweredRequest(options, answered) as unknown as ClientRequest) as typeof http.request;
  syncBuiltinESMExports();
}

class AnsweredRequest extends Writable {
  readonly #chunks: Buffer[] = [];
  readonly #target: string;
  readonly #answered: (response: IncomingMessage) => void;

  constructor(options: RequestOptions, answered: (response: IncomingMessage) => void) {
    super();
    this.#target = String((options.headers as Record<string, string>)['x-amz-target']);
    this.#answered = answered;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    done();
    const answer = answerTo(this.#target, Buffer.concat(this.#chunks).toString('latin1'));
    const response = Object.assign(Readable.from([Buffer.from(answer)]), { statusCode: 200, headers });
    this.#answered(response as unknown as IncomingMessage);
  }

  setTimeout(): this {
    return this;
  }
}
