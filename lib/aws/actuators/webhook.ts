import { createHmac } from 'node:crypto';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { instructionForMachines } from '../../core/remediate/directive-wording.ts';
import type { Actuator, ReadBack } from '../../ports/actuator.ts';
import { isPublicAddress, lookupPublic } from '../public-address.ts';
import { PATIENCE_MS } from './patience.ts';

/** Of an answer, more is not read. */
const MAX_ANSWER_BYTES = 16_384;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface WebhookOptions {
  url: string;
  /** What both sides know and nobody else. */
  secret: () => Promise<string>;
  /** Only in the local cloud: post to this machine, also without TLS. */
  allowsLoopback: boolean;
  nowMs: () => number;
  patienceMs?: number;
}

/**
 * Posts directives to an orchestrator, signed: x-fleetpulse-signature is `v1=` and the hexadecimal HMAC-SHA256 of
 * `TIMESTAMP.BODY`, x-fleetpulse-timestamp are epoch seconds, x-fleetpulse-id is the id of the request. What answers 2xx
 * has taken it; JSON with `applied` says whether it is in force. Redirects are not followed, and only public addresses
 * are connected to.
 */
export function webhookActuator(options: WebhookOptions): Actuator {
  const url = new URL(options.url);
  return {
    name: 'webhook',
    async actuate({ system, id, verb, directive, dryRun }) {
      const detail = `post ${verb} of ${directive.id} to ${url.host}`;
      if (dryRun) return { status: 'would-do', detail };
      const body = JSON.stringify({
        ...{ version: 1, id, system, verb },
        directive: instructionForMachines(directive, directive.leaseUntilMs),
      });
      const timestamp = String(Math.floor(options.nowMs() / 1_000));
      const { status, text } = await post(url, options, body, {
        'content-type': 'application/json',
        'user-agent': 'fleetpulse',
        'x-fleetpulse-id': id,
        'x-fleetpulse-timestamp': timestamp,
        'x-fleetpulse-signature': signatureOf(await options.secret(), timestamp, body),
      });
      if (status < 200 || status > 299) throw new Error(`${url.host} answered ${status}`);
      const readBack = readBackOf(text, url.host);
      return { status: 'done', detail, ...(readBack ? { readBack } : {}) };
    },
  };
}

function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

async function post(
  url: URL,
  { allowsLoopback, patienceMs = PATIENCE_MS }: WebhookOptions,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const isLoopback = allowsLoopback && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !(isLoopback && url.protocol === 'http:')) {
    throw new Error(`${url.host} is not asked: only https is`);
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (!isLoopback && isIP(literal) !== 0 && !isPublicAddress(literal)) {
    throw new Error(`${url.host} is not asked: its address is not public`);
  }
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = url.protocol === 'https:' ? requestHttps : requestHttp;
      request(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        // A connection of its own: one that is kept could have been made before the address was looked at.
        agent: false,
        signal,
        ...(isLoopback ? {} : { lookup: lookupPublic }),
      })
        .once('response', resolve)
        .once('error', reject)
        .end(body);
    });
    return { status: answer.statusCode ?? 0, text: await read(answer) };
  } catch (error) {
    if (signal.aborted) throw new Error(`${url.host} did not answer within ${patienceMs} ms`);
    throw error;
  }
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What the receiver says of itself; it need not. */
function readBackOf(text: string, host: string): ReadBack | undefined {
  try {
    const { applied, observed } = JSON.parse(text) as { applied?: unknown; observed?: unknown };
    if (typeof applied !== 'boolean') return undefined;
    const words = typeof observed === 'string' ? `: ${observed.slice(0, 300)}` : '';
    return { observed: `${host} says that it is ${applied ? '' : 'not '}applied${words}`, matches: applied };
  } catch {
    return undefined;
  }
}
