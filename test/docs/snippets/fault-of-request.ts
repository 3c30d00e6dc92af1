import type { Endpoint } from '../../../lib/api/endpoint.ts';
import { endpoints } from '../what-there-is.ts';

/** Of the local cloud alone: docs and tests of lib/local have them. */
const ofTheLocalCloud = ['/_local/clock', '/_local/sns', '/_local/subscriptions'];

/**
 * Why a request cannot be made as a page names it: `GET /v1/agents?pool=ID`, `PUT /v1/policy {"killSwitch": true}`.
 * Null where nothing is wrong.
 */
export function faultOfRequest(request: string): string | null {
  const [, method = '', path = '', query = '', body = ''] =
    /^(\w+) ([^\s?[]+)(?:\[?\?([^\s\]]*)\]?)?(?: (\{.*))?/.exec(request) ?? [];
  if (ofTheLocalCloud.includes(path)) return null;
  const endpoint = endpoints.find((it) => it.method === method && pathPattern(it).test(path));
  if (!endpoint) return 'no operation has this method and path';
  const parameters = query === '' ? [] : query.split('&').map((pair) => pair.split('=')[0] ?? '');
  const unknown = parameters.find((name) => !(name in endpoint.parameters) && !/^(…|\.\.\.)$/.test(name));
  if (unknown !== undefined) return `it takes no ${unknown}`;
  return body === '' || !endpoint.body ? null : faultOfFields(body, endpoint.body);
}

function pathPattern({ path }: Endpoint): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^?]+')}$`);
}

function faultOfFields(body: string, { required, optional }: NonNullable<Endpoint['body']>): string | null {
  // Of the outermost braces: what stands within others is taken out.
  let outer = body.slice(1, body.lastIndexOf('}'));
  while (/\{[^{}]*\}/.test(outer)) outer = outer.replace(/\{[^{}]*\}/g, '');
  const names = [...outer.matchAll(/(?:^|, )"(\w+)"(?=\??: |\??, |\??$)/g)].map(([, name]) => name ?? '');
  const unknown = names.find((name) => !(name in { ...required, ...optional }));
  return unknown === undefined ? null : `its body has no ${unknown}`;
}
