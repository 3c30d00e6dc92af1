import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type Ask, oneRequest } from './one-request.ts';
import { lookupPublic, requirePublic } from './public-address.ts';

/**
 * fetch, held to public addresses: https alone, the address looked at where the connection is made, no redirect followed (whatever
 * `redirect` says), and 16 KB of the answer read.
 * @throws Error where the address is none of the internet, naming the host and nothing else of the URL
 */
export const publicFetch: typeof fetch = publicFetchBy(lookupPublic);

/** The same, by another way to look names up and to ask. */
export function publicFetchBy(lookup: LookupFunction, ask: Ask = request): typeof fetch {
  return async (address, { method = 'GET', headers: given, body: sent, signal } = {}) => {
    const url = new URL(address instanceof Request ? address.url : address);
    requirePublic(url);
    const headers = Object.fromEntries(new Headers(given));
    const { status, body } = await oneRequest(ask, url, {
      ...{ method, headers, lookup, body: typeof sent === 'string' ? sent : '' },
      signal: signal ?? undefined,
    });
    if (status >= 300 && status < 400) throw new Error(`${url.host} answered ${status}: redirects are not followed`);
    return new Response(status === 204 || status === 205 ? null : body, { status });
  };
}
