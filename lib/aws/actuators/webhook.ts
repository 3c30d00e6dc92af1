import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { instructionForMachines } from '../../core/remediate/directive-wording.ts';
import type { Actuator, ReadBack } from '../../ports/actuator.ts';
import { oneRequest } from '../one-request.ts';
import { lookupPublic, requirePublic } from '../public-address.ts';
import { PATIENCE_MS } from './patience.ts';

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
  const isHere = allowsLoopback && LOOPBACK.test(url.hostname) && /^https?:$/.test(url.protocol);
  if (!isHere) requirePublic(url);
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const ask = url.protocol === 'https:' ? requestHttps : requestHttp;
    const lookup = isHere ? undefined : lookupPublic;
    const answer = await oneRequest(ask, url, { method: 'POST', headers, body, signal, lookup });
    return { status: answer.status, text: answer.body.toString('utf8') };
  } catch (error) {
    if (signal.aborted) throw new Error(`${url.host} did not answer within ${patienceMs} ms`);
    throw error;
  }
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
