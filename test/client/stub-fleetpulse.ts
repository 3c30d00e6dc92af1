import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedBatch {
  /** Decompressed: what a batch is known by. */
  body: string;
  nonce: string;
  // biome-ignore lint/suspicious/noExplicitAny: events are what the tests look at, field by field
  events: any[];
  headers: IncomingHttpHeaders;
}

/** How one request is answered; `undefined` is a receipt for everything. */
export type Reply =
  | { status: number; body?: string; headers?: Record<string, string> }
  | 'hang'
  /** Takes the batch and closes the connection without a word. */
  | 'cut'
  | undefined;

/** The ingest endpoint on a free port, answering as it is told, in the order of requests. */
export class StubFleetpulse {
  readonly received: ReceivedBatch[] = [];
  readonly asked: string[] = [];
  readonly acknowledged: { path: string; body: unknown }[] = [];
  replies: Reply[] = [];
  directivesVersion = 0;
  directives: unknown[] = [];
  directivesStatus = 200;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#answer(request.method ?? '', request.url ?? '', request.headers, chunks, response));
    });
  }

  static async start(): Promise<StubFleetpulse> {
    const stub = new StubFleetpulse();
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ids of tasks, of each batch once. */
  get tasks(): string[] {
    const batches = new Map(this.received.map(({ body, events }) => [body, events]));
    return [...batches.values()].flat().flatMap(({ task }) => (task === undefined ? [] : [task]));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(
    method: string,
    path: string,
    headers: IncomingHttpHeaders,
    chunks: Buffer[],
    response: ServerResponse,
  ): void {
    const bytes = Buffer.concat(chunks);
    if (method === 'GET') {
      this.asked.push(path);
      response.writeHead(this.directivesStatus, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ version: this.directivesVersion, directives: this.directives }));
      return;
    }
    if (path.endsWith('/ack')) {
      this.acknowledged.push({ path, body: JSON.parse(bytes.toString()) });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    this.received.push({ ...(JSON.parse(text) as { nonce: string; events: unknown[] }), body: text, headers });
    const reply = this.replies.shift();
    if (reply === 'hang') return;
    if (reply === 'cut') {
      response.destroy();
      return;
    }
    const receipt = { accepted: this.received.at(-1)?.events.length, rejected: [], duplicate: false };
    response.writeHead(reply?.status ?? 202, { 'content-type': 'application/json', ...reply?.headers });
    response.end(reply?.body ?? JSON.stringify({ ...receipt, directivesVersion: this.directivesVersion }));
  }
}
