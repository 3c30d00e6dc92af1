import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerPage } from './answer-page.ts';
import type { CloudClock } from './cloud-clock.ts';
import type { DeployedPage } from './deployment.ts';
import { SYNCHRONOUS_PAYLOAD_LIMIT } from './function-pool.ts';
import type { InvocationResult } from './function-worker.ts';
import { httpEvent, splitTarget } from './http-event.ts';
import { gatewayAnswer, type HttpAnswer, httpResponse } from './http-response.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import type { RouteTable } from './route-table.ts';

export interface HttpGatewayOptions {
  clock: CloudClock;
  routes: RouteTable;
  /** `throttled`: more is under way than the function takes at once. */
  invoke: (functionName: string, payload: string) => Promise<InvocationResult | 'throttled'>;
  /** The files that are served beside the API, where the app has any. */
  page: DeployedPage | undefined;
  /** Answers the paths under /_local. */
  answerLocal: (request: IncomingMessage, body: Buffer) => Promise<HttpAnswer>;
}

export const HTTP_BODY_LIMIT = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 30_000;
/** How much of a refused body is read and thrown away, so that the client gets to see the answer. */
const DRAIN_LIMIT_BYTES = 256 * 1024 * 1024;
const DRAIN_TIMEOUT_MS = 10_000;

/** The HTTP API: routes requests to functions and answers as API Gateway does when it cannot. */
export class HttpGateway {
  readonly #server: Server;
  #options: HttpGatewayOptions | undefined;

  constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!isTooLarge(request)) response.writeContinue();
      void this.#handle(request, response);
    });
    this.#server.requestTimeout = 0;
  }

  /**
   * Takes the port, before anything else is started.
   * @throws LocalCloudError when it is taken
   */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const taken = error.code === 'EADDRINUSE';
        reject(new LocalCloudError(taken ? `port ${port} is taken: choose another with --port` : error.message));
      });
      this.#server.listen(port, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`),
      );
    });
  }

  /** Begins to serve; until then every request is answered 503. */
  serve(options: HttpGatewayOptions): void {
    this.#options = options;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = isTooLarge(request) ? 'too-large' : await readBody(request);
      if (body === 'too-large') {
        await refuseBody(request, response, gatewayAnswer(413, 'Request Entity Too Large'));
        return;
      }
      const options = this.#options;
      const answer = options ? await this.#answer(options, request, body) : gatewayAnswer(503, 'Service Unavailable');
      send(request, response, answer, options?.clock.nowMs() ?? Date.now());
    } catch {
      // The client went away in the middle of its request: there is no one to answer.
      request.destroy();
    }
  }

  async #answer(options: HttpGatewayOptions, request: IncomingMessage, body: Buffer): Promise<HttpAnswer> {
    const { path } = splitTarget(request.url ?? '/');
    if (path === '/_local' || path.startsWith('/_local/')) return options.answerLocal(request, body);
    const file = options.page && answerPage(options.page, request.method ?? 'GET', path);
    if (file) return file;
    const match = options.routes.match(request.method ?? 'GET', path);
    if (!match) return gatewayAnswer(404, 'Not Found');
    const event = httpEvent(request, match, body, { requestId: randomUUID(), nowMs: options.clock.nowMs() });
    const payload = JSON.stringify(event);
    if (Buffer.byteLength(payload) > SYNCHRONOUS_PAYLOAD_LIMIT) return gatewayAnswer(413, 'Request Too Long');
    const result = await within(INTEGRATION_TIMEOUT_MS, options.invoke(match.route.functionName, payload));
    if (result === 'too-late') return gatewayAnswer(503, 'Service Unavailable');
    if (result === 'throttled') return throttledAnswer();
    const broken = gatewayAnswer(500, 'Internal Server Error');
    if (result.status === 'failed' || Buffer.byteLength(result.payload) > SYNCHRONOUS_PAYLOAD_LIMIT) return broken;
    return httpResponse(result.payload) ?? broken;
  }
}

/** API Gateway leaves out when to come again. It is told here, as the service itself tells it where it refuses. */
function throttledAnswer(): HttpAnswer {
  const { headers, ...answer } = gatewayAnswer(503, 'Service Unavailable');
  return { ...answer, headers: { ...headers, 'retry-after': '1' } };
}

function isTooLarge(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > HTTP_BODY_LIMIT;
}

function readBody(request: IncomingMessage): Promise<Buffer | 'too-large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= HTTP_BODY_LIMIT) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take);
      request.pause();
      resolve('too-large');
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the request was cut off')));
  });
}

/** Answers first, then reads on for a while: a client still sending would otherwise see a broken connection instead. */
async function refuseBody(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): Promise<void> {
  response.writeHead(answer.statusCode, {
    ...answer.headers,
    'content-length': answer.body.byteLength,
    connection: 'close',
  });
  response.write(answer.body);
  await new Promise<void>((resolve) => {
    let drained = 0;
    const timer = setTimeout(resolve, DRAIN_TIMEOUT_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      drained += chunk.byteLength;
      if (drained > DRAIN_LIMIT_BYTES) done();
    });
    for (const event of ['end', 'close', 'error']) request.once(event, done);
    if (request.complete || request.destroyed) done();
    request.resume();
  });
  response.end();
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer, nowMs: number): void {
  response.writeHead(answer.statusCode, {
    date: new Date(nowMs).toUTCString(),
    ...answer.headers,
    'content-length': answer.body.byteLength,
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function within<T>(limitMs: number, promise: Promise<T>): Promise<T | 'too-late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'too-late'>((resolve) => {
    timer = setTimeout(() => resolve('too-late'), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
