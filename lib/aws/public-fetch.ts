import type { ClientRequest, IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress, lookupPublic } from './public-address.ts';

type Ask = (url: URL, options: RequestOptions) => ClientRequest;

/** Of an answer, more is not read. */
const MAX_ANSWER_BYTES = 16_384;

/**
 * fetch, held to public addresses: https alone, the address looked at where the connection is made, no redirect followed (whatever
 * `redirect` says), and 16 KB of the answer read.
 * @throws Error where the address is none of the internet, naming the host and nothing else of the URL
 */
export const publicFetch: typeof fetch = publicFetchBy(lookupPublic);

/** The same, by another way to look names up and to ask. */
export function publicFetchBy(lookup: LookupFunction, ask: Ask = request): typeof fetch {
  return async (address, { method = 'GET', headers, body, signal } = {}) => {
    const url = new URL(address instanceof Request ? address.url : address);
    if (url.protocol !== 'https:') throw new Error(`${url.host} is not asked: only https is`);
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !isPublicAddress(literal))
      throw new Error(`${url.host} is not asked: its address is not public`);
    const sent = typeof body === 'string' ? body : '';
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      ask(url, {
        method,
        headers: { ...Object.fromEntries(new Headers(headers)), 'content-length': Buffer.byteLength(sent) },
        // A connection of its own: one that is kept could have been made before the address was looked at.
        agent: false,
        lookup,
        ...(signal ? { signal } : {}),
      })
        .once('response', resolve)
        .once('error', reject)
        .end(sent);
    });
    const status = answer.statusCode ?? 0;
    if (status >= 300 && status < 400) {
      answer.destroy();
      throw new Error(`${url.host} answered ${status}: redirects are not followed`);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_ANSWER_BYTES) break;
      chunks.push(chunk);
    }
    return new Response(status === 204 || status === 205 ? null : Buffer.concat(chunks), { status });
  };
}
